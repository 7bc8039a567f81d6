import { createRandom, type Random } from "../stats/index.ts";
import { drawBinomial } from "./bootstrap-binomial.ts";
import type { AgentTable, BootstrapTable } from "./bootstrap-table.ts";
import { type Curve, type CurveData, refitCurve } from "./curve-kernel.ts";

/** A share of the draws, and where their curves go: draw d of agent a at [a · draws + d]. */
export interface DrawJob {
  readonly table: BootstrapTable;
  readonly from: number;
  /** The first draw not made. */
  readonly to: number;
  readonly draws: number;
  readonly slopes: Float64Array;
  readonly intercepts: Float64Array;
}

/** Makes draws `from` to `to`. Each has its own random stream, so who makes it does not matter. */
export function makeDraws({ table, from, to, draws, slopes, intercepts }: DrawJob): null {
  const root = createRandom(table.seed);
  const copies = new Int32Array(table.x.length);
  const x = table.noise ? table.x.slice() : table.x;
  const sample = emptySample(table);
  const curve: Curve = { intercept: 0, slope: 0 };
  for (let draw = from; draw < to; draw++) {
    const random = root.fork(`draw ${draw}`);
    copyTasks(table, random, copies);
    const { ridge, weighting } = chooseMethod(table, random);
    if (table.noise) {
      for (let i = 0; i < x.length; i++) x[i] = table.x[i]! + table.noise[i]! * random.normal();
    }
    table.agents.forEach((agent, index) => {
      const at = index * draws + draw;
      const ofAgent = random.fork(agent.agent);
      const weights = agent.weights[weighting]!;
      const hasBoth = resampleRuns(table, agent, weights, copies, x, ofAgent, sample);
      if (hasBoth) {
        curve.intercept = agent.start?.intercept ?? 0;
        curve.slope = agent.start?.slope ?? 0;
        refitCurve(sample, ridge, curve);
      }
      slopes[at] = hasBoth ? curve.slope : Number.NaN;
      intercepts[at] = hasBoth ? curve.intercept : Number.NaN;
    });
  }
  return null;
}

/** How often each task is in the draw: families first, then tasks within each copy of a family. */
function copyTasks({ groups, levels }: BootstrapTable, random: Random, copies: Int32Array): void {
  copies.fill(0);
  const drawsFamilies = levels.includes("families");
  const drawsTasks = levels.includes("tasks");
  for (let i = 0; i < groups.length; i++) {
    const group = groups[drawsFamilies ? random.integer(groups.length) : i]!;
    for (let j = 0; j < group.length; j++) {
      copies[group[drawsTasks ? random.integer(group.length) : j]!]!++;
    }
  }
}

function chooseMethod({ ridges, agents }: BootstrapTable, random: Random) {
  const weightings = agents[0]?.weights.length ?? 1;
  return {
    ridge: ridges[ridges.length > 1 ? random.integer(ridges.length) : 0]!,
    weighting: weightings > 1 ? random.integer(weightings) : 0,
  };
}

/**
 * Fills `sample` with an agent's runs of the copied tasks, drawn anew among all of a task's copies.
 * For scores of 0 and 1 that is a binomial number: nothing but counts is needed. Returns whether
 * there are both successes and failures.
 */
function resampleRuns(
  table: BootstrapTable,
  { tasks, runs, scores, perRun }: AgentTable,
  weights: Float64Array,
  copies: Int32Array,
  x: Float64Array,
  random: Random,
  sample: CurveData,
): boolean {
  const drawsRuns = table.levels.includes("runs");
  const { mass, success } = sample;
  let count = 0;
  let total = 0;
  let succeeded = 0;
  for (let i = 0; i < tasks.length; i++) {
    const task = tasks[i]!;
    const times = copies[task]!;
    if (times === 0) continue;
    const n = times * runs[i]!;
    const k = scores[i]!;
    let score = times * k;
    if (drawsRuns) {
      if (perRun) score = sumOfDrawn(perRun[i]!, n, random);
      else if (k > 0 && k < runs[i]!) score = drawBinomial(random, n, k / runs[i]!);
    }
    sample.x[count] = x[task]!;
    mass[count] = weights[i]! * n;
    success[count] = weights[i]! * score;
    total += n;
    succeeded += score;
    count += 1;
  }
  sample.count = count;
  return succeeded > 0 && succeeded < total;
}

function sumOfDrawn(scores: Float64Array, n: number, random: Random): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += scores[random.integer(scores.length)]!;
  return sum;
}

function emptySample({ agents }: BootstrapTable): CurveData {
  const most = Math.max(0, ...agents.map(({ tasks }) => tasks.length));
  return {
    x: new Float64Array(most),
    mass: new Float64Array(most),
    success: new Float64Array(most),
    count: 0,
  };
}
