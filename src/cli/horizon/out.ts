import { extname } from "node:path";
import { Fault, writeDurably } from "../../record/index.ts";

type Cell = string | number | boolean;

/**
 * Writes rows to a .csv file (RFC 4180, a header, an empty cell where there is no finite number) or
 * a .json file (an array of objects, null there). The file is written whole or not at all.
 */
export async function writeTable(
  path: string,
  rows: readonly Readonly<Record<string, Cell>>[],
): Promise<void> {
  const text = tableFormat(path) === "csv" ? toCsv(rows) : `${JSON.stringify(rows, null, 2)}\n`;
  await writeDurably(path, text);
}

/** What a table's file will be, by its ending; asked before the work, not after it. */
export function tableFormat(path: string): "csv" | "json" {
  const ending = extname(path).toLowerCase();
  if (ending === ".csv") return "csv";
  if (ending === ".json") return "json";
  throw new Fault(path, "the ending is neither .csv nor .json", "Give one of the two");
}

function toCsv(rows: readonly Readonly<Record<string, Cell>>[]): string {
  const header = Object.keys(rows[0] ?? {});
  const lines = rows.map((row) => header.map((name) => cell(row[name]!)).join(","));
  return `${[header.map(cell).join(","), ...lines].join("\r\n")}\r\n`;
}

function cell(value: Cell): string {
  if (typeof value === "number") return Number.isFinite(value) ? `${value}` : "";
  const text = `${value}`;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
