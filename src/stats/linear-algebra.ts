/** A symmetric or triangular k × k matrix, row by row. */
export type Matrix = Float64Array;

/** The lower Cholesky factor of a k × k matrix, or null where it is not positive definite. */
export function cholesky(matrix: Matrix, k: number): Matrix | null {
  const factor = new Float64Array(k * k);
  for (let i = 0; i < k; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * k + j]!;
      for (let m = 0; m < j; m++) sum -= factor[i * k + m]! * factor[j * k + m]!;
      if (i > j) {
        factor[i * k + j] = sum / factor[j * k + j]!;
      } else {
        // What is left of a diagonal entry after rounding alone does not count as positive.
        if (!(sum > 1e-14 * matrix[i * k + i]!)) return null;
        factor[i * k + i] = Math.sqrt(sum);
      }
    }
  }
  return factor;
}

/** The solution of A x = b from the Cholesky factor of A. */
export function choleskySolve(factor: Matrix, k: number, b: ArrayLike<number>): Float64Array {
  const x = Float64Array.from(b);
  for (let i = 0; i < k; i++) {
    for (let j = 0; j < i; j++) x[i]! -= factor[i * k + j]! * x[j]!;
    x[i]! /= factor[i * k + i]!;
  }
  for (let i = k - 1; i >= 0; i--) {
    for (let j = i + 1; j < k; j++) x[i]! -= factor[j * k + i]! * x[j]!;
    x[i]! /= factor[i * k + i]!;
  }
  return x;
}

/** The inverse of A from its Cholesky factor. */
export function choleskyInverse(factor: Matrix, k: number): Matrix {
  const inverse = new Float64Array(k * k);
  for (let column = 0; column < k; column++) {
    const unit = new Float64Array(k);
    unit[column] = 1;
    const x = choleskySolve(factor, k, unit);
    for (let row = 0; row < k; row++) inverse[row * k + column] = x[row]!;
  }
  return inverse;
}

/** A least-squares solution. */
export interface LeastSquares {
  readonly coefficients: Float64Array;
  /** (X'X)⁻¹. */
  readonly inverse: Matrix;
  /** log |X'X|. */
  readonly logDeterminant: number;
  readonly residuals: Float64Array;
}

/**
 * The coefficients b that make |y - X b|² least, by Householder reflections, which work on X itself
 * and so keep twice the digits that X'X would.
 *
 * @param columns the columns of X, each as long as y.
 * @returns the index of a column that (nearly) depends on those before it, where there is one.
 */
export function leastSquares(
  columns: readonly Float64Array[],
  y: Float64Array,
): LeastSquares | { readonly dependent: number } {
  const k = columns.length;
  const n = y.length;
  const work = columns.map((column) => column.slice());
  const target = y.slice();
  const diagonal = new Float64Array(k);
  for (let j = 0; j < k; j++) {
    const column = work[j]!;
    const whole = norm(columns[j]!, 0);
    const length = norm(column, j);
    if (!(length > 1e-10 * whole)) return { dependent: j };
    diagonal[j] = column[j]! > 0 ? -length : length;
    column[j]! -= diagonal[j]!;
    const scale = -diagonal[j]! * column[j]!;
    for (const other of [...work.slice(j + 1), target]) {
      let product = 0;
      for (let i = j; i < n; i++) product += column[i]! * other[i]!;
      for (let i = j; i < n; i++) other[i]! -= (product / scale) * column[i]!;
    }
  }

  const solve = (right: Float64Array): Float64Array => {
    const x = new Float64Array(k);
    for (let i = k - 1; i >= 0; i--) {
      let sum = right[i]!;
      for (let j = i + 1; j < k; j++) sum -= work[j]![i]! * x[j]!;
      x[i] = sum / diagonal[i]!;
    }
    return x;
  };
  // Columns of R⁻¹; (X'X)⁻¹ = R⁻¹ R⁻ᵀ.
  const roots = Array.from({ length: k }, (_, j) => {
    const unit = new Float64Array(k);
    unit[j] = 1;
    return solve(unit);
  });
  const inverse = new Float64Array(k * k);
  for (let i = 0; i < k; i++) {
    for (let j = 0; j < k; j++) {
      for (let m = Math.max(i, j); m < k; m++) inverse[i * k + j]! += roots[m]![i]! * roots[m]![j]!;
    }
  }
  const coefficients = solve(target);
  const residuals = y.slice();
  columns.forEach((column, j) => {
    for (let i = 0; i < n; i++) residuals[i]! -= coefficients[j]! * column[i]!;
  });
  const logDeterminant = 2 * diagonal.reduce((sum, value) => sum + Math.log(Math.abs(value)), 0);
  return { coefficients, inverse, logDeterminant, residuals };
}

function norm(column: Float64Array, from: number): number {
  let sum = 0;
  for (let i = from; i < column.length; i++) sum += column[i]! * column[i]!;
  return Math.sqrt(sum);
}
