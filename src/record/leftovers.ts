import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";

/** Half-written files of `writeDurably` and of locks: never read, and of no use once their writer is dead. */
const LEFTOVER = /^(\.part-[0-9a-f]{12}|.+\.new-[0-9a-f-]{36})$/;

/**
 * Removes what writers that were killed left in these folders, not in those below. Only what is
 * older than `before`: another process may be writing right now. What cannot be removed stays.
 */
export async function clearLeftovers(folders: readonly string[], before: Date): Promise<void> {
  for (const folder of folders) {
    for (const name of await readdir(folder).catch(() => [])) {
      if (!LEFTOVER.test(name)) continue;
      const path = join(folder, name);
      const found = await stat(path).catch(() => null);
      if (found?.isFile() && found.mtime < before)
        await rm(path, { force: true }).catch(() => undefined);
    }
  }
}
