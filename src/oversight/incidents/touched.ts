import { createHash } from "node:crypto";
import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readlinkSync,
  readSync,
  realpathSync,
} from "node:fs";
import { isAbsolute, join, relative, resolve, sep } from "node:path";
import type { Action } from "../../actions/index.ts";
import { actionsOf } from "../../actions/index.ts";
import type { Hash, TranscriptEvent } from "../../record/index.ts";
import type { Redactor } from "./redaction.ts";

/** A file of the agent's folder that an action named, as it was at the moment. */
export interface TouchedFile {
  /** Within the folder. */
  readonly path: string;
  readonly bytes: number;
  /** SHA-256 of the file as it was, to the last byte; null for one too large to be read through. */
  readonly whole: Hash | null;
  /** Its text without secrets; null where it is none. */
  readonly text: string | null;
  /** The text ends before the file does. */
  readonly cut: boolean;
}

const MOST_FILES = 20;
/** Bytes of one file of which text is kept. */
const MOST_TEXT = 2 ** 20;
/** Bytes that are hashed for one incident: the agent waits meanwhile. */
const MOST_HASHED = 256 * 2 ** 20;
/** Names that are tried; an action can name any number that do not exist. */
const MOST_NAMES = 2000;

/**
 * The files that events name, the first events' first: regular files within the folder, also by the
 * way that links lead. At most 20, at most 1 MB of text of each. What cannot be read is left out.
 */
export function touchedFiles(
  folder: string,
  events: readonly TranscriptEvent[],
  redact: Redactor,
): readonly TouchedFile[] {
  let root: string;
  try {
    root = realpathSync(folder);
  } catch {
    return [];
  }
  const found = new Map<string, TouchedFile>();
  let [names, hashable] = [0, MOST_HASHED];
  for (const name of namesIn(events)) {
    if (++names > MOST_NAMES || found.size === MOST_FILES) break;
    const path = pathOf(name);
    if (path === undefined) continue;
    try {
      const real = realpathSync(resolve(root, path));
      if (!isWithin(root, real) || found.has(real)) continue;
      const file = readTouched(root, real, redact, hashable);
      if (file === undefined) continue;
      found.set(real, file);
      if (file.whole !== null) hashable -= file.bytes;
    } catch {
      // It does not exist, or may not be read.
    }
  }
  return [...found.values()];
}

function* namesIn(events: readonly TranscriptEvent[]): Iterable<string> {
  for (const event of events) for (const action of actionsOf(event)) yield* namedBy(action);
}

function namedBy(action: Action): readonly string[] {
  switch (action.kind) {
    case "read":
    case "write":
    case "edit":
    case "delete":
      return [action.path];
    case "move":
      return [action.from, action.to];
    case "run": {
      // Programs that run, and files that tools send: `python solve.py`, `curl -d @notes`.
      const base = action.folder ?? "";
      return action.script.commands.flatMap(({ words }) =>
        words
          .filter(({ literal }) => literal)
          .map(({ value }) => join(base, value.replace(/^@/, "")))
          .filter((path, index) => path !== "" && (index > 0 || path.includes("/"))),
      );
    }
    default:
      return [];
  }
}

/** A path that stands for one file: without what a shell would still expand. */
function pathOf(name: string): string | undefined {
  const plain = name.trim();
  if (plain === "" || plain.length > 4096 || /[\0\n*?$`]|^~/.test(plain)) return undefined;
  return plain;
}

function isWithin(root: string, path: string): boolean {
  const way = relative(root, path);
  return way !== "" && way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

function readTouched(
  root: string,
  real: string,
  redact: Redactor,
  hashable: number,
): TouchedFile | undefined {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  // A pipe would wait for a writer; a link put here since then leads elsewhere.
  const file = openSync(real, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    const { size } = fstatSync(file);
    if (!fstatSync(file).isFile() || !isWithin(root, openedPath(file, real))) return undefined;
    const start = readStart(file, Math.min(size, MOST_TEXT));
    const cut = size > start.length;
    const text = textOf(start, cut);
    return {
      path: relative(root, real),
      bytes: size,
      whole: size <= hashable ? hashOf(file) : null,
      text: text === undefined ? null : redact.text(text).text,
      cut: cut && text !== undefined,
    };
  } finally {
    closeSync(file);
  }
}

/** Where what is open really lies, as folders on the way may have become links; Linux tells. */
function openedPath(file: number, otherwise: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${file}`);
  } catch {
    return otherwise;
  }
}

function readStart(file: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let done = 0;
  for (let read = -1; read !== 0 && done < length; done += read) {
    read = readSync(file, bytes, done, length - done, done);
  }
  return bytes.subarray(0, done);
}

function hashOf(file: number): Hash {
  const hash = createHash("sha256");
  const chunk = Buffer.alloc(2 ** 20);
  // One that grows while it is read is hashed as far as it may be.
  for (let at = 0; at < MOST_HASHED; ) {
    const read = readSync(file, chunk, 0, chunk.length, at);
    if (read === 0) break;
    hash.update(chunk.subarray(0, read));
    at += read;
  }
  return hash.digest("hex") as Hash;
}

/** Text in UTF-8; of one that was cut, whole lines only: half a secret would not be known as one. */
function textOf(bytes: Buffer, cut: boolean): string | undefined {
  if (bytes.includes(0)) return undefined;
  const kept = cut ? bytes.subarray(0, bytes.lastIndexOf(0x0a) + 1) : bytes;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(kept);
  } catch {
    return undefined;
  }
}
