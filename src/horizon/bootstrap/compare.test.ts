import { beforeAll, describe, expect, it } from "vitest";
import { createRandom } from "../../stats/index.ts";
import { horizonAt } from "../curve/fit.ts";
import type { Outcomes, Suite, Task } from "../suite.ts";
import { type AgentDraws, bootstrapHorizons, drawnHorizons, drawsOf } from "./bootstrap.ts";
import { compareDraws, compareWithTrend } from "./compare.ts";

const SEED = 20260219;
console.log(`comparisons: seed ${SEED}`);

/** Two agents, one twice as far as the other, on tasks whose difficulty differs for both alike. */
function sharedTasks(): Suite {
  const random = createRandom(SEED);
  const tasks = Array.from(
    { length: 60 },
    (_, index): Task => ({
      id: `family-${index % 12}/${index}`,
      family: `family-${index % 12}`,
      minutes: 2 ** (10 * random.float()),
    }),
  );
  const difficulty = tasks.map(() => 2.5 * random.normal());
  const outcomes = (agent: string, log2Horizon: number): Outcomes => ({
    agent,
    runs: new Float64Array(tasks.length).fill(6),
    scores: Float64Array.from(tasks, ({ minutes }, index) => {
      const logit = 0.8 * (log2Horizon - Math.log2(minutes)) - difficulty[index]!;
      let successes = 0;
      for (let run = 0; run < 6; run++) {
        if (random.float() < 1 / (1 + Math.exp(-logit))) successes += 1;
      }
      return successes;
    }),
  });
  return { tasks, agents: [outcomes("far", 6), outcomes("near", 5), outcomes("nearer", 4)] };
}

let far: AgentDraws;
let near: AgentDraws;
let nearer: AgentDraws;
beforeAll(async () => {
  const draws = await bootstrapHorizons(sharedTasks(), {
    method: "metr-2026",
    seed: SEED,
    draws: 1000,
    workers: 1,
  });
  [far, near, nearer] = ["far", "near", "nearer"].map((agent) => drawsOf(draws, agent)) as [
    AgentDraws,
    AgentDraws,
    AgentDraws,
  ];
});

const width = ({ low, high }: { readonly low: number; readonly high: number }) =>
  Math.log2(high / low);

describe("two agents on the same draws", () => {
  it("differ by the ratio of their horizons, and the interval holds the truth", () => {
    const { ratio, winRate, p, usable } = compareDraws(far, near);
    expect(ratio.estimate).toBe(horizonAt(far.fit, 0.5) / horizonAt(near.fit, 0.5));
    expect(ratio.low).toBeLessThan(2);
    expect(ratio.high).toBeGreaterThan(2);
    expect(usable).toBe(1000);
    expect(p).toBeCloseTo(2 * Math.min(winRate, 1 - winRate), 12);
  });

  it("compare the other way round to the inverse", () => {
    const [there, back] = [compareDraws(far, near), compareDraws(near, far)];
    expect(back.ratio.low).toBeCloseTo(1 / there.ratio.high, 10);
    expect(back.winRate).toBeCloseTo(1 - there.winRate, 12);
    expect(back.slopeDifference.high).toBeCloseTo(-there.slopeDifference.low, 12);
    expect(back.p).toBeCloseTo(there.p, 12);
  });

  it("are told apart more sharply than on draws of their own", () => {
    const apart: AgentDraws = {
      ...near,
      slope: near.slope.slice().reverse(),
      intercept: near.intercept.slice().reverse(),
    };
    expect(width(compareDraws(far, near).ratio)).toBeLessThan(
      0.85 * width(compareDraws(far, apart).ratio),
    );
  });

  it("do not differ where they are one", () => {
    expect(compareDraws(far, far)).toMatchObject({
      ratio: { estimate: 1, low: 1, high: 1 },
      slopeDifference: { low: 0, high: 0 },
      winRate: 0.5,
      p: 1,
    });
  });

  it("are compared over the draws in which both have a curve", () => {
    const gaps = { ...near, slope: near.slope.map((each, i) => (i % 4 === 0 ? Number.NaN : each)) };
    expect(compareDraws(far, gaps).usable).toBe(750);
  });

  it("must come from one bootstrap", () => {
    const fewer = { ...near, slope: near.slope.slice(1) };
    expect(() => compareDraws(far, fewer)).toThrow(/one has 1000 draws, the other 999/);
  });
});

describe("an agent against the trend before it", () => {
  it("is on it where the trend leads there, and above where it does not", () => {
    const horizons = new Map([
      ["a", drawnHorizons(nearer, 0.5)],
      ["b", drawnHorizons(near, 0.5)],
      ["c", drawnHorizons(far, 0.5)],
    ]);
    const point = (agent: string, releaseDate: number, draws: AgentDraws) => ({
      agent,
      releaseDate,
      horizon: horizonAt(draws.fit, 0.5),
    });
    const before = [point("a", 0, nearer), point("b", 100, near), point("a", 1, nearer)];
    const onTime = compareWithTrend(point("c", 200, far), before, horizons);
    expect(onTime.before).toEqual(["a", "b", "a"]);
    expect(onTime.ratio.low).toBeLessThan(1);
    expect(onTime.ratio.high).toBeGreaterThan(1);
    const early = compareWithTrend(point("c", -300, far), before, horizons);
    expect(early.ratio.low).toBeGreaterThan(1);
    expect(early.winRate).toBeGreaterThan(0.975);
    expect(early.p).toBeCloseTo(2 * (1 - early.winRate), 12);
  });
});
