import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { createRandom, quantile } from "../../stats/index.ts";
import { horizonInterval } from "../bootstrap/bootstrap.ts";
import { simulateRuns, simulateTasks } from "../bootstrap/simulated-suite.ts";
import { fitHorizon, horizonAt } from "../curve/fit.ts";
import { readSuite } from "../read/read-suite.ts";
import { hasOracle, oracleFile } from "../suite.test-support.ts";
import { type Categories, readCategories } from "./categories.ts";
import { fitDifficulty } from "./difficulty.ts";
import { planPower } from "./power-plan.ts";
import { sharedSlopeHorizons } from "./shared-slope.ts";
import { simulateStudies } from "./simulate.ts";

const SEED = 20261123;
console.log(`power plan: seed ${SEED}`);

const model = {
  families: 40,
  tasksPerFamily: 2.5,
  log2Minutes: [0, 10],
  familySd: 1.2,
  taskSd: 1.6,
} as const;
const agents = [{ agent: "able", minutes: 2 ** 5, slope: -1.1 }];
const single: Categories = {
  list: [{ name: "all", meaning: "everything" }],
  ofFamily: new Map(),
  otherwise: "all",
};

describe("how tasks vary beyond their length", () => {
  it("is estimated without much bias", () => {
    const root = createRandom(SEED);
    const found = Array.from({ length: 16 }, (_, study) => {
      const random = root.fork(`study ${study}`);
      const suite = simulateRuns(simulateTasks(model, random), agents, 8, random);
      return fitDifficulty(
        suite.tasks,
        suite.agents[0]!,
        new Float64Array(suite.tasks.length).fill(5),
      );
    });
    const middle = (of: (each: (typeof found)[0]) => number) => quantile(found.map(of), 0.5);
    expect(middle((each) => each.steepness)).toBeGreaterThan(0.9);
    expect(middle((each) => each.steepness)).toBeLessThan(1.35);
    expect(middle((each) => each.familySd)).toBeGreaterThan(0.8);
    expect(middle((each) => each.familySd)).toBeLessThan(1.6);
    expect(middle((each) => each.taskSd)).toBeGreaterThan(1.25);
    expect(middle((each) => each.taskSd)).toBeLessThan(1.95);
  });
});

describe("simulated studies of a design", () => {
  it("scatter like studies made another way and fitted one by one", () => {
    const root = createRandom(SEED).fork("scatter");
    const tasks = simulateTasks(model, root.fork("tasks"));
    const truth = { steepness: 1.1, familySd: 1.2, taskSd: 1.6, logLikelihood: 0 };
    const design = {
      tasks,
      runs: new Float64Array(tasks.length).fill(6),
      category: new Uint8Array(tasks.length),
      categories: 1,
    };
    const estimator = { ridge: 1e-5, weighting: "inverse-sqrt-family" } as const;
    const simulated = simulateStudies(design, [5], truth, 0, estimator, {
      studies: 600,
      random: root.fork("here"),
    });
    const families = [...new Set(tasks.map(({ family }) => family))];
    const random = root.fork("there");
    const fitted = Float64Array.from({ length: 600 }, () => {
      const shift = families.map(() => 1.2 * random.normal());
      const redrawn = tasks.map((task) => ({
        ...task,
        difficulty:
          Math.log2(task.minutes) + shift[families.indexOf(task.family)]! + 1.6 * random.normal(),
      }));
      const suite = simulateRuns(redrawn, agents, 6, random);
      return Math.log2(
        horizonAt(fitHorizon(suite.tasks, suite.agents[0]!, { method: "metr-2026" }), 0.5),
      );
    });
    const spread = (values: Float64Array) => quantile(values, 0.9) - quantile(values, 0.1);
    expect(spread(simulated) / spread(fitted)).toBeGreaterThan(0.85);
    expect(spread(simulated) / spread(fitted)).toBeLessThan(1.18);
    expect(Math.abs(quantile(simulated, 0.5) - quantile(fitted, 0.5))).toBeLessThan(0.15);
  });
});

