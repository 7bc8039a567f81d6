import { beta, binomial, normal } from "./distributions.ts";
import { StatisticsInputError } from "./errors.ts";
import { requireFraction, requireProbability, requireSameLength, requireSample } from "./input.ts";
import { clopperPearson } from "./proportions.ts";
import { midranks } from "./rank-tests.ts";
import type { Interval } from "./summary.ts";

/** One threshold of a detector: a score of at least `threshold` raises an alarm. */
export interface RocPoint {
  readonly threshold: number;
  /** Share of the negatives that alarm. */
  readonly falsePositiveRate: number;
  /** Share of the positives that alarm. */
  readonly truePositiveRate: number;
}

/** The area under a ROC curve with its interval. */
export interface Auroc extends Interval {
  /** DeLong's standard error; 0 where the scores separate the classes. */
  readonly standardError: number;
  readonly positives: number;
  readonly negatives: number;
}

/** The difference of two detectors' areas on the same cases. */
export interface AurocDifference extends Interval {
  readonly standardError: number;
  readonly statistic: number;
  readonly p: number;
  readonly first: Auroc;
  readonly second: Auroc;
}

/**
 * The ROC curve: a point for every score that occurs, from no alarms (threshold `Infinity`) to
 * alarms on everything.
 *
 * @param scores higher is more suspicious. @param labels true for the cases to be found.
 */
export function rocCurve(scores: ArrayLike<number>, labels: readonly boolean[]): RocPoint[] {
  const { positives, negatives } = split("rocCurve", scores, labels);
  const order = Array.from(labels, (_, i) => i).sort((i, j) => scores[j]! - scores[i]!);
  const points: RocPoint[] = [{ threshold: Infinity, falsePositiveRate: 0, truePositiveRate: 0 }];
  let hits = 0;
  let alarms = 0;
  order.forEach((i, position) => {
    if (labels[i]) hits += 1;
    else alarms += 1;
    const next = order[position + 1];
    if (next !== undefined && scores[next] === scores[i]) return;
    points.push({
      threshold: scores[i]!,
      falsePositiveRate: alarms / negatives.length,
      truePositiveRate: hits / positives.length,
    });
  });
  return points;
}

/**
 * The area under the ROC curve: the chance that a positive scores above a negative, ties counting
 * half, with DeLong's interval (DeLong, DeLong and Clarke-Pearson 1988), cut to [0, 1].
 *
 * Where the scores separate the classes DeLong's variance is 0 and says nothing. Then the interval
 * is the Clopper-Pearson interval of m successes in m trials, m the size of the smaller class.
 */
export function auroc(scores: ArrayLike<number>, labels: readonly boolean[], level = 0.95): Auroc {
  requireFraction("auroc(level)", level);
  const { area, overPositives, overNegatives } = placements("auroc", scores, labels);
  const standardError = Math.sqrt(
    covariance(overPositives, overPositives) / overPositives.length +
      covariance(overNegatives, overNegatives) / overNegatives.length,
  );
  const fixed = {
    estimate: area,
    level,
    standardError,
    positives: overPositives.length,
    negatives: overNegatives.length,
  };
  if (area === 0 || area === 1) {
    const m = Math.min(overPositives.length, overNegatives.length);
    const { low, high } = clopperPearson(area * m, m, level);
    return { ...fixed, low, high };
  }
  const reach = normal.upperQuantile((1 - level) / 2) * standardError;
  return { ...fixed, low: Math.max(0, area - reach), high: Math.min(1, area + reach) };
}

/**
 * DeLong's test of two detectors on the same cases: the difference of their areas, first less
 * second, with the covariance that sharing the cases brings. Throws where the areas differ but
 * neither varies over the cases (as when one detector is perfect and the other perfectly wrong):
 * then there is no error to measure the difference by.
 */
export function compareAuroc(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  labels: readonly boolean[],
  level = 0.95,
): AurocDifference {
  const a = placements("compareAuroc(first)", first, labels);
  const b = placements("compareAuroc(second)", second, labels);
  const gap = (x: Float64Array, y: Float64Array) => x.map((value, i) => value - y[i]!);
  const overPositives = gap(a.overPositives, b.overPositives);
  const overNegatives = gap(a.overNegatives, b.overNegatives);
  const standardError = Math.sqrt(
    covariance(overPositives, overPositives) / overPositives.length +
      covariance(overNegatives, overNegatives) / overNegatives.length,
  );
  const estimate = a.area - b.area;
  if (standardError === 0 && estimate !== 0) {
    throw new StatisticsInputError(
      "compareAuroc(first, second)",
      `the areas are ${a.area} and ${b.area} and do not vary over the cases`,
      "report both areas with their own intervals",
    );
  }
  const statistic = estimate === 0 ? 0 : estimate / standardError;
  const reach = normal.upperQuantile((1 - level) / 2) * standardError;
  return {
    estimate,
    low: estimate - reach,
    high: estimate + reach,
    level,
    standardError,
    statistic,
    p: Math.min(1, 2 * normal.survival(Math.abs(statistic))),
    first: auroc(first, labels, level),
    second: auroc(second, labels, level),
  };
}

/**
 * The area under the curve up to a false positive rate, straight lines between its points, over the
 * area there could be (so that 1 is perfect), or standardised as McClish does (1989), so that chance
 * is 1/2 too.
 */
