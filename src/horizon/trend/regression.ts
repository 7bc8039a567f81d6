/** The coefficients of a small regression, and the sum of weighted squares it leaves. */
export interface Regression {
  readonly coefficients: readonly number[];
  readonly squares: number;
}

/**
 * Least squares on one to four columns by modified Gram-Schmidt: `fitLinear` of the stats room
 * without tests and covariances, for use thousands of times a second. `columns` are as long as `y`;
 * null where a column depends on those before it.
 */
export function regress(
  columns: readonly ArrayLike<number>[],
  y: ArrayLike<number>,
  weights?: ArrayLike<number>,
): Regression | null {
  const n = y.length;
  const k = columns.length;
  if (n < k) return null;
  // Columns and y beside one another, each scaled by the roots of the weights.
  const work = new Float64Array(n * (k + 1));
  for (let row = 0; row < n; row++) {
    const root = weights ? Math.sqrt(weights[row]!) : 1;
    for (let j = 0; j < k; j++) work[j * n + row] = root * columns[j]![row]!;
    work[k * n + row] = root * y[row]!;
  }
  // The triangle: column j = Σ upper[i, j] · axis i, and y likewise in the last place.
  const upper = new Float64Array(k * (k + 1));
  const lengths = new Float64Array(k);
  for (let j = 0; j < k; j++) lengths[j] = Math.sqrt(dot(work, j, j, n));
  for (let i = 0; i < k; i++) {
    const length = Math.sqrt(dot(work, i, i, n));
    if (!(length > 1e-10 * lengths[i]!)) return null;
    upper[i * (k + 1) + i] = length;
    for (let row = 0; row < n; row++) work[i * n + row]! /= length;
    for (let j = i + 1; j <= k; j++) {
      const share = dot(work, i, j, n);
      upper[i * (k + 1) + j] = share;
      for (let row = 0; row < n; row++) work[j * n + row]! -= share * work[i * n + row]!;
    }
  }
  const coefficients = new Array<number>(k).fill(0);
  for (let i = k - 1; i >= 0; i--) {
    let value = upper[i * (k + 1) + k]!;
    for (let j = i + 1; j < k; j++) value -= upper[i * (k + 1) + j]! * coefficients[j]!;
    coefficients[i] = value / upper[i * (k + 1) + i]!;
  }
  return { coefficients, squares: dot(work, k, k, n) };
}

/** The product of columns i and j, of n rows each. */
function dot(work: Float64Array, i: number, j: number, n: number): number {
  let sum = 0;
  for (let row = 0; row < n; row++) sum += work[i * n + row]! * work[j * n + row]!;
  return sum;
}
