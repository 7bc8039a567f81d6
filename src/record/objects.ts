import { randomBytes } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { canonicalJson, type Hash, hashBytes, isHash, type Json } from "./canonical.ts";
import { Fault } from "./fault.ts";

/**
 * Content-addressed objects: bytes are found by their SHA-256 and never change. `get` hashes what
 * it read and refuses bytes that do not match, so a reader never sees a rotten object.
 */
export interface ObjectStore {
  /** Where the objects lie, for messages: a folder or a URL. */
  readonly location: string;
  /** Stores the bytes and returns once they are durable. Storing the same bytes again costs a look. */
  put(bytes: Uint8Array | string): Promise<Hash>;
  /** The bytes; throws MissingObject or CorruptObject. */
  get(hash: Hash): Promise<Uint8Array>;
  has(hash: Hash): Promise<boolean>;
  list(): AsyncIterable<Hash>;
}

/** An object that the record names is not in the store. */
export class MissingObject extends Fault {
  override readonly name = "MissingObject";
  constructor(location: string, hash: string) {
    super(
      `object ${hash.slice(0, 12)} in ${location}`,
      "it is missing",
      "Restore it from a copy of the lab, or run the study again",
    );
  }
}

/** An object's bytes do not have the hash they are filed under. */
export class CorruptObject extends Fault {
  override readonly name = "CorruptObject";
  constructor(location: string, hash: string, actual: string) {
    super(
      `object ${hash.slice(0, 12)} in ${location}`,
      `its bytes hash to ${actual.slice(0, 12)}: it was changed or damaged`,
      "Restore it from a copy of the lab",
    );
  }
}

export async function putJson(store: ObjectStore, value: Json): Promise<Hash> {
  return store.put(canonicalJson(value));
}

export async function getJson(store: ObjectStore, hash: Hash): Promise<Json> {
  return JSON.parse(Buffer.from(await store.get(hash)).toString("utf8")) as Json;
}

/** Objects in a local folder, two hexadecimal digits a subfolder, each file durable before it is named. */
export function folderObjectStore(folder: string): ObjectStore {
  const path = (hash: string) => join(folder, hash.slice(0, 2), hash.slice(2));
  return {
    location: folder,
    async put(bytes) {
      const data = typeof bytes === "string" ? Buffer.from(bytes) : bytes;
      const hash = hashBytes(data);
      // A file of another size is a torn or damaged one: write it anew rather than trust it.
      if ((await stat(path(hash)).catch(() => null))?.size === data.length) return hash;
      await writeDurably(path(hash), data);
      return hash;
    },
    async get(hash) {
      const bytes = await readFile(path(hash)).catch((error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") throw new MissingObject(folder, hash);
        throw error;
      });
      const actual = hashBytes(bytes);
      if (actual !== hash) throw new CorruptObject(folder, hash, actual);
      return bytes;
    },
    async has(hash) {
      return (await stat(path(hash)).catch(() => null)) !== null;
    },
    async *list() {
      for (const prefix of (await readdir(folder).catch(() => [])).sort()) {
        if (!/^[0-9a-f]{2}$/.test(prefix)) continue;
        for (const rest of (await readdir(join(folder, prefix))).sort()) {
          if (isHash(prefix + rest)) yield (prefix + rest) as Hash;
        }
      }
    },
  };
}

/** Objects in memory, for pure tests and simulations. */
export function memoryObjectStore(): ObjectStore {
  const objects = new Map<Hash, Uint8Array>();
  return {
    location: "memory",
    async put(bytes) {
      const data = typeof bytes === "string" ? Buffer.from(bytes) : Uint8Array.from(bytes);
      const hash = hashBytes(data);
      objects.set(hash, data);
      return hash;
    },
    async get(hash) {
      const bytes = objects.get(hash);
      if (!bytes) throw new MissingObject("memory", hash);
      return bytes;
    },
    has: async (hash) => objects.has(hash),
    async *list() {
      yield* objects.keys();
    },
  };
}

/**
 * Writes a file whole or not at all: to a temporary name, synced, then renamed, then the folder
 * synced, so that after a crash the path holds either nothing, the old bytes or the new.
 */
export async function writeDurably(path: string, bytes: Uint8Array | string): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true });
  const temporary = join(folder, `.part-${randomBytes(6).toString("hex")}`);
  try {
    const file = await open(temporary, "wx");
    try {
      await file.writeFile(bytes);
      await file.datasync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(folder);
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r").catch(() => null);
  if (!handle) return;
  // Some file systems refuse to sync a folder; the rename itself is then as durable as they make it.
  await handle.sync().catch(() => undefined);
  await handle.close();
}
