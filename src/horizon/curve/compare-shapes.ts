import { Fault } from "../../record/index.ts";
import { createRandom, type Interval, meanInterval } from "../../stats/index.ts";
import type { Suite } from "../suite.ts";
import type { Method } from "./fit.ts";
import {
  CURVE_SHAPES,
  type CurveShape,
  fitShapeTo,
  lossOf,
  type ShapeFit,
  type ShapeRow,
  shapeRows,
} from "./shapes.ts";
import type { Weighting } from "./weights.ts";

export interface CompareShapesOptions {
  readonly method: Method;
  readonly weighting?: Weighting;
  /** Families are shuffled into folds by it. */
  readonly seed: number;
  /** 10, or as many as there are families. */
  readonly folds?: number;
}

/** A shape beside the logistic curve without a floor. */
export interface ShapeScore {
  readonly shape: CurveShape;
  readonly hasFloor: boolean;
  /** Mean log loss on families that the curve was not fitted to, in nats a run. */
  readonly heldOut: number;
  /** That less the logistic curve's; below 0 is better. The t interval's unit is the family. */
  readonly difference: Interval;
  /** Each compared agent's curve on all its runs. */
  readonly fits: readonly (ShapeFit & { readonly agent: string })[];
}

export interface ShapeComparison {
  readonly scores: readonly ShapeScore[];
  /** The agents that were compared. */
  readonly agents: readonly string[];
  /** Agents whose runs, all or in some fold, hold no curve. */
  readonly leftOut: readonly string[];
  readonly families: number;
}

/**
 * Compares curves by cross-validation over task families: what they foretell of families not seen.
 * Agents count alike, and a family with its weights; since the same families serve all shapes and
 * all agents, differences are paired by family.
 */
export function compareShapes(suite: Suite, options: CompareShapesOptions): ShapeComparison {
  const families = [...new Set(suite.tasks.map(({ family }) => family))];
  const { method, folds = Math.min(10, families.length) } = options;
  if (!(Number.isSafeInteger(folds) && folds >= 2 && folds <= families.length)) {
    throw new Fault(
      "folds",
      `the number is ${folds}, and there are ${families.length} task families`,
      "Give an integer from 2 to the number of families",
    );
  }
  const order = createRandom(options.seed).shuffle(families);
  const foldOf = new Map(order.map((family, index) => [family, index % folds]));
  const all = suite.agents.map((outcomes) => ({
    agent: outcomes.agent,
    rows: shapeRows(suite.tasks, outcomes, options.weighting),
  }));
  const holdsCurve = ({ rows }: { rows: Rows }) => {
    const trained = Array.from({ length: folds }, (_, fold) =>
      rows.filter(({ family }) => foldOf.get(family) !== fold),
    );
    return [rows, ...trained].every((part) => fitShapeTo(part, { shape: "logistic", method }));
  };
  const agents = all.filter(holdsCurve);
  if (agents.length === 0) {
    throw new Fault(
      "curve comparison",
      "no agent has successes and failures in every fold",
      "Give more families or runs",
    );
  }
  const losses = CANDIDATES.map((candidate) =>
    heldOutLosses(agents, families, foldOf, folds, { ...candidate, method }),
  );
  const reference = losses[0]!;
  return {
    scores: CANDIDATES.map(({ shape, floor }, index) => ({
      ...{ shape, hasFloor: floor },
      heldOut: losses[index]!.reduce((sum, loss) => sum + loss, 0),
      difference: differenceOf(losses[index]!, reference),
      fits: agents.map(({ agent, rows }) => ({
        agent,
        ...fitShapeTo(rows, { shape, floor, method })!,
      })),
    })),
    agents: agents.map(({ agent }) => agent),
    leftOut: all.filter((each) => !agents.includes(each)).map(({ agent }) => agent),
    families: families.length,
  };
}

type Rows = readonly (ShapeRow & { readonly family: string })[];

/** The logistic curve without a floor comes first: it is what the others are set against. */
const CANDIDATES = CURVE_SHAPES.flatMap((shape) => [
  { shape, floor: false },
  { shape, floor: true },
]);

/** Each family's share of the mean log loss over agents. */
function heldOutLosses(
  agents: readonly { readonly rows: Rows }[],
  families: readonly string[],
  foldOf: ReadonlyMap<string, number>,
  folds: number,
  options: { shape: CurveShape; floor: boolean; method: Method },
): number[] {
  const losses = new Map(families.map((family) => [family, 0]));
  for (const { rows } of agents) {
    for (let fold = 0; fold < folds; fold++) {
      const isOut = ({ family }: { family: string }) => foldOf.get(family) === fold;
      const fit = fitShapeTo(
        rows.filter((row) => !isOut(row)),
        options,
      )!;
      for (const row of rows.filter(isOut)) {
        losses.set(row.family, losses.get(row.family)! + lossOf(fit, row) / agents.length);
      }
    }
  }
  return families.map((family) => losses.get(family)!);
}

/** The families' differences add up to that of the mean loss; their spread says how sure it is. */
function differenceOf(losses: readonly number[], reference: readonly number[]): Interval {
  const n = losses.length;
  return meanInterval(losses.map((loss, index) => n * (loss - reference[index]!)));
}
