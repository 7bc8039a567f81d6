import { studentT } from "./distributions.ts";
import { StatisticsInputError } from "./errors.ts";
import { requirePositive } from "./input.ts";
import { logNormalSurvival } from "./normal.ts";
import { logIntegratePeak } from "./quadrature.ts";
import { exponentialGap, stirlingError } from "./special-functions.ts";

/** Both tails of a noncentral t distribution. */
export interface NoncentralT {
  /** P(T ≤ t). */
  cdf(t: number): number;
  /** P(T > t). */
  survival(t: number): number;
}

/**
 * Noncentral t: (Z + ncp) / √(χ²/df), the distribution of a t statistic under the alternative.
 *
 * P(T ≤ t) is the mean of Φ(t s - ncp) over s = √(χ²/df). Every term is positive and the integrand
 * has one peak, so quadrature keeps about 12 digits of both tails, however small, where the usual
 * series (Lenth 1989, AS 243) keeps absolute accuracy only.
 *
 * @param df degrees of freedom, above 0. @param ncp noncentrality, √n times the effect size.
 */
export function noncentralT(df: number, ncp: number): NoncentralT {
  requirePositive("noncentralT(df)", df);
  if (!Number.isFinite(ncp)) {
    throw new StatisticsInputError(
      "noncentralT(ncp)",
      `the noncentrality is ${ncp}`,
      "give a finite number",
    );
  }
  if (ncp === 0) return studentT(df);
  return {
    cdf: (t) => lowerTail(t, df, ncp),
    survival: (t) => lowerTail(-t, df, -ncp),
  };
}

function lowerTail(t: number, df: number, ncp: number): number {
  if (Number.isNaN(t)) return Number.NaN;
  if (t === Infinity) return 1;
  if (t === -Infinity) return 0;
  if (t === 0) return Math.exp(logNormalSurvival(ncp));
  // With s = e^u, u has density exp(logPeak - df/2 (e^2u - 1 - 2u)), highest at u = 0.
  const logPeak = 0.5 * Math.log(df / Math.PI) - stirlingError(df / 2);
  const integrand = (u: number) =>
    logPeak - (df / 2) * exponentialGap(2 * u) + logNormalSurvival(ncp - t * Math.exp(u));
  const reach = Math.log(2 + Math.abs(ncp)) + Math.abs(Math.log(df));
  const lowest = -2 * reach - Math.log1p(t * t) - 5;
  return Math.min(1, Math.exp(logIntegratePeak(integrand, lowest, reach + 2)));
}
