import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DEFAULT_CYCLE } from "./defaults.ts";
import { cycleWith, LIKELY } from "./flow.test-support.ts";
import { flowOf, speedUp } from "./flow.ts";
import { reviewLoad } from "./review.ts";
import { cycleRisk, rangeQuantile, speedUpAt } from "./risk.ts";
import { SCENARIOS } from "./scenarios.ts";
import { mapCycle } from "./stages.ts";

const [PEOPLE, IDEAS_AND_CODE, ALL_BUT_REVIEW, SCREENED] = SCENARIOS;
const PLENTY = { ...LIKELY, compute: { ...LIKELY.compute, slots: 1e9 } };

describe("a range", () => {
  const value = fc.double({ min: 0, max: 100, noNaN: true });

  it("has quantiles that rise from its low to its high end", () => {
    fc.assert(
      fc.property(value, value, value, (a, b, c) => {
        const [low, likely, high] = [a, b, c].sort((x, y) => x - y) as [number, number, number];
        const at = [0, 0.1, 0.5, 0.9, 1].map((p) =>
          rangeQuantile({ low, likely, high, source: "" }, p),
        );
        for (let i = 1; i < at.length; i++) {
          expect(at[i]).toBeGreaterThanOrEqual(at[i - 1]! * (1 - 1e-12));
        }
        expect(at[0]).toBeCloseTo(high > low ? low : likely, 9);
        expect(at[4]).toBeCloseTo(high > low ? high : likely, 9);
      }),
    );
  });

  it("is triangular in logarithms: even about a geometric middle", () => {
    const range = { low: 1, likely: 10, high: 100, source: "" };
    expect(rangeQuantile(range, 0.5)).toBeCloseTo(10, 12);
    expect(rangeQuantile(range, 0.2) * rangeQuantile(range, 0.8)).toBeCloseTo(100, 9);
    expect(rangeQuantile(range, 0.5 * 0.25)).toBeCloseTo(10 ** 0.5, 12);
  });
});

describe("the risk of a cycle", () => {
  const options = { seed: 8, base: PEOPLE, draws: 200 };
  const [ideas, all] = cycleRisk(DEFAULT_CYCLE, [IDEAS_AND_CODE, ALL_BUT_REVIEW], options);

  it("finds what each quantity does alone, the most telling first", () => {
    const { tornado } = all!;
    const bar = tornado.find(({ name }) => name === "review.hours")!;
    expect(tornado.slice(0, 3)).toContain(bar);
    expect(bar.atLow).toBeGreaterThan(bar.atHigh);
    expect(bar.rankCorrelation).toBeLessThan(-0.3);
    const base = flowOf(cycleWith({ "review.hours": bar.low }), PEOPLE);
    const other = flowOf(cycleWith({ "review.hours": bar.low }), ALL_BUT_REVIEW);
    expect(bar.atLow).toBeCloseTo(speedUp(base, other).throughput, 9);
    const helps = tornado.find(({ name }) => name === "agent.horizonHours")!;
    expect(helps.atHigh).toBeGreaterThan(helps.atLow);
    expect(helps.source).toMatch(/METR/);
  });

  it("gives every figure with an interval, and the chance of 100 times", () => {
    for (const risk of [ideas!, all!]) {
      const { dollars, reviewAllowance, flawlessSpeedUp } = risk;
      const figures = [...Object.values(risk.speedUp), dollars, reviewAllowance, flawlessSpeedUp];
      for (const { low, estimate, high } of figures) {
        expect(low).toBeLessThanOrEqual(estimate);
        expect(estimate).toBeLessThanOrEqual(high);
      }
      const stages = Object.values(risk.bottlenecks).reduce((sum, each) => sum + each, 0);
      expect(stages).toBeCloseTo(1, 12);
    }
    expect(ideas!.reachesTarget).toBe(0);
    expect(all!.reachesTarget).toBeLessThan(0.05);
  });

  it("has no width and no bars where nothing is in doubt, and is the cycle itself", () => {
    const sure = mapCycle(DEFAULT_CYCLE, (range) => ({
      ...range,
      low: range.likely,
      high: range.likely,
    }));
    const [risk] = cycleRisk(sure, [ALL_BUT_REVIEW], { ...options, draws: 5 });
    const found = speedUp(flowOf(LIKELY, PEOPLE), flowOf(LIKELY, ALL_BUT_REVIEW));
    expect(risk!.speedUp.throughput.low).toBeCloseTo(found.throughput, 9);
    expect(risk!.speedUp.throughput.high).toBeCloseTo(found.throughput, 9);
    expect(risk!.tornado).toEqual([]);
    const load = reviewLoad(LIKELY, ALL_BUT_REVIEW, { base: PEOPLE });
    expect(risk!.reviewAllowance.estimate).toBeCloseTo(load.hoursPerPaper, 9);
    expect(risk!.flawlessSpeedUp.estimate).toBeCloseTo(load.flawlessSpeedUp, 9);
  });

  it("of the base against itself moves with nothing", () => {
    const [risk] = cycleRisk(DEFAULT_CYCLE, [PEOPLE], { ...options, draws: 20 });
    for (const { atLow, atHigh, rankCorrelation } of risk!.tornado) {
      expect([atLow, atHigh, rankCorrelation]).toEqual([1, 1, 0]);
    }
  });

  it("follows from its seed", () => {
    const [again] = cycleRisk(DEFAULT_CYCLE, [IDEAS_AND_CODE], options);
    expect(again!.speedUp).toEqual(ideas!.speedUp);
  });
});

