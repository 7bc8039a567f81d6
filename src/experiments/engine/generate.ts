import { EngineError } from "./shape.ts";

/** What of a transformer predicts the next tokens. */
interface Predictor {
  forward(input: {
    readonly tokens: Int32Array;
    readonly length: number;
    readonly positions: Int32Array;
  }): { readonly predictions: Int32Array };
}

/**
 * Continues prompts [examples * length] by `count` tokens, each the one with the highest logit, and
 * returns them whole: [examples * (length + count)].
 */
export function continueGreedily(
  transformer: Predictor,
  prompts: Int32Array,
  length: number,
  count: number,
): Int32Array {
  const examples = prompts.length / length;
  if (!Number.isInteger(examples) || examples < 1) {
    throw new EngineError(
      "prompts",
      `${prompts.length} tokens make ${examples} prompts of ${length}`,
      "give whole prompts of one length",
    );
  }
  const total = length + count;
  const out = new Int32Array(examples * total);
  for (let e = 0; e < examples; e++) {
    out.set(prompts.subarray(e * length, (e + 1) * length), e * total);
  }
  for (let seen = length; seen < total; seen++) {
    const tokens = new Int32Array(examples * seen);
    for (let e = 0; e < examples; e++) {
      tokens.set(out.subarray(e * total, e * total + seen), e * seen);
    }
    const positions = Int32Array.from({ length: examples }, (_, e) => (e + 1) * seen - 1);
    const { predictions } = transformer.forward({ tokens, length: seen, positions });
    for (let e = 0; e < examples; e++) out[e * total + seen] = predictions[e]!;
  }
  return out;
}
