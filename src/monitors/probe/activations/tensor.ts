import { Fault } from "../../../record/index.ts";

/** A named array of numbers from a file: row-major, whatever the file's order was. */
export interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float64Array;
}

/** Files beyond these are refused before anything is allocated. */
export const TENSOR_LIMITS = {
  /** Numbers in one tensor: 2 GiB as float64. */
  values: 2 ** 28,
  dimensions: 8,
  headerBytes: 100 * 2 ** 20,
  tensors: 100_000,
} as const;

/** How numbers stand in a file. */
export type NumberType = "f16" | "bf16" | "f32" | "f64";

const BYTES: Readonly<Record<NumberType, number>> = { f16: 2, bf16: 2, f32: 4, f64: 8 };

/** The number of values of a shape. Throws a Fault on shapes that are none or too large. */
export function sizeOf(place: string, shape: readonly number[]): number {
  if (shape.length > TENSOR_LIMITS.dimensions) {
    throw refused(place, `it has ${shape.length} dimensions`);
  }
  let size = 1;
  for (const length of shape) {
    if (!Number.isSafeInteger(length) || length < 0)
      throw refused(place, `a dimension is ${length}`);
    size *= length;
    if (size > TENSOR_LIMITS.values) throw refused(place, "it holds too many numbers");
  }
  return size;
}

export function bytesOf(type: NumberType): number {
  return BYTES[type];
}

/** Reads numbers; refuses those that are none, for a fit would hide them. */
export function readNumbers(
  place: string,
  bytes: Uint8Array,
  type: NumberType,
  count: number,
  bigEndian = false,
): Float64Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const width = BYTES[type];
  const values = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const at = i * width;
    const value =
      type === "f64"
        ? view.getFloat64(at, !bigEndian)
        : type === "f32"
          ? view.getFloat32(at, !bigEndian)
          : type === "f16"
            ? halfToNumber(view.getUint16(at, !bigEndian))
            : brainToNumber(view.getUint16(at, !bigEndian));
    if (!Number.isFinite(value)) throw refused(place, `number ${i} is ${value}`);
    values[i] = value;
  }
  return values;
}

/** IEEE 754 binary16. */
export function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const scratch = new DataView(new ArrayBuffer(4));

/** bfloat16: the upper half of a binary32. */
export function brainToNumber(bits: number): number {
  scratch.setUint32(0, bits * 0x10000);
  return scratch.getFloat32(0);
}

export function refused(place: string, problem: string): Fault {
  return new Fault(
    place,
    problem,
    "Give finite activations as float16, bfloat16, float32 or float64",
  );
}
