import {
  chmodSync,
  closeSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { folderBytes } from "./disk-use.ts";
import { useScratch } from "./fixtures/jobs.ts";

const NO_STOP = Number.MAX_SAFE_INTEGER;
const root = useScratch();
let folders = 0;
function freshFolder(): string {
  const folder = join(root, `${folders++}`);
  mkdirSync(folder);
  return folder;
}

describe("folderBytes", () => {
  it("counts nothing for an empty folder, nor for one that is not there", () => {
    expect(folderBytes(freshFolder(), NO_STOP)).toBe(0);
    expect(folderBytes(join(root, "absent"), NO_STOP)).toBe(0);
  });

  it("counts each file's bytes, however deep, and 4 KiB or more for each entry", () => {
    const folder = freshFolder();
    mkdirSync(join(folder, "a/b"), { recursive: true });
    writeFileSync(join(folder, "a/b/large"), Buffer.alloc(1 << 20, 1));
    writeFileSync(join(folder, "empty"), "");
    const bytes = folderBytes(folder, NO_STOP);
    expect(bytes).toBeGreaterThanOrEqual((1 << 20) + 3 * 4096);
    expect(bytes).toBeLessThan((1 << 20) + 16 * 4096);
  });

  it("counts the length of a file with holes", () => {
    const folder = freshFolder();
    const fd = openSync(join(folder, "sparse"), "w");
    ftruncateSync(fd, 1 << 30);
    closeSync(fd);
    expect(folderBytes(folder, NO_STOP)).toBe(1 << 30);
  });

  it("does not follow symlinks", () => {
    const folder = freshFolder();
    symlinkSync("/", join(folder, "root"));
    symlinkSync(".", join(folder, "self"));
    expect(folderBytes(folder, NO_STOP)).toBe(2 * 4096);
  });

  it("stops once there is more than asked for", () => {
    const folder = freshFolder();
    for (let index = 0; index < 20; index += 1) writeFileSync(join(folder, `${index}`), "x");
    expect(folderBytes(folder, 3 * 4096)).toBe(4 * 4096);
  });

  it.skipIf(process.getuid?.() === 0)(
    "takes a folder it may not look into as over any limit",
    () => {
      const folder = freshFolder();
      mkdirSync(join(folder, "locked"));
      chmodSync(join(folder, "locked"), 0);
      expect(folderBytes(folder, NO_STOP)).toBe(Number.POSITIVE_INFINITY);
      chmodSync(join(folder, "locked"), 0o700);
    },
  );
});
