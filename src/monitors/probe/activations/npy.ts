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
  ["f2", "f16"],
  ["f4", "f32"],
  ["f8", "f64"],
]);
const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/**
 * The array of a .npy file (NEP 1), versions 1 to 3, in C or Fortran order, either byte order. The
 * header is read by patterns, never evaluated. Throws a Fault on anything else.
 */
export function readNpy(place: string, bytes: Uint8Array): Tensor {
  if (bytes.length < 10 || MAGIC.some((byte, i) => bytes[i] !== byte)) {
    throw refused(place, "it is no .npy file");
  }
  const version = bytes[6]!;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (version < 1 || version > 3 || (version > 1 && bytes.length < 12)) {
    throw refused(place, `its .npy version is ${version}`);
  }
  const from = version === 1 ? 10 : 12;
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > Math.min(bytes.length - from, TENSOR_LIMITS.headerBytes, 2 ** 16)) {
    throw refused(place, `its header claims ${length} bytes`);
  }
  const text = new TextDecoder(version === 3 ? "utf-8" : "latin1").decode(
    bytes.subarray(from, from + length),
  );
  const descr = /'descr': {0,4}'([<>=|]?)(f[248])'/.exec(text);
  const order = /'fortran_order': {0,4}(True|False)/.exec(text);
  const shape = /'shape': {0,4}\(([0-9, L]{0,200})\)/.exec(text);
  if (!descr || !order || !shape)
    throw refused(place, "its header names no floats, order and shape");
  const type = TYPES.get(descr[2]!)!;
  const lengths = shape[1]!
    .split(",")
    .map((part) => part.replace("L", "").trim())
    .filter((part) => part !== "")
    .map(Number);
  const count = sizeOf(place, lengths);
  const data = bytes.subarray(from + length);
  if (data.length !== count * bytesOf(type)) {
    throw refused(place, `${data.length} bytes do not hold ${lengths.join(" x ") || "1"} numbers`);
  }
  const values = readNumbers(place, data, type, count, descr[1] === ">");
  return {
    name: "",
    shape: lengths,
    values: order[1] === "True" ? toRowMajor(values, lengths) : values,
  };
}

/** Fortran order has the first index run fastest. */
function toRowMajor(values: Float64Array, shape: readonly number[]): Float64Array {
  const turned = new Float64Array(values.length);
  const index = new Array<number>(shape.length).fill(0);
  for (let at = 0; at < values.length; at++) {
    let to = 0;
    for (let d = 0; d < shape.length; d++) to = to * shape[d]! + index[d]!;
    turned[to] = values[at]!;
    for (let d = 0; d < shape.length; d++) {
      index[d]! += 1;
      if (index[d]! < shape[d]!) break;
      index[d] = 0;
    }
  }
  return turned;
}
