import { createRandom } from "../../stats/index.ts";
import { drawPublished } from "./published-draws.ts";
import { regress } from "./regression.ts";
import type { HorizonPoint } from "./sota.ts";
import type { Trend } from "./trend.ts";
import { lnHorizon } from "./trend.ts";

/** A line through ln(minutes) on days; NaN where a draw determines none. */
export type TrendLine = Pick<Trend, "slope" | "intercept">;

/**
 * Equally likely trends through published horizons: each draw gives every agent an exponential
 * weight (the Bayesian bootstrap, Rubin 1981) and a horizon from its published interval. An agent's
 * weight and horizon in draw i depend on the seed and its name alone, so that draw i of two windows,
 * or of two suites with the same agents, can be compared.
 */
export function drawTrends(
  points: readonly HorizonPoint[],
  { draws, seed }: { readonly draws: number; readonly seed: number },
): TrendLine[] {
  const horizons = drawPublished(points, { draws, seed });
  const weights = points.map(({ agent }) => {
    const random = createRandom(seed).fork(`weight of ${agent}`);
    return Float64Array.from({ length: draws }, () => -Math.log(1 - random.float()));
  });
  const origin = points.reduce((last, point) => Math.max(last, point.releaseDate), -Infinity);
  const days = points.map(({ releaseDate }) => releaseDate - origin);
  const ones = points.map(() => 1);
  return Array.from({ length: draws }, (_, draw) => {
    const y = points.map((point) => lnHorizon({ horizon: horizons.get(point.agent)![draw]! }));
    const fit = regress(
      [ones, days],
      y,
      weights.map((of) => of[draw]!),
    );
    if (!fit) return { slope: Number.NaN, intercept: Number.NaN };
    const [level, slope] = fit.coefficients as [number, number];
    return { slope, intercept: level - slope * origin };
  });
}
