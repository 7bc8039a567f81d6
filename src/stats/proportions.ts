import { beta, binomial, normal } from "./distributions.ts";
import { StatisticsInputError } from "./errors.ts";
import { requireCount, requireFraction, requireProbability } from "./input.ts";
import type { Interval } from "./summary.ts";
import type { Alternative } from "./t-tests.ts";

/**
 * The exact interval of a proportion (Clopper and Pearson 1934): it covers at least as often as its
 * level says, whatever the truth.
 */
export function clopperPearson(successes: number, trials: number, level = 0.95): Interval {
  requireSuccesses("clopperPearson", successes, trials, level);
  const tail = (1 - level) / 2;
  return {
    estimate: successes / trials,
    low: successes === 0 ? 0 : beta(successes, trials - successes + 1).quantile(tail),
    high: successes === trials ? 1 : beta(successes + 1, trials - successes).upperQuantile(tail),
    level,
  };
}

/** Wilson's score interval (1927): close to its level on average, narrower than the exact one. */
export function wilson(successes: number, trials: number, level = 0.95): Interval {
  requireSuccesses("wilson", successes, trials, level);
  const estimate = successes / trials;
  const square = normal.upperQuantile((1 - level) / 2) ** 2;
  const centre = estimate + square / (2 * trials);
  const reach = Math.sqrt(
    square * ((estimate * (1 - estimate)) / trials + square / (4 * trials ** 2)),
  );
  const scale = 1 + square / trials;
  return {
    estimate,
    low: successes === 0 ? 0 : (centre - reach) / scale,
    high: successes === trials ? 1 : (centre + reach) / scale,
    level,
  };
}

/** An exact binomial test's answer, with the Clopper-Pearson interval. */
export interface BinomialTest extends Interval {
  readonly p: number;
  readonly n: number;
}

/**
 * The exact binomial test of a proportion. Two-sided, p sums the outcomes that are no more probable
 * under the null than what was seen.
 */
export function binomialTest(
  successes: number,
  trials: number,
  options: {
    /** The proportion under the null; 1/2. */
    readonly null?: number;
    readonly alternative?: Alternative;
    readonly level?: number;
  } = {},
): BinomialTest {
  const { null: nullValue = 0.5, alternative = "two-sided", level = 0.95 } = options;
  requireProbability("binomialTest(null)", nullValue);
  const interval = clopperPearson(successes, trials, level);
  const distribution = binomial(trials, nullValue);
  const greater = distribution.survival(successes - 1);
  const less = distribution.cdf(successes);
  let p = alternative === "greater" ? greater : less;
  if (alternative === "two-sided") {
    // Probabilities that are equal but for rounding count as equal.
    const seen = distribution.density(successes) * (1 + 1e-7);
    p = 0;
    for (let k = 0; k <= trials; k++) {
      const probability = distribution.density(k);
      if (probability <= seen) p += probability;
    }
    p = Math.min(1, p);
  }
  return { ...interval, p, n: trials };
}

function requireSuccesses(name: string, successes: number, trials: number, level: number): void {
  requireCount(`${name}(trials)`, trials, 1);
  requireCount(`${name}(successes)`, successes, 0);
  requireFraction(`${name}(level)`, level);
  if (successes > trials) {
    throw new StatisticsInputError(
      `${name}(successes)`,
      `${successes} successes in ${trials} trials`,
      "give at most as many successes as trials",
    );
  }
}
