import { requireFraction, requirePositive } from "./input.ts";
import { findRoot } from "./root.ts";
import { logEValue, observe, openTProcess } from "./t-process.ts";
import type { Alternative } from "./t-tests.ts";

/** One interval a look: all of them hold the mean at once with the chance of the level. */
export interface ConfidenceStep {
  readonly n: number;
  readonly low: number;
  readonly high: number;
}

/**
 * A confidence sequence for the mean of normal data with unknown variance: intervals, one after
 * each observation, that hold the mean all at once with probability `level`, so that one may stop
 * whenever one likes. Each is the set of means that the anytime-valid t test has not yet rejected
 * (Wang and Ramdas 2023, "Anytime-valid t-tests and confidence sequences"), so they only shrink.
 *
 * @param options `alternative` "greater" gives lower bounds only, "less" upper bounds only;
 * `scale` as in `tProcess`. Early intervals are infinite.
 */
export function tConfidenceSequence(
  values: ArrayLike<number>,
  options: {
    readonly level?: number;
    readonly alternative?: Alternative;
    readonly scale?: number;
  } = {},
): ConfidenceStep[] {
  const { level = 0.95, alternative = "two-sided", scale = 1 } = options;
  requireFraction("tConfidenceSequence(level)", level);
  requirePositive("tConfidenceSequence(scale)", scale);
  const steps: ConfidenceStep[] = [];
  let process = openTProcess({ scale });
  let low = -Infinity;
  let high = Infinity;
  for (let i = 0; i < values.length; i++) {
    process = observe(process, values[i]!);
    const { n, mean, squares } = process;
    const reach =
      alternative === "two-sided"
        ? twoSidedReach(n, squares, scale, 1 - level)
        : oneSidedReach(n, squares, scale, 1 - level);
    if (alternative !== "less") low = Math.max(low, mean - reach);
    if (alternative !== "greater") high = Math.min(high, mean + reach);
    steps.push({ n, low, high });
  }
  return steps;
}

/** How far from the mean the two-sided normal mixture reaches 1/alpha, in closed form. */
function twoSidedReach(n: number, squares: number, scale: number, alpha: number): number {
  const growth = Math.log1p(n * scale ** 2);
  const excess = Math.expm1(growth + (2 / n) * (Math.log(alpha) - growth / 2));
  if (!(excess > 0)) return Infinity;
  return Math.sqrt((squares * ((n * scale ** 2) / excess - 1)) / n);
}

/** How far below the mean the one-sided process reaches 1/alpha. */
function oneSidedReach(n: number, squares: number, scale: number, alpha: number): number {
  const deviation = Math.sqrt(squares / n);
  const options = { null: 0, alternative: "greater", scale, effectNull: 0 } as const;
  const excess = (reach: number) =>
    logEValue(n, reach * deviation, squares, options) + Math.log(alpha);
  if (n < 2) return Infinity;
  if (deviation === 0) {
    return logEValue(n, 1, 0, options) + Math.log(alpha) >= 0 ? 0 : Infinity;
  }
  if (excess(1e8) < 0) return Infinity;
  return findRoot(excess, 0, 1e8) * deviation;
}
