import { Fault } from "../../record/index.ts";
import { mean } from "../../stats/index.ts";
import type { ScoredStep } from "./rows.ts";

/** Turns a score into the probability of an attack at the base rate of the rows it was fitted to. */
export type ScoreCurve = (score: number) => number;

/**
 * Isotonic regression by pooling adjacent violators (Ayer et al. 1955): the rising step function
 * nearest to the labels. Between fitted scores it keeps the lower one's value.
 */
export function isotonic(rows: readonly Pick<ScoredStep, "score" | "label">[]): ScoreCurve {
  const blocks: { from: number; sum: number; count: number }[] = [];
  for (const { score, label } of [...rows].sort((a, b) => a.score - b.score)) {
    const last = blocks.at(-1);
    // Equal scores get one value.
    if (last && last.from === score) {
      last.sum += label ? 1 : 0;
      last.count += 1;
    } else blocks.push({ from: score, sum: label ? 1 : 0, count: 1 });
  }
  const pooled: typeof blocks = [];
  for (const block of blocks) {
    pooled.push(block);
    while (pooled.length > 1 && rate(pooled.at(-2)!) >= rate(pooled.at(-1)!)) {
      const { sum, count } = pooled.pop()!;
      pooled.at(-1)!.sum += sum;
      pooled.at(-1)!.count += count;
    }
  }
  return (score) => {
    const block = pooled.findLast(({ from }) => from <= score) ?? pooled[0];
    return block === undefined ? Number.NaN : rate(block);
  };
}

/**
 * Each row's probability from a curve that was fitted to other tasks alone, so that no task vouches
 * for itself. Tasks are dealt to `most` folds, or as many as there are tasks, in the order in which
 * they first occur. Throws a Fault on fewer than two tasks.
 */
export function crossValidated(
  rows: readonly ScoredStep[],
  fitCurve: (rows: readonly ScoredStep[]) => ScoreCurve = isotonic,
  most = 5,
): readonly number[] {
  const tasks = [...new Set(rows.map(({ task }) => task))];
  const folds = Math.min(most, tasks.length);
  if (folds < 2) {
    throw new Fault(
      "calibration",
      `the rows come from ${tasks.length === 1 ? "one task" : "no task"}`,
      "Give rows of at least two tasks",
    );
  }
  const foldOf = new Map(tasks.map((task, index) => [task, index % folds]));
  const curves = Array.from({ length: folds }, (_, fold) =>
    fitCurve(rows.filter(({ task }) => foldOf.get(task) !== fold)),
  );
  return rows.map(({ score, task }) => curves[foldOf.get(task)!]!(score));
}

/** Brier's score (1950): the mean squared gap of probability and what was; lower is better. */
export function brier(probabilities: readonly number[], labels: readonly boolean[]): number {
  return mean(probabilities.map((value, i) => (value - (labels[i] ? 1 : 0)) ** 2));
}

/** Expected calibration error over bins of equal width (Naeini et al. 2015): 0 is calibrated. */
export function calibrationError(
  probabilities: readonly number[],
  labels: readonly boolean[],
  bins = 10,
): number {
  const gaps = new Float64Array(bins);
  probabilities.forEach((value, i) => {
    gaps[Math.min(bins - 1, Math.floor(value * bins))]! += value - (labels[i] ? 1 : 0);
  });
  return gaps.reduce((sum, gap) => sum + Math.abs(gap), 0) / probabilities.length;
}

function rate({ sum, count }: { readonly sum: number; readonly count: number }): number {
  return sum / count;
}
