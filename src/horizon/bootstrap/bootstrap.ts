import { Fault } from "../../record/index.ts";
import { type Interval, quantile, standardDeviation, studentT } from "../../stats/index.ts";
import { type FitOptions, fitSuite, type HorizonFit, horizonAt, METHODS } from "../curve/fit.ts";
import type { Weighting } from "../curve/weights.ts";
import type { Suite } from "../suite.ts";
import { runInThreads, threadsHere } from "../threads.ts";
import { makeDraws } from "./draw.ts";
import { type BootstrapTable, type Level, layOut } from "./table.ts";

export interface BootstrapOptions extends FitOptions {
  /** A safe integer. The draws follow from it alone, whatever the number of threads. */
  readonly seed: number;
  /** 10,000. */
  readonly draws?: number;
  /** Threads; by default as many as the work is worth. With 1 it stays in this thread. */
  readonly workers?: number;
  /**
   * What is drawn anew; families, tasks and runs. Without "families", tasks are drawn from the
   * whole suite; without "runs", a drawn task keeps its successes.
   */
  readonly levels?: readonly Level[];
  /**
   * Drawn at random with each draw in place of the method's own, for a forecast whose uncertainty
   * includes the choice. All agents of a draw share them.
   */
  readonly ridges?: readonly number[];
  readonly weightings?: readonly Weighting[];
  /**
   * Whether to draw bit for bit as METR's code does, with NumPy's generator seeded by seed + draw;
   * false. METR's own seed is 42. Slower, and for checking: other draws are as good. The order of rows
   * matters, so give the suite with `perRun`; counts stand for successes first.
   */
  readonly likeMetr?: boolean;
  /** Standard deviation of each task's ln(minutes), in the order of `suite.tasks`; no noise. */
  readonly lengthNoise?: Float64Array;
}

/** An agent's curve in each draw: NaN where its drawn runs all succeeded or all failed. */
export interface AgentDraws {
  readonly agent: string;
  /** The curve of the data themselves. */
  readonly fit: HorizonFit;
  readonly slope: Float64Array;
  readonly intercept: Float64Array;
}

/** Joint draws: draw i of every agent saw the same families and tasks. */
export interface HorizonDraws {
  readonly draws: number;
  /** Families that any agent attempted: how many independent units there are. */
  readonly families: number;
  /** In the order of `suite.agents`. */
  readonly agents: readonly AgentDraws[];
}

/** An interval in minutes. Without a usable draw its ends are NaN. */
export interface HorizonInterval extends Interval {
  /** Draws that gave a curve. */
  readonly usable: number;
}

/**
 * The hierarchical bootstrap of METR's time horizons (arXiv:2503.14499, section 4.1): task families
 * are drawn with replacement, jointly for all agents; tasks within each copy of a family; runs of
 * an agent on a task. Weights stay as they were and are not made to sum to 1 again.
 *
 * Runs are drawn as one binomial number a task, from counts, or from `perRun` scores where the
 * suite has them.
 */
export async function bootstrapHorizons(
  suite: Suite,
  options: BootstrapOptions,
): Promise<HorizonDraws> {
  const { method, weighting = "inverse-sqrt-family", seed, draws = 10_000 } = options;
  requireCount("draws", draws);
  if (options.workers !== undefined) requireCount("workers", options.workers);
  requirePerRun(suite);
  requireNoise(suite, options.lengthNoise);
  const fits = fitSuite(suite, options);
  const table = layOut(suite, fits, {
    levels: options.levels ?? ["families", "tasks", "runs"],
    ridges: options.ridges ?? [METHODS[method].ridge],
    weightings: options.weightings ?? [weighting],
    ...(options.lengthNoise && { lengthNoise: options.lengthNoise }),
    seed,
    likeMetr: options.likeMetr ?? false,
  });
  const { slopes, intercepts } = await drawCurves(table, draws, options.workers);
  const families = table.groups.flatMap((group) =>
    Array.from(group, (t) => suite.tasks[t]!.family),
  );
  return {
    draws,
    families: new Set(families).size,
    agents: fits.map((fit, index) => ({
      agent: fit.agent,
      fit,
      slope: slopes.slice(index * draws, (index + 1) * draws),
      intercept: intercepts.slice(index * draws, (index + 1) * draws),
    })),
  };
}

