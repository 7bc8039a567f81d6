import { createReadStream } from "node:fs";
import { pipeline, type Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { Fault } from "../../record/index.ts";

const CHUNK = 256 * 1024;
/** Enough of a file's beginning to tell its format. */
const HEAD = 64 * 1024;
/** The longest text that V8 holds as one string is a little more than this. */
const LONGEST_TEXT = 500_000_000;

/** A file that is read once, from start to end, in chunks; gunzipped where it was gzipped. */
export interface Source {
  /** The path as it was given; "standard input" for "-". */
  readonly name: string;
  /** The first 64 KiB, or all where there is less. */
  readonly head: Buffer;
  /** All bytes, the head too, without a byte order mark. */
  readonly chunks: AsyncGenerator<Buffer>;
}

/**
 * Opens a file, a pipe, or standard input ("-"). Throws a Fault that names it where it cannot be
 * read; so does reading on, where gzip data turn out to be broken.
 */
export async function openSource(path: string): Promise<Source> {
  const name = path === "-" ? "standard input" : path;
  const raw = path === "-" ? process.stdin : createReadStream(path, { highWaterMark: CHUNK });
  const packed = await begin(name, raw);
  const isGzip = packed.head.length > 1 && packed.head[0] === 0x1f && packed.head[1] === 0x8b;
  const { head, chunks } = isGzip ? await begin(name, gunzip(packed.chunks)) : packed;
  if (
    head.length > 1 &&
    ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff))
  ) {
    await chunks.return(undefined);
    throw new Fault(name, "the text is UTF-16", "Save it as UTF-8");
  }
  return { name, head, chunks };
}

/** All of a source as text, for formats that are one document. */
export async function readWhole({ name, chunks }: Source): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > LONGEST_TEXT) {
      throw new Fault(
        name,
        "one JSON or YAML document of more than 500 MB cannot be read at once",
        "Give its rows as JSON Lines, which are read one by one",
      );
    }
    parts.push(chunk);
  }
  return Buffer.concat(parts).toString("utf8");
}

function gunzip(chunks: AsyncGenerator<Buffer>): Readable {
  const unpacked = createGunzip({ chunkSize: CHUNK });
  // Its reader sees the error; without a callback it would end the process.
  pipeline(chunks, unpacked, () => undefined);
  return unpacked;
}

async function begin(name: string, stream: Readable): Promise<Pick<Source, "head" | "chunks">> {
  const iterator = readable(name, stream);
  const first: Buffer[] = [];
  let size = 0;
  while (size < HEAD) {
    const { value, done } = await iterator.next();
    if (done) break;
    first.push(value);
    size += value.length;
  }
  let start = Buffer.concat(first);
  if (start.length > 2 && start[0] === 0xef && start[1] === 0xbb && start[2] === 0xbf) {
    start = start.subarray(3);
  }
  async function* chunks() {
    try {
      yield start;
      yield* iterator;
    } finally {
      stream.destroy();
    }
  }
  return { head: start.subarray(0, HEAD), chunks: chunks() };
}

async function* readable(name: string, stream: Readable): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of stream) yield chunk as Buffer;
  } catch (error) {
    throw unreadable(name, error);
  }
}

function unreadable(name: string, error: unknown): Fault {
  if (error instanceof Fault) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ENOENT") return new Fault(name, "there is no such file", "Check the name");
  if (code === "EISDIR") return new Fault(name, "this is a folder", "Name the files in it");
  if (code === "EACCES") return new Fault(name, "it may not be read", "Give this user the right");
  if (code?.startsWith("Z_")) {
    return new Fault(name, "the gzip data are broken or cut short", "Copy the file again");
  }
  return new Fault(name, `it cannot be read (${message})`, "Check the file and the disk");
}