export function partialAuroc(
  scores: ArrayLike<number>,
  labels: readonly boolean[],
  most: number,
  standardise = false,
): number {
  if (!(most > 0 && most <= 1)) {
    throw new StatisticsInputError(
      "partialAuroc(most)",
      `the false positive rate is ${most}`,
      "give a rate above 0 and up to 1",
    );
  }
  const points = rocCurve(scores, labels);
  let area = 0;
  for (let i = 1; i < points.length; i++) {
    const from = points[i - 1]!;
    const to = points[i]!;
    if (from.falsePositiveRate >= most) break;
    const width = to.falsePositiveRate - from.falsePositiveRate;
    const share = width > 0 ? Math.min(1, (most - from.falsePositiveRate) / width) : 1;
    const rise = share * (to.truePositiveRate - from.truePositiveRate);
    area += share * width * (from.truePositiveRate + rise / 2);
  }
  if (!standardise) return area / most;
  const chance = most ** 2 / 2;
  return (1 + (area - chance) / (most - chance)) / 2;
}

/** A detector at one threshold, with exact intervals. */
export interface OperatingPoint {
  readonly threshold: number;
  readonly truePositiveRate: Interval;
  readonly falsePositiveRate: Interval;
}

/**
 * The rates at a threshold that was fixed beforehand, each with its Clopper-Pearson interval.
 */
export function operatingPoint(
  scores: ArrayLike<number>,
  labels: readonly boolean[],
  threshold: number,
  level = 0.95,
): OperatingPoint {
  const { positives, negatives } = split("operatingPoint", scores, labels);
  const alarms = (list: readonly number[]) => list.filter((score) => score >= threshold).length;
  return {
    threshold,
    truePositiveRate: clopperPearson(alarms(positives), positives.length, level),
    falsePositiveRate: clopperPearson(alarms(negatives), negatives.length, level),
  };
}

/**
 * The true positive rate at a false positive rate: the estimate at the lowest threshold whose share
 * of alarms on the negatives is at most `most`.
 *
 * The interval is for the threshold that has this false positive rate in truth, which the negatives
 * only bracket: half of the error goes to the order statistics around it, half to Clopper-Pearson
 * at both. It holds at least as often as its level says, for any continuous scores; with few
 * negatives beside 1/`most` its lower end is 0, since then the threshold could be anywhere.
 */
export function tprAtFpr(
  scores: ArrayLike<number>,
  labels: readonly boolean[],
  most: number,
  level = 0.95,
): Interval & { readonly threshold: number; readonly falsePositiveRate: number } {
  requireProbability("tprAtFpr(most)", most);
  requireFraction("tprAtFpr(level)", level);
  const { positives } = split("tprAtFpr", scores, labels);
  const negatives = split("tprAtFpr", scores, labels).negatives.sort((a, b) => b - a);
  const point = rocCurve(scores, labels).findLast(
    (candidate) => candidate.falsePositiveRate <= most + 1e-12,
  )!;
  const n = negatives.length;
  const error = 1 - level;
  // How many of the n negatives may lie above the true threshold, at error/4 on each side.
  const counts = binomial(n, most);
  const fewest = counts.quantile(error / 4);
  const largest = counts.upperQuantile(error / 4);
  const strict = fewest === 0 ? Infinity : negatives[fewest - 1]!;
  const lax = largest >= n ? -Infinity : negatives[largest]!;
  const caughtStrictly = positives.filter((score) => score > strict).length;
  const caughtLaxly = positives.filter((score) => score >= lax).length;
  const tail = error / 4;
  const m = positives.length;
  return {
    estimate: point.truePositiveRate,
    low: caughtStrictly === 0 ? 0 : beta(caughtStrictly, m - caughtStrictly + 1).quantile(tail),
    high: caughtLaxly === m ? 1 : beta(caughtLaxly + 1, m - caughtLaxly).upperQuantile(tail),
    level,
    threshold: point.threshold,
    falsePositiveRate: point.falsePositiveRate,
  };
}

interface Placements {
  readonly area: number;
  /** For each positive the share of negatives below it. */
  readonly overPositives: Float64Array;
  /** For each negative the share of positives above it. */
  readonly overNegatives: Float64Array;
}

/** By midranks (Sun and Xu 2014), in the time of a sort. */
function placements(
  name: string,
  scores: ArrayLike<number>,
  labels: readonly boolean[],
): Placements {
  const { positives, negatives } = split(name, scores, labels);
  const m = positives.length;
  const n = negatives.length;
  const all = midranks([...positives, ...negatives]);
  const within = midranks(positives);
  const withinNegatives = midranks(negatives);
  const overPositives = within.map((rank, i) => (all[i]! - rank) / n);
  const overNegatives = withinNegatives.map((rank, j) => 1 - (all[m + j]! - rank) / m);
  let sum = 0;
  for (let i = 0; i < m; i++) sum += all[i]!;
  const area = (sum - (m * (m + 1)) / 2) / (m * n);
  return { area, overPositives, overNegatives };
}

function split(name: string, scores: ArrayLike<number>, labels: readonly boolean[]) {
  requireSameLength(`${name}(scores, labels)`, scores.length, labels.length);
  requireSample(`${name}(scores)`, scores, 1);
  const positives: number[] = [];
  const negatives: number[] = [];
  labels.forEach((label, i) => {
    (label ? positives : negatives).push(scores[i]!);
  });
  if (positives.length === 0 || negatives.length === 0) {
    throw new StatisticsInputError(
      `${name}(labels)`,
      `there are ${positives.length} positives and ${negatives.length} negatives`,
      "give at least one of each",
    );
  }
  return { positives, negatives };
}

function covariance(a: Float64Array, b: Float64Array): number {
  const n = a.length;
  if (n < 2) return 0;
  const meanA = a.reduce((sum, value) => sum + value, 0) / n;
  const meanB = b.reduce((sum, value) => sum + value, 0) / n;
  return a.reduce((sum, value, i) => sum + (value - meanA) * (b[i]! - meanB), 0) / (n - 1);
}
