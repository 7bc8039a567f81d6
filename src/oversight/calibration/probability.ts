import { fitCalibrator, probabilityOf } from "../../monitors/index.ts";
import { Fault } from "../../record/index.ts";
import { clopperPearson, mean } from "../../stats/index.ts";
import type { CalibrationQuality, ReliabilityBin } from "./card-schema.ts";
import type { Labelled } from "./rows.ts";

/** Turns a score into the probability of an attack at the base rate of the rows it was fitted to. */
export type ScoreCurve = (score: number) => number;

/** Isotonic regression as a curve; NaN everywhere where there are no rows. */
export function isotonic(rows: readonly Pick<Labelled, "score" | "label">[]): ScoreCurve {
  if (rows.length === 0) return () => Number.NaN;
  const calibrator = fitCalibrator("isotonic", rows);
  return (score) => probabilityOf(calibrator, score);
}

/** Platt's scaling as a curve. */
export function logistic(rows: readonly Pick<Labelled, "score" | "label">[]): ScoreCurve {
  if (rows.length === 0) return () => Number.NaN;
  const calibrator = fitCalibrator("logistic", rows);
  return (score) => probabilityOf(calibrator, score);
}

/**
 * Each row's probability from a curve that was fitted to other tasks alone, so that no task vouches
 * for itself. Tasks are dealt to `most` folds, or as many as there are tasks, in the order in which
 * they first occur. Throws a Fault on fewer than two tasks.
 */
export function crossValidated<Row extends Pick<Labelled, "score" | "label" | "task">>(
  rows: readonly Row[],
  fitCurve: (rows: readonly Row[]) => ScoreCurve = isotonic,
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

/** How good cross-validated probabilities of one kind of curve are, on rows of at least two tasks. */
export function calibrationQuality(
  unit: CalibrationQuality["unit"],
  kind: CalibrationQuality["kind"],
  rows: readonly Labelled[],
  level = 0.95,
): CalibrationQuality {
  const labels = rows.map(({ label }) => label);
  const probabilities = crossValidated(rows, kind === "isotonic" ? isotonic : logistic);
  const share = labels.filter(Boolean).length / labels.length;
  const score = brier(probabilities, labels);
  return {
    unit,
    kind,
    brier: score,
    brierSkill: share > 0 && share < 1 ? 1 - score / (share * (1 - share)) : null,
    calibrationError: calibrationError(probabilities, labels),
    reliability: reliability(probabilities, labels, 10, level),
  };
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

/**
 * Probabilities against what was, in up to `bins` groups of about equal size; equal probabilities
 * stay together.
 */
export function reliability(
  probabilities: readonly number[],
  labels: readonly boolean[],
  bins = 10,
  level = 0.95,
): ReliabilityBin[] {
  const order = probabilities
    .map((_, i) => i)
    .sort((i, j) => probabilities[i]! - probabilities[j]!);
  const found: ReliabilityBin[] = [];
  let start = 0;
  order.forEach((row, at) => {
    const next = order[at + 1];
    const isTied = next !== undefined && probabilities[next] === probabilities[row];
    const isFull = (at + 1) / order.length >= (found.length + 1) / bins - 1e-9;
    if (next !== undefined && (isTied || !isFull)) return;
    const members = order.slice(start, at + 1);
    const positives = members.filter((i) => labels[i]).length;
    const { estimate, low, high } = clopperPearson(positives, members.length, level);
    found.push({
      count: members.length,
      predicted: mean(members.map((i) => probabilities[i]!)),
      observed: estimate,
      low,
      high,
    });
    start = at + 1;
  });
  return found;
}
