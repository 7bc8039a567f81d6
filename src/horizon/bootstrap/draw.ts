import { createRandom, type Random } from "../../stats/index.ts";
import { type Curve, type CurveData, refitCurve } from "../curve/kernel.ts";
import { drawBinomial } from "./binomial.ts";
import { drawScoresLikeMetr } from "./numpy.ts";
import { numpyRandom } from "./numpy-random.ts";
import type { AgentTable, BootstrapTable } from "./table.ts";

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
  const scores = table.agents.map(({ tasks }) => new Float64Array(tasks.length));
  const sample = emptySample(table);
  const curve: Curve = { intercept: 0, slope: 0 };
  for (let draw = from; draw < to; draw++) {
    const random = root.fork(`draw ${draw}`);
    if (table.metrOrder) {
      const numpy = numpyRandom(table.seed + draw);
      copyTasks(table, numpy, copies);
      drawScoresLikeMetr(table, copies, numpy, scores);
    } else {
      copyTasks(table, random, copies);
      table.agents.forEach((agent, index) => {
        drawScores(table, agent, copies, random.fork(agent.agent), scores[index]!);
      });
    }
    const { ridge, weighting } = chooseMethod(table, random);
    if (table.noise) {
      for (let i = 0; i < x.length; i++) x[i] = table.x[i]! + table.noise[i]! * random.normal();
    }
    table.agents.forEach((agent, index) => {
      const at = index * draws + draw;
      const hasBoth = gather(agent, agent.weights[weighting]!, copies, x, scores[index]!, sample);
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

/** How often each task is in the draw: first all families, then tasks within each copy of one. */
export function copyTasks(
  { groups, levels }: BootstrapTable,
  random: Pick<Random, "integer">,
  copies: Int32Array,
): void {
  const drawsTasks = levels.includes("tasks");
  const drawn = levels.includes("families")
    ? groups.map(() => groups[random.integer(groups.length)]!)
    : groups;
  copies.fill(0);
  for (const group of drawn) {
    for (let i = 0; i < group.length; i++) {
      copies[group[drawsTasks ? random.integer(group.length) : i]!]!++;
    }
  }
}

/**
 * Fills `drawn` with the sum of an agent's scores on each of its tasks, over as many runs as all of
 * the task's copies have, drawn among the task's runs. For scores of 0 and 1 that is a binomial
 * number: nothing but counts is needed.
 */
function drawScores(
  { levels }: BootstrapTable,
  { tasks, runs, scores, perRun }: AgentTable,
  copies: Int32Array,
  random: Random,
  drawn: Float64Array,
): void {
  const drawsRuns = levels.includes("runs");
  for (let i = 0; i < tasks.length; i++) {
    const times = copies[tasks[i]!]!;
    if (times === 0) continue;
    const n = times * runs[i]!;
    const k = scores[i]!;
    if (!drawsRuns) drawn[i] = times * k;
    else if (perRun) drawn[i] = sumOfDrawn(perRun[i]!, n, random);
    else drawn[i] = k > 0 && k < runs[i]! ? drawBinomial(random, n, k / runs[i]!) : times * k;
  }
}

function sumOfDrawn(scores: Float64Array, n: number, random: Random): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += scores[random.integer(scores.length)]!;
  return sum;
}

/** Fills `sample` with the copied tasks; returns whether there are both successes and failures. */
function gather(
  { tasks, runs }: AgentTable,
  weights: Float64Array,
  copies: Int32Array,
  x: Float64Array,
  scores: Float64Array,
  sample: CurveData,
): boolean {
  let count = 0;
  let total = 0;
  let succeeded = 0;
  for (let i = 0; i < tasks.length; i++) {
    const task = tasks[i]!;
    const times = copies[task]!;
    if (times === 0) continue;
    const n = times * runs[i]!;
    sample.x[count] = x[task]!;
    sample.mass[count] = weights[i]! * n;
    sample.success[count] = weights[i]! * scores[i]!;
    total += n;
    succeeded += scores[i]!;
    count += 1;
  }
  sample.count = count;
  return succeeded > 0 && succeeded < total;
}

/** One of the ridges and weightings; without a choice no random number is used up. */
function chooseMethod({ ridges, agents }: BootstrapTable, random: Random) {
  const weightings = agents[0]?.weights.length ?? 1;
  return {
    ridge: ridges[ridges.length > 1 ? random.integer(ridges.length) : 0]!,
    weighting: weightings > 1 ? random.integer(weightings) : 0,
  };
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
