import { collinear, designColumns, designWeights, type Term, termsOf } from "./design.ts";
import { StatisticsInputError } from "./errors.ts";
import { requireSameLength } from "./input.ts";
import { leastSquares, type Matrix } from "./linear-algebra.ts";

/** How the standard errors of a linear regression are made. */
export type ErrorModel =
  | "classical"
  | "HC0"
  | "HC1"
  | "HC2"
  | "HC3"
  /** Observations that share a cluster may depend on each other in any way. */
  | { readonly clusters: readonly (string | number)[] };

/** A linear regression's inputs. */
export interface LinearModel {
  readonly y: ArrayLike<number>;
  /** One array per predictor, each as long as y. */
  readonly predictors: readonly ArrayLike<number>[];
  /** Whether a column of ones comes first; true. */
  readonly intercept?: boolean;
  /** Inverse-variance weights; all 1. */
  readonly weights?: ArrayLike<number>;
  /** "classical". */
  readonly errors?: ErrorModel;
  /** Level of the terms' intervals; 0.95. */
  readonly level?: number;
  /** "t" (the default), or "normal" for large-sample tests as some packages give them. */
  readonly reference?: "t" | "normal";
}

/** A fitted linear regression. */
export interface LinearFit {
  /** The intercept, unless declined, and then the predictors in order. */
  readonly terms: readonly Term[];
  readonly covariance: Matrix;
  /** Degrees of freedom of the tests: n - k, or clusters - 1. */
  readonly df: number;
  readonly residuals: Float64Array;
  /** Residual variance, with n - k below. */
  readonly residualVariance: number;
  /** Share of the (weighted) variance explained; about 0 where there is no intercept. */
  readonly rSquared: number;
}

/**
 * Ordinary or weighted least squares, with classical, heteroskedasticity-consistent (MacKinnon and
 * White 1985) or cluster-robust standard errors. The cluster-robust ones carry the correction
 * G/(G - 1) · (n - 1)/(n - k) and are tested with G - 1 degrees of freedom.
 */
export function fitLinear(model: LinearModel): LinearFit {
  const { y, predictors, intercept = true, errors = "classical", level = 0.95 } = model;
  const design = designColumns("fitLinear", y, predictors, intercept);
  const weights = designWeights("fitLinear", model.weights, y.length);
  const roots = weights.map(Math.sqrt);
  const n = y.length;
  const k = design.length;
  if (n <= k) {
    throw new StatisticsInputError(
      "fitLinear(y)",
      `${n} observations for ${k} coefficients`,
      "give more observations than coefficients",
    );
  }
  const columns = design.map((column) => column.map((x, i) => x * roots[i]!));
  const target = Float64Array.from(y, (value, i) => value * roots[i]!);
  const fit = leastSquares(columns, target);
  if ("dependent" in fit) throw collinear("fitLinear", fit.dependent, intercept);
  const squares = fit.residuals.reduce((sum, residual) => sum + residual * residual, 0);
  const residualVariance = squares / (n - k);
  const { covariance, df } = covarianceOf(errors, columns, fit, residualVariance);
  return {
    terms: termsOf(
      fit.coefficients,
      covariance,
      model.reference === "normal" ? Infinity : df,
      level,
    ),
    covariance,
    df,
    residuals: fit.residuals.map((residual, i) =>
      roots[i]! > 0 ? residual / roots[i]! : Number.NaN,
    ),
    residualVariance,
    rSquared: 1 - squares / totalSquares(y, weights, intercept),
  };
}

function covarianceOf(
  errors: ErrorModel,
  columns: readonly Float64Array[],
  fit: { inverse: Matrix; residuals: Float64Array },
  residualVariance: number,
): { covariance: Matrix; df: number } {
  const k = columns.length;
  const n = fit.residuals.length;
  if (errors === "classical") {
    return { covariance: fit.inverse.map((value) => value * residualVariance), df: n - k };
  }
  if (typeof errors === "object") {
    requireSameLength("fitLinear(y, clusters)", n, errors.clusters.length);
    const groups = new Map<string | number, Float64Array>();
    errors.clusters.forEach((cluster, i) => {
      const score = groups.get(cluster) ?? new Float64Array(k);
      columns.forEach((column, j) => {
        score[j]! += column[i]! * fit.residuals[i]!;
      });
      groups.set(cluster, score);
    });
    const g = groups.size;
    if (g < 2) {
      throw new StatisticsInputError(
        "fitLinear(clusters)",
        `there is ${g} cluster`,
        "give at least two",
      );
    }
    const correction = (g / (g - 1)) * ((n - 1) / (n - k));
    return { covariance: sandwich(fit.inverse, [...groups.values()], k, correction), df: g - 1 };
  }
  const scores = Array.from(fit.residuals, (residual, i) => {
    const row = Float64Array.from(columns, (column) => column[i]!);
    const left = 1 - leverage(row, fit.inverse, k);
    const scale = errors === "HC2" ? 1 / Math.sqrt(left) : errors === "HC3" ? 1 / left : 1;
    return row.map((x) => x * residual * scale);
  });
  const correction = errors === "HC1" ? n / (n - k) : 1;
  return { covariance: sandwich(fit.inverse, scores, k, correction), df: n - k };
}

/** (X'X)⁻¹ (Σ s s') (X'X)⁻¹, times a correction. */
function sandwich(
  inverse: Matrix,
  scores: readonly Float64Array[],
  k: number,
  correction: number,
): Matrix {
  const covariance = new Float64Array(k * k);
  for (const score of scores) {
    const half = new Float64Array(k);
    for (let i = 0; i < k; i++) {
      for (let j = 0; j < k; j++) half[i]! += inverse[i * k + j]! * score[j]!;
    }
    for (let i = 0; i < k; i++) {
      for (let j = 0; j < k; j++) covariance[i * k + j]! += correction * half[i]! * half[j]!;
    }
  }
  return covariance;
}

function leverage(row: Float64Array, inverse: Matrix, k: number): number {
  let sum = 0;
  for (let i = 0; i < k; i++) {
    for (let j = 0; j < k; j++) sum += row[i]! * inverse[i * k + j]! * row[j]!;
  }
  return sum;
}

function totalSquares(y: ArrayLike<number>, weights: Float64Array, intercept: boolean): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const centre = intercept ? weights.reduce((sum, w, i) => sum + w * y[i]!, 0) / total : 0;
  return weights.reduce((sum, w, i) => sum + w * (y[i]! - centre) ** 2, 0);
}
