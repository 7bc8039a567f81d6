import { execFileSync } from "node:child_process";
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Hash, hashBytes, type Json } from "./canonical.ts";
import { writeDurably } from "./durable.ts";
import { WriteFailed } from "./fault.ts";
import { testFolder } from "./fixtures/folder.ts";
import {
  CorruptObject,
  folderObjectStore,
  getJson,
  MissingObject,
  memoryObjectStore,
  type ObjectStore,
  putJson,
} from "./objects.ts";

const root = testFolder();
let count = 0;
const newFolder = () => join(root, `objects-${count++}`);
const pathOf = (folder: string, hash: Hash) => join(folder, hash.slice(0, 2), hash.slice(2));

describe.each<[string, () => ObjectStore]>([
  ["in a folder", () => folderObjectStore(newFolder())],
  ["in memory", memoryObjectStore],
])("objects %s", (_where, open) => {
  it("are found by their SHA-256 and come back byte for byte", async () => {
    const store = open();
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 2000 }), async (bytes) => {
        const hash = await store.put(bytes);
        expect(hash).toBe(hashBytes(bytes));
        expect(Buffer.from(await store.get(hash))).toEqual(Buffer.from(bytes));
        expect(await store.has(hash)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it("may be text, which is UTF-8", async () => {
    const store = open();
    expect(await store.get(await store.put("naïve"))).toEqual(Buffer.from("naïve"));
  });

  it("are listed once each, however often they were put", async () => {
    const store = open();
    const hashes = new Set<Hash>();
    for (const text of ["a", "b", "a", "", "b"]) hashes.add(await store.put(text));
    const listed: Hash[] = [];
    for await (const hash of store.list()) listed.push(hash);
    expect(listed.sort()).toEqual([...hashes].sort());
  });

  it("are missing by a named error, also under names that are no hashes", async () => {
    const store = open();
    const hash = hashBytes("never stored");
    await expect(store.get(hash)).rejects.toThrow(MissingObject);
    await expect(store.get(hash)).rejects.toThrow(
      `object ${hash.slice(0, 12)} in ${store.location}`,
    );
    for (const name of ["", "../../etc/passwd", hash.toUpperCase()]) {
      await expect(store.get(name as Hash)).rejects.toThrow(MissingObject);
      expect(await store.has(name as Hash)).toBe(false);
    }
  });

  it("hold JSON in the one canonical form", async () => {
    const store = open();
    const value: Json = { b: [1, { c: "é" }], a: null };
    const hash = await putJson(store, value);
    expect(await putJson(store, { a: null, b: [1, { c: "é" }] })).toBe(hash);
    expect(await getJson(store, hash)).toEqual(value);
    await expect(getJson(store, await store.put("{"))).rejects.toThrow(/it is not JSON/);
  });
});

describe("objects in a folder", () => {
  it("are an empty list before the first is put", async () => {
    for await (const hash of folderObjectStore(newFolder()).list()) expect(hash).toBeUndefined();
  });

  it("are refused when any bit of them flipped", async () => {
    const folder = newFolder();
    const store = folderObjectStore(folder);
    const bytes = Buffer.from("evidence");
    const hash = await store.put(bytes);
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const rotten = Buffer.from(bytes);
      rotten[bit >> 3] = rotten[bit >> 3]! ^ (1 << (bit & 7));
      writeFileSync(pathOf(folder, hash), rotten);
      await expect(store.get(hash)).rejects.toThrow(CorruptObject);
    }
    await expect(store.get(hash)).rejects.toThrow(
      `its bytes hash to ${hashBytes(readFileSync(pathOf(folder, hash))).slice(0, 12)}`,
    );
  });

  it.each([
    ["cut short", (path: string) => truncateSync(path, 3)],
    ["damaged in place", (path: string) => writeFileSync(path, "evidencf")],
    ["emptied", (path: string) => truncateSync(path, 0)],
    ["removed", (path: string) => rmSync(path)],
  ])("are written anew when put again after they were %s", async (_how, damage) => {
    const folder = newFolder();
    const store = folderObjectStore(folder);
    const hash = await store.put("evidence");
    damage(pathOf(folder, hash));
    await store.put("evidence");
    expect(await store.get(hash)).toEqual(Buffer.from("evidence"));
  });

  it("are not written again when they are there", async () => {
    const folder = newFolder();
    const store = folderObjectStore(folder);
    const hash = await store.put("evidence");
    const before = statSync(pathOf(folder, hash));
    await Promise.all([store.put("evidence"), store.put("evidence")]);
    expect(statSync(pathOf(folder, hash))).toMatchObject({
      ino: before.ino,
      mtimeMs: before.mtimeMs,
    });
  });

  it("put at once leave one file and nothing temporary", async () => {
    const folder = newFolder();
    const store = folderObjectStore(folder);
    const hashes = await Promise.all(Array.from({ length: 20 }, () => store.put("evidence")));
    expect(new Set(hashes).size).toBe(1);
    expect(readdirSync(folder, { recursive: true }).length).toBe(2);
  });

  it("do not count the pieces that a killed process left", async () => {
    const folder = newFolder();
    const store = folderObjectStore(folder);
    const hash = await store.put("evidence");
    writeFileSync(join(folder, hash.slice(0, 2), ".part-0123456789ab"), "evid");
    const listed: Hash[] = [];
    for await (const each of store.list()) listed.push(each);
    expect(listed).toEqual([hash]);
  });
});

describe("writing durably", () => {
  it("makes the folders on the way, replaces what was there, leaves nothing else", async () => {
    const folder = join(newFolder(), "a", "b");
    await writeDurably(join(folder, "file"), "one");
    await writeDurably(join(folder, "file"), "two");
    expect(readFileSync(join(folder, "file"), "utf8")).toBe("two");
    expect(readdirSync(folder)).toEqual(["file"]);
  });

  it("leaves nothing temporary when it fails", async () => {
    const folder = newFolder();
    mkdirSync(join(folder, "file"), { recursive: true });
    writeFileSync(join(folder, "file", "in-the-way"), "");
    const writing = writeDurably(join(folder, "file"), "bytes");
    await expect(writing).rejects.toThrow(WriteFailed);
    await expect(writing).rejects.toThrow(/file: writing failed \(/);
    expect(readdirSync(folder)).toEqual(["file"]);
  });
});

describe.skipIf(process.platform !== "linux" || process.getuid?.() !== 0)(
  "objects on a full disk (a tmpfs of 1 MiB; skipped where the test may not mount one: it takes root on Linux)",
  () => {
    const disk = join(root, "full-disk");
    beforeAll(() => {
      mkdirSync(disk);
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", disk]);
    });
    afterAll(() => {
      execFileSync("umount", [disk]);
    });

    it("are refused in one line; those before stay, and there is room again for smaller ones", async () => {
      const store = folderObjectStore(join(disk, "objects"));
      const kept = await store.put(Buffer.alloc(600_000, 1));
      const putting = store.put(Buffer.alloc(600_000, 2));
      await expect(putting).rejects.toThrow(WriteFailed);
      await expect(putting).rejects.toThrow(/: the disk is full; .* Free some space/);
      expect(await store.has(hashBytes(Buffer.alloc(600_000, 2)))).toBe(false);
      expect(await store.get(kept)).toHaveLength(600_000);
      await store.put(Buffer.alloc(200_000, 3));
    });
  },
);
