import { studentT } from "./distributions.ts";
import { StatisticsInputError } from "./errors.ts";
import { requireFraction, requireProbability, requireSameLength, requireSample } from "./input.ts";

/** An estimate with the ends of its confidence interval at the given level. */
export interface Interval {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  readonly level: number;
}

/** The arithmetic mean of at least one finite number; exact for equal numbers. */
export function mean(values: ArrayLike<number>): number {
  requireSample("mean(values)", values, 1);
  // Neumaier's compensated sum, and then the mean of what the division still left over.
  let sum = 0;
  let lost = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    const next = sum + value;
    lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    sum = next;
  }
  const rough = (sum + lost) / values.length;
  let rest = 0;
  for (let i = 0; i < values.length; i++) rest += values[i]! - rough;
  return rough + rest / values.length;
}

/** The sample variance, with n - 1 below, of at least two finite numbers, in two passes. */
export function variance(values: ArrayLike<number>): number {
  requireSample("variance(values)", values, 2);
  const centre = mean(values);
  let squares = 0;
  let rest = 0;
  for (let i = 0; i < values.length; i++) {
    const gap = values[i]! - centre;
    squares += gap * gap;
    rest += gap;
  }
  return Math.max(0, squares - (rest * rest) / values.length) / (values.length - 1);
}

/** The sample standard deviation, the root of `variance`. */
export function standardDeviation(values: ArrayLike<number>): number {
  return Math.sqrt(variance(values));
}

/**
 * The sample quantile at p by linear interpolation between order statistics (type 7 of Hyndman and
 * Fan 1996, the default of R and NumPy). The values need not be sorted.
 */
export function quantile(values: ArrayLike<number>, p: number): number {
  requireSample("quantile(values)", values, 1);
  requireProbability("quantile(p)", p);
  return sortedQuantile(Float64Array.from(values).sort(), p);
}

/** `quantile` of values that are sorted already and known to be numbers. */
export function sortedQuantile(sorted: ArrayLike<number>, p: number): number {
  const position = (sorted.length - 1) * p;
  const below = Math.floor(position);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  // Written so, equal neighbours, infinite ones too, give themselves.
  return low === high ? low : low + (position - below) * (high - low);
}

/** The middle value, or the mean of the two middle ones. */
export function median(values: ArrayLike<number>): number {
  return quantile(values, 0.5);
}

/** The t interval of a mean, for at least two numbers. */
export function meanInterval(values: ArrayLike<number>, level = 0.95): Interval {
  requireFraction("meanInterval(level)", level);
  requireSample("meanInterval(values)", values, 2);
  const estimate = mean(values);
  const df = values.length - 1;
  const reach = studentT(df).upperQuantile((1 - level) / 2);
  const margin = reach * Math.sqrt(variance(values) / values.length);
  return { estimate, low: estimate - margin, high: estimate + margin, level };
}

/** Pearson's correlation of two equally long samples of at least two numbers that vary. */
export function correlation(x: ArrayLike<number>, y: ArrayLike<number>): number {
  requireSample("correlation(x)", x, 2);
  requireSample("correlation(y)", y, 2);
  requireSameLength("correlation(x, y)", x.length, y.length);
  const meanX = mean(x);
  const meanY = mean(y);
  let xx = 0;
  let xy = 0;
  let yy = 0;
  for (let i = 0; i < x.length; i++) {
    xx += (x[i]! - meanX) ** 2;
    xy += (x[i]! - meanX) * (y[i]! - meanY);
    yy += (y[i]! - meanY) ** 2;
  }
  if (xx === 0 || yy === 0) {
    throw new StatisticsInputError(
      `correlation(${xx === 0 ? "x" : "y"})`,
      "its values are all equal",
      "a correlation needs values that vary",
    );
  }
  return Math.max(-1, Math.min(1, xy / Math.sqrt(xx * yy)));
}