describe("a power plan", () => {
  const random = createRandom(SEED).fork("plan");
  const suite = simulateRuns(simulateTasks({ ...model, families: 20 }, random), agents, 6, random);
  const given = { agent: "able", category: "all", seed: SEED, method: "metr-2026" } as const;
  const plan = planPower(suite, single, { ...given, width: 2 });

  it("says how many tasks reach the width, and fewer do not", () => {
    expect(plan.now.tasks).toBe(suite.tasks.length);
    expect(plan.now.simulatedWidth).toBeGreaterThan(2);
    for (const { tasks, simulatedWidth, steps, humanHours } of plan.options) {
      expect(tasks).toBeGreaterThan(0);
      expect(simulatedWidth).toBeLessThanOrEqual(2);
      expect(humanHours).toBeGreaterThan(0);
      const fewer = steps.filter((step) => step.tasks < tasks);
      for (const step of fewer) expect(step.simulatedWidth).toBeGreaterThan(2);
    }
  });

  it("asks for more where the width is to be smaller, and for none where it is reached", () => {
    const wide = planPower(suite, single, { ...given, width: 50 });
    const narrow = planPower(suite, single, { ...given, width: 1.7 });
    expect(wide.options.map(({ tasks }) => tasks)).toEqual([0, 0, 0]);
    narrow.options.forEach(({ tasks }, index) => {
      expect(tasks).toBeGreaterThan(plan.options[index]!.tasks);
    });
  });

  it("keeps its word: with the tasks it asks for, intervals are as narrow as it says", () => {
    const asNow = plan.options.find(({ lengths }) => lengths === "as now")!;
    const widths = Array.from({ length: 12 }, (_, study) => {
      const stream = createRandom(SEED).fork(`kept ${study}`);
      const extra = simulateTasks(
        { ...model, families: asNow.tasks, tasksPerFamily: 1 },
        stream.fork("extra"),
      ).map((task) => ({ ...task, id: `new ${task.id}`, family: `new ${task.family}` }));
      const old = simulateTasks({ ...model, families: 20 }, stream.fork("old"));
      const grown = simulateRuns([...old, ...extra], agents, 6, stream.fork("runs"));
      const options = { method: "metr-2026", seed: study, draws: 300 } as const;
      const [all] = sharedSlopeHorizons(grown, single, options);
      const { low, high } = horizonInterval(all!.draws.agents[0]!, 0.5);
      return Math.log(high / low);
    });
    const ratio = quantile(widths, 0.5) / Math.log(2);
    expect(ratio).toBeGreaterThan(0.7);
    expect(ratio).toBeLessThan(1.4);
  });

  it("says that runs alone do not help where tasks differ", () => {
    expect(plan.now.endlessRunsWidth).toBeGreaterThan(2);
  });

  it("is near what the bootstrap says of the data", () => {
    const ratio = Math.log(plan.now.simulatedWidth) / Math.log(plan.now.bootstrapWidth);
    expect(ratio).toBeGreaterThan(0.5);
    expect(ratio).toBeLessThan(1.5);
  });

  it("is refused for what there is not", () => {
    expect(() => planPower(suite, single, { ...given, width: 1 })).toThrow(/the width is 1/);
    expect(() => planPower(suite, single, { ...given, width: 2, category: "none" })).toThrow(
      /no task is of it/,
    );
    expect(() => planPower(suite, single, { ...given, width: 2, agent: "nobody" })).toThrow(
      /no run is of this agent/,
    );
  });
});

describe.skipIf(!hasOracle)("on METR's task counts of 2026", () => {
  it("the simulated width of today's tasks is that of the bootstrap, within a half of its log", async () => {
    const path = fileURLToPath(oracleFile("task_results_1_1_two_agents.json"));
    const { suite } = await readSuite([path]);
    const { now } = planPower(suite, await readCategories(), {
      ...{ agent: "GPT-5.4", category: "AI safety R&D", method: "metr-2026" },
      ...{ width: 1000, seed: SEED },
    });
    expect(now.tasks).toBe(17);
    const ratio = Math.log(now.simulatedWidth) / Math.log(now.bootstrapWidth);
    expect(ratio).toBeGreaterThan(0.67);
    expect(ratio).toBeLessThan(1.5);
  });
});
