import { describe, expect, it } from "vitest";
import { quantile } from "../../stats/index.ts";
import {
  type AgentDraws,
  type BootstrapOptions,
  bootstrapHorizons,
  drawnHorizons,
  drawsOf,
  fitHorizon,
  fitSuite,
  horizonInterval,
  horizonTInterval,
  type Suite,
} from "../index.ts";
import { hasOracle, readOracle, suiteOf } from "../suite.test-support.ts";
import { countsOf, early2025, twoAgents } from "./bootstrap.test-support.ts";
import { copyTasks } from "./draw.ts";
import { visitDrawnRuns } from "./numpy.ts";
import { numpyRandom } from "./numpy-random.ts";
import { layOut } from "./table.ts";

const METR_2026 = { method: "metr-2026" } as const;

const suite = suiteOf(
  [
    ["typing/a", 1],
    ["typing/b", 2],
    ["bugs/a", 15],
    ["bugs/b", 60],
    ["bugs/c", 90],
    ["research/a", 480],
    ["research/b", 960],
  ],
  {
    able: [
      [4, 4],
      [3, 4],
      [4, 4],
      [2, 4],
      [1, 4],
      [1, 4],
      [0, 4],
    ],
    hopeless: Array.from({ length: 7 }, () => [0, 4] as const),
    twin: [
      [4, 4],
      [3, 4],
      [4, 4],
      [2, 4],
      [1, 4],
      [1, 4],
      [0, 4],
    ],
  },
);