/** All draws of all agents, an agent after the other, made in as many threads as are wanted. */
async function drawCurves(table: BootstrapTable, draws: number, wanted: number | undefined) {
  const cells = table.agents.reduce((sum, { tasks }) => sum + tasks.length, 0) * draws;
  const worthwhile = cells < WORTH_A_THREAD ? 1 : Math.min(threadsHere(), 8);
  const workers = Math.min(draws, wanted ?? worthwhile);
  const bytes = Float64Array.BYTES_PER_ELEMENT * table.agents.length * draws;
  const slopes = new Float64Array(new SharedArrayBuffer(bytes));
  const intercepts = new Float64Array(new SharedArrayBuffer(bytes));
  const jobs = Array.from({ length: workers }, (_, worker) => ({
    ...{ table, draws, slopes, intercepts },
    from: Math.floor((worker * draws) / workers),
    to: Math.floor(((worker + 1) * draws) / workers),
  }));
  if (workers === 1) makeDraws(jobs[0]!);
  else await runInThreads(new URL("./draw.ts", import.meta.url), "makeDraws", jobs);
  return { slopes, intercepts };
}

/** Fitted task cells (tasks of an agent in a draw) from which threads save more than they cost. */
const WORTH_A_THREAD = 10_000_000;

/** The agent's draws; a fault where the suite has no such agent. */
export function drawsOf({ agents }: HorizonDraws, agent: string): AgentDraws {
  const found = agents.find((each) => each.agent === agent);
  if (found) return found;
  throw new Fault(
    `agent "${agent}"`,
    "no run is of this agent",
    `Choose one of: ${agents.map((each) => each.agent).join(", ")}`,
  );
}

/**
 * The horizon at `q` in each draw, in minutes: NaN where there is no curve; 0 or infinite where it
 * lies beyond what a double can hold.
 */
export function drawnHorizons({ slope, intercept }: AgentDraws, q: number): Float64Array {
  const logit = Math.log(q / (1 - q));
  return slope.map((each, index) => 2 ** ((logit - intercept[index]!) / each));
}

/**
 * The percentile interval of the horizon at `q`, by type 7 quantiles over the draws that have a
 * curve, as METR computes it. An infinite end says that the horizon has no upper limit at that level.
 */
export function horizonInterval(draws: AgentDraws, q: number, level = 0.95): HorizonInterval {
  const usable = drawnHorizons(draws, q).filter((each) => !Number.isNaN(each));
  const at = (p: number) => (usable.length === 0 ? Number.NaN : quantileTo(usable, p));
  return {
    estimate: horizonAt(draws.fit, q),
    low: at((1 - level) / 2),
    high: at((1 + level) / 2),
    level,
    usable: usable.length,
  };
}

/**
 * A t interval of ln(horizon) about the estimate, with the draws' standard deviation and a degree
 * of freedom less than there are families. Meant for draws of families alone (`levels: ["families"]`),
 * which hold all there is between and within families once: resampling tasks and runs as well
 * counts part of it again (see `measureCoverage`). Draws with a horizon of 0 or infinity are left out.
 */
export function horizonTInterval(
  draws: AgentDraws,
  families: number,
  q: number,
  level = 0.95,
): HorizonInterval {
  const logs = drawnHorizons(draws, q).map(Math.log).filter(Number.isFinite);
  const estimate = horizonAt(draws.fit, q);
  const canTell = logs.length >= 2 && families >= 2 && estimate > 0;
  const reach = canTell
    ? studentT(families - 1).upperQuantile((1 - level) / 2) * standardDeviation(logs)
    : Number.NaN;
  return {
    ...{ estimate, level, usable: logs.length },
    low: estimate * Math.exp(-reach),
    high: estimate * Math.exp(reach),
  };
}

/** `quantile` of values that may be infinite: interpolation would multiply infinity by zero. */
function quantileTo(values: Float64Array, p: number): number {
  const sorted = values.slice().sort();
  if (sorted[Math.ceil((sorted.length - 1) * p)] === Infinity) return Infinity;
  return quantile(
    sorted.map((each) => Math.min(each, Number.MAX_VALUE)),
    p,
  );
}

function requireCount(what: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 1) return;
  throw new Fault(`bootstrap ${what}`, `the number is ${value}`, "Give an integer of at least 1");
}

function requirePerRun({ tasks, agents }: Suite): void {
  for (const { agent, scores, runs, perRun } of agents) {
    if (perRun) continue;
    const task = tasks.findIndex(
      (_, index) => !Number.isInteger(scores[index]!) && runs[index]! > 0,
    );
    if (task < 0) continue;
    throw new Fault(
      `${agent} on ${tasks[task]!.id}`,
      "scores lie between 0 and 1, and the single runs' scores are not there",
      "Read the suite with each run's score, or with scores of 0 and 1",
    );
  }
}

function requireNoise({ tasks }: Suite, noise: Float64Array | undefined): void {
  if (!noise || (noise.length === tasks.length && noise.every((sd) => sd >= 0))) return;
  throw new Fault(
    "bootstrap lengthNoise",
    `it has ${noise.length} entries for ${tasks.length} tasks, or some below 0`,
    "Give each task a standard deviation of at least 0",
  );
}
