/** The sizes of a transformer. `width / heads` and `hidden` must be multiples of 4 (SIMD lanes). */
export interface TransformerShape {
  /** Number of token ids. */
  readonly vocabulary: number;
  /** Longest sequence. */
  readonly context: number;
  /** Residual stream's width. */
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  /** Units of each MLP. */
  readonly hidden: number;
  /** Whether an embedding of the previous token is added ("smeared" input): it lets induction form early. */
  readonly shift: boolean;
  /** Most sequences in one batch. */
  readonly batch: number;
}

/** A wrong argument to the engine: says where, what was wrong, and what to give instead. */
export class EngineError extends Error {
  override readonly name = "EngineError";
  readonly place: string;
  constructor(place: string, cause: string, remedy: string) {
    super(`${place}: ${cause}; ${remedy}`);
    this.place = place;
  }
}

/** Throws `EngineError` on a shape that the engine cannot hold. */
export function checkShape(shape: TransformerShape): void {
  const counts = ["vocabulary", "context", "width", "layers", "heads", "hidden", "batch"] as const;
  for (const name of counts) {
    const value = shape[name];
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new EngineError(`shape.${name}`, `it is ${value}`, "give a whole number from 1");
    }
  }
  if (shape.width % (4 * shape.heads) !== 0) {
    throw new EngineError(
      "shape.width",
      `${shape.width} over ${shape.heads} heads is not a multiple of 4 each`,
      "give a width that is a multiple of 4 x heads",
    );
  }
  if (shape.hidden % 4 !== 0) {
    throw new EngineError("shape.hidden", `it is ${shape.hidden}`, "give a multiple of 4");
  }
}

/** Numbers that the layers' matrices and gains hold; embeddings and unembedding excluded. */
export function nonEmbeddingParameters(shape: TransformerShape): number {
  const { width, hidden, layers } = shape;
  return layers * (4 * width * width + 2 * width * hidden + hidden + 2 * width) + width;
}
