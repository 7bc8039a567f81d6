import { logGamma, type Random } from "../../stats/index.ts";

/**
 * A binomial number: the successes of `n` trials that each succeed with probability `p`, 0 < p < 1.
 * Inversion where few are expected, and otherwise transformed rejection (Hörmann 1993, "The
 * generation of binomial random variates", algorithm BTRS). Exact up to rounding for every n.
 */
export function drawBinomial(random: Pick<Random, "float">, n: number, p: number): number {
  if (p > 0.5) return n - drawBinomial(random, n, 1 - p);
  return n * p < 10 ? byInversion(random, n, p) : byRejection(random, n, p);
}

function byInversion(random: Pick<Random, "float">, n: number, p: number): number {
  const odds = p / (1 - p);
  let u = random.float();
  let probability = Math.exp(n * Math.log1p(-p));
  let successes = 0;
  // Rounding may leave a sliver of u beyond the last outcome.
  while (u >= probability && successes < n) {
    u -= probability;
    successes += 1;
    probability *= (odds * (n - successes + 1)) / successes;
  }
  return successes;
}

function byRejection(random: Pick<Random, "float">, n: number, p: number): number {
  const q = 1 - p;
  const deviation = Math.sqrt(n * p * q);
  const b = 1.15 + 2.53 * deviation;
  const a = -0.0873 + 0.0248 * b + 0.01 * p;
  const alpha = (2.83 + 5.1 / b) * deviation;
  const mode = Math.floor((n + 1) * p);
  const atMode = logGamma(mode + 1) + logGamma(n - mode + 1);
  for (;;) {
    const u = random.float() - 0.5;
    const v = random.float();
    const edge = 0.5 - Math.abs(u);
    const successes = Math.floor(((2 * a) / edge + b) * u + n * p + 0.5);
    if (edge >= 0.07 && v <= 0.92 - 4.2 / b) return successes;
    if (successes < 0 || successes > n) continue;
    const bound =
      atMode -
      logGamma(successes + 1) -
      logGamma(n - successes + 1) +
      (successes - mode) * Math.log(p / q);
    if (Math.log((v * alpha) / (a / (edge * edge) + b)) <= bound) return successes;
  }
}
