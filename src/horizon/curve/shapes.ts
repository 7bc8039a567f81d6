import type { Outcomes, Task } from "../suite.ts";
import { METHODS, type Method } from "./fit.ts";
import { runWeights, type Weighting } from "./weights.ts";

/**
 * How success falls with task length, each with two numbers of the same meaning, z = intercept +
 * slope · log2(minutes):
 *
 * - `logistic`: 1 / (1 + e^-z), METR's curve (arXiv:2503.14499).
 * - `weibull`: exp(-e^-z), survival under a hazard that changes as a power of the time worked; its
 *   exponent is -slope / ln 2.
 * - `constant-hazard`: the same with the exponent 1, so that only a half-life is left (Ord 2025, "Is
 *   there a half-life for the success rates of AI agents?").
 */
export const CURVE_SHAPES = ["logistic", "weibull", "constant-hazard"] as const;
export type CurveShape = (typeof CURVE_SHAPES)[number];

export interface ShapeOptions {
  readonly shape: CurveShape;
  /** Whether a share of the runs succeeds by chance at any length, found from the data; false. */
  readonly floor?: boolean;
  readonly method: Method;
  readonly weighting?: Weighting;
}

export interface ShapeFit {
  readonly shape: CurveShape;
  readonly intercept: number;
  readonly slope: number;
  /** The chance of success that the longest tasks keep; 0 without a floor. At most a half. */
  readonly floor: number;
  /** Mean log loss, in nats a run, under the fit's weights. */
  readonly logLoss: number;
}

/** What a curve is fitted to: for each task its log2 minutes, its weight, and its share of successes. */
export interface ShapeRow {
  readonly x: number;
  readonly weight: number;
  readonly share: number;
}

/**
 * Fits a curve by maximum likelihood with METR's weights and the method's ridge on the slope.
 * Null where there is no curve: without both successes and failures, or with tasks of one length.
 */
export function fitShape(
  tasks: readonly Task[],
  outcomes: Outcomes,
  options: ShapeOptions,
): ShapeFit | null {
  return fitShapeTo(shapeRows(tasks, outcomes, options.weighting), options);
}

/** An agent's attempted tasks, with weights that sum to 1. */
export function shapeRows(
  tasks: readonly Task[],
  outcomes: Outcomes,
  weighting: Weighting = "inverse-sqrt-family",
): (ShapeRow & { readonly family: string })[] {
  const weights = runWeights(tasks, outcomes, weighting);
  return tasks.flatMap(({ minutes, family }, task) => {
    const runs = outcomes.runs[task]!;
    if (runs === 0) return [];
    const share = outcomes.scores[task]! / runs;
    return [{ x: Math.log2(minutes), weight: weights[task]! * runs, share, family }];
  });
}

/** As `fitShape`, from rows. */
export function fitShapeTo(
  rows: readonly ShapeRow[],
  { shape, floor = false, method }: Omit<ShapeOptions, "weighting">,
): ShapeFit | null {
  const isMixed = rows.some(({ share }) => share > 0) && rows.some(({ share }) => share < 1);
  if (!isMixed || rows.every(({ x }) => x === rows[0]!.x)) return null;
  const { ridge } = METHODS[method];
  let start: Line = { intercept: 0, slope: shape === "constant-hazard" ? -Math.LN2 : 0 };
  const at = (chance: number): Candidate => {
    const found = descend(rows, shape, chance, ridge, start);
    return { ...found, floor: chance };
  };
  let best = at(0);
  start = best;
  if (floor) best = searchFloor(at, best);
  const { intercept, slope } = best;
  const total = rows.reduce((sum, { weight }) => sum + weight, 0);
  const fit = { shape, intercept, slope, floor: best.floor };
  return { ...fit, logLoss: rows.reduce((sum, row) => sum + lossOf(fit, row), 0) / total };
}

/** The chance of success on a task of so many minutes. */
export function shapeSuccess(fit: Omit<ShapeFit, "logLoss">, minutes: number): number {
  const [success] = chances(fit.shape, fit.intercept + fit.slope * Math.log2(minutes));
  return fit.floor + (1 - fit.floor) * success;
}

/** The task length, in minutes, at which the curve crosses `q`; infinite where the floor is above. */
export function shapeHorizon(fit: Omit<ShapeFit, "logLoss">, q: number): number {
  const success = (q - fit.floor) / (1 - fit.floor);
  if (success <= 0) return Number.POSITIVE_INFINITY;
  const z =
    fit.shape === "logistic" ? Math.log(success / (1 - success)) : -Math.log(-Math.log(success));
  return 2 ** ((z - fit.intercept) / fit.slope);
}

/** The weighted log loss of a row, in nats. */
export function lossOf(
  { shape, intercept, slope, floor }: Omit<ShapeFit, "logLoss">,
  { x, weight, share }: ShapeRow,
): number {
  const [success, failure] = logChances(shape, intercept + slope * x);
  const floored = floor === 0 ? success : Math.log(floor + (1 - floor) * Math.exp(success));
  // An outcome that never was costs nothing, however unlikely.
  const ofSuccesses = share === 0 ? 0 : share * floored;
  const ofFailures = share === 1 ? 0 : (1 - share) * (Math.log1p(-floor) + failure);
  return -weight * (ofSuccesses + ofFailures);
}

interface Line {
  readonly intercept: number;
  readonly slope: number;
}

interface Candidate extends Line {
  readonly floor: number;
  readonly objective: number;
}

