import { normal, studentT } from "./distributions.ts";
import { StatisticsInputError } from "./errors.ts";
import { requireFraction, requireSameLength, requireSample } from "./input.ts";
import type { Matrix } from "./linear-algebra.ts";
import type { Interval } from "./summary.ts";

/** One coefficient of a regression with its Wald test against 0. */
export interface Term extends Interval {
  readonly standardError: number;
  readonly statistic: number;
  readonly p: number;
}

/** The columns of a regression's design: a column of ones, unless declined, then the predictors. */
export function designColumns(
  name: string,
  y: ArrayLike<number>,
  predictors: readonly ArrayLike<number>[],
  intercept: boolean,
): Float64Array[] {
  requireSample(`${name}(y)`, y, 1);
  predictors.forEach((column, j) => {
    requireSameLength(`${name}(y, predictors[${j}])`, y.length, column.length);
    requireSample(`${name}(predictors[${j}])`, column, 1);
  });
  const columns = predictors.map((column) => Float64Array.from(column));
  if (intercept) columns.unshift(new Float64Array(y.length).fill(1));
  if (columns.length === 0) {
    throw new StatisticsInputError(
      `${name}(predictors)`,
      "there is nothing to fit",
      "give a predictor or keep the intercept",
    );
  }
  return columns;
}

/** Observation weights: ones where none are given, or checked to be finite and not negative. */
export function designWeights(
  name: string,
  weights: ArrayLike<number> | undefined,
  n: number,
): Float64Array {
  if (weights === undefined) return new Float64Array(n).fill(1);
  requireSameLength(`${name}(y, weights)`, n, weights.length);
  requireSample(`${name}(weights)`, weights, 1);
  for (let i = 0; i < n; i++) {
    if (weights[i]! < 0) {
      throw new StatisticsInputError(
        `${name}(weights)`,
        `weight ${i} is ${weights[i]}`,
        "give weights of at least 0",
      );
    }
  }
  return Float64Array.from(weights);
}

/** The terms of a fit, tested by t with `df` degrees of freedom (`Infinity`: by the normal). */
export function termsOf(
  coefficients: ArrayLike<number>,
  covariance: Matrix,
  df: number,
  level: number,
): Term[] {
  requireFraction("level", level);
  const distribution = df === Infinity ? normal : studentT(df);
  const reach = distribution.upperQuantile((1 - level) / 2);
  return Array.from(coefficients, (estimate, j) => {
    const standardError = Math.sqrt(covariance[j * coefficients.length + j]!);
    const statistic = estimate / standardError;
    return {
      estimate,
      standardError,
      statistic,
      p: Math.min(1, 2 * distribution.survival(Math.abs(statistic))),
      low: estimate - reach * standardError,
      high: estimate + reach * standardError,
      level,
    };
  });
}

/** The error for a predictor that carries nothing new, counted as the caller gave them. */
export function collinear(name: string, column: number, intercept: boolean): StatisticsInputError {
  const which =
    intercept && column === 0 ? "the intercept" : `predictors[${column - (intercept ? 1 : 0)}]`;
  return new StatisticsInputError(
    `${name}(predictors)`,
    `${which} is zero or a combination of the columns before it`,
    "leave it out",
  );
}
