import { chiSquare, normal, studentT } from "./distributions.ts";
import { StatisticsInputError } from "./errors.ts";
import { requireCount, requireFraction, requirePositive, requireSample } from "./input.ts";
import { integrate } from "./quadrature.ts";

/** An original study with a one-sided t test, its replication, and the truth they would meet. */
export interface ConfirmationPlan {
  /** "one-sample" (the default; also pairs) or "two-sample" with equal groups and spreads. */
  readonly design?: "one-sample" | "two-sample";
  /** The true mean or difference of means. */
  readonly effect: number;
  /** The value under the null hypothesis; 0. */
  readonly null?: number;
  /** The side on which the original must reject; "greater". */
  readonly direction?: "greater" | "less";
  /** Standard deviation of an observation, or of a pair's difference. */
  readonly sd: number;
  /** The level of the original's test, below 1/2. */
  readonly alpha: number;
  /** Observations of the original (two-sample: of each group). */
  readonly n: number;
  /** Observations of the replication; those of the original. */
  readonly replicationN?: number;
  /** How far apart the two estimates may lie; Infinity asks for the direction alone. */
  readonly tolerance: number;
}

/** What a study's plan can expect. */
export interface Confirmation {
  /** The chance that the original rejects and the replication agrees. */
  readonly rate: number;
  /** The chance that the original rejects. */
  readonly power: number;
  /** The chance that the replication agrees, given that the original rejected. */
  readonly agreement: number;
}

/**
 * The chance that a claim is confirmed: the original rejects by a one-sided t test, and the estimate
 * of an independent replication lies on the same side of the null value and within `tolerance` of
 * the original's. At the null this is the rate of false confirmations.
 *
 * Given the original's estimate, its variance and the replication are independent, so one integral
 * over that estimate is exact (to about 1e-10). The two-sample design uses pooled degrees of
 * freedom, where Welch's test has slightly fewer.
 */
export function confirmationRate(plan: ConfirmationPlan): Confirmation {
  const { effect, null: nullValue = 0, direction = "greater", sd, alpha, n, tolerance } = plan;
  const { design = "one-sample", replicationN = n } = plan;
  requireSample("confirmationRate(effect, null)", [effect, nullValue], 2);
  requirePositive("confirmationRate(sd)", sd);
  requireFraction("confirmationRate(alpha)", alpha);
  requireCount("confirmationRate(n)", n, 2);
  requireCount("confirmationRate(replicationN)", replicationN, 1);
  if (!(tolerance > 0)) refuse("tolerance", tolerance, "give a number above 0, or Infinity");
  if (alpha >= 0.5) refuse("alpha", alpha, "a one-sided test needs a level below 1/2");

  // Measured from the null value towards the direction, in the original's standard errors.
  const groups = design === "one-sample" ? 1 : 2;
  const unit = sd * Math.sqrt(groups / n);
  const truth = ((direction === "less" ? -1 : 1) * (effect - nullValue)) / unit;
  const reach = tolerance / unit;
  const spread = Math.sqrt(n / replicationN);
  const df = groups * (n - 1);
  const critical = studentT(df).upperQuantile(alpha);
  const { cdf: varianceBelow } = chiSquare(df);

  const rejection = (z: number) =>
    normal.density(z - truth) * varianceBelow(df * (z / critical) ** 2);
  const agreement = (z: number) =>
    between((Math.max(0, z - reach) - truth) / spread, (z + reach - truth) / spread);

  const edges = breakpoints(truth, reach, spread, critical, df);
  let power = 0;
  let rate = 0;
  for (let i = 1; i < edges.length; i++) {
    power += integrate(rejection, edges[i - 1]!, edges[i]!, 6);
    rate += integrate((z) => rejection(z) * agreement(z), edges[i - 1]!, edges[i]!, 6);
  }
  return { rate, power, agreement: power > 0 ? rate / power : 0 };
}

/** Where the integrand bends: its ends, the kink at the tolerance, and the flanks of its factors. */
function breakpoints(
  truth: number,
  reach: number,
  spread: number,
  critical: number,
  df: number,
): number[] {
  const low = Math.max(0, truth - 10);
  const high = Math.max(truth, 0) + 10;
  const points = [low, high, truth, reach];
  const flank = (centre: number, width: number) => {
    for (const steps of [-8, -3, 0, 3, 8]) points.push(centre + steps * width);
  };
  flank(critical, critical / Math.sqrt(2 * df));
  flank(truth - reach, spread);
  flank(truth + reach, spread);
  return [...new Set(points.filter((point) => point >= low && point <= high))].sort(
    (a, b) => a - b,
  );
}

/** P(low < Z < high) of a standard normal, from whichever tail is smaller. */
function between(low: number, high: number): number {
  if (low > 0) return normal.survival(low) - normal.survival(high);
  return normal.cdf(high) - normal.cdf(low);
}

function refuse(argument: string, value: number, remedy: string): never {
  throw new StatisticsInputError(`confirmationRate(${argument})`, `the value is ${value}`, remedy);
}
