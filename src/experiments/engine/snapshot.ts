import { EngineError, type TransformerShape } from "./shape.ts";

/**
 * A model's bytes: `GHTF`, the header's length (uint32), the header (JSON: shape), padding to 4,
 * then the parameters as little-endian float32 in the layout's order. Equal models give equal bytes.
 */
export function packModel(shape: TransformerShape, parameters: Float32Array): Uint8Array {
  const header = new TextEncoder().encode(JSON.stringify(inOrder(shape)));
  const start = padded(8 + header.length);
  const bytes = new Uint8Array(start + 4 * parameters.length);
  const view = new DataView(bytes.buffer);
  bytes.set(MAGIC, 0);
  view.setUint32(4, header.length, true);
  bytes.set(header, 8);
  parameters.forEach((value, i) => {
    view.setFloat32(start + 4 * i, value, true);
  });
  return bytes;
}

/** Reads `packModel`'s bytes. The parameters' number is for the caller to check against the shape. */
export function unpackModel(bytes: Uint8Array): {
  shape: TransformerShape;
  parameters: Float32Array;
} {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 8 || MAGIC.some((byte, i) => bytes[i] !== byte)) {
    throw new EngineError("model bytes", "they do not begin with GHTF", "give what save() wrote");
  }
  const length = view.getUint32(4, true);
  const start = padded(8 + length);
  if (start > bytes.length) {
    throw new EngineError("model bytes", "they end inside the header", "give the whole file");
  }
  const shape = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  const parameters = new Float32Array(Math.floor((bytes.length - start) / 4));
  for (let i = 0; i < parameters.length; i++) parameters[i] = view.getFloat32(start + 4 * i, true);
  return { shape, parameters };
}

const MAGIC = [0x47, 0x48, 0x54, 0x46];

function inOrder(shape: TransformerShape): TransformerShape {
  const { vocabulary, context, width, layers, heads, hidden, shift, batch } = shape;
  return { vocabulary, context, width, layers, heads, hidden, shift, batch };
}

function padded(size: number): number {
  return (size + 3) & ~3;
}
