import type { TransformerShape } from "./shape.ts";

/** Where one parameter lies among the parameters, and the fan-in its starting values are scaled by. */
export interface ParameterLayout {
  readonly name: string;
  /** Row-major: a matrix [in, out], an embedding [vocabulary, width]. */
  readonly shape: readonly number[];
  /** First element, counted from the start of the parameters. */
  readonly offset: number;
  readonly size: number;
  /** Standard deviation of the starting values; null for a gain, which starts at 1. */
  readonly deviation: number | null;
}

/** The arena's map: an element index for each array (see `kernel.ts`). */
export interface Layout {
  readonly size: number;
  readonly parameters: readonly ParameterLayout[];
  /** Elements of all parameters together. Gradients and AdamW's two moments have the same layout. */
  readonly parameterCount: number;
  readonly at: {
    readonly values: number;
    readonly gradients: number;
    readonly mean: number;
    readonly square: number;
  };
  /** Row length of logits. */
  readonly ldv: number;
  readonly tokenEmbedding: number;
  readonly placeEmbedding: number;
  /** -1 without `shift`. */
  readonly shiftEmbedding: number;
  readonly finalGain: number;
  readonly unembedding: number;
  readonly layers: readonly LayerLayout[];
  readonly buffers: Buffers;
}

/** A layer's parameters (element indices of values; a gradient lies at the same distance from `at.gradients`) and what its forward pass keeps. */
export interface LayerLayout {
  readonly attentionGain: number;
  readonly query: number;
  readonly keyValue: number;
  readonly output: number;
  readonly mlpGain: number;
  readonly mlpIn: number;
  readonly mlpBias: number;
  readonly mlpOut: number;
  readonly queryT: number;
  readonly keyValueT: number;
  readonly outputT: number;
  readonly mlpInT: number;
  readonly mlpOutT: number;
  readonly x: number;
  readonly y: number;
  readonly inverse: number;
  readonly q: number;
  readonly kv: number;
  readonly weights: number;
  readonly attended: number;
  readonly middle: number;
  readonly middleY: number;
  readonly middleInverse: number;
  readonly units: number;
  readonly activationMask: number;
  readonly updateMask: number;
}

export interface Buffers {
  readonly tokens: number;
  readonly previous: number;
  readonly places: number;
  readonly owners: number;
  readonly starts: number;
  readonly chosen: number;
  readonly chosenPlaces: number;
  readonly chosenOwners: number;
  readonly chosenStarts: number;
  readonly factors: number;
  readonly chosenFactors: number;
  readonly chosenX: number;
  readonly chosenY: number;
  readonly x: number;
  readonly final: number;
  readonly finalInverse: number;
  readonly unembeddingT: number;
  readonly logits: number;
  readonly maxima: number;
  readonly sums: number;
  readonly rowScales: number;
  readonly dx: number;
  readonly dxFull: number;
  readonly dy: number;
  readonly dyFull: number;
  readonly dq: number;
  readonly dkv: number;
  readonly dunits: number;
  readonly scratch: number;
}

/** Lays a transformer of this shape out in one arena. */
export function layOut(shape: TransformerShape): Layout {
  const { vocabulary, context, width, layers, heads, hidden, shift, batch } = shape;
  const rows = batch * context;
  const ldv = padded(vocabulary);
  const parameters: ParameterLayout[] = [];
  let next = 256;
  const take = (size: number): number => {
    const at = next;
    next += padded(size);
    return at;
  };
  const values = next;
  const parameter = (name: string, dimensions: readonly number[], deviation: number | null) => {
    const size = dimensions.reduce((product, n) => product * n, 1);
    const at = take(size);
    parameters.push({ name, shape: dimensions, offset: at - values, size, deviation });
    return at;
  };
  const embedding = 0.1;
  const inward = 1 / Math.sqrt(width);
  const residual = 1 / Math.sqrt(2 * layers);

  const tokenEmbedding = parameter("embedding.token", [vocabulary, width], embedding);
  const placeEmbedding = parameter("embedding.position", [context, width], embedding);
  const shiftEmbedding = shift
    ? parameter("embedding.previous", [vocabulary, width], embedding)
    : -1;
  const weights = Array.from({ length: layers }, (_, l) => {
    const name = (part: string) => `layers.${l}.${part}`;
    return {
      attentionGain: parameter(name("attention.gain"), [width], null),
      query: parameter(name("attention.query"), [width, width], inward),
      keyValue: parameter(name("attention.keyValue"), [width, 2 * width], inward),
      output: parameter(name("attention.output"), [width, width], inward * residual),
      mlpGain: parameter(name("mlp.gain"), [width], null),
      mlpIn: parameter(name("mlp.in"), [width, hidden], inward * Math.SQRT2),
      mlpBias: parameter(name("mlp.bias"), [hidden], 0),
      mlpOut: parameter(name("mlp.out"), [hidden, width], residual / Math.sqrt(hidden)),
    };
  });
  const finalGain = parameter("final.gain", [width], null);
  const unembedding = parameter("unembedding", [vocabulary, width], inward);
  const parameterCount = next - values;
  const gradients = take(parameterCount);
  const mean = take(parameterCount);
  const square = take(parameterCount);

  const layerLayouts = weights.map((weight) => ({
    ...weight,
    queryT: take(width * width),
    keyValueT: take(2 * width * width),
    outputT: take(width * width),
    mlpInT: take(width * hidden),
    mlpOutT: take(width * hidden),
    x: take(rows * width),
    y: take(rows * width),
    inverse: take(rows),
    q: take(rows * width),
    kv: take(rows * 2 * width),
    // Each example's queries are rounded up to whole vectors (see `attend`).
    weights: take(heads * batch * padded(context) * context),
    attended: take(rows * width),
    middle: take(rows * width),
    middleY: take(rows * width),
    middleInverse: take(rows),
    units: take(rows * hidden),
    activationMask: take(batch * hidden),
    updateMask: take(batch * hidden),
  }));
  const buffers: Buffers = {
    tokens: take(rows),
    previous: take(rows),
    places: take(rows),
    owners: take(rows),
    starts: take(batch + 1),
    chosen: take(rows),
    chosenPlaces: take(rows),
    chosenOwners: take(rows),
    chosenStarts: take(batch + 1),
    factors: take(rows),
    chosenFactors: take(rows),
    chosenX: take(rows * width),
    chosenY: take(rows * width),
    x: take(rows * width),
    final: take(rows * width),
    finalInverse: take(rows),
    unembeddingT: take(width * ldv),
    logits: take(rows * ldv),
    maxima: take(rows),
    sums: take(rows),
    rowScales: take(rows),
    dx: take(rows * width),
    dxFull: take(rows * width),
    dy: take(rows * width),
    dyFull: take(rows * width),
    dq: take(rows * width),
    dkv: take(rows * 2 * width),
    dunits: take(rows * hidden),
    scratch: take((width / heads + 8) * padded(context)),
  };
  return {
    size: next,
    parameters,
    parameterCount,
    at: { values, gradients, mean, square },
    ldv,
    tokenEmbedding,
    placeEmbedding,
    shiftEmbedding,
    finalGain,
    unembedding,
    layers: layerLayouts,
    buffers,
  };
}

/** Rounded up to whole SIMD vectors. */
function padded(size: number): number {
  return (size + 3) & ~3;
}
