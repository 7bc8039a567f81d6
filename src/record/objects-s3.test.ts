import { createServer } from "node:net";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { type Hash, hashBytes } from "./canonical.ts";
import { Fault } from "./fault.ts";
import { BUCKET, CREDENTIALS, NOW, REGION, startS3Server } from "./fixtures/s3-server.ts";
import { CorruptObject, MissingObject } from "./objects.ts";
import { type S3Options, s3ObjectStore } from "./objects-s3.ts";

const server = await startS3Server();
let slept: number[] = [];

function open(change: Partial<S3Options> = {}) {
  return s3ObjectStore({
    endpoint: server.endpoint,
    bucket: BUCKET,
    prefix: "lab",
    region: REGION,
    ...CREDENTIALS,
    now: () => NOW,
    sleep: async (seconds) => void slept.push(seconds),
    ...change,
  });
}
const HASH = hashBytes(Buffer.from("text"));
const keyOf = (hash: Hash) => `lab/${hash.slice(0, 2)}/${hash.slice(2)}`;

async function listed(store: ReturnType<typeof open>): Promise<Hash[]> {
  const hashes: Hash[] = [];
  for await (const hash of store.list()) hashes.push(hash);
  return hashes;
}

beforeEach(() => {
  slept = [];
  server.objects.clear();
  server.requests.length = 0;
  server.faults.length = 0;
});

describe("s3ObjectStore", () => {
  it("keeps any bytes under their hash, by requests whose signatures hold", async () => {
    const store = open();
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 2000 }), async (bytes) => {
        const hash = await store.put(bytes);
        expect(hash).toBe(hashBytes(bytes));
        expect(server.objects.has(keyOf(hash))).toBe(true);
        expect(Buffer.from(await store.get(hash))).toEqual(Buffer.from(bytes));
        expect(await store.has(hash)).toBe(true);
      }),
      { numRuns: 50 },
    );
    expect(slept).toEqual([]);
  });

  it("sends nothing that is there already", async () => {
    const store = open();
    const hash = await store.put("text");
    await store.put("text");
    expect(server.requests).toEqual([
      `HEAD ${keyOf(hash)}`,
      `PUT ${keyOf(hash)}`,
      `HEAD ${keyOf(hash)}`,
    ]);
  });

  it.each(["tex", "texT"])("replaces a damaged copy of what is put (%s)", async (damaged) => {
    const store = open();
    const hash = await store.put("text");
    server.objects.set(keyOf(hash), Buffer.from(damaged));
    await expect(store.get(hash)).rejects.toThrow(CorruptObject);
    await store.put("text");
    expect(Buffer.from(await store.get(hash)).toString()).toBe("text");
  });

  it("tells an object that is missing, and never asks for what is no hash", async () => {
    const store = open();
    const hash = hashBytes(Buffer.from("absent"));
    expect(await store.has(hash)).toBe(false);
    await expect(store.get(hash)).rejects.toThrow(MissingObject);
    const asked = server.requests.length;
    await expect(store.get("../../secret" as Hash)).rejects.toThrow(MissingObject);
    expect(await store.has("../../secret" as Hash)).toBe(false);
    expect(server.requests).toHaveLength(asked);
  });

  it("lists its objects, page by page, and nothing else in the bucket", async () => {
    const prefix = "a lab & 'more'+/ü";
    const store = open({ prefix });
    const hashes: Hash[] = [];
    for (const text of ["1", "2", "3", "4", "5", "6", "7"]) hashes.push(await store.put(text));
    const [first = ""] = server.objects.keys();
    for (const key of [
      `${prefix}/notes.txt`,
      `${prefix}/x/${first}`,
      `${prefix}/${"ab/".repeat(22)}`,
      "other",
    ]) {
      server.objects.set(key, Buffer.from("x"));
    }
    expect(await listed(store)).toEqual(hashes.sort());
    expect(server.requests.filter((request) => request === "GET ?")).toHaveLength(4);
    expect(await listed(open({ prefix: "nothing/here/" }))).toEqual([]);
  });

  it("keeps to the bucket's root where no prefix is given", async () => {
    const store = open({ prefix: "" });
    const hash = await store.put("text");
    expect([...server.objects.keys()]).toEqual([`${hash.slice(0, 2)}/${hash.slice(2)}`]);
    expect(await listed(store)).toEqual([hash]);
    expect(store.location).toBe(`s3://${BUCKET}/`);
  });

  it("tries again, ever later, where the service is busy, silent or gone", async () => {
    const store = open({ timeoutSeconds: 0.1 });
    const hash = await store.put("text");
    server.faults.push("503", "hang up", "silence", "cut-off body");
    expect(Buffer.from(await store.get(hash)).toString()).toBe("text");
    expect(slept).toEqual([0.25, 0.5, 1, 2]);
  });

  it("gives up after its tries, and says what happened", async () => {
    const store = open({ tries: 3 });
    server.faults.push("503", "503", "503");
    const fault = await store.put("text").catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(Fault);
    expect(String(fault)).toContain(`s3://${BUCKET}/${keyOf(HASH)}`);
    expect(String(fault)).toMatch(/in 3 tries: it is busy \(503/);
    expect(slept).toEqual([0.25, 0.5]);
    const nowhere = open({ endpoint: `http://127.0.0.1:${await closedPort()}`, tries: 2 });
    await expect(nowhere.put("text")).rejects.toThrow("ECONNREFUSED");
  });

  it("refuses bytes that were changed on their way", async () => {
    const store = open();
    const hash = await store.put("text");
    server.faults.push("corrupted body");
    await expect(store.get(hash)).rejects.toThrow(CorruptObject);
  });

  it.each([
    ["an unknown bucket", { bucket: "absent" }, /there is no such bucket\. Create absent/],
    [
      "a wrong secret",
      { secretAccessKey: "wrong" },
      /SignatureDoesNotMatch\. Check the access key/,
    ],
    ["an unknown key", { accessKeyId: "OTHER" }, /Check the access key OTHER: .*s3:ListBucket/],
    ["another region", { region: "x" }, /Give the bucket's own region in place of x/],
    ["a wrong clock", { now: () => new Date(0) }, /Set this machine's clock/],
  ])(
    "names the remedy for %s, whatever is asked",
    async (_, change: Partial<S3Options>, message) => {
      const store = open(change);
      for (const ask of [() => store.put("text"), () => store.get(HASH), () => listed(store)]) {
        const fault = await ask().catch((error: unknown) => error);
        expect(fault).toBeInstanceOf(Fault);
        expect(String(fault)).toMatch(message);
        expect(String(fault)).toContain(`s3://${change.bucket ?? BUCKET}/`);
      }
      expect(slept).toEqual([]);
      expect(server.objects.size).toBe(0);
    },
  );
});

/** A port of the loopback that nobody listens to. */
async function closedPort(): Promise<number> {
  const listener = createServer();
  await new Promise<void>((done) => listener.listen(0, "127.0.0.1", done));
  const { port } = listener.address() as { port: number };
  await new Promise((done) => listener.close(done));
  return port;
}
