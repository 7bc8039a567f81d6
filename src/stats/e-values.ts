import { StatisticsInputError } from "./errors.ts";
import { requireFraction, requireProbability } from "./input.ts";
import { exponentialGap } from "./special-functions.ts";

/**
 * Turns a p value into an e-value. Without `kappa`, the mixture (1 - p + p ln p)/(p ln² p) of all
 * power calibrators; with it, κ p^(κ - 1), 0 < κ < 1 (Vovk and Wang 2021, "E-values: calibration,
 * combination and applications"). Choose before seeing p.
 */
export function pToE(p: number, kappa?: number): number {
  requireProbability("pToE(p)", p);
  if (kappa !== undefined) {
    requireFraction("pToE(kappa)", kappa);
    return kappa * p ** (kappa - 1);
  }
  if (p === 0) return Infinity;
  const depth = -Math.log(p);
  return depth < 1e-8 ? 0.5 : exponentialGap(depth) / depth ** 2;
}

/** The p value that an e-value is worth: 1/e, at most 1. */
export function eToP(e: number): number {
  requireEValues("eToP", [e]);
  return Math.min(1, 1 / e);
}

/**
 * The product of e-values: an e-value where they are independent, or where each is valid given
 * those before it (an original study and its replication).
 */
export function productOfE(es: readonly number[]): number {
  requireEValues("productOfE", es);
  // By logarithms, so that no intermediate product runs over; a zero ends it all.
  if (es.includes(0)) return 0;
  return Math.exp(es.reduce((sum, e) => sum + Math.log(e), 0));
}

/** The mean of e-values: an e-value however they depend on each other. */
export function averageOfE(es: readonly number[]): number {
  requireEValues("averageOfE", es);
  return es.reduce((sum, e) => sum + e / es.length, 0);
}

function requireEValues(name: string, es: readonly number[]): void {
  if (es.length === 0) {
    throw new StatisticsInputError(`${name}(es)`, "there are none", "give at least one e-value");
  }
  es.forEach((e, i) => {
    if (!(e >= 0)) {
      throw new StatisticsInputError(
        `${name}, entry ${i}`,
        `the e-value is ${e}`,
        "give a number of at least 0",
      );
    }
  });
}