describe("the hierarchical bootstrap", () => {
  it("follows from the seed, whatever the number of threads", async () => {
    const options = { ...METR_2026, seed: 7, draws: 101 };
    const alone = await bootstrapHorizons(suite, { ...options, workers: 1 });
    const shared = await bootstrapHorizons(suite, { ...options, workers: 3 });
    expect(shared).toEqual(alone);
    const other = await bootstrapHorizons(suite, { ...options, seed: 8 });
    expect(other.agents[0]!.slope).not.toEqual(alone.agents[0]!.slope);
  });

  it("draws an agent's runs by themselves: another agent changes nothing", async () => {
    const options = { ...METR_2026, seed: 7, draws: 50 };
    const all = await bootstrapHorizons(suite, options);
    const one = { tasks: suite.tasks, agents: suite.agents.slice(0, 1) };
    const alone = await bootstrapHorizons(one, options);
    expect(alone.agents[0]).toEqual(all.agents[0]);
  });

  it("does not depend on the order of tasks or agents", async () => {
    const order = [3, 6, 0, 5, 2, 1, 4];
    const mixed: Suite = {
      tasks: order.map((task) => suite.tasks[task]!),
      agents: suite.agents.toReversed().map(({ agent, runs, scores }) => ({
        agent,
        runs: Float64Array.from(order, (task) => runs[task]!),
        scores: Float64Array.from(order, (task) => scores[task]!),
      })),
    };
    const options = { ...METR_2026, seed: 7, draws: 50 };
    const straight = await bootstrapHorizons(suite, options);
    const other = await bootstrapHorizons(mixed, options);
    // Sums in another order round differently: the draws are the same but for that.
    drawsOf(other, "able").slope.forEach((slope, draw) => {
      expect(slope).toBeCloseTo(drawsOf(straight, "able").slope[draw]!, 9);
    });
  });

  it("shows all agents the same families and tasks", async () => {
    const { agents } = await bootstrapHorizons(suite, {
      ...METR_2026,
      ...{ seed: 7, draws: 50, levels: ["families", "tasks"] },
    });
    expect(agents[2]!.slope).toEqual(agents[0]!.slope);
    expect(new Set(agents[0]!.slope).size).toBeGreaterThan(20);
  });

  it("gives the data's own curve where nothing is drawn anew", async () => {
    const draws = await bootstrapHorizons(suite, { ...METR_2026, seed: 7, draws: 3, levels: [] });
    const fit = fitHorizon(suite.tasks, suite.agents[0]!, METR_2026);
    for (const slope of draws.agents[0]!.slope) expect(slope).toBeCloseTo(fit.slope, 10);
  });

  it("has no curve, and says so, where every run failed", async () => {
    const draws = await bootstrapHorizons(suite, { ...METR_2026, seed: 7, draws: 20 });
    const hopeless = drawsOf(draws, "hopeless");
    expect([...hopeless.slope].every(Number.isNaN)).toBe(true);
    expect(horizonInterval(hopeless, 0.5)).toMatchObject({ usable: 0, low: NaN, high: NaN });
  });

  it("draws single scores between 0 and 1, and refuses sums of them", async () => {
    const row = suite.agents[0]!;
    const perRun = Array.from(row.scores, (sum) => Float64Array.of(sum / 4, sum / 4, 0.5, 0.25));
    const scores = Float64Array.from(perRun, (all) => all.reduce((sum, each) => sum + each, 0));
    const fractional: Suite = { tasks: suite.tasks, agents: [{ ...row, scores, perRun }] };
    const { agents } = await bootstrapHorizons(fractional, { ...METR_2026, seed: 7, draws: 200 });
    const interval = horizonInterval(agents[0]!, 0.5);
    expect(interval.low).toBeLessThan(interval.estimate);
    expect(interval.high).toBeGreaterThan(interval.estimate);
    const sums: Suite = { tasks: suite.tasks, agents: [{ agent: "able", runs: row.runs, scores }] };
    await expect(bootstrapHorizons(sums, { ...METR_2026, seed: 7 })).rejects.toThrow(
      /able on .*: scores lie between 0 and 1/,
    );
  });

  it("gives scores of 0 and 1 the same spread from single runs as from counts", async () => {
    const perRun = (row: (typeof suite.agents)[number]) => ({
      ...row,
      perRun: Array.from(row.runs, (n, task) =>
        Float64Array.from({ length: n }, (_, run) => Number(run < row.scores[task]!)),
      ),
    });
    const rows: Suite = { tasks: suite.tasks, agents: suite.agents.map(perRun) };
    const options = { ...METR_2026, seed: 7, draws: 4000, levels: ["runs"] as const };
    const [fromCounts, fromRuns] = await Promise.all(
      [suite, rows].map(async (each) => {
        const slopes = (await bootstrapHorizons(each, options)).agents[0]!.slope;
        return [0.25, 0.5, 0.75, 0.95].map((p) => quantile(slopes, p));
      }),
    );
    // A tenth of the draws are separated, with slopes of no meaning; the rest lie within 1.
    fromCounts!.forEach((slope, index) => {
      expect(Math.abs(slope - fromRuns![index]!)).toBeLessThan(0.05);
    });
  });

  it("takes in the error of task lengths, and the choice of ridge and weighting", async () => {
    const still = { ...METR_2026, seed: 7, draws: 300, levels: [] };
    const distinct = async (options: Partial<BootstrapOptions>) => {
      const { agents } = await bootstrapHorizons(suite, { ...still, ...options });
      return new Set(agents[0]!.slope.map((slope) => Math.round(slope * 1e9))).size;
    };
    expect(await distinct({})).toBe(1);
    expect(await distinct({ ridges: [0.1, 0.01, 1e-5] })).toBe(3);
    expect(await distinct({ weightings: ["equal", "inverse-sqrt-family"] })).toBe(2);
    expect(await distinct({ lengthNoise: new Float64Array(7).fill(0.5) })).toBe(300);
    const noise = new Float64Array(6);
    await expect(distinct({ lengthNoise: noise })).rejects.toThrow(/6 entries for 7 tasks/);
  });

  it("gives a t interval of ln(horizon) with a degree of freedom less than families", () => {
    const fit = {
      ...fitHorizon(suite.tasks, suite.agents[0]!, METR_2026),
      slope: -1,
      intercept: 5,
    };
    // Horizons of 2^4, 2^5 and 2^6: a standard deviation of ln 2.
    const draws = { agent: "able", fit, slope: Float64Array.of(-1, -1, -1) };
    const { estimate, low, high } = horizonTInterval(
      { ...draws, intercept: Float64Array.of(4, 5, 6) },
      ...([3, 0.5] as const),
    );
    // Student's t with 2 degrees of freedom has its 97.5th percentile at 4.30265.
    expect(estimate).toBe(32);
    expect(Math.log2(high / 32)).toBeCloseTo(4.30265, 4);
    expect(low * high).toBeCloseTo(32 ** 2, 8);
  });

  it("names an agent that is not there, and a number of draws that is none", async () => {
    const draws = await bootstrapHorizons(suite, { ...METR_2026, seed: 7, draws: 2 });
    expect(() => drawsOf(draws, "nobody")).toThrow(/Choose one of: able, hopeless, twin/);
    await expect(bootstrapHorizons(suite, { ...METR_2026, seed: 7, draws: 0 })).rejects.toThrow(
      /bootstrap draws: the number is 0/,
    );
  });

  it("keeps an infinite horizon as a number", () => {
    const fit = fitHorizon(suite.tasks, suite.agents[0]!, METR_2026);
    const draws = {
      ...{ agent: "able", fit },
      slope: Float64Array.of(-1, -1, -1e-9, Number.NaN),
      intercept: Float64Array.of(2, 4, 1, 1),
    };
    expect([...drawnHorizons(draws, 0.5)]).toEqual([4, 16, Infinity, NaN]);
    expect(horizonInterval(draws, 0.5)).toMatchObject({ usable: 3, high: Infinity });
    expect(horizonInterval(draws, 0.5).low).toBeCloseTo(4.6, 10);
  });
});

