import { languageOf } from "./languages.ts";
import { add, type Found, type Gathering, madeOf, slice } from "./place.ts";

/** A unified diff or a `*** Begin Patch` block stands in the text. */
export function isPatch(text: string): boolean {
  return text.includes("*** Begin Patch") || /^(?:@@ -\d|diff --git )/m.test(text);
}

/**
 * The changes of a patch, one action a hunk: `before` and `after` hold the hunk's lines of context as
 * well, so that they can be parsed. `path` is the file's where the patch names none.
 */
export function addPatch(gathering: Gathering, patch: Found, path: string, within?: number): void {
  const reading: Reading = { gathering, patch, within, file: { path, state: "changed" } };
  const lines = [...spans(patch.text)];
  for (const [index, span] of lines.entries()) {
    if ((reading.hunk?.left ?? 0) > 0) takeLine(reading.hunk!, span.line);
    else readLine(reading, span, lines[index + 1]?.line ?? "");
  }
  flush(reading, patch.text.length);
}

interface Reading {
  readonly gathering: Gathering;
  readonly patch: Found;
  readonly within: number | undefined;
  file: File;
  hunk?: Hunk | undefined;
}

interface File {
  readonly path: string;
  readonly state: "changed" | "created" | "deleted";
  /** From a `*** Begin Patch` block, whose hunks have no line counts. */
  readonly loose?: true;
}

interface Hunk {
  readonly start: number;
  readonly before: string[];
  readonly after: string[];
  /** Lines that its header still promises. */
  left: number;
}

interface Span {
  readonly line: string;
  readonly at: number;
}

const COUNTS = /^@@ -\d{1,9}(?:,(\d{1,9}))? \+\d{1,9}(?:,(\d{1,9}))? @@/;
const LOOSE =
  /^\*\*\* (Add File|Update File|Delete File|Move to|Begin Patch|End Patch|End of File)(?:: (.*))?$/;

function readLine(reading: Reading, { line, at }: Span, next: string): void {
  const { gathering, patch, within, file } = reading;
  const place = slice(patch, at, at + line.length);
  const loose = LOOSE.exec(line);
  if (loose !== null) {
    const path = (loose[2] ?? "").trim();
    if (loose[1] === "Move to") {
      add(gathering, place, { kind: "move", from: file.path, to: path, keeps: false }, within);
      return;
    }
    flush(reading, at);
    if (loose[1] === "Delete File") {
      add(gathering, place, { kind: "delete", path, recursive: false }, within);
    } else if (loose[1] === "Add File" || loose[1] === "Update File") {
      const state = loose[1] === "Add File" ? "created" : "changed";
      reading.file = { path, state, loose: true };
      reading.hunk = { start: at + line.length + 1, before: [], after: [], left: 0 };
    }
    return;
  }
  const counts = COUNTS.exec(line);
  if (counts !== null || (file.loose && line.startsWith("@@"))) {
    flush(reading, at);
    const left = counts === null ? 0 : Number(counts[1] ?? 1) + Number(counts[2] ?? 1);
    reading.hunk = { start: at, before: [], after: [], left };
  } else if (file.loose) {
    if (reading.hunk !== undefined) takeLine(reading.hunk, line);
  } else if (line.startsWith("diff --git ") || line.startsWith("--- ")) {
    flush(reading, at);
    readHeader(reading, line, next, place);
  } else if (line.startsWith("rename to ")) {
    const to = line.slice("rename to ".length);
    add(gathering, place, { kind: "move", from: file.path, to, keeps: false }, within);
  }
}

/** `--- a/x` before `+++ b/x`. */
function readHeader(reading: Reading, line: string, next: string, place: Found): void {
  if (line.startsWith("diff --git ")) {
    const path = / b\/(.+)$/.exec(line)?.[1];
    if (path !== undefined) reading.file = { path, state: "changed" };
    return;
  }
  if (!next.startsWith("+++ ")) return;
  const [from, to] = [nameIn(line), nameIn(next)];
  if (to === "/dev/null") {
    reading.file = { path: from, state: "deleted" };
    const deletes = { kind: "delete", path: from, recursive: false } as const;
    add(reading.gathering, place, deletes, reading.within);
  } else {
    const path = reading.file.path === "" || from !== to ? to : reading.file.path;
    reading.file = { path: to || path, state: from === "/dev/null" ? "created" : "changed" };
  }
}

function nameIn(line: string): string {
  const name = line.slice(4).split("\t")[0]!.trim();
  return name.replace(/^[ab]\//, "");
}

function takeLine(hunk: Hunk, line: string): void {
  const text = line.slice(1);
  if (line.startsWith("+")) hunk.after.push(text);
  else if (line.startsWith("-")) hunk.before.push(text);
  else if (!line.startsWith("\\")) {
    hunk.before.push(text);
    hunk.after.push(text);
    hunk.left--;
  } else {
    return;
  }
  hunk.left--;
}

function flush(reading: Reading, end: number): void {
  const { hunk, patch, gathering, within, file } = reading;
  reading.hunk = undefined;
  if (hunk === undefined || file.state === "deleted") return;
  if (hunk.before.length === 0 && hunk.after.length === 0) return;
  const { path, state } = file;
  const before = hunk.before.join("\n");
  const after = hunk.after.join("\n");
  const place = madeOf(slice(patch, hunk.start, Math.max(end, hunk.start)), after);
  const language = languageOf(path, after);
  if (state === "created") {
    add(
      gathering,
      place,
      { kind: "write", path, text: `${after}\n`, append: false, language },
      within,
    );
  } else {
    add(gathering, place, { kind: "edit", path, before, after, language }, within);
  }
}

function* spans(text: string): Iterable<Span> {
  for (let at = 0; at <= text.length; ) {
    const newline = text.indexOf("\n", at);
    const end = newline < 0 ? text.length : newline;
    yield { line: text.slice(at, end).replace(/\r$/, ""), at };
    at = end + 1;
  }
}
