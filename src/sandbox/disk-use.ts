import { lstatSync, readdirSync } from "node:fs";

/**
 * Bytes below a folder that a hostile program may be changing at this moment. Each entry counts the
 * larger of its length and its blocks, and no less than 4 KiB, so that empty files cannot exhaust the
 * disk's inodes. Stops once above `stopAbove`. A folder that cannot be looked into, by its depth or its
 * permissions, counts as Infinity: what cannot be measured is not allowed.
 */
export function folderBytes(folder: string, stopAbove: number): number {
  let sum = 0;
  const waiting: Buffer[] = [Buffer.from(folder)];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    let names: Buffer[];
    try {
      names = readdirSync(next, { encoding: "buffer" }); // a name need not be UTF-8
    } catch (error) {
      if (vanished(error)) continue;
      return Number.POSITIVE_INFINITY;
    }
    for (const name of names) {
      const path = Buffer.concat([next, SLASH, name]);
      try {
        const stat = lstatSync(path);
        sum += Math.max(4096, stat.blocks * 512, stat.isFile() ? stat.size : 0);
        if (stat.isDirectory()) waiting.push(path);
      } catch (error) {
        if (!vanished(error)) return Number.POSITIVE_INFINITY;
      }
      if (sum > stopAbove) return sum;
    }
  }
  return sum;
}

const SLASH = Buffer.from("/");

function vanished(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === "ENOENT" || code === "ENOTDIR";
}
