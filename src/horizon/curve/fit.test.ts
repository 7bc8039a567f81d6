import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fitHorizon, horizonAt, type Suite, successAt } from "../index.ts";
import { hasOracle, oracleFile, readOracle, suiteOf } from "../suite.test-support.ts";

const METR_2026 = { method: "metr-2026" } as const;

const small = suiteOf(
  [
    ["typing/a", 1],
    ["typing/b", 2],
    ["bugs/a", 15],
    ["bugs/b", 60],
    ["research/a", 480],
  ],
  {
    able: [
      [4, 4],
      [4, 4],
      [3, 4],
      [2, 4],
      [1, 4],
    ],
    hopeless: [
      [0, 4],
      [0, 4],
      [0, 4],
      [0, 4],
      [0, 4],
    ],
    perfect: [
      [4, 4],
      [4, 4],
      [4, 4],
      [4, 4],
      [4, 4],
    ],
    sharp: [
      [4, 4],
      [4, 4],
      [4, 4],
      [0, 4],
      [0, 4],
    ],
  },
);
const fitOf = (agent: string, suite: Suite = small) =>
  fitHorizon(suite.tasks, suite.agents.find((each) => each.agent === agent)!, METR_2026);

describe("the time horizon of an agent", () => {
  it("is the task length at which its curve crosses a chance of success", () => {
    const fit = fitOf("able");
    expect(fit.status).toBe("fitted");
    for (const q of [0.5, 0.8, 0.95]) expect(successAt(fit, horizonAt(fit, q))).toBeCloseTo(q, 12);
    expect(horizonAt(fit, 0.8)).toBeLessThan(horizonAt(fit, 0.5));
  });

  it("is 0 where every run failed, and beyond the tasks where every run succeeded", () => {
    expect(fitOf("hopeless").status).toBe("all-failed");
    expect(horizonAt(fitOf("hopeless"), 0.5)).toBe(0);
    expect(fitOf("perfect").warnings.join()).toMatch(/beyond the longest task, 8 h/);
    expect(horizonAt(fitOf("perfect"), 0.5)).toBe(Number.POSITIVE_INFINITY);
  });

  it("says where task length separates successes from failures, and lies between the two", () => {
    const fit = fitOf("sharp");
    expect(fit.status).toBe("separated");
    expect(horizonAt(fit, 0.5)).toBeGreaterThan(15);
    expect(horizonAt(fit, 0.5)).toBeLessThan(60);
  });

  const cell = fc
    .integer({ min: 1, max: 8 })
    .chain((n) => fc.tuple(fc.integer({ min: 0, max: n }), fc.constant(n)));
  const cells = fc.array(cell, { minLength: 5, maxLength: 5 });
  const suiteWith = (row: readonly (readonly [number, number])[]) =>
    suiteOf(
      small.tasks.map((task) => [task.id, task.minutes] as const),
      { some: row },
    );

  it("does not depend on the order of the tasks", () => {
    fc.assert(
      fc.property(cells, fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 5 }), (row, order) => {
        const straight = fitOf("some", suiteWith(row));
        const tasks = order.map((index) => small.tasks[index]!);
        const mixed = suiteOf(
          tasks.map((task) => [task.id, task.minutes] as const),
          { some: order.map((index) => row[index]!) },
        );
        const other = fitOf("some", mixed);
        expect(other.status).toBe(straight.status);
        if (straight.status === "fitted") expect(other.slope).toBeCloseTo(straight.slope, 8);
      }),
    );
  });

  it("does not depend on how often each task's runs are counted over", () => {
    fc.assert(
      fc.property(cells, fc.integer({ min: 2, max: 5 }), (row, times) => {
        const once = fitOf("some", suiteWith(row));
        const over = fitOf("some", suiteWith(row.map(([k, n]) => [k * times, n * times] as const)));
        if (once.status === "fitted") expect(over.intercept).toBeCloseTo(once.intercept, 8);
      }),
    );
  });

  it("scales with the unit of time, where nothing holds the slope", () => {
    fc.assert(
      fc.property(cells, fc.double({ min: 0.01, max: 100, noNaN: true }), (row, unit) => {
        const fit = fitOf("some", suiteWith(row));
        if (fit.status !== "fitted" || Math.abs(fit.slope) < 0.05) return;
        const scaled = suiteOf(
          small.tasks.map((task) => [task.id, task.minutes * unit] as const),
          { some: row },
        );
        const ratio = horizonAt(fitOf("some", scaled), 0.5) / horizonAt(fit, 0.5) / unit;
        expect(Math.abs(ratio - 1)).toBeLessThan(1e-6);
      }),
    );
  });

  it("rises at a task where a failure becomes a success", () => {
    fc.assert(
      fc.property(cells, fc.integer({ min: 0, max: 4 }), (row, index) => {
        const [k, n] = row[index]!;
        if (k === n) return;
        const before = fitOf("some", suiteWith(row));
        const after = fitOf(
          "some",
          suiteWith(row.map((each, at) => (at === index ? ([k + 1, n] as const) : each))),
        );
        if (before.status !== "fitted" || after.status !== "fitted") return;
        const { minutes } = small.tasks[index]!;
        expect(successAt(after, minutes)).toBeGreaterThan(successAt(before, minutes));
      }),
    );
  });
});

interface TwoAgents {
  readonly [agent: string]: {
    readonly tasks: readonly {
      readonly task_id: string;
      readonly task_family: string;
      readonly human_minutes: number;
      readonly n_successes: number;
      readonly n_runs: number;
    }[];
  };
}

describe.skipIf(!hasOracle)("against METR's published counts and the certified optimum", () => {
  const published = hasOracle
    ? (JSON.parse(
        readFileSync(oracleFile("task_results_1_1_two_agents.json"), "utf8"),
      ) as TwoAgents)
    : {};

  it.each(["GPT-5.4", "Claude Mythos Preview (early)"])("%s has the same curve", (agent) => {
    const rows = published[agent]!.tasks;
    const tasks = rows.map((row) => ({
      id: row.task_id,
      family: row.task_family,
      minutes: row.human_minutes,
    }));
    const fit = fitHorizon(
      tasks,
      {
        agent,
        runs: Float64Array.from(rows, (row) => row.n_runs),
        scores: Float64Array.from(rows, (row) => row.n_successes),
      },
      METR_2026,
    );
    const exact = readOracle(
      (oracle: {
        metr_code_runs: { two_agents: { agents: Record<string, Record<string, number>> } };
      }) => oracle.metr_code_runs.two_agents.agents[agent]!,
    );
    expect(Math.abs(fit.slope / exact.exact_slope! - 1)).toBeLessThan(1e-9);
    expect(Math.abs(fit.intercept / exact.exact_intercept! - 1)).toBeLessThan(1e-9);
    expect(Math.abs(horizonAt(fit, 0.5) / exact.exact_p50! - 1)).toBeLessThan(1e-9);
    expect(Math.abs(horizonAt(fit, 0.8) / exact.exact_p80! - 1)).toBeLessThan(1e-9);
    expect(fit.averageScore).toBeCloseTo(exact.average!, 4);
    expect(fit.logLoss).toBeCloseTo(exact.bce_loss!, 3);
  });
});
