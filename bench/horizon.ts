import { fork } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import type { Chart } from "../src/charts/index.ts";
import {
  bootstrapHorizons,
  readSuite,
  type SimulatedTask,
  type Suite,
  simulateRuns,
  simulateTasks,
} from "../src/horizon/index.ts";
import { createRandom } from "../src/stats/index.ts";

/** Over rounds, each in a process of its own. */
export interface Cost {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** CPU seconds, user and system, of all threads of a fresh process. */
export interface ColdCost {
  readonly name: string;
  readonly about: string;
  readonly goal: number;
  /** Node, tsx and the lab's modules. */
  readonly startUp: Cost;
  /** Reading the file, or making the suite. */
  readonly input: Cost;
  readonly bootstrap: Cost;
}

/** CPU seconds of a bootstrap as one thing grows, the rest as in a suite of Time Horizon 1.1's size. */
export interface Scaling {
  readonly of: "rows" | "agents" | "tasks" | "draws";
  readonly points: readonly { readonly size: number; readonly cpuSeconds: number }[];
}

export interface Reading {
  readonly format: string;
  readonly rows: number;
  readonly bytes: number;
  readonly rowsPerCpuSecond: number;
  readonly rowsPerSecond: number;
}

export interface HorizonCosts {
  readonly draws: number;
  readonly realData: boolean;
  readonly cold: readonly ColdCost[];
  readonly scaling: readonly Scaling[];
  readonly reading: readonly Reading[];
}

const DRAWS = 1000;
const ROUNDS = 5;
const GOALS = { february: 0.5, th11: 1.5 } as const;
type Name = keyof typeof GOALS;

const data = new URL("../../shared/data/horizon/", import.meta.url);
const FEBRUARY = fileURLToPath(new URL("metr_runs_2025-02-27.jsonl", data));
const TWO_AGENTS = fileURLToPath(new URL("task_results_1_1_two_agents.json", data));
const realData = existsSync(FEBRUARY) && existsSync(TWO_AGENTS);

/** Measures 1,000 draws in fresh processes, then how the cost grows, then reading. */
export async function benchHorizon(): Promise<HorizonCosts> {
  const cold: ColdCost[] = [];
  for (const name of ["february", "th11"] as const) cold.push(await measureCold(name));
  return { draws: DRAWS, realData, cold, scaling: await scale(), reading: await measureReading() };
}

/** Prints the tables; draws the growth of the cost into the SVG that GLASSHOUSE_BENCH_FIGURE names. */
export async function run(): Promise<void> {
  if (!realData) {
    console.log(
      "../shared/data/horizon is not there: all suites are simulated, of the same sizes\n",
    );
  }
  const costs = await benchHorizon();
  print(costs);
  const file = process.env.GLASSHOUSE_BENCH_FIGURE;
  if (!file) return;
  // Loaded only here: the measured processes load this file too.
  const { renderChart } = await import("../src/charts/index.ts");
  // A mid grey shows on a light and on a dark page.
  await writeFile(file, renderChart(growthChart(costs)).replaceAll("currentColor", "#767676"));
}

/** How the cost grows with each size, as multiples of the smallest; beside it, growth in proportion. */
function growthChart({ scaling }: HorizonCosts): Chart {
  const lines = scaling.map(({ of, points }, series) => ({
    ...{ kind: "line" as const, series, label: `more ${of}` },
    points: points.map(({ size, cpuSeconds: cost }) => ({
      x: size / points[0]!.size,
      y: cost / points[0]!.cpuSeconds,
    })),
  }));
  const most = Math.max(...lines.flatMap(({ points }) => points.map(({ x }) => x)));
  const line = [1, most].map((x) => ({ x, y: x }));
  return {
    title: "How the CPU time of the bootstrap grows with rows, agents, tasks and draws",
    x: { label: "Size, as a multiple of the smallest", scale: "log" },
    y: { label: "CPU time, as a multiple of the smallest's", scale: "log" },
    layers: [
      ...lines,
      { kind: "line", series: 5, label: "in proportion", dashed: true, points: line },
    ],
  };
}

interface ColdRound {
  readonly about: string;
  readonly startUp: number;
  readonly input: number;
  readonly bootstrap: number;
}

async function measureCold(name: Name): Promise<ColdCost> {
  const rounds: ColdRound[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const child = fork(fileURLToPath(import.meta.url), [name], { execArgv: ["--import", "tsx"] });
    rounds.push(
      await new Promise<ColdRound>((resolve, reject) => {
        child.once("message", (message) => resolve(message as ColdRound));
        child.once("exit", (code) => reject(new Error(`the measured process ended with ${code}`)));
      }),
    );
  }
  const cost = (of: "startUp" | "input" | "bootstrap") => costOf(rounds.map((each) => each[of]));
  return {
    ...{ name, about: rounds[0]!.about, goal: GOALS[name] },
    ...{ startUp: cost("startUp"), input: cost("input"), bootstrap: cost("bootstrap") },
  };
}

/** What the fresh process does. */
async function coldRound(name: Name): Promise<ColdRound> {
  const startUp = cpuSeconds();
  const suite = name === "february" ? await februarySuite() : await th11Suite();
  const ready = cpuSeconds();
  await bootstrapHorizons(suite, { method: "metr-2026", seed: 1, draws: DRAWS });
  const rows = suite.agents.flatMap(({ runs }) => [...runs]).reduce((sum, n) => sum + n, 0);
  const about = `${rows} rows, ${suite.agents.length} agents, ${suite.tasks.length} tasks`;
  return { about, startUp, input: ready - startUp, bootstrap: cpuSeconds() - ready };
}

async function februarySuite(): Promise<Suite> {
  if (realData) return (await readSuite([FEBRUARY])).suite;
  return simulateRuns(tasksLike(36, 2.3, 83), agents(11), 8, createRandom(2));
}

/** Time Horizon 1.1's size: outcomes are simulated, as METR no longer publishes all runs. */
async function th11Suite(of: { agents?: number; runs?: number; tasks?: number } = {}) {
  const tasks = await th11Tasks();
  const repeats = of.tasks ?? 1;
  const all = Array.from({ length: repeats }, (_, copy) =>
    tasks.map((task) => ({ ...task, id: `${task.id}-${copy}`, family: `${task.family}-${copy}` })),
  ).flat();
  return simulateRuns(all, agents(of.agents ?? 21), of.runs ?? 5, createRandom(3));
}

async function th11Tasks(): Promise<readonly SimulatedTask[]> {
  if (!realData) return tasksLike(79, 2.9, 228);
  const { tasks } = (await readSuite([TWO_AGENTS])).suite;
  const random = createRandom(4);
  return tasks.map((task) => ({
    ...task,
    difficulty: Math.log2(task.minutes) + 2 * random.normal(),
  }));
}

function tasksLike(families: number, tasksPerFamily: number, most: number): SimulatedTask[] {
  const spread = { log2Minutes: [-5, 11], familySd: 1.8, taskSd: 1.3 } as const;
  return simulateTasks({ families, tasksPerFamily, ...spread }, createRandom(1)).slice(0, most);
}

/** With horizons from four minutes to sixteen hours. */
function agents(count: number) {
  return Array.from({ length: count }, (_, index) => ({
    agent: `agent ${index}`,
    minutes: 4 * 240 ** (index / Math.max(1, count - 1)),
    slope: -0.6,
  }));
}

async function scale(): Promise<Scaling[]> {
  const cost = async (suite: Suite, draws = DRAWS) => {
    const before = cpuSeconds();
    await bootstrapHorizons(suite, { method: "metr-2026", seed: 1, draws, workers: 1 });
    return cpuSeconds() - before;
  };
  await cost(await th11Suite()); // until the optimising compilers are done
  const sweep = async (
    of: Scaling["of"],
    factors: readonly number[],
    suiteOf: (factor: number) => Promise<Suite>,
    sizeOf: (suite: Suite, factor: number) => number,
  ): Promise<Scaling> => {
    const points = [];
    for (const factor of factors) {
      const suite = await suiteOf(factor);
      const draws = of === "draws" ? factor : DRAWS;
      points.push({ size: sizeOf(suite, factor), cpuSeconds: await cost(suite, draws) });
    }
    return { of, points };
  };
  const cells = ({ tasks, agents }: Suite) => tasks.length * agents.length;
  return [
    await sweep(
      "rows",
      [5, 20, 80, 320],
      (runs) => th11Suite({ runs }),
      (suite, runs) => cells(suite) * runs,
    ),
    await sweep(
      "agents",
      [5, 10, 21, 42, 84],
      (agents) => th11Suite({ agents }),
      (_, agents) => agents,
    ),
    await sweep(
      "tasks",
      [1, 2, 4],
      (tasks) => th11Suite({ tasks }),
      ({ tasks }) => tasks.length,
    ),
    await sweep(
      "draws",
      [250, 1000, 4000, 10_000],
      () => th11Suite(),
      (_, draws) => draws,
    ),
  ];
}

async function measureReading(): Promise<Reading[]> {
  const folder = await mkdtemp(join(tmpdir(), "glasshouse-horizon-"));
  try {
    const rows = runRows(200_000);
    const jsonl = rows.map((row) => JSON.stringify(row)).join("\n");
    const columns = Object.keys(rows[0]!);
    const csv = [columns, ...rows.map((row) => Object.values(row))].map((row) => row.join(","));
    const files = {
      "runs.jsonl": jsonl,
      "runs.csv": csv.join("\n"),
      "runs.jsonl.gz": gzipSync(jsonl),
    };
    const readings: Reading[] = [];
    for (const [format, content] of Object.entries(files)) {
      const path = join(folder, format);
      await writeFile(path, content);
      const [before, start] = [cpuSeconds(), performance.now()];
      await readSuite([path]);
      const seconds = (performance.now() - start) / 1000;
      readings.push({
        ...{ format, rows: rows.length, bytes: content.length },
        rowsPerCpuSecond: rows.length / (cpuSeconds() - before),
        rowsPerSecond: rows.length / seconds,
      });
    }
    return readings;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Rows with the columns of METR's run files of 2026. */
function runRows(count: number) {
  return Array.from({ length: count }, (_, index) => ({
    task_id: `family-${index % 79}/task-${index % 237}`,
    task_family: `family-${index % 79}`,
    run_id: `run-${index}`,
    alias: `agent ${(index * 7) % 21}`,
    model: `model-${(index * 7) % 21}`,
    score_cont: index % 3 === 0 ? 0 : 1,
    score_binarized: index % 3 === 0 ? 0 : 1,
    fatal_error_from: null,
    human_minutes: 2 ** ((index % 237) / 24),
    human_source: "baseline",
    task_source: "HCAST",
    generation_cost: 0.25,
    human_cost: 12.5,
    time_limit: 3600,
    started_at: 1734070031112,
    completed_at: 1734071923976,
    task_version: "1.0.0",
    tokens_count: 100_000 + index,
    scaffold: "basic",
    equal_task_weight: 0.0003442341,
    invsqrt_task_weight: 0.0005578143,
  }));
}

function print({ cold, scaling, reading, draws }: HorizonCosts): void {
  console.log(`${draws} hierarchical draws in a fresh process: CPU seconds, median (min..max)`);
  for (const { name, about, goal, startUp, input, bootstrap } of cold) {
    console.log(`  ${name}: ${about}`);
    console.log(`    start-up   ${show(startUp)}`);
    console.log(`    input      ${show(input)}`);
    const ratio = (goal / bootstrap.median).toFixed(1);
    console.log(`    bootstrap  ${show(bootstrap)}, goal ${goal}: ${ratio} times below`);
  }
  for (const { of, points } of scaling) {
    console.log(`\nCPU seconds by ${of} (beside: times the first)`);
    for (const { size, cpuSeconds } of points) {
      const [sizes, costs] = [size / points[0]!.size, cpuSeconds / points[0]!.cpuSeconds];
      console.log(
        `  ${String(size).padStart(9)}  x ${sizes.toFixed(0).padEnd(4)} ${cpuSeconds.toFixed(3).padStart(8)}  x ${costs.toFixed(1)}`,
      );
    }
  }
  console.log("\nReading: rows a CPU second, rows a second");
  for (const each of reading) {
    const [cpu, wall] = [each.rowsPerCpuSecond, each.rowsPerSecond].map((rate) =>
      String(Math.round(rate)).padStart(9),
    );
    console.log(`  ${each.format.padEnd(14)} ${cpu} ${wall}`);
  }
}

function show({ median, min, max }: Cost): string {
  return `${median.toFixed(2)} (${min.toFixed(2)}..${max.toFixed(2)})`;
}

function costOf(values: readonly number[]): Cost {
  const sorted = [...values].sort((a, b) => a - b);
  return { median: sorted[sorted.length >> 1]!, min: sorted[0]!, max: sorted.at(-1)! };
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.send?.(await coldRound(process.argv[2] as Name));
  process.disconnect?.();
}
