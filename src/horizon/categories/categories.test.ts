import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createRandom, fitLogistic } from "../../stats/index.ts";
import { horizonInterval } from "../bootstrap/bootstrap.ts";
import { compareDraws } from "../bootstrap/compare.ts";
import { fitHorizon, horizonAt } from "../curve/fit.ts";
import { readSuite } from "../read/read-suite.ts";
import { hasOracle, oracleFile } from "../suite.test-support.ts";
import type { Outcomes, Suite, Task } from "../suite.ts";
import { type Categories, readCategories, splitSuite } from "./categories.ts";
import { fitCategoryCurve } from "./curve.ts";
import { categoryGrowth, categoryHorizons, compareGrowth } from "./horizons.ts";
import { pooledHorizons } from "./pooled.ts";
import { sharedSlopeHorizons } from "./shared-slope.ts";

const SEED = 424242;
console.log(`categories: seed ${SEED}`);

const categories: Categories = {
  list: [
    { name: "maze", meaning: "find a way" },
    { name: "prose", meaning: "write" },
  ],
  ofFamily: new Map(
    Array.from({ length: 16 }, (_, index) => [
      `family-${index}`,
      { category: index < 8 ? "maze" : "prose", because: "it says so" },
    ]),
  ),
};

/** Agents whose horizon on prose is a quarter of that on mazes, and grows at another pace. */
function twoCategories(runs = 8): Suite {
  const random = createRandom(SEED);
  const tasks = Array.from(
    { length: 160 },
    (_, index): Task => ({
      id: `family-${index % 16}/${index}`,
      family: `family-${index % 16}`,
      // Prose has no short tasks.
      minutes: 2 ** (index % 16 < 8 ? 10 * random.float() : 5 + 5 * random.float()),
    }),
  );
  const agents = [4, 5, 6, 7].map(
    (log2Horizon, order): Outcomes => ({
      agent: `agent-${order}`,
      runs: new Float64Array(tasks.length).fill(runs),
      scores: Float64Array.from(tasks, ({ minutes }, index) => {
        const behind = index % 16 < 8 ? 0 : 2;
        const p = 1 / (1 + Math.exp(-0.7 * (log2Horizon - behind - Math.log2(minutes))));
        return Array.from({ length: runs }, () => random.float() < p).filter(Boolean).length;
      }),
    }),
  );
  return { tasks, agents };
}

describe("the mapping that ships", () => {
  it("gives every family one declared category and a reason", async () => {
    const { list, ofFamily } = await readCategories();
    expect(list.map(({ name }) => name)).toEqual([
      "AI safety R&D",
      "ML engineering",
      "software engineering",
      "cyber",
      "general reasoning",
    ]);
    for (const [family, { category, because }] of ofFamily) {
      expect(
        list.some(({ name }) => name === category),
        family,
      ).toBe(true);
      expect(because.length, family).toBeGreaterThan(5);
    }
  });

  it.skipIf(!hasOracle).each(["metr_runs_2025-02-27.jsonl", "task_results_1_1_two_agents.json"])(
    "has every family of %s",
    async (name) => {
      const { suite } = await readSuite([fileURLToPath(oracleFile(name))]);
      const parts = splitSuite(suite, await readCategories());
      const count = parts.reduce((sum, part) => sum + part.suite.tasks.length, 0);
      expect(count).toBe(suite.tasks.length);
    },
  );
});

describe("a mapping of one's own", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "horizon-categories-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const read = async (text: string) => {
    const path = join(folder, "categories.yaml");
    await writeFile(path, text);
    return readCategories(path);
  };

  it("may put all families that are not listed in one category", async () => {
    const own = await read("categories: { all: everything }\nfamilies: {}\ndefault: all\n");
    expect(splitSuite(twoCategories(), own)).toHaveLength(1);
  });

  it.each([
    ["categories: { a: b }\nfamilies: { f: [c, why] }\n", /f: there is no category "c"/],
    ["categories: { a: b }\nfamilies: { f: [a] }\n", /families, f/],
    ["categories: { a: b }\nfamilies: {}\ndefault: c\n", /default: there is no category "c"/],
    ["categories: { a: b }\nfamilies: {}\nfamilys: {}\n", /unrecognized key/],
    ["categories: [\n", /not valid YAML/],
  ])("is refused where it is wrong: %#", async (text, message) => {
    await expect(read(text)).rejects.toThrow(message);
  });

  it("is refused where it leaves out families of the suite, which are named", async () => {
    const own = await read("categories: { all: some }\nfamilies: { family-0: [all, why] }\n");
    expect(() => splitSuite(twoCategories(), own)).toThrow(
      /15 task families are in no category: family-1, family-2, .* default/,
    );
  });
});

