import { studentT } from "./distributions.ts";
import { requireFraction, requireSameLength, requireSample } from "./input.ts";
import { type Interval, mean, variance } from "./summary.ts";

/** What would speak against the null value: a difference either way, or one way only. */
export type Alternative = "two-sided" | "greater" | "less";

/** How a t test is asked. Every field has a default. */
export interface TTestOptions {
  /** The value of the mean (difference) under the null hypothesis; 0. */
  readonly null?: number;
  /** "two-sided". */
  readonly alternative?: Alternative;
  /** Confidence level of the interval; 0.95. */
  readonly level?: number;
  /**
   * "two-sided" (the default) gives a finite interval whatever the alternative. "one-sided" gives
   * the interval that goes with a one-sided test: one end is infinite.
   */
  readonly interval?: "two-sided" | "one-sided";
}

/** A t test's answer. `estimate` is the mean, or the difference of the means. */
export interface TTest extends Interval {
  /** (estimate - null) / standard error. Infinite or 0 where there is no variance. */
  readonly statistic: number;
  /** Degrees of freedom; for Welch's test those of Satterthwaite. */
  readonly df: number;
  readonly p: number;
  /** How many observations: pairs for a paired test, both groups together for Welch's. */
  readonly n: number;
  readonly standardError: number;
  /**
   * True where the values do not vary (beyond rounding), so that no t distribution applies. Then p
   * is 0 if the estimate lies on the alternative's side of the null value and 1 if not, and the
   * interval is the estimate alone. Do not report such a p without saying so.
   */
  readonly degenerate: boolean;
}

/**
 * Student's one-sample t test of a mean against a null value.
 *
 * @param values at least two finite numbers, or a `StatisticsInputError` is thrown.
 */
export function oneSampleT(values: ArrayLike<number>, options: TTestOptions = {}): TTest {
  requireSample("oneSampleT(values)", values, 2);
  return decide(
    mean(values),
    Math.sqrt(variance(values) / values.length),
    values.length - 1,
    values.length,
    largest(values),
    options,
  );
}

/**
 * Student's paired t test: the one-sample test of the differences a[i] - b[i].
 *
 * @param a, b equally long, at least two finite numbers each.
 */
export function pairedT(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  options: TTestOptions = {},
): TTest {
  requireSameLength("pairedT(a, b)", a.length, b.length);
  requireSample("pairedT(a)", a, 2);
  requireSample("pairedT(b)", b, 2);
  const differences = Float64Array.from(a, (value, i) => value - b[i]!);
  return decide(
    mean(differences),
    Math.sqrt(variance(differences) / differences.length),
    differences.length - 1,
    differences.length,
    Math.max(largest(a), largest(b)),
    options,
  );
}

/**
 * Welch's two-sample t test of mean(a) - mean(b), with Satterthwaite's degrees of freedom; it does
 * not assume equal variances.
 *
 * @param a, b at least two finite numbers each.
 */
export function welchT(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  options: TTestOptions = {},
): TTest {
  requireSample("welchT(a)", a, 2);
  requireSample("welchT(b)", b, 2);
  const shareA = variance(a) / a.length;
  const shareB = variance(b) / b.length;
  const total = shareA + shareB;
  const df = total ** 2 / (shareA ** 2 / (a.length - 1) + shareB ** 2 / (b.length - 1));
  return decide(
    mean(a) - mean(b),
    Math.sqrt(total),
    Number.isNaN(df) ? a.length + b.length - 2 : df,
    a.length + b.length,
    Math.max(largest(a), largest(b)),
    options,
  );
}

function decide(
  estimate: number,
  standardError: number,
  df: number,
  n: number,
  magnitude: number,
  options: TTestOptions,
): TTest {
  const { null: nullValue = 0, alternative = "two-sided", level = 0.95 } = options;
  requireFraction("level", level);
  requireSample("null", [nullValue], 1);
  // A spread this small beside the values themselves is their rounding, not their variation.
  const rounding = 10 * Number.EPSILON * Math.max(magnitude, Math.abs(nullValue));
  const degenerate = standardError * Math.sqrt(n) <= rounding;
  const gap = degenerate && Math.abs(estimate - nullValue) <= rounding ? 0 : estimate - nullValue;
  const statistic = gap === 0 ? 0 : gap / (degenerate ? 0 : standardError);
  const fixed = { estimate, level, statistic, df, n, standardError, degenerate };
  if (degenerate) {
    const against =
      alternative === "two-sided" ? gap !== 0 : alternative === "greater" ? gap > 0 : gap < 0;
    return { ...fixed, low: estimate, high: estimate, p: against ? 0 : 1 };
  }
  const oneSided = options.interval === "one-sided" && alternative !== "two-sided";
  const reach = studentT(df).upperQuantile(oneSided ? 1 - level : (1 - level) / 2);
  return {
    ...fixed,
    low: oneSided && alternative === "less" ? -Infinity : estimate - reach * standardError,
    high: oneSided && alternative === "greater" ? Infinity : estimate + reach * standardError,
    p: tailProbability(statistic, df, alternative),
  };
}

/** The p value of a t statistic. */
function tailProbability(statistic: number, df: number, alternative: Alternative): number {
  const { survival, cdf } = studentT(df);
  if (alternative === "greater") return survival(statistic);
  if (alternative === "less") return cdf(statistic);
  return Math.min(1, 2 * survival(Math.abs(statistic)));
}

function largest(values: ArrayLike<number>): number {
  let top = 0;
  for (let i = 0; i < values.length; i++) top = Math.max(top, Math.abs(values[i]!));
  return top;
}
