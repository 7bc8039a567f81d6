import type { Suite } from "../suite.ts";
import type { Target } from "./nuts.ts";

/** What is believed before any run is seen. Difficulties are in log2 minutes. */
export const PRIORS = {
  /** log2 of an agent's typical 50 % horizon: normal. 32 minutes, give or take a factor of 32. */
  ability: { mean: 5, sd: 5 },
  /** ln of the agents' typical steepness (logits a doubling of difficulty): normal. */
  logSteepness: { mean: 0, sd: 1 },
  /** How far agents' ln steepness spreads about that: half-normal. */
  steepnessSpread: { sd: 0.5 },
  /** How far families, and tasks in a family, are harder than their length says: half-normal. */
  familySpread: { sd: 2 },
  taskSpread: { sd: 2 },
} as const;

/**
 * What the sampler sees of a suite: tasks family by family, and cells, which are pairs of an agent
 * and a task that it attempted.
 */
export interface BayesData {
  readonly agents: number;
  readonly families: readonly string[];
  /** Each task's expected log2 true length, given the measured one, and its variance. */
  readonly length: Float64Array;
  readonly lengthVariance: Float64Array;
  readonly familyOf: Int32Array;
  readonly cellAgent: Int32Array;
  readonly cellTask: Int32Array;
  readonly cellScore: Float64Array;
  readonly cellRuns: Float64Array;
}

/** Where each quantity starts in a position. */
export function layoutOf({ agents, length }: BayesData) {
  const ability = length.length;
  const hyper = ability + 2 * agents;
  return {
    /** How much harder each task is than its expected length. */
    residual: 0,
    /** log2 minutes of each agent's typical 50 % horizon. */
    ability,
    /** ln steepness of each agent, in standard deviations from the centre. */
    steepness: ability + agents,
    /** The centre of ln steepness, then ln of the spreads of steepness, families and tasks. */
    hyper,
    dimension: hyper + 4,
  };
}

/**
 * The posterior of
 *
 *   score ~ Binomial(runs, logistic(steepness_a · (ability_a - difficulty_t)))
 *   difficulty_t = true length_t + family effect + task effect
 *
 * A task's true length is normal about what was measured. It, the task effect and the family effect
 * go into one residual a task, with the covariance that their sum has; the family effects come back
 * through `familyEffect`. That is the same posterior, with no scale that could pinch the sampler.
 */
export function posteriorOf(data: BayesData): Target {
  const at = layoutOf(data);
  const likelihood = likelihoodOf(data);
  const families = membersOf(data);

  function logDensity(q: Float64Array, gradient: Float64Array): number {
    gradient.fill(0);
    let log = likelihood(q, gradient);
    for (let a = 0; a < data.agents; a++) {
      const z = q[at.steepness + a]!;
      const standard = (q[at.ability + a]! - PRIORS.ability.mean) / PRIORS.ability.sd;
      gradient[at.steepness + a]! -= z;
      gradient[at.ability + a]! -= standard / PRIORS.ability.sd;
      log -= (z * z + standard * standard) / 2;
    }
    const familyVariance = Math.exp(2 * q[at.hyper + 2]!);
    const taskVariance = Math.exp(2 * q[at.hyper + 3]!);
    for (const members of families) {
      const family = residualsOf(data, members, q, familyVariance, taskVariance);
      const { precision, sum, shrink, mean, minusTwiceLog } = family;
      log -= minusTwiceLog / 2;
      gradient[at.hyper + 2]! -= familyVariance * shrink * (precision - shrink * sum * sum);
      for (let i = 0; i < members.length; i++) {
        const t = members[i]!;
        const weight = 1 / (data.lengthVariance[t]! + taskVariance);
        const gap = q[at.residual + t]! - mean;
        gradient[at.residual + t]! -= weight * gap;
        gradient[at.hyper + 3]! +=
          taskVariance * weight * (weight * (gap * gap + familyVariance * shrink) - 1);
      }
    }
    const { mean, sd } = PRIORS.logSteepness;
    const standard = (q[at.hyper]! - mean) / sd;
    log -= (standard * standard) / 2;
    gradient[at.hyper]! -= standard / sd;
    [PRIORS.steepnessSpread, PRIORS.familySpread, PRIORS.taskSpread].forEach((prior, index) => {
      const position = at.hyper + 1 + index;
      const ratio = Math.exp(q[position]!) / prior.sd;
      // Half-normal on the spread; its logarithm adds one from the change of variable.
      log += q[position]! - (ratio * ratio) / 2;
      gradient[position]! += 1 - ratio * ratio;
    });
    return log;
  }

  return { dimension: at.dimension, logDensity };
}