interface Oracle {
  readonly p50_ci: readonly [number, number];
  readonly p80_ci: readonly [number, number];
  readonly n_boot_valid: number | null;
}

describe.skipIf(!hasOracle)("beside METR's own bootstrap of 1,000 draws", () => {
  const suites = {
    two_agents: ["metr-2026", twoAgents],
    early2025: ["metr-2025", () => countsOf(early2025())],
  } as const;
  it.each(["two_agents", "early2025"] as const)("%s: the same intervals", async (name) => {
    const [method, read] = suites[name];
    const SEED = 20_250_227;
    const { agents } = await bootstrapHorizons(read(), { method, seed: SEED, draws: 10_000 });
    const oracle = readOracle(
      (all: { metr_code_runs: Record<string, { agents: Record<string, Oracle> }> }) =>
        all.metr_code_runs[name]!.agents,
    );
    let compared = 0;
    for (const agent of agents) {
      const { p50_ci, p80_ci, n_boot_valid } = oracle[agent.agent]!;
      if (!n_boot_valid) continue;
      // The ends are order statistics of METR's draws: their ranks have a binomial error.
      const error = Math.sqrt((0.025 * 0.975) / n_boot_valid + (0.025 * 0.975) / 10_000);
      for (const [q, [low, high]] of [
        [0.5, p50_ci],
        [0.8, p80_ci],
      ] as const) {
        const horizons = drawnHorizons(agent, q).filter((each) => !Number.isNaN(each));
        const share = (is: (each: number) => boolean) =>
          horizons.filter(is).length / horizons.length;
        const where = `seed ${SEED}, ${agent.agent}, ${q}`;
        // Written so, ends that many draws equal (0, for an agent that hardly succeeds) count too.
        expect(
          share((each) => each < low),
          where,
        ).toBeLessThan(0.025 + 4 * error);
        expect(
          share((each) => each <= low),
          where,
        ).toBeGreaterThan(0.025 - 4 * error);
        expect(
          share((each) => each > high),
          where,
        ).toBeLessThan(0.025 + 4 * error);
        expect(
          share((each) => each >= high),
          where,
        ).toBeGreaterThan(0.025 - 4 * error);
        compared += 2;
      }
    }
    expect(compared).toBeGreaterThanOrEqual(8);
  });
});

