import { type FileMetaData, parquetMetadata, type SchemaElement } from "hyparquet";
import { parquetWriteBuffer } from "hyparquet-writer";
import { decodeParquetRows } from "../parquet/decode-rows.ts";
import type { ReadLimits } from "../source/limits.ts";
import { Unreadable } from "../source/problem.ts";
import { checkPages } from "./pages.ts";

/** What a cell holds; an integer that a double cannot hold exactly stands as its digits. */
export type Cell = string | number | boolean | null;

export interface Column {
  readonly name: string;
  readonly type: "string" | "integer" | "number" | "boolean";
}

/** A table as Parquet keeps it: rows by the names of columns. */
export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly { readonly [column: string]: Cell }[];
}

/** Parquet with one flat, nullable column each, strings as UTF-8, compressed by Snappy. */
export function writeTable({ columns, rows }: Table): Uint8Array {
  const columnData = columns.map(({ name, type }) => ({
    name,
    data: rows.map((row) => {
      const cell = row[name] ?? null;
      return type === "integer" && cell !== null ? BigInt(cell) : cell;
    }),
  }));
  const schema = [
    { name: "schema", repetition_type: "REQUIRED", num_children: columns.length } as const,
    ...columns.map(elementOf),
  ];
  return new Uint8Array(parquetWriteBuffer({ columnData, schema, createdBy: "glasshouse" }));
}

function elementOf({ name, type }: Column): SchemaElement {
  const base = { name, repetition_type: "OPTIONAL" } as const;
  if (type === "integer") return { ...base, type: "INT64" };
  if (type === "number") return { ...base, type: "DOUBLE" };
  if (type === "boolean") return { ...base, type: "BOOLEAN" };
  const logical_type = { type: "STRING" } as const;
  return { ...base, type: "BYTE_ARRAY", converted_type: "UTF8", logical_type };
}

/**
 * Throws Unreadable where it is damaged, nested, beyond the limits, takes longer than `seconds`, or is
 * compressed by anything but Snappy and zstd.
 */
export async function readTable(bytes: Buffer, limits: ReadLimits, seconds = 30): Promise<Table> {
  if (bytes.length > limits.documentBytes) {
    throw new Unreadable(`it is larger than ${limits.documentBytes} bytes`);
  }
  try {
    const file = new Uint8Array(bytes).buffer;
    const metadata = parquetMetadata(file);
    const columns = columnsOf(metadata);
    checkPages(bytes, metadata, limits);
    const rows = await decodeParquetRows(bytes, {
      seconds,
      megabytes: 512,
      refusal: (why) => new Unreadable(why),
    });
    return { columns, rows: rows.map((row) => cells(row, columns)) };
  } catch (error) {
    if (error instanceof Unreadable) throw error;
    throw new Unreadable("its Parquet data is damaged or of a kind that is not known here");
  }
}

function columnsOf({ schema }: FileMetaData): readonly Column[] {
  const names = new Set<string>();
  return schema.slice(1).map((element) => {
    const type = typeOf(element);
    if (type === undefined || names.has(element.name)) {
      throw new Unreadable("a column is of a kind that is not known here");
    }
    names.add(element.name);
    return { name: element.name, type };
  });
}

function typeOf(element: SchemaElement): Column["type"] | undefined {
  if (element.num_children || element.repetition_type === "REPEATED") return undefined;
  switch (element.type) {
    case "BYTE_ARRAY":
      return "string";
    case "INT32":
    case "INT64":
      return element.converted_type === undefined && element.logical_type === undefined
        ? "integer"
        : undefined;
    case "FLOAT":
    case "DOUBLE":
      return "number";
    case "BOOLEAN":
      return "boolean";
    default:
      return undefined;
  }
}

function cells(row: { [column: string]: unknown }, columns: readonly Column[]) {
  return Object.fromEntries(columns.map(({ name }) => [name, cell(row[name])]));
}

function cell(value: unknown): Cell {
  if (typeof value === "bigint") {
    return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  }
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  return value === null || value === undefined ? null : JSON.stringify(value);
}
