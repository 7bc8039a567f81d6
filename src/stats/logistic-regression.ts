import { designColumns, designWeights, type Term, termsOf } from "./design.ts";
import { ConvergenceError, StatisticsInputError } from "./errors.ts";
import { requireSameLength } from "./input.ts";
import { cholesky, choleskyInverse, choleskySolve, type Matrix } from "./linear-algebra.ts";

/** A logistic regression's inputs. */
export interface LogisticModel {
  /** Outcomes: 0, 1, or a share between them (a soft label, or k successes of n as k/n). */
  readonly y: ArrayLike<number>;
  /** One array per predictor, each as long as y. */
  readonly predictors: readonly ArrayLike<number>[];
  /** Whether a column of ones comes first; true. */
  readonly intercept?: boolean;
  /** What each observation counts; all 1. Weights are used as given, not normalised. */
  readonly weights?: ArrayLike<number>;
  /** λ ≥ 0 of the penalty λ/2 Σ slope², in which the intercept has no part; 0. */
  readonly ridge?: number;
  /** Coefficients to start from; zeros. Changes the speed, not the answer. */
  readonly start?: ArrayLike<number>;
  /** Level of the terms' intervals; 0.95. */
  readonly level?: number;
}

/** A fitted logistic regression. */
export interface LogisticFit {
  /** The intercept, unless declined, and then the slopes, on the logit scale. */
  readonly coefficients: Float64Array;
  /** Wald tests and intervals, valid where the weights are counts and there is no penalty. */
  readonly terms: readonly Term[];
  /** The inverse of the (penalised) information matrix. */
  readonly covariance: Matrix;
  /** Σ w logloss, without the penalty. */
  readonly logLoss: number;
  /** The largest entry of the objective's gradient, over the sum of the weights. */
  readonly gradient: number;
  readonly iterations: number;
}

/**
 * Weighted logistic regression with an optional ridge: the minimum of
 * Σ w (-y log p - (1 - y) log(1 - p)) + λ/2 Σ slope², by Newton's method with step halving, carried
 * on until a further step would move the coefficients by rounding alone.
 *
 * Throws a `ConvergenceError` where no finite minimum exists: outcomes that are all 0 or all 1, or
 * separated by the predictors without a ridge; or where predictors are collinear.
 */
export function fitLogistic(model: LogisticModel): LogisticFit {
  const { y, predictors, intercept = true, ridge = 0, level = 0.95 } = model;
  const columns = designColumns("fitLogistic", y, predictors, intercept);
  const weights = designWeights("fitLogistic", model.weights, y.length);
  requireOutcomes(y, weights, ridge, intercept);
  const k = columns.length;
  const penalties = columns.map((_, j) => (intercept && j === 0 ? 0 : ridge));
  const total = weights.reduce((sum, weight) => sum + weight, 0);

  const from = model.start ? Float64Array.from(model.start) : new Float64Array(k);
  requireSameLength("fitLogistic(start)", k, from.length);
  // From zeros Newton's method cannot fail unless the optimum does not exist.
  const fit =
    descend(columns, y, weights, penalties, from) ??
    descend(columns, y, weights, penalties, new Float64Array(k));
  if (!fit) {
    throw new ConvergenceError(
      "fitLogistic",
      "there is no unique finite optimum: the predictors separate the outcomes or are collinear",
      "add a ridge, or leave predictors out",
    );
  }
  const { coefficients, point, iterations } = fit;
  const covariance = choleskyInverse(fit.factor, k);
  return {
    coefficients,
    terms: termsOf(coefficients, covariance, Infinity, level),
    covariance,
    logLoss: point.logLoss,
    gradient: point.gradient.reduce((top, g) => Math.max(top, Math.abs(g)), 0) / total,
    iterations,
  };
}

interface Descent {
  readonly coefficients: Float64Array;
  readonly point: Point;
  readonly factor: Matrix;
  readonly iterations: number;
}

