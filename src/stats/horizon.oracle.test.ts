import { describe, expect, it } from "vitest";
import { fitLinear } from "./linear-regression.ts";
import { fitLogistic } from "./logistic-regression.ts";
import { oracleData } from "./oracle-data.ts";
import { relativeError } from "./relative-error.ts";

// METR's time horizons (arXiv:2503.14499): weighted logistic regression of success on
// log2(human minutes) with a ridge on the slope, against optima computed independently.

interface Oracle {
  readonly metr_code_runs: Record<
    string,
    {
      readonly regularization: number;
      readonly agents: Record<string, { exact_slope?: number; exact_intercept?: number }>;
    }
  >;
  readonly trends: Record<
    string,
    { agents: string[]; doubling_days: number; r2: number; slope_se: number }
  >;
  readonly "published_th1_0_logistic_fits_april2025_reg0.1": readonly {
    agent: string;
    p50: number;
    release_date: string;
  }[];
}

interface Counts {
  readonly tasks: readonly {
    human_minutes: number;
    n_successes: number;
    n_runs: number;
    task_family: string;
  }[];
}

const oracleText = oracleData("horizon/oracle.json");
const countsText = oracleData("horizon/task_results_1_1_two_agents.json");
const runsText = oracleData("horizon/metr_runs_2025-02-27.jsonl");

const agree = (actual: number, expected: number, tolerance = 1e-9) =>
  expect(relativeError(actual, expected)).toBeLessThan(tolerance);

if (oracleText && countsText && runsText) {
  // The file was written by Python, whose JSON may hold NaN.
  const oracle = JSON.parse(oracleText.replaceAll(/\bNaN\b/g, "null")) as Oracle;

  describe("time horizons from per-task counts", () => {
    const { regularization, agents } = oracle.metr_code_runs.two_agents!;
    const counts = JSON.parse(countsText) as Record<string, Counts>;

    it.each(Object.keys(agents))("%s: the optimum to 9 digits", (agent) => {
      const tasks = counts[agent]!.tasks.filter((task) => task.n_runs > 0);
      const family = new Map<string, number>();
      for (const task of tasks) {
        family.set(task.task_family, (family.get(task.task_family) ?? 0) + 1);
      }
      const raw = tasks.map((task) => 1 / Math.sqrt(family.get(task.task_family)!));
      const total = raw.reduce((sum, weight) => sum + weight, 0);
      const fit = fitLogistic({
        y: tasks.map((task) => task.n_successes / task.n_runs),
        predictors: [tasks.map((task) => Math.log2(task.human_minutes))],
        weights: raw.map((weight) => weight / total),
        ridge: regularization,
      });
      agree(fit.coefficients[1]!, agents[agent]!.exact_slope!);
      agree(fit.coefficients[0]!, agents[agent]!.exact_intercept!);
    });
  });

  describe("time horizons from 7,063 runs", () => {
    const runs = runsText
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Record<string, number | string>);

    it.each([
      ["early2025", "score_binarized", 0.5],
      ["early2025_1e5", "score_binarized", 0.5],
      ["early2025_eq", "score_binarized", 0],
      ["early2025_cont", "score", 0.5],
    ] as const)("%s: every agent's optimum to 9 digits", (name, score, familyPower) => {
      const { regularization, agents } = oracle.metr_code_runs[name]!;
      let compared = 0;
      for (const [agent, expected] of Object.entries(agents)) {
        if (typeof expected.exact_slope !== "number") continue;
        const own = runs.filter((run) => run.alias === agent);
        const fit = fitLogistic({
          y: own.map((run) => Number(run[score])),
          predictors: [own.map((run) => Math.log2(Number(run.human_minutes)))],
          weights: taskWeights(own, familyPower),
          ridge: regularization,
        });
        agree(fit.coefficients[1]!, expected.exact_slope);
        agree(fit.coefficients[0]!, expected.exact_intercept!);
        compared += 1;
      }
      expect(compared).toBeGreaterThan(9);
    });
  });

  /** 1 over the runs of the task and a power of the tasks of the family, summing to 1. */
  function taskWeights(runs: readonly Record<string, number | string>[], familyPower: number) {
    const perTask = new Map<string, number>();
    const perFamily = new Map<string, Set<string>>();
    for (const run of runs) {
      const task = String(run.task_id);
      perTask.set(task, (perTask.get(task) ?? 0) + 1);
      const family = perFamily.get(String(run.task_family)) ?? new Set();
      perFamily.set(String(run.task_family), family.add(task));
    }
    const raw = runs.map(
      (run) =>
        1 /
        perTask.get(String(run.task_id))! /
        perFamily.get(String(run.task_family))!.size ** familyPower,
    );
    const total = raw.reduce((sum, weight) => sum + weight, 0);
    return raw.map((weight) => weight / total);
  }

  it("the paper's trend: doubling every 212.96 days by least squares on log p50", () => {
    const fits = oracle["published_th1_0_logistic_fits_april2025_reg0.1"];
    const trend = oracle.trends.paper_headline_2019_2025_frontier11!;
    const points = trend.agents.map((agent) => fits.find((fit) => fit.agent === agent)!);
    const { terms, rSquared } = fitLinear({
      y: points.map((point) => Math.log(point.p50)),
      predictors: [points.map((point) => Date.parse(point.release_date) / 86_400_000)],
    });
    agree(Math.LN2 / terms[1]!.estimate, trend.doubling_days);
    agree(rSquared, trend.r2);
    agree(terms[1]!.standardError, trend.slope_se);
  });
} else {
  it.skip("time horizons: the data of ../shared/data/horizon are not here", () => {});
}
