import { isUtf8 } from "node:buffer";
import { Fault } from "../../record/index.ts";

/** A row of a table as the file has it, its cells by column. */
export interface Row {
  /** Counted from 1, as an editor or a spreadsheet shows it. */
  readonly number: number;
  readonly cells: Readonly<Record<string, unknown>>;
}

/** A row that could not even be taken apart. */
export interface BrokenRow {
  readonly number: number;
  /** Why, as part of a sentence. */
  readonly broken: string;
  /** The column at fault, where that is known. */
  readonly column?: string;
}

/** Rows in the file's order, some thousand at a time: one await a row would cost more than the row. */
export type Rows = AsyncGenerator<readonly (Row | BrokenRow)[]>;

/** No row of a table comes near this; a file that has one is of another format. */
const LONGEST_ROW = 64 * 2 ** 20;

const LINE_END = 0x0a;
const SPACE = 0x20;

/** Rows of JSON Lines: an object a line; blank lines are passed over. Numbers are line numbers. */
export async function* jsonLines(name: string, chunks: AsyncIterable<Buffer>): Rows {
  let number = 0;
  for await (const lines of splitLines(name, chunks)) {
    const rows: (Row | BrokenRow)[] = [];
    for (const line of lines) {
      number += 1;
      const row = parseRow(number, line);
      if (row) rows.push(row);
    }
    yield rows;
  }
}

/** Rows of one JSON array of objects, read as it comes in. Numbers count its elements. */
export async function* jsonArray(name: string, chunks: AsyncIterable<Buffer>): Rows {
  let number = 0;
  for await (const elements of splitArray(name, chunks)) {
    const rows: (Row | BrokenRow)[] = [];
    for (const element of elements) {
      number += 1;
      const row = parseRow(number, element);
      if (row) rows.push(row);
    }
    yield rows;
  }
}

function parseRow(number: number, bytes: Buffer): Row | BrokenRow | null {
  if (!isUtf8(bytes)) return { number, broken: "the text is not UTF-8" };
  const text = bytes.toString("utf8");
  try {
    const cells = JSON.parse(text) as unknown;
    if (typeof cells === "object" && cells !== null && !Array.isArray(cells)) {
      return { number, cells: cells as Row["cells"] };
    }
    return { number, broken: "the row is not a JSON object" };
  } catch {
    if (text.trim() === "") return null;
    return brokenJson(number, text);
  }
}

/** Python writes NaN and Infinity into JSON, which has neither: the commonest flaw, so it is named. */
function brokenJson(number: number, text: string): BrokenRow {
  const [, column, value] = /"([^"\\]{1,100})"\s?:\s?(NaN|-?Infinity)\b/.exec(text) ?? [];
  if (column !== undefined) return { number, column, broken: `the value is ${value}` };
  return { number, broken: "the row is not valid JSON" };
}

async function* splitLines(
  name: string,
  chunks: AsyncIterable<Buffer>,
): AsyncGenerator<readonly Buffer[]> {
  let rest: Buffer[] = [];
  let restSize = 0;
  for await (const chunk of chunks) {
    const lines: Buffer[] = [];
    let from = 0;
    for (let at = chunk.indexOf(LINE_END); at >= 0; at = chunk.indexOf(LINE_END, from)) {
      const line = chunk.subarray(from, at);
      lines.push(rest.length > 0 ? Buffer.concat([...rest, line]) : line);
      rest = [];
      restSize = 0;
      from = at + 1;
    }
    if (from < chunk.length) {
      rest.push(chunk.subarray(from));
      restSize += chunk.length - from;
      requireRow(name, restSize);
    }
    yield lines;
  }
  if (rest.length > 0) yield [Buffer.concat(rest)];
}

const [QUOTE, ESCAPE, OPEN, CLOSE, COMMA] = ['"', "\\", "[", "]", ","].map((character) =>
  character.charCodeAt(0),
);
const [OPEN_OBJECT, CLOSE_OBJECT] = ["{", "}"].map((character) => character.charCodeAt(0));

/** Cuts a JSON array at the commas that stand outside of strings and of inner brackets. */
async function* splitArray(
  name: string,
  chunks: AsyncIterable<Buffer>,
): AsyncGenerator<readonly Buffer[]> {
  let depth = 0;
  let inString = false;
  let escaped = false;
  let isClosed = false;
  let rest: Buffer[] = [];
  let restSize = 0;
  for await (const chunk of chunks) {
    const elements: Buffer[] = [];
    let from = 0;
    const cut = (at: number) => {
      elements.push(Buffer.concat([...rest, chunk.subarray(from, at)]));
      rest = [];
      restSize = 0;
      from = at + 1;
    };
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at]!;
      if (isClosed && byte > SPACE) {
        throw new Fault(
          name,
          "there is text after the JSON array",
          "Give one array, or JSON Lines",
        );
      }
      if (inString) {
        if (escaped) escaped = false;
        else if (byte === ESCAPE) escaped = true;
        else if (byte === QUOTE) inString = false;
      } else if (byte === QUOTE) inString = true;
      else if (byte === OPEN || byte === OPEN_OBJECT) {
        depth += 1;
        if (depth === 1) from = at + 1;
      } else if (byte === CLOSE || byte === CLOSE_OBJECT) {
        depth -= 1;
        if (depth === 0) {
          cut(at);
          isClosed = true;
        }
      } else if (byte === COMMA && depth === 1) cut(at);
    }
    if (depth > 0 && from < chunk.length) {
      rest.push(chunk.subarray(from));
      restSize += chunk.length - from;
      requireRow(name, restSize);
    }
    yield elements;
  }
  if (depth !== 0 || inString) {
    throw new Fault(name, "the JSON array is cut short", "Copy the file again");
  }
}

function requireRow(name: string, size: number): void {
  if (size <= LONGEST_ROW) return;
  throw new Fault(
    name,
    "one row is longer than 64 MB",
    "Give a table of runs: `glasshouse horizon fit --help` lists the formats",
  );
}
