import { StatisticsInputError } from "./errors.ts";
import { requireFraction, requireSameLength, requireSample } from "./input.ts";
import { noncentralT } from "./noncentral-t.ts";
import { findRoot } from "./root.ts";
import { type Interval, mean, variance } from "./summary.ts";

/** A standardised mean difference. */
export interface EffectSize extends Interval {
  /** Hedges' g: d without its small-sample bias, by the usual factor 1 - 3/(4 df - 1). */
  readonly hedgesG: number;
}

/**
 * Cohen's d of two independent samples: the difference of the means in pooled standard deviations,
 * with the exact noncentral-t interval (normal data, equal variances).
 *
 * @param a, b at least two finite numbers each; a `StatisticsInputError` if neither varies.
 */
export function cohensD(a: ArrayLike<number>, b: ArrayLike<number>, level = 0.95): EffectSize {
  requireSample("cohensD(a)", a, 2);
  requireSample("cohensD(b)", b, 2);
  const df = a.length + b.length - 2;
  const pooled = ((a.length - 1) * variance(a) + (b.length - 1) * variance(b)) / df;
  const root = Math.sqrt((a.length * b.length) / (a.length + b.length));
  return standardised("cohensD", mean(a) - mean(b), Math.sqrt(pooled), root, df, level);
}

/**
 * Cohen's d of paired samples: the mean difference in standard deviations of the differences (often
 * written d_z), with the exact noncentral-t interval.
 */
export function cohensDPaired(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  level = 0.95,
): EffectSize {
  requireSameLength("cohensDPaired(a, b)", a.length, b.length);
  requireSample("cohensDPaired(a)", a, 2);
  requireSample("cohensDPaired(b)", b, 2);
  const differences = Float64Array.from(a, (value, i) => value - b[i]!);
  const n = differences.length;
  const sd = Math.sqrt(variance(differences));
  return standardised("cohensDPaired", mean(differences), sd, Math.sqrt(n), n - 1, level);
}

function standardised(
  name: string,
  difference: number,
  sd: number,
  root: number,
  df: number,
  level: number,
): EffectSize {
  requireFraction(`${name}(level)`, level);
  if (!(sd > 0)) {
    throw new StatisticsInputError(
      `${name}(a, b)`,
      "the values do not vary, so there is no standard deviation to measure by",
      "report the difference in its own unit",
    );
  }
  const estimate = difference / sd;
  const t = estimate * root;
  const tail = (1 - level) / 2;
  return {
    estimate,
    low: noncentrality((ncp) => noncentralT(df, ncp).survival(t) - tail, t) / root,
    high: noncentrality((ncp) => tail - noncentralT(df, ncp).cdf(t), t) / root,
    level,
    hedgesG: estimate * (1 - 3 / (4 * df - 1)),
  };
}

/** The noncentrality at which a function that grows with it is zero. */
function noncentrality(excess: (ncp: number) => number, t: number): number {
  let reach = 4 + Math.abs(t);
  while (excess(t - reach) > 0 || excess(t + reach) < 0) reach *= 2;
  return findRoot(excess, t - reach, t + reach, 1e-11 * reach);
}