/** The chances of success and of failure, each exact where it is small, before any floor. */
function chances(shape: CurveShape, z: number): readonly [success: number, failure: number] {
  if (shape === "logistic") return [1 / (1 + Math.exp(-z)), 1 / (1 + Math.exp(z))];
  const hazard = Math.exp(-z);
  return [Math.exp(-hazard), -Math.expm1(-hazard)];
}

/** Their logarithms, finite wherever z is. */
function logChances(shape: CurveShape, z: number): readonly [success: number, failure: number] {
  if (shape === "logistic") return [-softplus(-z), -softplus(z)];
  const hazard = Math.exp(-z);
  return [-hazard, hazard < 1e-12 ? -z : Math.log(-Math.expm1(-hazard))];
}

/** ln(1 + e^x). */
function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

/** The best floor between 0 and a half: on a grid first, as there may be two valleys. */
function searchFloor(at: (floor: number) => Candidate, without: Candidate): Candidate {
  const GRID = [0, 0.01, 0.02, 0.04, 0.07, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5];
  const found = GRID.map((floor) => (floor === 0 ? without : at(floor)));
  const least = found.reduce((a, b) => (b.objective < a.objective ? b : a));
  const index = found.indexOf(least);
  let low = GRID[Math.max(0, index - 1)]!;
  let high = GRID[Math.min(GRID.length - 1, index + 1)]!;
  let best = least;
  const GOLDEN = (Math.sqrt(5) - 1) / 2;
  while (high - low > 1e-4) {
    const lower = at(high - GOLDEN * (high - low));
    const upper = at(low + GOLDEN * (high - low));
    for (const each of [lower, upper]) if (each.objective < best.objective) best = each;
    if (lower.objective < upper.objective) high = upper.floor;
    else low = lower.floor;
  }
  return best;
}

/** Newton's method with step halving; without a floor the objective is convex. */
function descend(
  rows: readonly ShapeRow[],
  shape: CurveShape,
  floor: number,
  ridge: number,
  start: Line,
): Line & { readonly objective: number } {
  const objectiveOf = (line: Line) =>
    rows.reduce((sum, row) => sum + lossOf({ shape, floor, ...line }, row), 0) +
    (ridge / 2) * line.slope ** 2;
  let line = start;
  let objective = objectiveOf(line);
  for (let iteration = 0; iteration < 200; iteration++) {
    const step = newtonStep(rows, shape, floor, ridge, line);
    let size = 1;
    let next = line;
    let after = Number.POSITIVE_INFINITY;
    // Close to the optimum the objective differs by rounding alone: no reason to halve.
    while (!(after <= objective * (1 + 1e-14)) && size > 1e-12) {
      next = {
        intercept: line.intercept + size * step.intercept,
        slope: line.slope + size * step.slope,
      };
      after = objectiveOf(next);
      size /= 2;
    }
    if (!(after <= objective * (1 + 1e-14))) break;
    line = next;
    objective = after;
    const move = rows.reduce(
      (most, { x }) => Math.max(most, Math.abs(step.intercept + step.slope * x)),
      0,
    );
    if (move < 1e-9) break;
  }
  return { ...line, objective };
}

function newtonStep(
  rows: readonly ShapeRow[],
  shape: CurveShape,
  floor: number,
  ridge: number,
  { intercept, slope }: Line,
): Line {
  let g0 = 0;
  let g1 = -ridge * slope;
  let h00 = 0;
  let h01 = 0;
  let h11 = ridge;
  for (const { x, weight, share } of rows) {
    const [score, curvature] = pullOf(shape, floor, intercept + slope * x, share);
    g0 += weight * score;
    g1 += weight * score * x;
    h00 += weight * curvature;
    h01 += weight * curvature * x;
    h11 += weight * curvature * x * x;
  }
  if (shape === "constant-hazard") return { intercept: h00 > 0 ? g0 / h00 : 0, slope: 0 };
  const determinant = h00 * h11 - h01 * h01;
  if (!(determinant > 0)) return { intercept: 0, slope: 0 };
  return {
    intercept: (h11 * g0 - h01 * g1) / determinant,
    slope: (h00 * g1 - h01 * g0) / determinant,
  };
}

/**
 * The derivative of a row's ln likelihood by z, and its curvature, turned positive: the observed one
 * where that is never negative, and the expected one where a floor makes it so.
 */
function pullOf(
  shape: CurveShape,
  floor: number,
  z: number,
  share: number,
): readonly [score: number, curvature: number] {
  const [success, failure] = chances(shape, z);
  if (floor === 0 && shape === "logistic") return [share - success, success * failure];
  const hazard = Math.exp(-z);
  if (floor === 0) {
    const odds = hazard < 700 ? Math.expm1(hazard) : Number.POSITIVE_INFINITY;
    const ofFailure = odds > 0 ? hazard / odds : 1;
    // h ((h - 1) e^h + 1) / (e^h - 1)², which for small h is h / 2.
    const bend = hazard < 1e-4 ? hazard / 2 : ofFailure * (hazard - 1 + ofFailure);
    return [share * hazard - (1 - share) * ofFailure, share * hazard + (1 - share) * bend];
  }
  const p = floor + (1 - floor) * success;
  const q = (1 - floor) * failure;
  const rise = (1 - floor) * success * (shape === "logistic" ? failure : hazard);
  // Where the curve is flat to the last bit, a row says nothing about where to go.
  if (!(p * q > 1e-300) || !(rise > 1e-150)) return [0, 0];
  return [((share - p) * rise) / (p * q), (rise * rise) / (p * q)];
}
