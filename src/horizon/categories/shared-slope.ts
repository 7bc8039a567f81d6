import { createRandom, type Random } from "../../stats/index.ts";
import { drawBinomial } from "../bootstrap/binomial.ts";
import type { AgentDraws } from "../bootstrap/bootstrap.ts";
import { type FitOptions, fitSuite, type HorizonFit, METHODS } from "../curve/fit.ts";
import { runWeights } from "../curve/weights.ts";
import type { Suite } from "../suite.ts";
import { type Categories, type CategorySuite, splitSuite } from "./categories.ts";
import { type CategoryCurve, type CategoryCurveData, fitCategoryCurve } from "./curve.ts";
import { type CategoryHorizons, describeTasks } from "./horizons.ts";

export interface SharedSlopeOptions extends FitOptions {
  /** A safe integer; each category's draws follow from it and the category's name. */
  readonly seed: number;
  /** 1,000. */
  readonly draws?: number;
}

/**
 * Horizons by category where an agent's success falls with length alike in all of them: one slope
 * for the agent, an intercept for each category. A category without short tasks, or with few, has
 * no slope worth the name of its own; the shared one lets it have a horizon still. That the slopes
 * are alike is an assumption: compare `categoryHorizons`, which makes none.
 *
 * Weights are METR's over the agent's whole suite. Families are drawn anew from among those of their
 * category, tasks within them, and runs, all categories together in one draw. In simulations their
 * 95 % intervals held the truth in 94 to 96 % of studies (`categories-coverage.test.ts`).
 */
export function sharedSlopeHorizons(
  suite: Suite,
  categories: Categories,
  { method, weighting = "inverse-sqrt-family", seed, draws = 1000 }: SharedSlopeOptions,
): CategoryHorizons[] {
  const parts = splitSuite(suite, categories);
  const order = parts.flatMap((part, c) => part.suite.tasks.map((task) => ({ task, c })));
  const indexOf = new Map(suite.tasks.map((task, index) => [task, index] as const));
  const x = Float64Array.from(order, ({ task }) => Math.log2(task.minutes));
  const category = Uint8Array.from(order, ({ c }) => c);
  const at = order.map(({ task }) => indexOf.get(task)!);
  const { ridge } = METHODS[method];
  const copies = drawCopies(parts, seed, draws);

  const curves = suite.agents.map((outcomes) => {
    const weights = runWeights(suite.tasks, outcomes, weighting);
    const agent: AgentCells = {
      weights: Float64Array.from(at, (task) => weights[task]!),
      runs: Float64Array.from(at, (task) => outcomes.runs[task]!),
      scores: Float64Array.from(at, (task) => outcomes.scores[task]!),
      ...(outcomes.perRun ? { perRun: at.map((task) => outcomes.perRun![task]!) } : {}),
    };
    const data: CategoryCurveData = {
      ...{ x, category },
      mass: agent.weights.map((weight, i) => weight * agent.runs[i]!),
      success: agent.weights.map((weight, i) => weight * agent.scores[i]!),
    };
    const fit = fitCategoryCurve(data, parts.length, ridge);
    return { name: outcomes.agent, agent, data, fit };
  });

  const drawn = curves.map(() => parts.map(() => emptyDraws(draws)));
  for (let draw = 0; draw < draws; draw++) {
    const random = createRandom(seed).fork(`draw ${draw}`);
    curves.forEach(({ name, agent, data, fit }, index) => {
      resample(agent, copies[draw]!, random.fork(name), data);
      const curve = fit && fitCategoryCurve(data, parts.length, ridge, fit);
      parts.forEach((_, c) => {
        const { slope, intercept } = drawn[index]![c]!;
        slope[draw] = curve?.slope ?? Number.NaN;
        intercept[draw] = curve?.intercepts[c] ?? Number.NaN;
      });
    });
  }

  return parts.map(({ category: name, suite: part }, c) => ({
    category: name,
    ...describeTasks(part),
    draws: {
      draws,
      families: new Set(part.tasks.map(({ family }) => family)).size,
      agents: fitSuite(part, { method, weighting }).map((own): AgentDraws => {
        const index = curves.findIndex((each) => each.name === own.agent);
        return {
          agent: own.agent,
          fit: withSlope(own, curves[index]!.fit, c),
          ...drawn[index]![c]!,
        };
      }),
    },
  }));
}

