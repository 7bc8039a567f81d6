import { execFile } from "node:child_process";
import {
  chmod,
  chown,
  constants,
  copyFile,
  link,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readlink,
  realpath,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { InvalidJob } from "./errors.ts";
import type { SandboxJob } from "./job.ts";
import type { JobUser } from "./job-user.ts";

/** A job's folders on the host. */
export interface Scratch {
  /** Holds all the others. */
  readonly root: string;
  /** The job's files. */
  readonly job: string;
  readonly out: string;
  /** For temporary files, where they do not live in memory. */
  readonly tmp: string;
  remove(): Promise<void>;
}

/**
 * Makes a folder that only `user` (null: the lab's own) may enter, with the job's files and two
 * empty folders to write to. A file of the host that everyone may read is hard-linked where it lies on the
 * same file system, and copied (by reflink where there is one) where not.
 */
export async function makeScratch(
  parent: string | undefined,
  files: SandboxJob["files"],
  user: JobUser | null,
): Promise<Scratch> {
  if (parent !== undefined) await mkdir(parent, { recursive: true });
  const root = await mkdtemp(join(await realpath(parent ?? tmpdir()), "glasshouse-job-"));
  const remove = () => removeTree(root);
  try {
    const [job, out, tmp] = [join(root, "job"), join(root, "out"), join(root, "tmp")];
    await openFolder(job);
    await openFolder(out);
    await openFolder(tmp);
    for (const [name, content] of Object.entries(files)) await place(job, name, content);
    if (user !== null) {
      for (const folder of [out, tmp, root]) await chown(folder, user.uid, user.gid);
    }
    return { root, job, out, tmp, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Removes a folder that a hostile program filled: locked, or nested deeper than a path can name. */
export async function removeTree(folder: string): Promise<void> {
  try {
    await rm(folder, { recursive: true, force: true });
  } catch {
    await promisify(execFile)("/bin/chmod", ["-R", "u+rwX", folder]).catch(() => undefined);
    await promisify(execFile)("/bin/rm", ["-rf", "--", folder]);
  }
}

async function place(
  job: string,
  name: string,
  content: Uint8Array | { readonly path: string },
): Promise<void> {
  try {
    const folders = name.split("/").slice(0, -1);
    for (const depth of folders.keys()) await openFolder(join(job, ...folders.slice(0, depth + 1)));
    const target = join(job, name);
    if (!(content instanceof Uint8Array))
      return await copyTree(await realpath(content.path), target);
    await writeFile(target, content, { flag: "wx" });
    await chmod(target, 0o444);
  } catch (error) {
    throw new InvalidJob(`files[${JSON.stringify(name)}]`, (error as Error).message);
  }
}

/** A folder that everyone may read, whatever the lab's umask. */
async function openFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await chmod(folder, 0o755);
}

async function copyTree(source: string, target: string): Promise<void> {
  const { mode } = await lstat(source);
  const kind = mode & constants.S_IFMT;
  if (kind === constants.S_IFLNK) return symlink(await readlink(source), target);
  if (kind === constants.S_IFREG) return copyOrLink(source, target, mode);
  if (kind !== constants.S_IFDIR) throw new Error(`${source} is neither a file nor a folder`);
  await openFolder(target);
  for (const entry of await readdir(source)) {
    await copyTree(join(source, entry), join(target, entry));
  }
}

async function copyOrLink(source: string, target: string, mode: number): Promise<void> {
  const everyoneReads = (mode & 0o004) !== 0;
  if (everyoneReads && (await sameFileSystem(source, dirname(target)))) {
    try {
      return await link(source, target);
    } catch (error) {
      // The system may forbid links to files of others.
      if (!["EPERM", "EMLINK", "EXDEV"].includes((error as NodeJS.ErrnoException).code ?? "")) {
        throw error;
      }
    }
  }
  await copyFile(source, target, constants.COPYFILE_FICLONE);
  await chmod(target, (mode & 0o111) === 0 ? 0o444 : 0o555);
}

async function sameFileSystem(a: string, b: string): Promise<boolean> {
  return (await stat(a)).dev === (await stat(b)).dev;
}
