import type { Random } from "../stats/index.ts";
import { fromRows, type Matrix } from "./linear.ts";

/** What a next token depends on: two factors of `size` values each. */
export interface TwoFactorWorld {
  readonly size: number;
  /** [size * size, outcomes]: log p(outcome | first factor a, second factor b) in row a * size + b. */
  readonly logProbabilities: Matrix;
}

export type WorldKind = "additive" | "interaction";

/**
 * A random world. `additive`: the factors' logits add up, log p(y | a, b) = u(a, y) + v(b, y) - log Z.
 * `interaction`: each pair has logits of its own, of the same variance. All logits are normal;
 * an additive world's u and v have variance 1 each.
 */
export function createTwoFactorWorld(
  kind: WorldKind,
  size: number,
  outcomes: number,
  random: Random,
): TwoFactorWorld {
  const draw = (count: number, deviation: number) =>
    Array.from({ length: count }, () =>
      Float64Array.from({ length: outcomes }, () => deviation * random.normal()),
    );
  const first = draw(size, 1);
  const second = draw(size, 1);
  const own = draw(size * size, Math.SQRT2);
  const logits =
    kind === "interaction"
      ? own
      : first.flatMap((u) => second.map((v) => u.map((value, y) => value + v[y]!)));
  return { size, logProbabilities: fromRows(logits.map(logSoftmax)) };
}

/**
 * Mean over the contexts of KL(world || model) in nats, with the model given by representations
 * f[contexts, width] and unembedding [outcomes, width]; in float64.
 */
export function meanDivergence(world: TwoFactorWorld, logits: Matrix): number {
  const { logProbabilities: target } = world;
  let sum = 0;
  for (let row = 0; row < target.rows; row++) {
    const from = row * target.columns;
    const model = logSoftmax(logits.values.subarray(from, from + target.columns));
    for (let y = 0; y < target.columns; y++) {
      const logP = target.values[from + y]!;
      sum += Math.exp(logP) * (logP - model[y]!);
    }
  }
  return sum / target.rows;
}

/** log(softmax(logits)), in float64. */
export function logSoftmax(logits: Float64Array): Float64Array {
  const largest = logits.reduce((a, b) => Math.max(a, b));
  const sum = logits.reduce((total, logit) => total + Math.exp(logit - largest), 0);
  return logits.map((logit) => logit - largest - Math.log(sum));
}