describe.skipIf(!hasOracle)("bit for bit like METR's code", () => {
  const oracleOf = (name: string) =>
    readOracle(
      (all: { metr_code_runs: Record<string, { agents: Record<string, Oracle> }> }) =>
        all.metr_code_runs[name]!.agents,
    );

  it("draws the very rows, families first, then tasks, then runs", () => {
    const suite = twoAgents();
    const expected = readOracle(
      (all: { extra: { two_agents_bootstrap_samples: Record<string, Sample> } }) =>
        all.extra.two_agents_bootstrap_samples,
    );
    const table = layOut(suite, fitSuite(suite, METR_2026), {
      ...{ levels: ["families", "tasks", "runs"], ridges: [1e-5], seed: 42, likeMetr: true },
      weightings: ["inverse-sqrt-family"],
    });
    // METR's rows: an agent after the other, and for each its runs task by task.
    let next = 0;
    const firstRow = table.agents.map(({ runs }) =>
      runs.map((n) => {
        next += n;
        return next - n;
      }),
    );
    for (const [draw, sample] of Object.entries(expected)) {
      const random = numpyRandom(42 + Number(draw));
      const copies = new Int32Array(suite.tasks.length);
      copyTasks(table, random, copies);
      const rows: number[] = [];
      visitDrawnRuns(table, copies, random, (agent, row, run) => {
        rows.push(firstRow[agent]![row]! + run);
      });
      expect(rows.slice(0, 20)).toEqual(sample.first20);
      expect(rows.reduce((sum, row) => sum + row, 0)).toBe(sample.sum_index);
      expect([rows.length, new Set(rows).size]).toEqual([sample.n, sample.n_unique]);
    }
  });

  it("two agents of 2026: the same interval ends, at sklearn's accuracy", async () => {
    const options = { ...METR_2026, seed: 42, draws: 1000, likeMetr: true };
    const { agents } = await bootstrapHorizons(twoAgents(), options);
    for (const agent of agents) {
      const { p50_ci, p80_ci } = oracleOf("two_agents")[agent.agent]!;
      expectEnds(agent, 0.5, p50_ci, 5e-3);
      expectEnds(agent, 0.8, p80_ci, 5e-3);
    }
  });

  it("February 2025: the same draws have a curve, and the same interval ends", async () => {
    const { agents } = await bootstrapHorizons(early2025(), {
      ...{ method: "metr-2025", seed: 42, draws: 1000, likeMetr: true },
    });
    for (const agent of agents) {
      const { p50_ci, p80_ci, n_boot_valid } = oracleOf("early2025")[agent.agent]!;
      expect(horizonInterval(agent, 0.5).usable).toBe(n_boot_valid ?? 0);
      // An agent with a handful of successes has slopes near 0, where an optimiser that stops at a
      // gradient of 1e-4, as sklearn's does, is far from the optimum on the scale of minutes.
      if (!n_boot_valid || agent.agent === "gpt-3.5-turbo-instruct") continue;
      expectEnds(agent, 0.5, p50_ci, 5e-3);
      // So are the lowest ends at 80 %, which lie below a tenth of a minute.
      expectEnds(agent, 0.8, p80_ci, 1.5e-2);
    }
  });

  function expectEnds(
    agent: AgentDraws,
    q: number,
    [low, high]: readonly [number, number],
    tolerance: number,
  ) {
    const interval = horizonInterval(agent, q);
    // METR prints six decimals.
    expect(Math.abs(interval.low - low)).toBeLessThan(tolerance * low + 1e-6);
    expect(Math.abs(interval.high - high)).toBeLessThan(tolerance * high + 1e-6);
  }
});

interface Sample {
  readonly n: number;
  readonly n_unique: number;
  readonly sum_index: number;
  readonly first20: readonly number[];
}