describe("a suite in parts", () => {
  it("has each task in one part, with its runs, and leaves out agents that tried none", () => {
    const suite = twoCategories();
    const lazy: Outcomes = {
      agent: "lazy",
      runs: Float64Array.from(suite.tasks, ({ family }) => Number(family === "family-0")),
      scores: new Float64Array(suite.tasks.length),
    };
    const parts = splitSuite({ ...suite, agents: [...suite.agents, lazy] }, categories);
    expect(parts.map(({ suite: part }) => part.tasks.length)).toEqual([80, 80]);
    expect(parts.map(({ suite: part }) => part.agents.length)).toEqual([5, 4]);
    const total = parts.flatMap(({ suite: part }) => [...part.agents[0]!.scores]);
    expect(total.reduce((sum, each) => sum + each, 0)).toBe(
      suite.agents[0]!.scores.reduce((sum, each) => sum + each, 0),
    );
  });
});

describe("horizons by category, each with its own curve", () => {
  it("are METR's estimate on the category's tasks alone", async () => {
    const suite = twoCategories();
    const options = { method: "metr-2026", seed: SEED, draws: 50, workers: 1 } as const;
    const found = await categoryHorizons(suite, categories, options);
    const [maze] = splitSuite(suite, categories);
    const alone = fitHorizon(maze!.suite.tasks, maze!.suite.agents[2]!, options);
    expect(found[0]!.draws.agents[2]!.fit).toEqual(alone);
    expect(found.map(({ families, tasks }) => [families, tasks])).toEqual([
      [8, 80],
      [8, 80],
    ]);
  });

  it("do not depend on what other categories there are", async () => {
    const suite = twoCategories();
    const options = { method: "metr-2026", seed: SEED, draws: 20, workers: 1 } as const;
    const [, prose] = await categoryHorizons(suite, categories, options);
    const part = splitSuite(suite, categories)[1]!.suite;
    const [alone] = await categoryHorizons(part, categories, options);
    expect(alone!.draws.agents[0]!.slope).toEqual(prose!.draws.agents[0]!.slope);
  });
});

describe("horizons by category with one slope", () => {
  const options = { method: "metr-2026", seed: SEED, draws: 300 } as const;

  it("hold the true horizons, also of the category without short tasks", () => {
    const [maze, prose] = sharedSlopeHorizons(twoCategories(), categories, options);
    [4, 5, 6, 7].forEach((truth, agent) => {
      for (const [part, log2] of [
        [maze!, truth],
        [prose!, truth - 2],
      ] as const) {
        const { fit, slope, intercept } = part.draws.agents[agent]!;
        const drawn = slope.map((each, draw) => -intercept[draw]! / each).sort();
        expect(Math.log2(horizonAt(fit, 0.5))).toBeCloseTo(log2, 0);
        expect(drawn[2]!).toBeLessThan(log2);
        expect(drawn[297]!).toBeGreaterThan(log2);
      }
    });
  });

  it("are the same whatever the order of rows", () => {
    const suite = twoCategories();
    const order = createRandom(SEED).shuffle([...suite.tasks.keys()]);
    const mixed: Suite = {
      tasks: order.map((task) => suite.tasks[task]!),
      agents: suite.agents.map((each) => ({
        agent: each.agent,
        runs: Float64Array.from(order, (task) => each.runs[task]!),
        scores: Float64Array.from(order, (task) => each.scores[task]!),
      })),
    };
    const [straight, other] = [suite, mixed].map((each) =>
      sharedSlopeHorizons(each, categories, { ...options, draws: 1 }),
    );
    const fits = (found: typeof straight) =>
      found!.map(({ draws }) => horizonAt(draws.agents[0]!.fit, 0.5));
    fits(straight).forEach((minutes, index) => {
      expect(fits(other)[index]! / minutes).toBeCloseTo(1, 9);
    });
  });

  it("grow at their own pace, and whether one is faster is told by joint draws", () => {
    const found = sharedSlopeHorizons(twoCategories(), categories, options);
    const dates = new Map([0, 1, 2, 3].map((order) => [`agent-${order}`, order * 180]));
    const [maze, prose] = found.map((each) => categoryGrowth(each, dates)!);
    // A doubling each half year in both.
    for (const { pace } of [maze!, prose!]) {
      expect(pace.low).toBeLessThan(365.25 / 180);
      expect(pace.high).toBeGreaterThan(365.25 / 180);
    }
    const { difference, p } = compareGrowth(prose!, maze!);
    expect(difference.low).toBeLessThan(0);
    expect(difference.high).toBeGreaterThan(0);
    expect(p).toBeGreaterThan(0.025);
    expect(compareGrowth(maze!, prose!).difference.low).toBeCloseTo(-difference.high, 10);
    expect(categoryGrowth(found[0]!, new Map([["agent-0", 1]]))).toBeNull();
  });
});

