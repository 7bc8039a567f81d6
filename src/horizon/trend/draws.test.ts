import { describe, expect, it } from "vitest";
import { createRandom, quantile } from "../../stats/index.ts";
import { dayOf } from "../dates.ts";
import { hasOracle } from "../suite.test-support.ts";
import { doublingInterval, trendBand, trendDraws } from "./draws.ts";
import { drawPublished } from "./published-draws.ts";
import { type HorizonPoint, stateOfTheArt } from "./sota.ts";
import { paperFrontier, siteResults } from "./trend.test-support.ts";
import { fitTrend } from "./trend.ts";

const points: HorizonPoint[] = [0, 100, 250, 400, 700].map((releaseDate, index) => ({
  agent: `a${index}`,
  releaseDate,
  horizon: 4 * 2 ** (releaseDate / 150),
}));
const draws = (rows: readonly (readonly number[])[]) =>
  new Map(points.map(({ agent }, index) => [agent, rows.map((row) => row[index]!)]));
const truth = points.map(({ horizon }) => horizon);

describe("the trend in each bootstrap draw", () => {
  it("is the trend of that draw's horizons", () => {
    const seed = 41;
    console.log(`trend draws: seed ${seed}`);
    const random = createRandom(seed);
    const rows = Array.from({ length: 20 }, () =>
      truth.map((minutes) => minutes * Math.exp(0.3 * random.normal())),
    );
    const { slope, intercept } = trendDraws(points, draws(rows));
    rows.forEach((row, draw) => {
      const fit = fitTrend(points.map((each, index) => ({ ...each, horizon: row[index]! })));
      expect(slope[draw]).toBeCloseTo(fit.slope, 12);
      expect(intercept[draw]).toBeCloseTo(fit.intercept, 8);
    });
  });

  it("leaves out what is no horizon, and needs two agents", () => {
    const [a, b] = [truth[0]!, truth[4]!];
    const { slope } = trendDraws(
      points,
      draws([
        [a, Number.NaN, Infinity, 5e-4, b],
        [a, Number.NaN, Number.NaN, 0, Number.NaN],
      ]),
    );
    expect(Math.LN2 / slope[0]!).toBeCloseTo(150, 9);
    expect(slope[1]).toBeNaN();
  });

  it("can be made of resampled agents", () => {
    const all = draws([truth, truth.with(2, 1e6)]);
    const { slope } = trendDraws(points, all, () => [0, 0, 4]);
    for (const each of slope) expect(Math.LN2 / each).toBeCloseTo(150, 9);
    expect(trendDraws(points, all, () => [3, 3, 3]).slope[0]).toBeNaN();
  });

  it("gives percentiles of the doubling time over the draws that grow", () => {
    const slope = Float64Array.from([0.01, 0.02, -0.01, Number.NaN]);
    const found = doublingInterval({ slope, intercept: slope });
    const [fast, slow] = [Math.LN2 / 0.02, Math.LN2 / 0.01];
    expect(found.estimate).toBeCloseTo((fast + slow) / 2, 10);
    expect(found.low).toBeCloseTo(quantile([fast, slow], 0.025), 10);
    expect(found.growing).toBe(0.5);
  });

  it("gives a band, in which undetermined draws are zeros only for METR's sake", () => {
    const trends = trendDraws(points, draws([truth, truth.map((each) => each * 2), [], []]));
    const [honest] = trendBand(trends, [100]);
    expect(honest!.low).toBeGreaterThan(truth[1]!);
    expect(honest!.median).toBeCloseTo(truth[1]! * 1.5, 8);
    const [quirk] = trendBand(trends, [100], { metrCompatible: true });
    expect(quirk!.low).toBe(0);
  });
});

describe.skipIf(!hasOracle)("the doubling time from published intervals alone", () => {
  const th10 = (from: string) =>
    stateOfTheArt(siteResults("benchmark_results_1_0.yaml"), {
      from: dayOf(from),
      order: "record-first",
    });

  // METR's own intervals come from joint draws of its runs, which the published ones do not hold.
  it.each([
    ["the paper's 11 models", () => paperFrontier(), [172.4, 247.4]],
    ["METR's site, all", () => th10("2019-01-01"), [162, 223]],
    ["METR's site from 2023", () => th10("2023-01-01"), [129, 211]],
  ] as const)("has about METR's interval: %s", (_name, make, [low, high]) => {
    const found = doublingInterval(
      trendDraws(make(), drawPublished(make(), { draws: 5000, seed: 7 })),
    );
    expect(Math.abs(found.low / low - 1)).toBeLessThan(0.1);
    expect(Math.abs(found.high / high - 1)).toBeLessThan(0.1);
    expect(found.growing).toBe(1);
  });
});
