import { createHash } from "node:crypto";
import { hashBytes, isHash } from "./canonical.ts";
import { CorruptObject, MissingObject, type ObjectStore } from "./objects.ts";
import { type S3Answer, type S3Options, s3Requests } from "./s3-request.ts";

export type { S3Options } from "./s3-request.ts";

/**
 * Objects in a bucket of S3, or of anything that speaks its protocol, under the names that a folder
 * store gives its files. The service checks what it is sent, and `get` what it is given, by SHA-256.
 * Throws MissingObject, CorruptObject, or a Fault that names bucket and key.
 */
export function s3ObjectStore(options: S3Options): ObjectStore {
  const request = s3Requests(options);
  const prefix = (options.prefix ?? "").replace(/^\/+|\/+$/g, "").replace(/.$/, "$&/");
  const location = `s3://${options.bucket}/${prefix}`;
  const keyOf = (hash: string) => `${prefix}${hash.slice(0, 2)}/${hash.slice(2)}`;

  return {
    location,
    async put(bytes) {
      const body = typeof bytes === "string" ? Buffer.from(bytes) : bytes;
      const hash = hashBytes(body);
      const key = keyOf(hash);
      const there = await request({ method: "HEAD", key });
      if (!holds(there, body)) await request({ method: "PUT", key, body, bodyHash: hash });
      return hash;
    },
    async get(hash) {
      // A hash may come from outside: anything else must not become a key.
      if (!isHash(hash)) throw new MissingObject(location, hash);
      const { status, body } = await request({ method: "GET", key: keyOf(hash) });
      if (status === 404) throw new MissingObject(location, hash);
      const actual = hashBytes(body);
      if (actual !== hash) throw new CorruptObject(location, hash, actual);
      return body;
    },
    async has(hash) {
      return isHash(hash) && (await request({ method: "HEAD", key: keyOf(hash) })).status !== 404;
    },
    async *list() {
      for (let next: string | null = ""; next !== null; ) {
        const query: Record<string, string> = { "list-type": "2", prefix };
        if (next !== "") query["continuation-token"] = next;
        const { body } = await request({ method: "GET", key: null, query });
        const page = Buffer.from(body).toString("utf8");
        for (const key of elements(page, "Key")) {
          const hash = key.slice(prefix.length).replace("/", "");
          if (isHash(hash) && key === keyOf(hash)) yield hash;
        }
        next = elements(page, "NextContinuationToken")[0] ?? null;
      }
    },
  };
}

/**
 * Whether a HEAD's answer is about these bytes: by their length and, as an ETag is the MD5 of what was
 * uploaded, by that. Where the bucket is encrypted by KMS the ETag is something else, and an object
 * that is put again is sent again.
 */
function holds({ status, headers }: S3Answer, bytes: Uint8Array): boolean {
  if (status === 404 || headers.get("content-length") !== `${bytes.length}`) return false;
  const md5 = createHash("md5").update(bytes).digest("hex");
  return headers.get("etag")?.replace(/^W\/|"/g, "") === md5;
}

/** The texts of an XML answer's elements of one name; these hold text alone. */
function elements(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, "g"))].map(([, text]) =>
    (text ?? "").replace(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (all, decimal, hex, entity) => {
      if (decimal || hex)
        return String.fromCodePoint(decimal ? Number(decimal) : parseInt(hex, 16));
      return ENTITIES[entity as string] ?? all;
    }),
  );
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
};
