import { readdir } from "node:fs/promises";
import { join } from "node:path";

/** The recorded sessions in a folder, by name; none where there is no such folder. */
export async function sessionFiles(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((name) => name.endsWith(".jsonl"))
    .sort()
    .map((name) => join(folder, name));
}
