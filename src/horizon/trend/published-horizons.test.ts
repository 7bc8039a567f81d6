import { describe, expect, it } from "vitest";
import {
  dayOf,
  fitTrend,
  type HorizonPoint,
  horizonsOnBothSuites,
  publishedHorizons,
  stateOfTheArt,
} from "../index.ts";

describe("the published horizons that ship with the lab", () => {
  it("are of more than twenty models, each inside its interval, with its source", () => {
    for (const success of [0.5, 0.8] as const) {
      const points = publishedHorizons(success);
      expect(points.length).toBeGreaterThan(20);
      for (const { horizon, low, high, source } of points) {
        expect(low!).toBeLessThan(horizon);
        expect(high!).toBeGreaterThan(horizon);
        expect(source).toMatch(/METR/);
      }
    }
  });

  it("give the doubling time that METR's site printed in May 2026: 128.744 days since 2023", () => {
    const points = stateOfTheArt(publishedHorizons(), {
      ...{ from: dayOf("2023-01-01"), cap: 960, order: "record-first" },
    });
    expect(points).toHaveLength(14);
    expect(fitTrend(points).doubling.estimate).toBeCloseTo(128.744, 2);
  });

  it("have the same record holders at 80 %, as METR has it: 133.405 days since 2023", () => {
    const rule = { from: dayOf("2023-01-01"), cap: 960, order: "record-first" } as const;
    const holders = (success: 0.5 | 0.8) => stateOfTheArt(publishedHorizons(success), rule);
    const names = (points: readonly HorizonPoint[]) => points.map(({ agent }) => agent);
    expect(names(holders(0.8))).toEqual(names(holders(0.5)));
    expect(fitTrend(holders(0.8)).doubling.estimate).toBeCloseTo(133.405, 2);
  });

  it("double in about 70 days on SWE-bench Verified, as the paper has it", () => {
    const { metr, sweBench } = horizonsOnBothSuites();
    expect(fitTrend(sweBench).doubling.estimate).toBeCloseTo(69.7, 1);
    expect(fitTrend(metr).doubling.estimate).toBeGreaterThan(90);
  });
});
