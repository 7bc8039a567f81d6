/** A float64 matrix, row-major. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float64Array;
}

/** A thin singular value decomposition, A = U diag(s) V': u[m, r], s descending, v[n, r], r = min(m, n). */
export interface Svd {
  readonly u: Matrix;
  readonly s: Float64Array;
  readonly v: Matrix;
}

export function matrix(rows: number, columns: number, values: ArrayLike<number>): Matrix {
  if (values.length !== rows * columns) {
    throw new RangeError(
      `a ${rows} x ${columns} matrix needs ${rows * columns} numbers, not ${values.length}`,
    );
  }
  return { rows, columns, values: Float64Array.from(values) };
}

/** The matrix with these rows. */
export function fromRows(rows: readonly ArrayLike<number>[]): Matrix {
  const columns = rows[0]?.length ?? 0;
  return matrix(
    rows.length,
    columns,
    rows.flatMap((row) => Array.from(row)),
  );
}

/** One row, as a view. */
export function rowOf(a: Matrix, row: number): Float64Array {
  return a.values.subarray(row * a.columns, (row + 1) * a.columns);
}

/** The matrix of the rows with these indices. */
export function selectRows(a: Matrix, indices: readonly number[]): Matrix {
  return fromRows(indices.map((index) => rowOf(a, index)));
}

export function transposed(a: Matrix): Matrix {
  const values = new Float64Array(a.values.length);
  for (let i = 0; i < a.rows; i++) {
    for (let j = 0; j < a.columns; j++) values[j * a.rows + i] = a.values[i * a.columns + j]!;
  }
  return { rows: a.columns, columns: a.rows, values };
}

/** A B. */
export function product(a: Matrix, b: Matrix): Matrix {
  if (a.columns !== b.rows) {
    throw new RangeError(
      `a ${a.rows} x ${a.columns} matrix cannot multiply a ${b.rows} x ${b.columns} one`,
    );
  }
  const values = new Float64Array(a.rows * b.columns);
  for (let i = 0; i < a.rows; i++) {
    const out = values.subarray(i * b.columns, (i + 1) * b.columns);
    for (let k = 0; k < a.columns; k++) {
      const factor = a.values[i * a.columns + k]!;
      const row = rowOf(b, k);
      for (let j = 0; j < out.length; j++) out[j]! += factor * row[j]!;
    }
  }
  return { rows: a.rows, columns: b.columns, values };
}

/** The mean of the rows. */
export function meanRow(a: Matrix): Float64Array {
  const mean = new Float64Array(a.columns);
  for (let i = 0; i < a.rows; i++) {
    const row = rowOf(a, i);
    for (let j = 0; j < mean.length; j++) mean[j]! += row[j]! / a.rows;
  }
  return mean;
}

/** Each row less `center`. */
export function centered(a: Matrix, center: Float64Array = meanRow(a)): Matrix {
  const values = a.values.map((value, i) => value - center[i % a.columns]!);
  return { ...a, values };
}

/**
 * Singular values and vectors by one-sided Jacobi rotations (Hestenes 1958), which finds small
 * singular values to full relative accuracy. Meant for matrices of at most some hundred columns.
 */
export function svd(a: Matrix): Svd {
  if (a.rows < a.columns) {
    const { u, s, v } = svd(transposed(a));
    return { u: v, s, v: u };
  }
  const { rows: m, columns: n } = a;
  // Columns lie as rows here, so that a rotation runs along memory.
  const columns = transposed(a);
  const directions = identity(n);
  for (let sweep = 0; sweep < MOST_SWEEPS; sweep++) {
    let rotated = false;
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        if (
          !rotate(rowOf(columns, p), rowOf(columns, q), rowOf(directions, p), rowOf(directions, q))
        )
          continue;
        rotated = true;
      }
    }
    if (!rotated) return sorted(columns, directions, m, n);
  }
  throw new Error(
    `svd: ${m} x ${n} did not converge in ${MOST_SWEEPS} sweeps; is a number not finite?`,
  );
}

/**
 * The X that minimises |A X - B|, the smallest such X where there are several. Singular values
 * below `cutoff` times the largest count as zero.
 */
export function leastSquares(a: Matrix, b: Matrix, cutoff = 1e-10): Matrix {
  const { u, s, v } = svd(a);
  const projected = product(transposed(u), b);
  for (let i = 0; i < s.length; i++) {
    const factor = s[i]! > cutoff * s[0]! ? 1 / s[i]! : 0;
    const row = rowOf(projected, i);
    for (let j = 0; j < row.length; j++) row[j]! *= factor;
  }
  return product(v, projected);
}

const MOST_SWEEPS = 60;

/** Makes two columns orthogonal; false where they already are, to rounding. */
function rotate(x: Float64Array, y: Float64Array, v: Float64Array, w: Float64Array): boolean {
  const xx = dot(x, x);
  const yy = dot(y, y);
  const xy = dot(x, y);
  if (xy === 0 || Math.abs(xy) <= 1e-15 * Math.sqrt(xx * yy)) return false;
  const zeta = (yy - xx) / (2 * xy);
  const t = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta));
  const cosine = 1 / Math.sqrt(1 + t * t);
  turn(x, y, cosine, cosine * t);
  turn(v, w, cosine, cosine * t);
  return true;
}

function turn(x: Float64Array, y: Float64Array, cosine: number, sine: number): void {
  for (let i = 0; i < x.length; i++) {
    const a = x[i]!;
    const b = y[i]!;
    x[i] = cosine * a - sine * b;
    y[i] = sine * a + cosine * b;
  }
}

function sorted(columns: Matrix, directions: Matrix, m: number, n: number): Svd {
  const lengths = Array.from({ length: n }, (_, j) =>
    Math.sqrt(dot(rowOf(columns, j), rowOf(columns, j))),
  );
  const order = lengths.map((_, j) => j).sort((p, q) => lengths[q]! - lengths[p]!);
  const s = Float64Array.from(order, (j) => lengths[j]!);
  const u = fromRows(
    order.map((j) => rowOf(columns, j).map((value) => (lengths[j]! > 0 ? value / lengths[j]! : 0))),
  );
  return {
    u: transposed({ rows: n, columns: m, values: u.values }),
    s,
    v: transposed(selectRows(directions, order)),
  };
}

function identity(n: number): Matrix {
  const values = new Float64Array(n * n);
  for (let i = 0; i < n; i++) values[i * n + i] = 1;
  return { rows: n, columns: n, values };
}

function dot(x: Float64Array, y: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i]! * y[i]!;
  return sum;
}
