import { Fault } from "../../record/index.ts";
import { createRandom, type Interval, quantile, type Random } from "../../stats/index.ts";
import type { Suite } from "../suite.ts";
import { runInThreads, threadsHere } from "../threads.ts";
import { type ChainJob, runChain } from "./chain.ts";
import { type Convergence, convergenceOf } from "./diagnostics.ts";
import {
  type BayesData,
  dataOf,
  familyEffect,
  type LengthNoise,
  layoutOf,
  membersOf,
} from "./model.ts";
import type { Chain } from "./nuts.ts";

export interface BayesOptions {
  /** A safe integer; the posterior's draws follow from it, whatever the number of threads. */
  readonly seed: number;
  /** 4. */
  readonly chains?: number;
  /** Draws of each chain that are kept, and those before them that tune it; 600 each. */
  readonly draws?: number;
  readonly warmup?: number;
  /** Threads; a chain each, as far as the machine has cores. */
  readonly workers?: number;
  /**
   * How exactly tasks' lengths are known: people differ by a factor of 2 on one task, and estimates
   * are right within one of 3 (standard deviations of ln minutes, 0.68 and ln 3). A task of unknown
   * timing counts as timed once.
   */
  readonly lengthNoise?: LengthNoise;
}

/** The draws of all chains, one after the other; all arrays have one entry a draw. */
export interface BayesFit {
  readonly agents: readonly BayesAgent[];
  /** How much harder than its length says a family is, in log2 minutes. */
  readonly families: readonly { readonly family: string; readonly effect: Float64Array }[];
  /** Standard deviations, in log2 minutes, of families and of tasks within a family. */
  readonly familySpread: Float64Array;
  readonly taskSpread: Float64Array;
  readonly convergence: readonly ({ readonly quantity: string } & Convergence)[];
  /** Draws at which the sampler lost its way: more than a few call the posterior in question. */
  readonly divergences: number;
  /** What a reader should know, in plain sentences. */
  readonly warnings: readonly string[];
}

export interface BayesAgent {
  readonly agent: string;
  /** log2 minutes of the typical task that it does half of the time. */
  readonly ability: Float64Array;
  /** Logits that a doubling of difficulty costs. */
  readonly steepness: Float64Array;
}

const LENGTH_NOISE: LengthNoise = { betweenPeople: 0.68, ofEstimates: Math.log(3) };

/**
 * Fits all agents at once, with partial pooling over task families and between the agents'
 * steepness, and with task lengths that are not known exactly; see `posteriorOf` for the model and
 * `PRIORS` for what it assumes. Sampled by the No-U-Turn sampler in several chains.
 */
export async function fitBayes(suite: Suite, options: BayesOptions): Promise<BayesFit> {
  const { seed, chains = 4, draws = 600, warmup = 600 } = options;
  requireCount("chains", chains, 2);
  requireCount("draws", draws, 4);
  requireCount("warmup", warmup, 20);
  requireRuns(suite);
  const data = dataOf(suite, options.lengthNoise ?? LENGTH_NOISE);
  const jobs = Array.from({ length: chains }, (_, chain) => ({
    data,
    seed,
    chain,
    draws,
    warmup,
    acceptance: 0.95,
  }));
  const sampled = await runChains(jobs, options.workers ?? Math.min(chains, threadsHere()));
  return fitOf(suite, data, sampled, draws, createRandom(seed).fork("families"));
}

/** Draws of the horizon at `q`, in minutes, on a task of typical difficulty. */
export function typicalHorizons({ ability, steepness }: BayesAgent, q: number): Float64Array {
  const logit = Math.log(q / (1 - q));
  return ability.map((each, draw) => 2 ** (each - logit / steepness[draw]!));
}

/**
 * Draws of the length, in minutes, at which the agent does a share `q` of all tasks, hard and easy
 * ones of families not seen before. It falls off faster with `q` than the typical horizon and is
 * what METR's single curve comes closer to.
 */
export function marginalHorizons(fit: BayesFit, agent: BayesAgent, q: number): Float64Array {
  return agent.ability.map((ability, draw) => {
    const spread = Math.hypot(fit.familySpread[draw]!, fit.taskSpread[draw]!);
    return 2 ** (ability - reachedAt(q, agent.steepness[draw]!, spread));
  });
}

/** Draws of the typical horizon on the given families, whose own difficulty counts. */
export function familyHorizons(
  fit: BayesFit,
  agent: BayesAgent,
  families: readonly string[],
  q: number,
): Float64Array {
  const effects = families.map((family) => {
    const found = fit.families.find((each) => each.family === family);
    if (found) return found.effect;
    throw new Fault(`family "${family}"`, "no task is of this family", "Choose one of the suite's");
  });
  const typical = typicalHorizons(agent, q);
  return typical.map((minutes, draw) => {
    const harder = effects.reduce((sum, effect) => sum + effect[draw]! / effects.length, 0);
    return minutes * 2 ** -harder;
  });
}

