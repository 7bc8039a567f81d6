// The training engine's arithmetic, in AssemblyScript with 128-bit SIMD.
//
// Every argument that names an array is an element index into the one shared memory (byte address
// divided by four); `ld*` is a row length in elements. Rows are contiguous. -1 stands for "none".
// Sums are taken in a fixed order, so equal inputs give equal bytes on every machine.
// Column counts of outputs must be multiples of four; row counts and inner lengths may be anything.

export { attend, attendBackward } from "./kernel-attention.as";
export { multiply, multiplyTransposed, transpose } from "./kernel-products.as";
export {
  adamw,
  embed,
  exponentiate,
  gather,
  normalize,
  normalizeBackward,
  scaleRows,
  scaleUnits,
  scatterAdd,
  sumRows,
} from "./kernel-rows.as";
