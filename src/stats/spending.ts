import { requireCount } from "./input.ts";

/**
 * How an error budget is spread over places 1, 2, 3, …: shares that sum to at most 1.
 *
 * - `log-squared`: 1/(i log²(i + 1)), scaled; the slowest to run dry, 0.61 for the first place.
 * - `power-1.6`: i^-1.6, scaled; more for places 2 to about 1,400, 0.44 for the first.
 * - `{ horizon: n }`: 1/n for each of the first n places and nothing after.
 */
export type Gamma = "log-squared" | "power-1.6" | { readonly horizon: number };

/** The share of place i, counted from 1. */
export function gammaAt(gamma: Gamma, i: number): number {
  if (gamma === "log-squared") return 1 / (i * Math.log(i + 1) ** 2) / LOG_SQUARED_SUM;
  if (gamma === "power-1.6") return i ** -1.6 / POWER_SUM;
  return i <= gamma.horizon ? 1 / gamma.horizon : 0;
}

/** Throws unless a horizon, where one is given, is a count. */
export function requireGamma(gamma: Gamma): void {
  if (typeof gamma === "object") requireCount("gamma.horizon", gamma.horizon, 1);
}

/** The infinite sums, 3.387735532… and ζ(1.6) = 2.285765666…, rounded up. */
const LOG_SQUARED_SUM = 3.3877356;
const POWER_SUM = 2.2857657;
