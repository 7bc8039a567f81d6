import { randomUUID } from "node:crypto";
import { chmod, lstat, mkdir, mkdtemp, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { acquireLock } from "../record/index.ts";
import { removeTree } from "../sandbox/index.ts";

/** Where the jobs of this process keep their files. */
export interface ScratchFolder {
  readonly path: string;
  remove(): Promise<void>;
}

/**
 * Makes a folder for the jobs of this process, and removes those of processes that were killed. Each
 * has a lock beside it that tells whether its maker lives; the lock is there before the folder.
 */
export async function openScratch(): Promise<ScratchFolder> {
  const parent = await ownFolder();
  for (const name of await readdir(parent)) {
    if (name.endsWith(LOCK)) await removeDead(join(parent, name)).catch(() => undefined);
  }
  const path = join(parent, randomUUID());
  const release = acquireLock(path + LOCK);
  await mkdir(path);
  // The jobs' user passes through; each job's own folder is closed to others.
  await chmod(path, 0o711);
  return {
    path,
    remove: async () => {
      await removeTree(path);
      release();
    },
  };
}

const LOCK = ".lock";

/** A folder of this user's in the system's temporary folder; a fresh one where the name is taken. */
async function ownFolder(): Promise<string> {
  const user = process.getuid?.() ?? "user";
  const path = join(tmpdir(), `glasshouse-${user}`);
  await mkdir(path, { mode: 0o711 }).catch(() => undefined);
  const found = await lstat(path);
  if (found.isDirectory() && (typeof user === "string" || found.uid === user)) {
    await chmod(path, 0o711);
    return path;
  }
  return mkdtemp(join(tmpdir(), "glasshouse-"));
}

/** Throws LabBusy where the maker lives. */
async function removeDead(lock: string): Promise<void> {
  const release = acquireLock(lock);
  await removeTree(lock.slice(0, -LOCK.length));
  release();
}
