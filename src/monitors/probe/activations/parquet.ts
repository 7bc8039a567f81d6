import { parquetMetadata } from "hyparquet";
import { z } from "zod";
import { decodeParquetRows } from "../../../formats/index.ts";
import { refused, sizeOf, type Tensor } from "./tensor.ts";

/** What stands in a Parquet table of steps: its vectors, and one record a step of its other columns. */
export interface ActivationTable {
  readonly tensors: readonly Tensor[];
  readonly records: readonly Readonly<Record<string, unknown>>[];
}

const rowsSchema = z.array(z.record(z.string(), z.unknown()));

/**
 * Reads a Parquet table with a step a row: columns of lists of numbers, all equally long, are vectors;
 * the others label the step. Throws a Fault after `seconds` and on anything that is no such table.
 */
export async function readActivationTable(
  place: string,
  bytes: Uint8Array,
  seconds = 60,
): Promise<ActivationTable> {
  requireSize(place, bytes);
  const rows = rowsSchema.safeParse(
    await decodeParquetRows(bytes, {
      seconds,
      megabytes: 2048,
      refusal: (why) => refused(place, why),
    }),
  );
  if (!rows.success || rows.data.length === 0)
    throw refused(place, "its Parquet table has no rows");
  const names = Object.keys(rows.data[0]!);
  const vectors = names.filter((name) => isVector(rows.data[0]![name]));
  if (vectors.length === 0)
    throw refused(place, "none of its Parquet columns is a list of numbers");
  return {
    tensors: vectors.map((name) => vectorsOf(`${place}: ${name.slice(0, 80)}`, name, rows.data)),
    records: rows.data.map((row) =>
      Object.fromEntries(
        names.filter((name) => !vectors.includes(name)).map((name) => [name, row[name]]),
      ),
    ),
  };
}

function requireSize(place: string, bytes: Uint8Array): void {
  let rows: number;
  try {
    rows = Number(parquetMetadata(new Uint8Array(bytes).buffer).num_rows);
  } catch {
    throw refused(place, "it is no Parquet file, or its footer is damaged");
  }
  // A row takes at least a bit of a run; claims beyond the file's own size in bits are lies.
  sizeOf(place, [rows]);
  if (rows > 8 * bytes.length)
    throw refused(place, `it claims ${rows} rows in ${bytes.length} bytes`);
}

function vectorsOf(
  place: string,
  name: string,
  rows: readonly Readonly<Record<string, unknown>>[],
): Tensor {
  const width = (rows[0]![name] as ArrayLike<number>).length;
  const values = new Float64Array(sizeOf(place, [rows.length, width]));
  rows.forEach((row, i) => {
    const vector = row[name];
    if (!isVector(vector) || vector.length !== width) {
      throw refused(place, `row ${i} is not ${width} numbers`);
    }
    for (let j = 0; j < width; j++) {
      const value = vector[j]!;
      if (typeof value !== "number" || !Number.isFinite(value)) {
        throw refused(place, `row ${i} holds ${String(value).slice(0, 40)}`);
      }
      values[i * width + j] = value;
    }
  });
  return { name, shape: [rows.length, width], values };
}

function isVector(value: unknown): value is ArrayLike<number> {
  if (ArrayBuffer.isView(value))
    return !(value instanceof DataView) && !(value instanceof Uint8Array);
  return Array.isArray(value) && value.length > 0 && typeof value[0] === "number";
}
