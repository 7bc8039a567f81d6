import { studentT } from "./distributions.ts";
import { StatisticsInputError } from "./errors.ts";
import { requireCount, requireFraction, requirePositive, requireSample } from "./input.ts";
import { noncentralT } from "./noncentral-t.ts";
import type { Alternative } from "./t-tests.ts";

/** A planned t test of normal data, and the truth it would meet. */
export interface TTestPlan {
  /**
   * "one-sample" (the default; also for pairs, with the differences as the sample) or "welch" for
   * two groups.
   */
  readonly design?: "one-sample" | "welch";
  /** The true mean, mean difference of pairs, or difference of the groups' means. */
  readonly effect: number;
  /** The value under the null hypothesis; 0. */
  readonly null?: number;
  /** Standard deviation of the observations or of the pairs' differences; for Welch, by group. */
  readonly sd: number | readonly [number, number];
  /** "greater" (the default). */
  readonly alternative?: Alternative;
  /** The level of the test. */
  readonly alpha: number;
}

/**
 * The chance that the planned test rejects, by the noncentral t distribution: exact for one sample
 * and pairs; for Welch with Satterthwaite's degrees of freedom at the true variances, which is
 * within a percentage point from about 5 observations a group on.
 *
 * @param plan.n observations, or pairs; for Welch of each group.
 */
export function tTestPower(
  plan: TTestPlan & { readonly n: number | readonly [number, number] },
): number {
  const { effect, null: nullValue = 0, alternative = "greater", alpha } = plan;
  requireSample("tTestPower(effect, null)", [effect, nullValue], 2);
  requireFraction("tTestPower(alpha)", alpha);
  const { standardError, df } = precision(plan);
  const { cdf, survival } = noncentralT(df, (effect - nullValue) / standardError);
  if (alternative === "two-sided") {
    const critical = studentT(df).upperQuantile(alpha / 2);
    return Math.min(1, survival(critical) + cdf(-critical));
  }
  const critical = studentT(df).upperQuantile(alpha);
  return alternative === "greater" ? survival(critical) : cdf(-critical);
}

/**
 * The least n (for Welch: of each group) with which the planned test rejects with at least the
 * chance `power`. Throws where the effect does not lie on the alternative's side, or more than ten
 * million observations would be needed.
 */
export function tTestSampleSize(plan: TTestPlan & { readonly power: number }): number {
  const { effect, null: nullValue = 0, alternative = "greater", power } = plan;
  requireFraction("tTestSampleSize(power)", power);
  const gap = alternative === "less" ? nullValue - effect : effect - nullValue;
  const enough = (n: number) => tTestPower({ ...plan, n }) >= power;
  const hopeless = alternative === "two-sided" ? gap === 0 : gap <= 0;
  if (hopeless || !enough(MOST)) {
    throw new StatisticsInputError(
      "tTestSampleSize(effect)",
      `an effect of ${effect} against ${nullValue} does not reach power ${power}`,
      "plan for a larger effect on the side of the alternative",
    );
  }
  let high = 2;
  while (high < MOST && !enough(high)) high *= 2;
  let low = Math.max(2, high / 2);
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (enough(middle)) high = middle;
    else low = middle + 1;
  }
  return high;
}

/** More observations than any plan here can mean. */
const MOST = 1e7;

function precision(plan: TTestPlan & { readonly n: number | readonly [number, number] }): {
  standardError: number;
  df: number;
} {
  const { design = "one-sample", sd, n } = plan;
  if (design === "one-sample") {
    if (typeof sd !== "number" || typeof n !== "number") {
      throw new StatisticsInputError(
        "tTestPower(sd, n)",
        "two groups are given for one sample",
        'give single numbers, or design "welch"',
      );
    }
    requirePositive("tTestPower(sd)", sd);
    requireCount("tTestPower(n)", n, 2);
    return { standardError: sd / Math.sqrt(n), df: n - 1 };
  }
  const [sdA, sdB] = typeof sd === "number" ? [sd, sd] : sd;
  const [nA, nB] = typeof n === "number" ? [n, n] : n;
  for (const value of [sdA, sdB]) requirePositive("tTestPower(sd)", value);
  for (const value of [nA, nB]) requireCount("tTestPower(n)", value, 2);
  const shareA = sdA ** 2 / nA;
  const shareB = sdB ** 2 / nB;
  const total = shareA + shareB;
  return {
    standardError: Math.sqrt(total),
    df: total ** 2 / (shareA ** 2 / (nA - 1) + shareB ** 2 / (nB - 1)),
  };
}