describe("horizons by category with families pooled", () => {
  it("hold the truth, and draws of both categories are of one posterior", async () => {
    const suite = twoCategories();
    const two = { ...suite, agents: suite.agents.slice(1, 3) };
    const { categories: found, fit } = await pooledHorizons(two, categories, {
      ...{ method: "metr-2026", seed: SEED, chains: 2, draws: 150, warmup: 250, workers: 1 },
      // Lengths are exact here.
      lengthNoise: { betweenPeople: 0.01, ofEstimates: 0.01 },
    });
    expect(fit.agents).toHaveLength(2);
    const [maze, prose] = found.map(({ draws }) => draws.agents[0]!);
    for (const [draws, log2] of [
      [maze!, 5],
      [prose!, 3],
    ] as const) {
      const { low, high } = horizonInterval(draws, 0.5, 0.99);
      expect(Math.log2(low)).toBeLessThan(log2);
      expect(Math.log2(high)).toBeGreaterThan(log2);
    }
    const { ratio } = compareDraws(prose!, maze!, { level: 0.99 });
    expect(ratio.low).toBeLessThan(0.25);
    expect(ratio.high).toBeGreaterThan(0.25);
    expect(ratio.high).toBeLessThan(1);
  });
});

describe("the curve of several categories", () => {
  it("is the optimum of logistic regression with a mark for each category", () => {
    const random = createRandom(SEED);
    for (let trial = 0; trial < 20; trial++) {
      const n = 60;
      const x = Float64Array.from({ length: n }, () => 10 * random.float());
      const category = Uint8Array.from({ length: n }, (_, i) => i % 3);
      const mass = Float64Array.from({ length: n }, () => random.float());
      const share = x.map((at, i) => {
        const p = 1 / (1 + Math.exp(0.5 * (at - 4 - category[i]!)));
        return random.float() < p ? 1 : 0;
      });
      const success = share.map((each, i) => each * mass[i]!);
      const mine = fitCategoryCurve({ x, category, mass, success }, 3, 0)!;
      const { coefficients } = fitLogistic({
        y: share,
        predictors: [x, category.map((c) => Number(c === 1)), category.map((c) => Number(c === 2))],
        weights: mass,
      });
      expect(mine.slope).toBeCloseTo(coefficients[1]!, 9);
      expect(mine.intercepts[0]).toBeCloseTo(coefficients[0]!, 8);
      expect(mine.intercepts[2]).toBeCloseTo(coefficients[0]! + coefficients[3]!, 8);
    }
  });

  it("is METR's own curve where there is one category", () => {
    const [part] = splitSuite(twoCategories(), categories);
    const { tasks, agents } = part!.suite;
    const fit = fitHorizon(tasks, agents[0]!, { method: "metr-2025", weighting: "equal" });
    const mass = new Float64Array(tasks.length).fill(1 / tasks.length);
    const mine = fitCategoryCurve(
      {
        x: Float64Array.from(tasks, ({ minutes }) => Math.log2(minutes)),
        category: new Uint8Array(tasks.length),
        mass,
        success: mass.map((each, i) => (each * agents[0]!.scores[i]!) / agents[0]!.runs[i]!),
      },
      1,
      0.1,
    )!;
    expect(mine.slope).toBeCloseTo(fit.slope, 10);
    expect(mine.intercepts[0]).toBeCloseTo(fit.intercept, 10);
  });

  it("leaves out a category that went all one way, and is none where all did", () => {
    const data = {
      x: Float64Array.of(1, 2, 3, 4, 1, 2),
      category: Uint8Array.of(0, 0, 0, 0, 1, 1),
      mass: new Float64Array(6).fill(1),
      success: Float64Array.of(1, 0, 1, 0, 0, 0),
    };
    const curve = fitCategoryCurve(data, 2, 0)!;
    expect(curve.intercepts[1]).toBeNaN();
    expect(Number.isFinite(curve.slope)).toBe(true);
    expect(fitCategoryCurve({ ...data, success: new Float64Array(6) }, 2, 0)).toBeNull();
  });
});
