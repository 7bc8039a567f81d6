import { execFileSync } from "node:child_process";
import { closeSync, mkdirSync, mkdtempSync, openSync, rmdirSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A disk in memory, so small that a test can fill it. */
export interface SmallDisk {
  /** Takes all the room that is left. */
  fill(): void;
  /** Gives back what `fill` took, and makes the disk as large as that. */
  enlarge(megabytes: number): void;
  remove(): void;
}

/** Whether this user may mount one: that takes root on Linux, and a container may forbid it. */
export function mayMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), "glasshouse-crash-"));
  try {
    mountDisk(folder, 1).remove();
    return true;
  } catch {
    return false;
  } finally {
    rmdirSync(folder);
  }
}

/** Mounts a disk at a folder, which is made. */
export function mountDisk(folder: string, megabytes: number): SmallDisk {
  const ballast = join(folder, "ballast");
  mkdirSync(folder, { recursive: true });
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", folder], {
    stdio: "ignore",
  });
  return {
    fill() {
      const file = openSync(ballast, "a");
      try {
        for (const size of [1 << 20, 1 << 12]) writeUntilFull(file, Buffer.alloc(size));
      } finally {
        closeSync(file);
      }
    },
    enlarge(larger) {
      rmSync(ballast, { force: true });
      execFileSync("mount", ["-o", `remount,size=${larger}m`, folder]);
    },
    remove() {
      // Lazily: what a failed test left running may still be there.
      execFileSync("umount", ["--lazy", folder]);
    },
  };
}

function writeUntilFull(file: number, bytes: Buffer): void {
  try {
    while (writeSync(file, bytes) === bytes.length);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
  }
}
