import { fitLogistic } from "../../stats/index.ts";
import { CONDUCT_FEATURES } from "./conduct.ts";
import type { TextFeatures } from "./features.ts";
import { BUCKETS } from "./hashing.ts";
import { fitSparse, sparseDot } from "./sparse-logistic.ts";
import { standardised } from "./text-probe.ts";

/** A transcript whose conduct is known. */
export interface ProbeExample {
  readonly features: TextFeatures;
  /** True for misconduct. */
  readonly label: boolean;
  /** Where it comes from: classes are balanced within a set, so that sets tell nothing. */
  readonly set: string;
  /** Examples of one task never stand on both sides of a fold. */
  readonly task: string | number;
}

/** A probe's logits for one example, uncalibrated. */
export interface ProbeScore {
  /** From conduct alone: what carries over to other agents and tasks. */
  readonly conduct: number;
  /** From conduct and words. */
  readonly text: number;
}

/** Penalties, per weighted mean loss. */
export interface Ridges {
  readonly conduct: number;
  readonly words: number;
}

/** Two fitted heads on the logit scale: conduct, and words on top of it. */
export interface Heads {
  readonly conduct: {
    readonly intercept: number;
    readonly weights: Float64Array;
    readonly centers: Float64Array;
    readonly scales: Float64Array;
  };
  readonly words: { readonly intercept: number; readonly weights: Float64Array };
}

export function fitHeads(examples: readonly ProbeExample[], ridges: Ridges): Heads {
  const conduct = fitConduct(examples, ridges.conduct);
  const words = fitSparse({
    rows: examples.map(({ features }) => features.words),
    labels: examples.map(({ label }) => label),
    weights: balanced(examples),
    offsets: examples.map((example) => conductLogit(conduct, example)),
    columns: BUCKETS,
    ridge: ridges.words,
  });
  return { conduct, words };
}

export function fitConduct(examples: readonly ProbeExample[], ridge: number): Heads["conduct"] {
  const weights = balanced(examples);
  const labels = examples.map(({ label }) => label);
  const { centers, scales } = spread(examples, weights);
  const rows = examples.map(({ features }) =>
    features.conduct.map((value, j) => standardised(value, { centers, scales }, j)),
  );
  const leaning = rows.map((row) =>
    row.reduce((total, value, j) => total + CONDUCT_FEATURES[j]!.leans * value, 0),
  );
  const common = fitLogistic({
    y: labels.map(Number),
    predictors: [leaning],
    weights,
    ridge: 1e-6 * weights.reduce((total, weight) => total + weight, 0),
  });
  // Data may find the leanings worthless, but never turn them all round.
  const slope = Math.max(0, common.coefficients[1]!);
  const deviations = fitSparse({
    rows: rows.map((values) => ({ indices: ALL_CONDUCT, values })),
    labels,
    weights,
    offsets: leaning.map((value) => slope * value),
    columns: CONDUCT_FEATURES.length,
    ridge,
  });
  return {
    intercept: deviations.intercept,
    weights: deviations.weights.map((value, j) => value + slope * CONDUCT_FEATURES[j]!.leans),
    centers,
    scales,
  };
}

const ALL_CONDUCT = Int32Array.from(CONDUCT_FEATURES.keys());

export function scorer({ conduct, words }: Heads): (example: ProbeExample) => ProbeScore {
  return (example) => {
    const logit = conductLogit(conduct, example);
    return {
      conduct: logit,
      text: logit + words.intercept + sparseDot(example.features.words, words.weights),
    };
  };
}

export function conductLogit(head: Heads["conduct"], { features }: ProbeExample): number {
  return features.conduct.reduce(
    (total, value, j) => total + head.weights[j]! * standardised(value, head, j),
    head.intercept,
  );
}

/** Each set counts the same and each class within it; then both classes count the same overall. */
export function balanced(examples: readonly ProbeExample[]): readonly number[] {
  const cell = ({ set, label }: ProbeExample) => `${label} ${set}`;
  const sizes = new Map<string, number>();
  for (const example of examples) sizes.set(cell(example), (sizes.get(cell(example)) ?? 0) + 1);
  const classes = [...sizes.keys()];
  const of = (label: boolean) => classes.filter((key) => key.startsWith(`${label} `)).length;
  return examples.map(
    (example) => examples.length / (2 * of(example.label) * sizes.get(cell(example))!),
  );
}

/** Weighted means and standard deviations; a feature that hardly varies is not blown up. */
function spread(examples: readonly ProbeExample[], weights: readonly number[]) {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const average = (of: (example: ProbeExample, j: number) => number) =>
    Float64Array.from(
      CONDUCT_FEATURES,
      (_, j) => examples.reduce((sum, example, i) => sum + weights[i]! * of(example, j), 0) / total,
    );
  const centers = average(({ features }, j) => features.conduct[j]!);
  const variances = average(({ features }, j) => (features.conduct[j]! - centers[j]!) ** 2);
  return { centers, scales: variances.map((variance) => Math.sqrt(variance + 0.01)) };
}
