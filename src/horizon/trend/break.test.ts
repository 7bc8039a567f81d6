import { describe, expect, it } from "vitest";
import { createRandom, type Random } from "../../stats/index.ts";
import { dayOf, isoDate } from "../dates.ts";
import { hasOracle } from "../suite.test-support.ts";
import { testForBreak } from "./break.ts";
import type { HorizonPoint } from "./sota.ts";
import { stateOfTheArt } from "./sota.ts";
import { certified } from "./trend.test-support.ts";

const FULL = process.env.GLASSHOUSE_FULL === "1";
const DAYS = [0, 70, 110, 220, 260, 330, 460, 470, 560, 650, 700, 810];

/** Agents about ln(minutes) = slope · day, with a bend on day 400 and scatter of some kind. */
function simulate(random: Random, bend: number, scatter: () => number): HorizonPoint[] {
  const slope = 0.001 + 0.004 * random.float();
  const size = 0.1 + random.float();
  return DAYS.map((day, index) => ({
    agent: `a${index}`,
    releaseDate: 19_000 + day,
    horizon: Math.exp(slope * day + bend * size * Math.max(0, day - 400) + size * scatter()),
  }));
}

/** Student's t with 4 degrees of freedom. */
function heavyTailed(random: Random): number {
  const squares = [1, 2, 3, 4].map(() => random.normal() ** 2);
  return random.normal() / Math.sqrt(squares.reduce((sum, each) => sum + each, 0) / 4);
}

describe("the test for a break in the trend", () => {
  // 39 histories: p ≤ 0.05 means at most one of them is as large, which has a chance of 2 in 40.
  it.each([
    ["normal", (random: Random) => random.normal()],
    ["permuted", heavyTailed],
  ] as const)("finds a break that is not there in one history of twenty: %s", (scatter, draw) => {
    const seed = 90125;
    const trials = FULL ? 4000 : 500;
    const random = createRandom(seed).fork(scatter);
    let found = 0;
    for (let trial = 0; trial < trials; trial++) {
      const points = simulate(random, 0, () => draw(random));
      if (testForBreak(points, { seed: trial, trials: 39, scatter }).p <= 0.05) found += 1;
    }
    console.log(`break test, ${scatter}: seed ${seed}, ${found} of ${trials} without a break`);
    // Four standard errors.
    expect(Math.abs(found / trials - 0.05)).toBeLessThan(4 * Math.sqrt((0.05 * 0.95) / trials));
  });

  it("finds a break that is there, and says from when to when it may have been", () => {
    const seed = 2112;
    const random = createRandom(seed);
    const trials = FULL ? 1000 : 200;
    let [found, held] = [0, 0];
    for (let trial = 0; trial < trials; trial++) {
      const points = simulate(random, 0.02, () => random.normal());
      const result = testForBreak(points, { seed: trial, trials: 39 });
      if (result.p <= 0.05) found += 1;
      if (result.low <= 19_400 && 19_400 <= result.high) held += 1;
    }
    console.log(`break test: seed ${seed}, found ${found}, day held ${held} of ${trials}`);
    expect(found / trials).toBeGreaterThan(0.7);
    expect(held / trials).toBeGreaterThan(0.9);
  });

  it("tells the pace before and after", () => {
    const points = DAYS.map((day, index) => ({
      agent: `a${index}`,
      releaseDate: day,
      horizon: 2 ** (day / 200 + Math.max(0, day - 400) / 100 + 0.01 * (-1) ** index),
    }));
    const result = testForBreak(points, { seed: 1, trials: 199 });
    expect(result.p).toBe(1 / 200);
    expect(Math.abs(result.day - 400)).toBeLessThan(10);
    expect(result.doublingBefore / 200).toBeCloseTo(1, 1);
    expect(result.doublingAfter / (200 / 3)).toBeCloseTo(1, 1);
    expect(result.bicGain).toBeGreaterThan(10);
  });

  it("says when there are too few agents", () => {
    const few = simulate(createRandom(1), 0, () => 0).slice(0, 5);
    expect(() => testForBreak(few, { seed: 1 })).toThrow(/5 points.*needs 6/);
  });

  it.skipIf(!hasOracle)("finds the bend of spring 2024 in Time Horizon 1.1", () => {
    const points = stateOfTheArt(certified(), { order: "record-first" });
    const result = testForBreak(points, { seed: 1, trials: 499 });
    expect(result.p).toBeLessThan(0.02);
    expect(result.aicGain).toBeGreaterThan(10);
    expect(result.low).toBeGreaterThanOrEqual(dayOf("2023-11-01"));
    expect(result.high).toBeLessThan(dayOf("2024-12-01"));
    expect(isoDate(result.day).slice(0, 4)).toBe("2024");
  });
});