/** The median of a posterior's draws and the interval between its tails. */
export function credibleInterval(draws: Float64Array, level = 0.95): Interval {
  return {
    estimate: quantile(draws, 0.5),
    low: quantile(draws, (1 - level) / 2),
    high: quantile(draws, (1 + level) / 2),
    level,
  };
}

/** How far below its ability a task must lie for a success averaged over difficulties of `q`. */
function reachedAt(q: number, steepness: number, spread: number): number {
  // The trapezoid rule is all but exact for a smooth bell: 6 standard deviations, steps of a half.
  const STEP = 0.5;
  let low = -200;
  let high = 200;
  for (let i = 0; i < 50; i++) {
    const middle = (low + high) / 2;
    let success = 0;
    for (let z = -6; z <= 6; z += STEP) {
      const density = (STEP * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI);
      success += density / (1 + Math.exp(-steepness * (middle - spread * z)));
    }
    if (success < q) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

async function runChains(jobs: readonly ChainJob[], workers: number): Promise<Chain[]> {
  if (workers <= 1) return jobs.map(runChain);
  const done: Chain[] = [];
  for (let from = 0; from < jobs.length; from += workers) {
    const some = jobs.slice(from, from + workers);
    const module = new URL("./chain.ts", import.meta.url);
    done.push(...(await runInThreads<ChainJob, Chain>(module, "runChain", some)));
  }
  return done;
}

function fitOf(
  suite: Suite,
  data: BayesData,
  chains: readonly Chain[],
  draws: number,
  random: Random,
): BayesFit {
  const at = layoutOf(data);
  const positions = chains.flatMap((chain) =>
    Array.from({ length: draws }, (_, draw) =>
      chain.positions.subarray(draw * at.dimension, (draw + 1) * at.dimension),
    ),
  );
  const of = (value: (q: Float64Array) => number) => Float64Array.from(positions, value);
  const agents = suite.agents.map(({ agent }, index) => ({
    agent,
    ability: of((q) => q[at.ability + index]!),
    steepness: of((q) =>
      Math.exp(q[at.hyper]! + Math.exp(q[at.hyper + 1]!) * q[at.steepness + index]!),
    ),
  }));
  const members = membersOf(data);
  const families = members.map((tasks, index) => ({
    family: data.families[index]!,
    effect: of((q) => {
      const { mean, sd } = familyEffect(data, tasks, q);
      return mean + sd * random.normal();
    }),
  }));
  const familySpread = of((q) => Math.exp(q[at.hyper + 2]!));
  const taskSpread = of((q) => Math.exp(q[at.hyper + 3]!));
  const check = (quantity: string, values: Float64Array) => ({
    quantity,
    ...convergenceOf(chains.map((_, i) => values.subarray(i * draws, (i + 1) * draws))),
  });
  const convergence = [
    ...agents.map(({ agent, ability }) => check(`ability of ${agent}`, ability)),
    ...agents.map(({ agent, steepness }) => check(`steepness of ${agent}`, steepness)),
    check("spread of families", familySpread),
    check("spread of tasks", taskSpread),
  ];
  const divergences = chains.reduce((sum, chain) => sum + chain.divergences, 0);
  return {
    ...{ agents, families, familySpread, taskSpread, convergence, divergences },
    warnings: warningsOf(convergence, divergences, positions.length),
  };
}

function warningsOf(
  convergence: BayesFit["convergence"],
  divergences: number,
  draws: number,
): string[] {
  const warnings: string[] = [];
  const worst = convergence.reduce((a, b) => (b.rHat > a.rHat ? b : a));
  const poorest = convergence.reduce((a, b) => (b.bulkEss < a.bulkEss ? b : a));
  if (worst.rHat > 1.01) {
    warnings.push(
      `The chains do not agree yet on the ${worst.quantity} (R-hat ${worst.rHat.toFixed(3)}): take more draws`,
    );
  }
  if (poorest.bulkEss < 400) {
    warnings.push(
      `The ${poorest.quantity} rests on ${Math.round(poorest.bulkEss)} effective draws: take more`,
    );
  }
  if (divergences > 0) {
    warnings.push(`${divergences} of ${draws} draws diverged: the posterior may be cut short`);
  }
  return warnings;
}

function requireCount(what: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new Fault(
    `Bayesian fit, ${what}`,
    `the number is ${value}`,
    `Give an integer of at least ${least}`,
  );
}

function requireRuns({ tasks, agents }: Suite): void {
  if (agents.some(({ runs }) => runs.some((n) => n > 0)) && tasks.length > 0) return;
  throw new Fault("Bayesian fit", "the suite has no runs", "Give a suite with at least one run");
}
