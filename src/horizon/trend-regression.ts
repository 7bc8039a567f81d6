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
  const root = Float64Array.from(y, (_, i) => (weights ? Math.sqrt(weights[i]!) : 1));
  const basis = columns.map((column) => root.map((r, i) => r * column[i]!));
  const rest = root.map((r, i) => r * y[i]!);
  // The triangle: columns[j] = Σ upper[i][j] · basis[i], and y likewise in its last column.
  const upper = Array.from({ length: k }, () => new Float64Array(k + 1));
  for (let i = 0; i < k; i++) {
    const axis = basis[i]!;
    const length = Math.sqrt(dot(axis, axis));
    const before = Math.sqrt(columnSquares(columns[i]!, root));
    if (!(length > 1e-10 * before)) return null;
    upper[i]![i] = length;
    for (let row = 0; row < n; row++) axis[row]! /= length;
    for (let j = i + 1; j < k; j++) upper[i]![j] = subtract(basis[j]!, axis);
    upper[i]![k] = subtract(rest, axis);
  }
  const coefficients = new Array<number>(k).fill(0);
  for (let i = k - 1; i >= 0; i--) {
    let value = upper[i]![k]!;
    for (let j = i + 1; j < k; j++) value -= upper[i]![j]! * coefficients[j]!;
    coefficients[i] = value / upper[i]![i]!;
  }
  return { coefficients, squares: dot(rest, rest) };
}

/** Takes the share along a unit axis out of a vector, and says how long it was. */
function subtract(vector: Float64Array, axis: Float64Array): number {
  const share = dot(vector, axis);
  for (let i = 0; i < vector.length; i++) vector[i]! -= share * axis[i]!;
  return share;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function columnSquares(column: ArrayLike<number>, root: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < root.length; i++) sum += (root[i]! * column[i]!) ** 2;
  return sum;
}
