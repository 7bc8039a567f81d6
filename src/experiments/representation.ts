import type { Random } from "../stats/index.ts";
import {
  centered,
  fromRows,
  leastSquares,
  type Matrix,
  meanRow,
  product,
  rowOf,
  selectRows,
  svd,
  transposed,
} from "./linear.ts";

/**
 * An orthonormal basis [width, rank] of the span of the centred unembedding [vocabulary, width]:
 * the only part of a representation that reaches the model's probabilities (Marconato et al. 2025).
 * Singular values below `cutoff` times the largest count as zero; the default suits float32 weights.
 */
export function effectiveSubspace(unembedding: Matrix, cutoff = 1e-5): Matrix {
  const { s, v } = svd(centered(unembedding));
  const rank = s.findIndex((value) => value <= cutoff * s[0]!);
  return transposed(selectRows(transposed(v), range(rank < 0 ? s.length : rank)));
}

/**
 * Representations [n, width] with the same predictions: a random part of equal average length is
 * added to each, orthogonal to every row of the unembedding (to all of it, centred or not).
 */
export function nullSpaceTwin(f: Matrix, unembedding: Matrix, random: Random): Matrix {
  const { s, v } = svd(unembedding);
  const used = selectRows(
    transposed(v),
    range(s.length).filter((i) => s[i]! > 1e-12 * s[0]!),
  );
  const noise = { ...f, values: f.values.map(() => random.normal()) };
  const hidden = subtract(noise, product(product(noise, transposed(used)), used));
  const scale = Math.sqrt(squaredLength(f) / squaredLength(hidden));
  return { ...f, values: f.values.map((value, i) => value + scale * hidden.values[i]!) };
}

/**
 * How far representations f[a * size + b] of factor pairs (a, b) are from parallelograms:
 * the root mean square of f(a,b) - f(a',b) - f(a,b') + f(a',b') over all a < a', b < b', divided by
 * what it would be for independent vectors of the same variance. 0: all hold exactly; about 1: none.
 */
export function parallelogramError(f: Matrix, size: number): number {
  const spread = squaredLength(centered(f)) / (f.rows - 1);
  let squares = 0;
  let count = 0;
  for (let a = 0; a < size; a++) {
    for (let other = a + 1; other < size; other++) {
      for (let b = 0; b < size; b++) {
        for (let second = b + 1; second < size; second++) {
          const [p, q] = [rowOf(f, a * size + b), rowOf(f, other * size + b)];
          const [r, s] = [rowOf(f, a * size + second), rowOf(f, other * size + second)];
          for (let i = 0; i < f.columns; i++) squares += (p[i]! - q[i]! - r[i]! + s[i]!) ** 2;
          count += 1;
        }
      }
    }
  }
  return Math.sqrt(squares / count / (4 * spread));
}

/**
 * Share of the rows whose label a linear probe finds when it has not seen them: least squares from
 * f to one-hot labels with an intercept, fitted without the row's own fold; the largest output wins.
 */
export function probeAccuracy(
  f: Matrix,
  labels: readonly number[],
  folds: readonly number[],
): number {
  const classes = Math.max(...labels) + 1;
  const targets = fromRows(
    labels.map((label) => Array.from({ length: classes }, (_, c) => (c === label ? 1 : 0))),
  );
  const outputs = heldOutPredictions(f, targets, folds);
  const right = labels.filter((label, i) => indexOfLargest(rowOf(outputs, i)) === label);
  return right.length / labels.length;
}

/**
 * Held-out R2 of the best affine map from f to g, over all columns together: 1 - (squared error of
 * each row predicted without its fold) / (squared distance from the other folds' mean).
 */
export function linearMapR2(f: Matrix, g: Matrix, folds: readonly number[]): number {
  const predictions = heldOutPredictions(f, g, folds);
  const baseline = heldOutPredictions(
    { rows: g.rows, columns: 0, values: new Float64Array() },
    g,
    folds,
  );
  return 1 - squaredLength(subtract(predictions, g)) / squaredLength(subtract(baseline, g));
}

/** Predicts each row of g from f's, by least squares with an intercept over the rows of other folds. */
function heldOutPredictions(f: Matrix, g: Matrix, folds: readonly number[]): Matrix {
  const predictions = new Float64Array(g.values.length);
  for (const fold of new Set(folds)) {
    const inside = range(g.rows).filter((row) => folds[row] === fold);
    const outside = range(g.rows).filter((row) => folds[row] !== fold);
    const target = selectRows(g, outside);
    const mean = meanRow(target);
    const fitted =
      f.columns === 0 ? undefined : affineMap(selectRows(f, outside), centered(target, mean));
    for (const row of inside) {
      const change = fitted?.(rowOf(f, row)) ?? new Float64Array(g.columns);
      predictions.set(
        change.map((value, j) => value + mean[j]!),
        row * g.columns,
      );
    }
  }
  return { ...g, values: predictions };
}

/** The least-squares map from rows of f to rows of g, for a g whose mean is zero. */
function affineMap(f: Matrix, g: Matrix): (row: Float64Array) => Float64Array {
  const mean = meanRow(f);
  const map = leastSquares(centered(f, mean), g);
  return (row) => product(centered(fromRows([row]), mean), map).values;
}

function subtract(a: Matrix, b: Matrix): Matrix {
  return { ...a, values: a.values.map((value, i) => value - b.values[i]!) };
}

function squaredLength(a: Matrix): number {
  return a.values.reduce((sum, value) => sum + value * value, 0);
}

function indexOfLargest(values: Float64Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}