/** An agent's cells in the order of the categories' tasks. */
interface AgentCells {
  readonly weights: Float64Array;
  readonly runs: Float64Array;
  readonly scores: Float64Array;
  readonly perRun?: readonly Float64Array[];
}

/**
 * How often each task is in each draw, in the order of the categories' tasks: as many families of a
 * category as it has, and as many tasks of each as that has.
 */
function drawCopies(parts: readonly CategorySuite[], seed: number, draws: number): Int32Array[] {
  const root = createRandom(seed);
  const groups = parts.map(({ category, suite }) => ({
    families: familiesOf(suite),
    random: root.fork(category),
  }));
  const total = parts.reduce((sum, { suite }) => sum + suite.tasks.length, 0);
  return Array.from({ length: draws }, () => {
    const copies = new Int32Array(total);
    let offset = 0;
    groups.forEach(({ families, random }, c) => {
      for (let i = 0; i < families.length; i++) {
        const family = families[random.integer(families.length)]!;
        for (let j = 0; j < family.length; j++) {
          copies[offset + family[random.integer(family.length)]!]!++;
        }
      }
      offset += parts[c]!.suite.tasks.length;
    });
    return copies;
  });
}

/** The tasks of each family, both by name, so that draws do not depend on the order of rows. */
function familiesOf({ tasks }: Suite): number[][] {
  const byFamily = new Map<string, number[]>();
  const byId = [...tasks.keys()].sort((a, b) => (tasks[a]!.id < tasks[b]!.id ? -1 : 1));
  for (const task of byId) {
    const { family } = tasks[task]!;
    const members = byFamily.get(family);
    if (members) members.push(task);
    else byFamily.set(family, [task]);
  }
  return [...byFamily.keys()].sort().map((family) => byFamily.get(family)!);
}

/** Fills `data` with the copied tasks and runs drawn on them. */
function resample(
  { weights, runs, scores, perRun }: AgentCells,
  copies: Int32Array,
  random: Random,
  { mass, success }: CategoryCurveData,
): void {
  for (let i = 0; i < copies.length; i++) {
    const n = copies[i]! * runs[i]!;
    mass[i] = weights[i]! * n;
    if (n === 0) success[i] = 0;
    else if (perRun) success[i] = weights[i]! * sumOfDrawn(perRun[i]!, n, random);
    else {
      const share = scores[i]! / runs[i]!;
      success[i] =
        weights[i]! * (share > 0 && share < 1 ? drawBinomial(random, n, share) : share * n);
    }
  }
}

function sumOfDrawn(scores: Float64Array, n: number, random: Random): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += scores[random.integer(scores.length)]!;
  return sum;
}

function emptyDraws(draws: number) {
  return { slope: new Float64Array(draws), intercept: new Float64Array(draws) };
}

/** An agent's fit of the category alone, with the shared curve in place of its own. */
function withSlope(own: HorizonFit, curve: CategoryCurve | null, c: number): HorizonFit {
  if (own.status === "all-failed" || own.status === "all-succeeded") return own;
  const [slope, intercept] = [curve?.slope ?? Number.NaN, curve?.intercepts[c] ?? Number.NaN];
  const p50 = 2 ** (-intercept / slope);
  const [shortest, longest] = own.range;
  const warnings =
    p50 > longest
      ? ["The horizon lies beyond the longest task"]
      : p50 < shortest
        ? ["The horizon lies below the shortest task"]
        : [];
  return { ...own, status: "fitted", slope, intercept, logLoss: Number.NaN, gradient: 0, warnings };
}