describe("a what-if", () => {
  it("sets quantities by their places, and knows no others", () => {
    const at = (horizonHours: number) =>
      speedUpAt(DEFAULT_CYCLE, { "agent.horizonHours": horizonHours }, PEOPLE, ALL_BUT_REVIEW);
    const likely = speedUp(flowOf(LIKELY, PEOPLE), flowOf(LIKELY, ALL_BUT_REVIEW));
    expect(at(LIKELY.agent.horizonHours)).toEqual(likely);
    expect(at(1000).throughput).toBeGreaterThan(likely.throughput);
    expect(() => speedUpAt(DEFAULT_CYCLE, { horizon: 1 }, PEOPLE, SCREENED)).toThrow(
      /no quantity "horizon".*agent\.horizonHours/,
    );
  });
});

describe("the review load", () => {
  it("that it allows for a speed-up gives that speed-up", () => {
    for (const scenario of [ALL_BUT_REVIEW, SCREENED]) {
      for (const target of [5, 20, 100]) {
        const { hoursPerPaper, papersPerHour } = reviewLoad(PLENTY, scenario, {
          base: PEOPLE,
          target,
        });
        expect(papersPerHour * hoursPerPaper).toBeCloseTo(1, 12);
        const hours = hoursPerPaper / PLENTY.review.reviewers;
        const loaded = { ...PLENTY, review: { ...PLENTY.review, hours } };
        const found = speedUp(flowOf(PLENTY, PEOPLE), flowOf(loaded, scenario));
        expect(found.throughput / target).toBeCloseTo(1, 9);
      }
    }
  });

  it("is none at all where people's other work takes too long", () => {
    const load = reviewLoad(PLENTY, IDEAS_AND_CODE, { base: PEOPLE });
    expect(load.hoursPerPaper).toBe(0);
    expect(load.flawlessSpeedUp).toBeLessThan(3);
  });

  it("bounds even agents that never fail", () => {
    const { speedUp: now, flawlessSpeedUp } = reviewLoad(PLENTY, ALL_BUT_REVIEW, { base: PEOPLE });
    expect(now).toBeLessThan(flawlessSpeedUp);
    expect(flawlessSpeedUp).toBeLessThan(100);
  });

  it("falls with screening and grows with hours, until compute is short", () => {
    const { grid } = reviewLoad(LIKELY, ALL_BUT_REVIEW, {
      base: PEOPLE,
      hoursPerPaper: [1, 8],
      screenOut: [0, 0.9, 0.99],
    });
    const at = (hours: number, out: number) =>
      grid.find((each) => each.hoursPerPaper === hours && each.screenOut === out)!;
    expect(at(1, 0).speedUp).toBeGreaterThan(at(8, 0).speedUp);
    expect(at(8, 0.9).speedUp).toBeGreaterThan(at(8, 0).speedUp);
    expect(at(1, 0.99).bottleneck.pool).toBe("compute");
    expect(at(1, 0.99).speedUp).toBeLessThan(at(1, 0).speedUp);
  });

  it("refuses a target that is none", () => {
    expect(() => reviewLoad(LIKELY, SCREENED, { base: PEOPLE, target: 0 })).toThrow(/above 0/);
  });
});
