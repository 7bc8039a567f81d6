import { mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { clearLeftovers } from "./leftovers.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "leftovers-"));
});
afterEach(() => rm(folder, { recursive: true }));

const noon = new Date("2026-01-01T12:00:00Z");
const morning = new Date("2026-01-01T08:00:00Z");

async function file(name: string, time: Date): Promise<void> {
  await writeFile(join(folder, name), "x");
  await utimes(join(folder, name), time, time);
}

describe("what killed writers leave", () => {
  it("is removed once it is old", async () => {
    await file(".part-0123456789ab", morning);
    await file("lock.new-7b1ff1f0-4d2a-4a4e-9f3e-0c9c3a8d7f11", morning);
    await clearLeftovers([folder], noon);
    expect(await readdir(folder)).toEqual([]);
  });

  it("stays while its writer may still be at work", async () => {
    await file(".part-0123456789ab", noon);
    await clearLeftovers([folder], noon);
    expect(await readdir(folder)).toEqual([".part-0123456789ab"]);
  });

  it("is told from everything else", async () => {
    const others = [
      ".part-of-mine",
      "ledger.jsonl",
      "lock",
      "lock.new-draft",
      "ab.part-0123456789ab",
    ];
    for (const name of others) await file(name, morning);
    await clearLeftovers([folder, join(folder, "no such folder")], noon);
    expect(await readdir(folder)).toEqual(others.sort());
  });
});
