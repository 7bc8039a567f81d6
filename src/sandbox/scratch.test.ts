import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { InvalidJob } from "./errors.ts";
import { useScratch } from "./fixtures/jobs.ts";
import { makeScratch } from "./scratch.ts";

const root = useScratch();

describe("makeScratch", () => {
  it("links a file that everyone may read, and copies one that only the lab may", async () => {
    const [open, closed] = [join(root, "open"), join(root, "closed")];
    writeFileSync(open, "open", { mode: 0o644 });
    writeFileSync(closed, "closed", { mode: 0o600 });
    const scratch = await makeScratch(
      root,
      { open: { path: open }, closed: { path: closed } },
      null,
    );
    expect(statSync(join(scratch.job, "open")).ino).toBe(statSync(open).ino);
    expect(statSync(join(scratch.job, "closed")).ino).not.toBe(statSync(closed).ino);
    expect(statSync(join(scratch.job, "closed")).mode & 0o777).toBe(0o444);
    expect(statSync(closed).mode & 0o777).toBe(0o600);
    await scratch.remove();
    expect(readFileSync(open, "utf8")).toBe("open");
  });

  it("places a folder whole, its symlinks unfollowed and its programs executable", async () => {
    const folder = join(root, "tree");
    mkdirSync(join(folder, "in"), { recursive: true });
    writeFileSync(join(folder, "in/run"), "#!/bin/sh", { mode: 0o700 });
    symlinkSync("/etc/shadow", join(folder, "link"));
    const scratch = await makeScratch(root, { "a/tree": { path: folder } }, null);
    const placed = join(scratch.job, "a/tree");
    expect(statSync(join(placed, "in/run")).mode & 0o777).toBe(0o555);
    expect(lstatSync(join(placed, "link")).isSymbolicLink()).toBe(true);
    await scratch.remove();
  });

  it("leaves nothing behind where a file cannot be placed", async () => {
    const before = readdirSync(root);
    const missing = { data: { path: join(root, "missing") } };
    await expect(makeScratch(root, missing, null)).rejects.toThrow(/^files\["data"\]: ENOENT/);
    const clash = { a: new Uint8Array(), "a/b": new Uint8Array() };
    await expect(makeScratch(root, clash, null)).rejects.toThrow(InvalidJob);
    const device = { null: { path: "/dev/null" } };
    await expect(makeScratch(root, device, null)).rejects.toThrow("neither a file nor a folder");
    expect(readdirSync(root)).toEqual(before);
  });
});
