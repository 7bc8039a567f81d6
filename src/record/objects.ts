import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { canonicalJson, type Hash, hashBytes, isHash, type Json } from "./canonical.ts";
import { writeDurably } from "./durable.ts";
import { Fault } from "./fault.ts";

/**
 * Content-addressed objects: bytes are found by their SHA-256 and never change. `get` hashes what
 * it read and refuses bytes that do not match, so a reader never sees a rotten object.
 */
export interface ObjectStore {
  /** Where the objects lie, for messages: a folder or a URL. */
  readonly location: string;
  /** Stores the bytes and returns once they are durable; a damaged copy of them is replaced. */
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

/** Throws MissingObject, CorruptObject, or a Fault where the object is no JSON. */
export async function getJson(store: ObjectStore, hash: Hash): Promise<Json> {
  const text = Buffer.from(await store.get(hash)).toString("utf8");
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw new Fault(
      `object ${hash.slice(0, 12)} in ${store.location}`,
      "it is not JSON",
      "It was stored as something else: check which object is meant",
    );
  }
}

/** Objects in a local folder, two hexadecimal digits a subfolder, each file durable before it is named. */
export function folderObjectStore(folder: string): ObjectStore {
  const path = (hash: string) => join(folder, hash.slice(0, 2), hash.slice(2));
  /** Objects on their way: a second `put` of the same bytes must not return before they are durable. */
  const underWay = new Map<Hash, Promise<void>>();

  const store = async (hash: Hash, data: Uint8Array) => {
    const there = await readFile(path(hash)).catch(() => null);
    if (there && Buffer.compare(there, data) === 0) return;
    await writeDurably(path(hash), data);
  };

  return {
    location: folder,
    async put(bytes) {
      const data = typeof bytes === "string" ? Buffer.from(bytes) : bytes;
      const hash = hashBytes(data);
      const storing = underWay.get(hash) ?? store(hash, data).finally(() => underWay.delete(hash));
      underWay.set(hash, storing);
      await storing;
      return hash;
    },
    async get(hash) {
      // A hash may come from outside: anything else must not become a path.
      if (!isHash(hash)) throw new MissingObject(folder, hash);
      const bytes = await readFile(path(hash)).catch((error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") throw new MissingObject(folder, hash);
        throw new Fault(
          path(hash),
          `it cannot be read (${error.code})`,
          "Mend the disk or its rights",
        );
      });
      const actual = hashBytes(bytes);
      if (actual !== hash) throw new CorruptObject(folder, hash, actual);
      return bytes;
    },
    async has(hash) {
      return isHash(hash) && (await stat(path(hash)).catch(() => null)) !== null;
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
