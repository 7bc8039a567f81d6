import { collinear, designColumns, type Term, termsOf } from "./design.ts";
import { StatisticsInputError } from "./errors.ts";
import { requireSameLength } from "./input.ts";
import { type LeastSquares, leastSquares, type Matrix } from "./linear-algebra.ts";
import { findRoot } from "./root.ts";

/** Inputs of a linear model with a random intercept by group. */
export interface MixedModel {
  readonly y: ArrayLike<number>;
  /** One array per fixed predictor, each as long as y. */
  readonly predictors: readonly ArrayLike<number>[];
  /** The group of each observation: a rater, an idea, a task family. */
  readonly groups: readonly (string | number)[];
  /** Level of the terms' intervals; 0.95. */
  readonly level?: number;
}

/** A fitted mixed model. */
export interface MixedFit {
  /** The intercept and then the predictors, tested by the normal distribution. */
  readonly terms: readonly Term[];
  readonly covariance: Matrix;
  /** Variance between groups; 0 where the data show none. */
  readonly groupVariance: number;
  readonly residualVariance: number;
  /** The share of variance that lies between groups (intraclass correlation). */
  readonly intraclass: number;
  /** The restricted log likelihood. */
  readonly logLikelihood: number;
  /** The best linear unbiased prediction of each group's deviation. */
  readonly groupEffects: ReadonlyMap<string | number, number>;
}

/**
 * y = X b + u(group) + e with normal u and e, by restricted maximum likelihood (Patterson and
 * Thompson 1971). The one free ratio of variances is the root of the profile score, so the optimum
 * is exact; each step is least squares on observations from which part of their group's mean is
 * taken. Tests take the variances as known, as the usual Wald tests do: with few groups they are
 * somewhat too sure.
 */
export function fitMixed(model: MixedModel): MixedFit {
  const { y, predictors, groups, level = 0.95 } = model;
  const columns = designColumns("fitMixed", y, predictors, true);
  requireSameLength("fitMixed(y, groups)", y.length, groups.length);
  const members = membersOf(groups);
  if (members.size < 2 || members.size === y.length || y.length <= columns.length) {
    throw new StatisticsInputError(
      "fitMixed(groups)",
      `${members.size} groups, ${y.length} observations, ${columns.length} coefficients`,
      "give at least two groups, one of them with two observations, and more observations than coefficients",
    );
  }
  const target = Float64Array.from(y);
  const at = (ratio: number) => profile(columns, target, [...members.values()], ratio);

  const ratio = bestRatio(at);
  const { fit, deviance, residualVariance } = at(ratio);
  const covariance = fit.inverse.map((value) => value * residualVariance);
  const groupEffects = new Map<string | number, number>();
  for (const [group, rows] of members) {
    const sum = rows.reduce((total, i) => total + residualOf(columns, target, fit, i), 0);
    groupEffects.set(group, (ratio * sum) / (1 + rows.length * ratio));
  }
  return {
    terms: termsOf(fit.coefficients, covariance, Infinity, level),
    covariance,
    groupVariance: ratio * residualVariance,
    residualVariance,
    intraclass: ratio / (1 + ratio),
    logLikelihood: -deviance / 2,
    groupEffects,
  };
}

interface Profile {
  readonly fit: LeastSquares;
  readonly residualVariance: number;
  /** -2 log restricted likelihood, profiled over everything but the ratio. */
  readonly deviance: number;
  /** Its derivative with respect to the ratio. */
  readonly slope: number;
}

function profile(
  columns: readonly Float64Array[],
  y: Float64Array,
  members: readonly (readonly number[])[],
  ratio: number,
): Profile {
  const whiten = (column: Float64Array) => {
    const white = column.slice();
    for (const rows of members) {
      const mean = rows.reduce((sum, i) => sum + column[i]!, 0) / rows.length;
      const share = 1 - 1 / Math.sqrt(1 + rows.length * ratio);
      for (const i of rows) white[i]! -= share * mean;
    }
    return white;
  };
  const fit = leastSquares(columns.map(whiten), whiten(y));
  if ("dependent" in fit) throw collinear("fitMixed", fit.dependent, true);
  const k = columns.length;
  const freedom = y.length - k;
  const squares = fit.residuals.reduce((sum, residual) => sum + residual * residual, 0);
  if (!(squares > 0)) {
    throw new StatisticsInputError(
      "fitMixed(y)",
      "the predictors fit the observations without error",
      "there is no variance to divide: give more observations",
    );
  }
  const residualVariance = squares / freedom;

  let logDeterminant = 0;
  let slope = 0;
  for (const rows of members) {
    const scale = 1 + rows.length * ratio;
    logDeterminant += Math.log(scale);
    slope += rows.length / scale;
    const pull = rows.reduce((sum, i) => sum + residualOf(columns, y, fit, i), 0) / scale;
    slope -= (pull * pull) / residualVariance;
    const sums = columns.map((column) => rows.reduce((sum, i) => sum + column[i]!, 0) / scale);
    for (let i = 0; i < k; i++) {
      for (let j = 0; j < k; j++) slope -= sums[i]! * fit.inverse[i * k + j]! * sums[j]!;
    }
  }
  const deviance =
    freedom * (1 + Math.log(2 * Math.PI * residualVariance)) + logDeterminant + fit.logDeterminant;
  return { fit, residualVariance, deviance, slope };
}

/** The ratio of variances with the least deviance: a scan, then the root of the slope, or zero. */
function bestRatio(at: (ratio: number) => Profile): number {
  const ratios = [0, ...Array.from({ length: 29 }, (_, i) => 10 ** (i / 2 - 8))];
  const deviances = ratios.map((ratio) => at(ratio).deviance);
  const least = deviances.indexOf(Math.min(...deviances));
  const low = ratios[Math.max(0, least - 1)]!;
  const high = ratios[Math.min(ratios.length - 1, least + 1)]!;
  if (at(low).slope >= 0) return low;
  if (at(high).slope <= 0) return high;
  return findRoot((ratio) => at(ratio).slope, low, high);
}

function residualOf(
  columns: readonly Float64Array[],
  y: Float64Array,
  fit: LeastSquares,
  i: number,
): number {
  return columns.reduce((rest, column, j) => rest - fit.coefficients[j]! * column[i]!, y[i]!);
}

function membersOf(groups: readonly (string | number)[]): Map<string | number, number[]> {
  const members = new Map<string | number, number[]>();
  groups.forEach((group, i) => {
    const rows = members.get(group);
    if (rows) rows.push(i);
    else members.set(group, [i]);
  });
  return members;
}
