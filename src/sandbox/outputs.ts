import { constants } from "node:fs";
import { chmod, lchown, lstat, open, readdir, rename, unlink } from "node:fs/promises";
import { join } from "node:path";
import { isPlainName } from "./check-job.ts";
import { InvalidJob } from "./errors.ts";
import type { OutputFile, Outputs, RefusedOutput } from "./job.ts";
import type { Scratch } from "./scratch.ts";

/** Folders within folders that an output may lie in. */
const DEEPEST = 32;

/**
 * What a job left in its writable folder. Must be called when nothing of the job is left: then nobody
 * can put a symlink where a folder was seen. Whatever is no regular file or folder is removed.
 */
export async function collectOutputs(scratch: Scratch): Promise<Outputs> {
  const files: OutputFile[] = [];
  const refused: RefusedOutput[] = [];

  const lab =
    process.getuid && process.getgid ? { uid: process.getuid(), gid: process.getgid() } : undefined;
  const collect = async (folder: string, prefix: string, depth: number): Promise<void> => {
    await chmod(folder, 0o755);
    for (const raw of await readdir(folder, { encoding: "buffer" })) {
      const path = Buffer.concat([Buffer.from(`${folder}/`), raw]);
      const name = prefix + raw.toString("utf8");
      const stat = await lstat(path);
      // As root, the job was another user on the host; what it left becomes the lab's.
      if (lab !== undefined && stat.uid !== lab.uid) await lchown(path, lab.uid, lab.gid);
      const refuse = async (why: string) => {
        refused.push({ name: JSON.stringify(name).slice(1, -1), why });
        if (!stat.isDirectory()) return unlink(path);
        // Its depth may be beyond any path: it is moved out of the way, whole.
        await chmod(path, 0o700);
        await rename(path, join(scratch.root, `refused-${refused.length}`));
      };
      if (!Buffer.from(raw.toString("utf8")).equals(raw) || !isPlainName(name)) {
        await refuse("its name is not plain text, or too long");
      } else if (stat.isDirectory()) {
        if (depth >= DEEPEST) await refuse(`lies more than ${DEEPEST} folders deep`);
        else await collect(join(folder, raw.toString()), `${name}/`, depth + 1);
      } else if (stat.isFile()) {
        // Only where needed: a file may share its inode with one outside the job.
        if ((stat.mode & 0o7000) !== 0 || (stat.mode & 0o400) === 0) await chmod(path, 0o600);
        files.push({ name, bytes: stat.size });
      } else {
        await refuse(stat.isSymbolicLink() ? "is a symlink" : "is no regular file");
      }
    }
  };
  await collect(scratch.out, "", 0);
  files.sort((a, b) => (a.name < b.name ? -1 : 1));

  return {
    folder: scratch.out,
    files,
    refused,
    async read(name) {
      if (!files.some((file) => file.name === name)) {
        throw new InvalidJob(`outputs[${JSON.stringify(name)}]`, "is none of the job's outputs");
      }
      const file = await open(join(scratch.out, name), constants.O_RDONLY | constants.O_NOFOLLOW);
      try {
        return new Uint8Array(await file.readFile());
      } finally {
        await file.close();
      }
    },
    dispose: scratch.remove,
  };
}
