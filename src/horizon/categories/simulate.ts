import type { Random } from "../../stats/index.ts";
import { drawBinomial } from "../bootstrap/binomial.ts";
import { runWeights, type Weighting } from "../curve/weights.ts";
import type { Task } from "../suite.ts";
import { fitCategoryCurve } from "./curve.ts";
import type { Difficulty } from "./difficulty.ts";

/** Tasks as they would be, and how often each is run. */
export interface Design {
  readonly tasks: readonly Task[];
  /** Of each task; Infinity gives each task's chance itself. */
  readonly runs: ArrayLike<number>;
  /** Of each task, counted from 0. */
  readonly category: Uint8Array;
  readonly categories: number;
}

/** The estimator that the design is made for. */
export interface Estimator {
  readonly ridge: number;
  readonly weighting: Weighting;
}

/**
 * What the estimator would say of one category's log2 horizon in repeated studies of this design,
 * each with families and tasks drawn anew: their difficulties, not their lengths. Minus or plus
 * infinity where the category's runs all fail or succeed, NaN where there is no curve.
 *
 * @param log2Horizons the true one of each category.
 */
export function simulateStudies(
  design: Design,
  log2Horizons: ArrayLike<number>,
  { steepness, familySd, taskSd }: Difficulty,
  target: number,
  estimator: Estimator,
  { studies, random }: { readonly studies: number; readonly random: Random },
): Float64Array {
  const { tasks, runs, category, categories } = design;
  const n = tasks.length;
  const x = Float64Array.from(tasks, ({ minutes }) => Math.log2(minutes));
  const counted = Float64Array.from(runs, (each) => (each === Infinity ? 1 : each));
  const weights = runWeights(tasks, { runs: counted }, estimator.weighting);
  const mass = weights.map((weight, i) => weight * counted[i]!);
  const success = new Float64Array(n);
  const families = [...new Set(tasks.map(({ family }) => family))];
  const familyOf = tasks.map(({ family }) => families.indexOf(family));
  return Float64Array.from({ length: studies }, () => {
    const shift = families.map(() => familySd * random.normal());
    let [least, most] = [1, 0];
    for (let i = 0; i < n; i++) {
      const difficulty = x[i]! + shift[familyOf[i]!]! + taskSd * random.normal();
      const chance = 1 / (1 + Math.exp(-steepness * (log2Horizons[category[i]!]! - difficulty)));
      const share = drawShare(runs[i]!, chance, random);
      success[i] = mass[i]! * share;
      if (category[i] !== target || mass[i] === 0) continue;
      least = Math.min(least, share);
      most = Math.max(most, share);
    }
    if (most === 0) return -Infinity;
    if (least === 1) return Infinity;
    const curve = fitCategoryCurve({ x, mass, success, category }, categories, estimator.ridge);
    if (!curve || curve.slope >= 0) return Number.NaN;
    return -curve.intercepts[target]! / curve.slope;
  });
}

function drawShare(runs: number, chance: number, random: Random): number {
  if (runs === Infinity || runs === 0) return chance;
  if (chance <= 0 || chance >= 1) return Math.round(chance);
  return drawBinomial(random, runs, chance) / runs;
}
