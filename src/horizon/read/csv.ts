import { Fault } from "../../record/index.ts";
import type { BrokenRow, Row, Rows } from "./rows.ts";

/** The longest record in characters: beyond it, a quote was opened and never closed. */
const LONGEST_RECORD = 16 * 2 ** 20;

/**
 * Rows of a CSV file with a header (RFC 4180): cells may be quoted, a quote inside is doubled, and
 * a quoted cell may hold commas and line ends. Lines end with LF or CRLF. Cells stay text. Numbers
 * count records with the header as row 1, as a spreadsheet shows them.
 */
export async function* csvRows(name: string, chunks: AsyncIterable<Buffer>): Rows {
  let header: readonly string[] | null = null;
  let number = 0;
  for await (const records of csvRecords(name, chunks)) {
    const rows: (Row | BrokenRow)[] = [];
    for (const record of records) {
      number += 1;
      if (record.length === 1 && record[0] === "") continue;
      if (header === null) header = requireHeader(name, record);
      else rows.push(toRow(number, header, record));
    }
    yield rows;
  }
}

/** The first record of a CSV text, or null where the text ends inside of it. */
export function firstRecord(text: string): readonly string[] | null {
  return parseRecord(text, 0, false)?.cells ?? null;
}

function requireHeader(name: string, record: readonly string[]): readonly string[] {
  const header = record.map((title) => title.trim());
  const twice = header.find((title, index) => title !== "" && header.indexOf(title) !== index);
  if (twice === undefined) return header;
  throw new Fault(`${name}, row 1`, `the column "${twice}" stands twice`, "Rename one");
}

function toRow(
  number: number,
  header: readonly string[],
  record: readonly string[],
): Row | BrokenRow {
  if (record.length !== header.length) {
    return {
      number,
      broken: `the row has ${record.length} cells where the header has ${header.length}`,
    };
  }
  const cells: Record<string, string> = {};
  for (let index = 0; index < header.length; index++) cells[header[index]!] = record[index]!;
  return { number, cells };
}

async function* csvRecords(
  name: string,
  chunks: AsyncIterable<Buffer>,
): AsyncGenerator<readonly (readonly string[])[]> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const decode = (chunk?: Buffer) => {
    try {
      return chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode();
    } catch {
      throw new Fault(name, "the text is not UTF-8", "Save it as UTF-8");
    }
  };
  let text = "";
  let records = 0;
  const take = (isLast: boolean) => {
    const taken: (readonly string[])[] = [];
    let from = 0;
    while (from < text.length) {
      const record = parseRecord(text, from, isLast);
      if (record === null) break;
      taken.push(record.cells);
      from = record.end;
    }
    text = text.slice(from);
    records += taken.length;
    if (text.length > LONGEST_RECORD || (isLast && text !== "")) {
      throw new Fault(
        `${name}, row ${records + 1}`,
        "a quote is opened and not closed",
        'Close it; a quote inside a quoted cell is written twice, as ""',
      );
    }
    return taken;
  };
  for await (const chunk of chunks) {
    text += decode(chunk);
    yield take(false);
  }
  text += decode();
  yield take(true);
}

interface CsvRecord {
  readonly cells: readonly string[];
  /** Where the next record starts. */
  readonly end: number;
}

/** The record that starts at `from`; null where the text ends before the record does. */
function parseRecord(text: string, from: number, isLast: boolean): CsvRecord | null {
  const cells: string[] = [];
  let at = from;
  for (;;) {
    const cell = text[at] === '"' ? quotedCell(text, at) : plainCell(text, at);
    if (cell === null) return null;
    const next = text[cell.end];
    if (next === undefined) {
      if (!isLast) return null;
      cells.push(cell.text);
      return { cells, end: cell.end };
    }
    if (next === ",") {
      cells.push(cell.text);
      at = cell.end + 1;
      continue;
    }
    // A line feed ends the record; a carriage return before it belongs to the line end.
    cells.push(cell.text);
    return { cells, end: cell.end + (next === "\r" ? 2 : 1) };
  }
}

interface Cell {
  readonly text: string;
  /** Where the cell's text ends: at a comma, at a line end, or at the end of the text. */
  readonly end: number;
}

const COMMA = 0x2c;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

function plainCell(text: string, from: number): Cell {
  let end = from;
  while (end < text.length) {
    const code = text.charCodeAt(end);
    if (code === COMMA || code === LINE_FEED) break;
    end += 1;
  }
  const endsLine = text.charCodeAt(end) !== COMMA;
  if (endsLine && end > from && text.charCodeAt(end - 1) === CARRIAGE_RETURN) {
    const stop = end === text.length ? end : end - 1;
    return { text: text.slice(from, end - 1), end: stop };
  }
  return { text: text.slice(from, end), end };
}

/** Null where the text ends before the closing quote. */
function quotedCell(text: string, from: number): Cell | null {
  let close = text.indexOf('"', from + 1);
  while (close >= 0 && text[close + 1] === '"') close = text.indexOf('"', close + 2);
  if (close < 0) return null;
  const quoted = text.slice(from + 1, close).replaceAll('""', '"');
  // Text after the closing quote is not in the standard; as Python's reader, take it along.
  const after = plainCell(text, close + 1);
  return { text: quoted + after.text, end: after.end };
}
