import { requireProbability } from "./input.ts";

/** Adjusted p values that control the chance of any false rejection, one for one (Bonferroni). */
export function bonferroni(ps: readonly number[]): number[] {
  requirePValues("bonferroni", ps);
  return ps.map((p) => Math.min(1, p * ps.length));
}

/** The same control, never weaker than Bonferroni's, by Holm's step-down (1979). */
export function holm(ps: readonly number[]): number[] {
  requirePValues("holm", ps);
  const adjusted = new Array<number>(ps.length).fill(1);
  let highest = 0;
  ascending(ps).forEach((index, rank) => {
    highest = Math.max(highest, Math.min(1, ps[index]! * (ps.length - rank)));
    adjusted[index] = highest;
  });
  return adjusted;
}

/**
 * Adjusted p values that control the expected share of false rejections, for tests that are
 * independent or positively dependent (Benjamini and Hochberg 1995).
 */
export function benjaminiHochberg(ps: readonly number[]): number[] {
  requirePValues("benjaminiHochberg", ps);
  const adjusted = new Array<number>(ps.length).fill(1);
  let lowest = 1;
  const order = ascending(ps);
  for (let rank = ps.length; rank >= 1; rank--) {
    const index = order[rank - 1]!;
    lowest = Math.min(lowest, (ps[index]! * ps.length) / rank);
    adjusted[index] = lowest;
  }
  return adjusted;
}

function ascending(ps: readonly number[]): number[] {
  return ps.map((_, i) => i).sort((i, j) => ps[i]! - ps[j]!);
}

function requirePValues(name: string, ps: readonly number[]): void {
  ps.forEach((p, i) => {
    requireProbability(`${name}(ps), entry ${i}`, p);
  });
}