/** Newton's method with step halving, or null where it does not settle. */
function descend(
  columns: readonly Float64Array[],
  y: ArrayLike<number>,
  weights: Float64Array,
  penalties: readonly number[],
  start: Float64Array,
): Descent | null {
  const k = columns.length;
  let coefficients = start;
  let now = evaluate(columns, y, weights, penalties, coefficients);
  for (let iterations = 1; iterations <= 100; iterations++) {
    const factor = cholesky(now.hessian, k);
    if (!factor) return null;
    const step = choleskySolve(factor, k, now.gradient);
    // Newton's error squares with each step: once no logit moves by 1e-8, the next point is exact.
    // (A small gradient would not do: it is small on the way to infinity too.)
    const settled = largestMove(columns, weights, step) < 1e-8;
    // Close to the optimum the objective differs by rounding alone: no reason to halve.
    const enough = now.objective * (1 + 1e-12);
    let next = moved(coefficients, step, 1);
    let after = evaluate(columns, y, weights, penalties, next);
    for (let halving = 1; !(settled || after.objective <= enough); halving++) {
      if (halving > 60) return null;
      next = moved(coefficients, step, 2 ** -halving);
      after = evaluate(columns, y, weights, penalties, next);
    }
    coefficients = next;
    now = after;
    if (settled) {
      const final = cholesky(now.hessian, k);
      return final && { coefficients, point: now, factor: final, iterations };
    }
  }
  return null;
}

interface Point {
  readonly objective: number;
  readonly logLoss: number;
  readonly gradient: Float64Array;
  readonly hessian: Matrix;
}

function evaluate(
  columns: readonly Float64Array[],
  y: ArrayLike<number>,
  weights: Float64Array,
  penalties: readonly number[],
  coefficients: Float64Array,
): Point {
  const k = columns.length;
  const gradient = new Float64Array(k);
  const hessian = new Float64Array(k * k);
  let logLoss = 0;
  for (let i = 0; i < weights.length; i++) {
    const weight = weights[i]!;
    if (weight === 0) continue;
    let logit = 0;
    for (let j = 0; j < k; j++) logit += coefficients[j]! * columns[j]![i]!;
    // With e = exp(-|logit|) neither tail overflows.
    const e = Math.exp(-Math.abs(logit));
    const p = logit > 0 ? 1 / (1 + e) : e / (1 + e);
    const curvature = (weight * e) / ((1 + e) * (1 + e));
    // Without a difference of large numbers: a curve that nearly separates has hardly any loss.
    const overshoot = logit > 0 ? (1 - y[i]!) * logit : -y[i]! * logit;
    logLoss += weight * (Math.log1p(e) + overshoot);
    const slope = weight * (p - y[i]!);
    for (let j = 0; j < k; j++) {
      const x = columns[j]![i]!;
      gradient[j]! += slope * x;
      const scaled = curvature * x;
      for (let m = 0; m <= j; m++) hessian[j * k + m]! += scaled * columns[m]![i]!;
    }
  }
  let penalty = 0;
  for (let j = 0; j < k; j++) {
    penalty += (penalties[j]! / 2) * coefficients[j]! ** 2;
    gradient[j]! += penalties[j]! * coefficients[j]!;
    hessian[j * k + j]! += penalties[j]!;
    for (let m = 0; m < j; m++) hessian[m * k + j] = hessian[j * k + m]!;
  }
  return { objective: logLoss + penalty, logLoss, gradient, hessian };
}

function requireOutcomes(
  y: ArrayLike<number>,
  weights: Float64Array,
  ridge: number,
  intercept: boolean,
): void {
  if (!(ridge >= 0 && ridge < Infinity)) {
    throw new StatisticsInputError(
      "fitLogistic(ridge)",
      `the penalty is ${ridge}`,
      "give a number of at least 0",
    );
  }
  let successes = 0;
  let failures = 0;
  for (let i = 0; i < y.length; i++) {
    if (!(y[i]! >= 0 && y[i]! <= 1)) {
      throw new StatisticsInputError(
        "fitLogistic(y)",
        `outcome ${i} is ${y[i]}`,
        "give outcomes from 0 to 1",
      );
    }
    successes += weights[i]! * y[i]!;
    failures += weights[i]! * (1 - y[i]!);
  }
  // A penalised slope could still fit one class without an intercept.
  if ((successes === 0 || failures === 0) && (intercept || ridge === 0)) {
    throw new ConvergenceError(
      "fitLogistic(y)",
      `all outcomes (with weight) are ${successes === 0 ? 0 : 1}`,
      "no finite fit exists: report the share and its exact interval instead",
    );
  }
}

/** The largest change of any observation's logit. */
function largestMove(
  columns: readonly Float64Array[],
  weights: Float64Array,
  step: Float64Array,
): number {
  let largest = 0;
  for (let i = 0; i < weights.length; i++) {
    if (weights[i] === 0) continue;
    let move = 0;
    for (let j = 0; j < step.length; j++) move += step[j]! * columns[j]![i]!;
    largest = Math.max(largest, Math.abs(move));
  }
  return largest;
}

function moved(from: Float64Array, step: Float64Array, share: number): Float64Array {
  return Float64Array.from(from, (value, j) => value - share * step[j]!);
}
