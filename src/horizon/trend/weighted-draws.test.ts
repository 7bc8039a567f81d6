import { describe, expect, it } from "vitest";
import { createRandom, quantile } from "../../stats/index.ts";
import {
  drawTrends,
  fitTrend,
  type HorizonPoint,
  publishedHorizons,
  stateOfTheArt,
} from "../index.ts";

/** Agents on a line that doubles every 128 days, scattered about it by sd 0.25 in ln(minutes). */
function simulated(seed: number, agents: number): HorizonPoint[] {
  const random = createRandom(seed);
  return Array.from({ length: agents }, (_, index) => {
    const releaseDate = 19_400 + (1100 * index) / (agents - 1);
    const centre = Math.exp(2 + (Math.LN2 / 128) * (releaseDate - 19_400));
    const horizon = centre * Math.exp(0.25 * random.normal());
    return {
      agent: `agent ${index}`,
      releaseDate,
      horizon,
      low: horizon / 1.6,
      high: horizon * 1.6,
    };
  });
}

describe("equally likely trends through published horizons", () => {
  it("lie about the least-squares line", () => {
    const points = stateOfTheArt(publishedHorizons(), { from: 19_358, order: "record-first" });
    const slopes = drawTrends(points, { draws: 2000, seed: 1 }).map(({ slope }) => slope);
    const line = fitTrend(points);
    expect(Math.abs(quantile(slopes, 0.5) / line.slope - 1)).toBeLessThan(0.05);
  });

  it("are comparable draw by draw between windows that share agents", () => {
    const all = simulated(3, 14);
    const late = all.slice(7);
    const [a, b] = [all, late].map((points) => drawTrends(points, { draws: 50, seed: 5 }));
    const again = drawTrends(late, { draws: 50, seed: 5 });
    expect(again).toEqual(b);
    expect(a).not.toEqual(b);
  });

  it("hold the true growth in 95 % of simulated histories, or a little more often", () => {
    const histories = 300;
    let held = 0;
    for (let seed = 0; seed < histories; seed++) {
      const lines = drawTrends(simulated(seed, 14), { draws: 400, seed });
      const slopes = lines.map(({ slope }) => slope);
      const [low, high] = [quantile(slopes, 0.025), quantile(slopes, 0.975)];
      if (low <= Math.LN2 / 128 && Math.LN2 / 128 <= high) held++;
    }
    // The scatter holds the error of the horizons already, and the draws add it again.
    expect(held / histories).toBeGreaterThan(0.92);
  });
});
