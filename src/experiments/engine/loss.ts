import { checkLength, type Sequences } from "./batch.ts";
import type { Pass } from "./forward.ts";
import type { Kernel } from "./kernel.ts";
import type { Layout } from "./layout.ts";
import { EngineError, type TransformerShape } from "./shape.ts";

/** What the predictions at some positions are held against: `targets` or `soft`, one of the two. */
export interface Objective extends Sequences {
  /** [examples * length]: the token that should be predicted at each position; -1 asks for none. Loss: cross-entropy. */
  readonly targets?: Int32Array;
  /** Distributions to match. Loss: KL(target || model), in nats. */
  readonly soft?: SoftTargets;
  /** [examples * length]: how much each position's loss counts; 1 by default. Negative asks for gradient ascent. */
  readonly weights?: Float32Array;
  /** Ascent leaves alone the positions whose loss has reached this many nats. */
  readonly ascentCap?: number;
}

export interface SoftTargets {
  /** Flat positions (example * length + place), in rising order. */
  readonly positions: Int32Array;
  /** [positions, vocabulary]: one distribution a position. */
  readonly distributions: Float32Array;
}

export interface LossResult {
  /** Sum of weight * loss over the positions with a loss, divided by their number; nats. */
  readonly loss: number;
  /** [examples * length]: each position's own loss in nats, unweighted; 0 where there is none. */
  readonly perPosition: Float32Array;
}

/** The positions where this objective has a loss, in rising order. */
export function lossPositions(objective: Objective): Int32Array {
  const { targets, soft, tokens } = objective;
  if ((targets === undefined) === (soft === undefined)) {
    throw new EngineError(
      "objective",
      targets === undefined ? "it has no target" : "it has targets and soft targets",
      "give either targets or soft",
    );
  }
  if (soft !== undefined) return soft.positions;
  checkLength("targets", targets!, tokens.length);
  const positions = new Int32Array(targets!.length);
  let count = 0;
  for (let row = 0; row < targets!.length; row++) {
    if (targets![row]! >= 0) positions[count++] = row;
  }
  return positions.subarray(0, count);
}

/**
 * Turns `buffers.logits` into the loss's gradient (in place) and returns the loss.
 * `positions` are the pass's chosen rows.
 */
export function applyLoss(
  kernel: Kernel,
  shape: TransformerShape,
  layout: Layout,
  pass: Pass,
  objective: Objective,
  positions: Int32Array,
): LossResult {
  const { vocabulary } = shape;
  const { buffers: b, ldv } = layout;
  const x = kernel.numbers;
  const { targets, soft, weights, tokens, ascentCap = Number.POSITIVE_INFINITY } = objective;
  if (weights !== undefined) checkLength("weights", weights, tokens.length);
  if (soft !== undefined) {
    checkLength("soft.distributions", soft.distributions, positions.length * vocabulary);
  }

  // What the loss needs of the logits, before they become exponentials.
  const expected = new Float64Array(positions.length);
  positions.forEach((row, i) => {
    const logits = b.logits + i * ldv;
    if (soft === undefined) {
      expected[i] = x[logits + checkedTarget(targets![row]!, row, vocabulary)]!;
    } else {
      expected[i] = expectedUnder(soft.distributions, i * vocabulary, x, logits, vocabulary);
    }
  });
  kernel.exponentiate(b.logits, ldv, pass.chosen, vocabulary, b.maxima, b.sums);

  const perPosition = new Float32Array(tokens.length);
  const shares = new Float64Array(positions.length);
  let loss = 0;
  positions.forEach((row, i) => {
    const nats = Math.log(x[b.sums + i]!) + x[b.maxima + i]! - expected[i]!;
    const weight = weights === undefined ? 1 : weights[row]!;
    perPosition[row] = nats;
    loss += weight * nats;
    shares[i] = weight < 0 && nats >= ascentCap ? 0 : weight / positions.length;
    x[b.rowScales + i] = shares[i]! / x[b.sums + i]!;
  });
  kernel.scaleRows(b.logits, ldv, pass.chosen, ldv, b.rowScales);
  positions.forEach((row, i) => {
    const gradient = b.logits + i * ldv;
    if (soft === undefined) {
      x[gradient + targets![row]!]! -= shares[i]!;
      return;
    }
    for (let v = 0; v < vocabulary; v++) {
      x[gradient + v]! -= shares[i]! * soft.distributions[i * vocabulary + v]!;
    }
  });
  return { loss: loss / positions.length, perPosition };
}

/** The sum of p (logit - log p): what KL(p || model) subtracts from the log of the normaliser. */
function expectedUnder(
  p: Float32Array,
  from: number,
  x: Float32Array,
  logits: number,
  vocabulary: number,
): number {
  let sum = 0;
  for (let v = 0; v < vocabulary; v++) {
    const probability = p[from + v]!;
    if (probability > 0) sum += probability * (x[logits + v]! - Math.log(probability));
  }
  return sum;
}

function checkedTarget(target: number, row: number, vocabulary: number): number {
  if (target >= vocabulary) {
    throw new EngineError(
      `targets[${row}]`,
      `it is ${target} with a vocabulary of ${vocabulary}`,
      "give -1 or an id from 0 to vocabulary - 1",
    );
  }
  return target;
}
