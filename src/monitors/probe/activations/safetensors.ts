import { z } from "zod";
import {
  bytesOf,
  type NumberType,
  readNumbers,
  refused,
  sizeOf,
  TENSOR_LIMITS,
  type Tensor,
} from "./tensor.ts";

const TYPES: ReadonlyMap<string, NumberType> = new Map([
  ["F16", "f16"],
  ["BF16", "bf16"],
  ["F32", "f32"],
  ["F64", "f64"],
]);

const entrySchema = z.object({
  dtype: z.string(),
  shape: z.array(z.number()),
  data_offsets: z.tuple([z.number(), z.number()]),
});

/**
 * The tensors of a safetensors file (huggingface.co/docs/safetensors): eight bytes of length, a JSON
 * header, then the data. Tensors of other types than floats are passed over. Throws a Fault on
 * offsets that overlap, leave the file or do not fit the shape, and on numbers that are none.
 */
export function readSafetensors(place: string, bytes: Uint8Array): readonly Tensor[] {
  if (bytes.length < 8) throw refused(place, "it is shorter than a safetensors header");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getBigUint64(0, true);
  if (length > BigInt(Math.min(TENSOR_LIMITS.headerBytes, bytes.length - 8))) {
    throw refused(place, `its header claims ${length} bytes`);
  }
  const data = bytes.subarray(8 + Number(length));
  const entries = [...header(place, bytes.subarray(8, 8 + Number(length)))].map(([name, value]) => {
    const parsed = entrySchema.safeParse(value);
    if (!parsed.success)
      throw refused(place, `the entry of ${JSON.stringify(name.slice(0, 80))} is malformed`);
    return { name, ...parsed.data };
  });
  let end = 0;
  for (const { name, data_offsets } of [...entries].sort(
    (a, b) => a.data_offsets[0] - b.data_offsets[0],
  )) {
    const [from, to] = data_offsets;
    if (
      !Number.isSafeInteger(from) ||
      !Number.isSafeInteger(to) ||
      from < end ||
      to < from ||
      to > data.length
    ) {
      throw refused(
        place,
        `the offsets of ${JSON.stringify(name.slice(0, 80))} are ${from} to ${to}`,
      );
    }
    end = to;
  }
  return entries.flatMap(({ name, dtype, shape, data_offsets: [from, to] }) => {
    const type = TYPES.get(dtype);
    if (!type) return [];
    const where = `${place}: ${name.slice(0, 80)}`;
    const count = sizeOf(where, shape);
    if (to - from !== count * bytesOf(type)) {
      throw refused(
        where,
        `${to - from} bytes do not hold ${shape.join(" x ")} numbers of ${dtype}`,
      );
    }
    return [{ name, shape, values: readNumbers(where, data.subarray(from, to), type, count) }];
  });
}

function header(place: string, bytes: Uint8Array): ReadonlyMap<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw refused(place, "its header is no JSON");
  }
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    throw refused(place, "its header is no object");
  }
  const entries = Object.entries(value).filter(([name]) => name !== "__metadata__");
  if (entries.length > TENSOR_LIMITS.tensors)
    throw refused(place, `it names ${entries.length} tensors`);
  return new Map(entries);
}