/** The ln likelihood; adds its gradient. */
function likelihoodOf(data: BayesData) {
  const { agents, length, cellAgent, cellTask, cellScore, cellRuns } = data;
  const at = layoutOf(data);
  const steepness = new Float64Array(agents);
  const bySteepness = new Float64Array(agents);
  return (q: Float64Array, gradient: Float64Array): number => {
    const spread = Math.exp(q[at.hyper + 1]!);
    for (let a = 0; a < agents; a++) {
      steepness[a] = Math.exp(q[at.hyper]! + spread * q[at.steepness + a]!);
    }
    bySteepness.fill(0);
    let log = 0;
    for (let c = 0; c < cellAgent.length; c++) {
      const a = cellAgent[c]!;
      const t = cellTask[c]!;
      const gap = q[at.ability + a]! - length[t]! - q[at.residual + t]!;
      const logit = steepness[a]! * gap;
      const e = Math.exp(logit > 0 ? -logit : logit);
      const chance = logit > 0 ? 1 / (1 + e) : e / (1 + e);
      const runs = cellRuns[c]!;
      const score = cellScore[c]!;
      log += score * logit - runs * ((logit > 0 ? logit : 0) + Math.log(1 + e));
      const byLogit = score - runs * chance;
      gradient[at.ability + a]! += byLogit * steepness[a]!;
      gradient[at.residual + t]! -= byLogit * steepness[a]!;
      bySteepness[a]! += byLogit * gap;
    }
    for (let a = 0; a < agents; a++) {
      const byLog = bySteepness[a]! * steepness[a]!;
      gradient[at.hyper]! += byLog;
      gradient[at.hyper + 1]! += byLog * spread * q[at.steepness + a]!;
      gradient[at.steepness + a]! += byLog * spread;
    }
    return log;
  };
}

/** A family's effect given its tasks' residuals: normal. */
export function familyEffect(
  data: BayesData,
  members: readonly number[],
  q: Float64Array,
): { readonly mean: number; readonly sd: number } {
  const at = layoutOf(data);
  const familyVariance = Math.exp(2 * q[at.hyper + 2]!);
  const taskVariance = Math.exp(2 * q[at.hyper + 3]!);
  const { mean, shrink } = residualsOf(data, members, q, familyVariance, taskVariance);
  return { mean, sd: Math.sqrt(familyVariance * shrink) };
}

/** The tasks of each family, in the order of `BayesData.families`. */
export function membersOf({ families, familyOf }: BayesData): number[][] {
  const members: number[][] = families.map(() => []);
  familyOf.forEach((family, task) => {
    members[family]!.push(task);
  });
  return members;
}

/**
 * A family's residuals have covariance diag(length variance + task variance) + family variance · 11ᵀ;
 * its inverse and determinant are known (Sherman and Morrison).
 */
function residualsOf(
  { lengthVariance }: BayesData,
  members: readonly number[],
  q: Float64Array,
  familyVariance: number,
  taskVariance: number,
) {
  let precision = 0;
  let sum = 0;
  let squares = 0;
  let logDeterminant = 0;
  for (let i = 0; i < members.length; i++) {
    const t = members[i]!;
    const variance = lengthVariance[t]! + taskVariance;
    const value = q[t]!;
    precision += 1 / variance;
    sum += value / variance;
    squares += (value * value) / variance;
    logDeterminant += Math.log(variance);
  }
  /** How much of the family effect's prior variance its tasks leave. */
  const shrink = 1 / (1 + familyVariance * precision);
  const mean = familyVariance * shrink * sum;
  const minusTwiceLog = logDeterminant - Math.log(shrink) + squares - mean * sum;
  return { precision, sum, shrink, mean, minusTwiceLog };
}

/** How exactly task lengths are known. */
export interface LengthNoise {
  /** Standard deviation of ln(time) between people on the same task. */
  readonly betweenPeople: number;
  /** Standard deviation of ln(minutes) where they were estimated rather than timed. */
  readonly ofEstimates: number;
}

/** Lays out a suite. Lengths are pulled to their mean by as much as their noise says. */
export function dataOf({ tasks, agents }: Suite, noise: LengthNoise): BayesData {
  const families = [...new Set(tasks.map(({ family }) => family))];
  const familyIndex = new Map(families.map((family, index) => [family, index]));
  const rank = (task: number) => familyIndex.get(tasks[task]!.family)!;
  const order = [...tasks.keys()].sort((a, b) => rank(a) - rank(b));
  const measured = order.map((task) => Math.log2(tasks[task]!.minutes));
  const errors = order.map((task) => {
    const { baselines = 1 } = tasks[task]!;
    const sd = baselines === 0 ? noise.ofEstimates : noise.betweenPeople / Math.sqrt(baselines);
    return (sd / Math.LN2) ** 2;
  });
  const mean = average(measured);
  const spread = average(measured.map((x) => (x - mean) ** 2));
  // What their errors leave of the measured lengths' variance is that of the true ones.
  const trueVariance = Math.max(spread - average(errors), 0.1 * spread, 1e-6);
  const trust = errors.map((error) => trueVariance / (trueVariance + error));
  const cells = agents.flatMap(({ runs, scores }, agent) =>
    order.flatMap((task, place) =>
      runs[task]! > 0 ? [{ agent, place, score: scores[task]!, runs: runs[task]! }] : [],
    ),
  );
  return {
    ...{ agents: agents.length, families },
    length: Float64Array.from(measured, (x, t) => mean + trust[t]! * (x - mean)),
    lengthVariance: Float64Array.from(errors, (error, t) => trust[t]! * error),
    familyOf: Int32Array.from(order, rank),
    cellAgent: Int32Array.from(cells, ({ agent }) => agent),
    cellTask: Int32Array.from(cells, ({ place }) => place),
    cellScore: Float64Array.from(cells, ({ score }) => score),
    cellRuns: Float64Array.from(cells, ({ runs }) => runs),
  };
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
