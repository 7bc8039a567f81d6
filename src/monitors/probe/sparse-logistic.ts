import type { SparseVector } from "./hashing.ts";

/** Examples as sparse rows. */
export interface SparseProblem {
  readonly rows: readonly SparseVector[];
  readonly labels: readonly boolean[];
  /** What each example counts; only their proportions matter. */
  readonly weights: readonly number[];
  /** Added to each example's logit, not fitted; zeros. */
  readonly offsets?: readonly number[] | undefined;
  readonly columns: number;
  /** λ > 0 of the penalty λ/2 Σ w², the intercept apart, beside the weighted mean log loss. */
  readonly ridge: number;
}

export interface SparseFit {
  readonly intercept: number;
  readonly weights: Float64Array;
  readonly iterations: number;
}

/**
 * Ridge-penalised logistic regression of many sparse columns, by L-BFGS with ten corrections and
 * backtracking (Nocedal and Wright 2006, ch. 7): the same input gives the same bits.
 */
export function fitSparse(problem: SparseProblem, tolerance = 1e-5, most = 300): SparseFit {
  const size = problem.columns + 1;
  let at: Float64Array = new Float64Array(size);
  let now = evaluate(problem, at);
  const history: {
    readonly step: Float64Array;
    readonly change: Float64Array;
    readonly rho: number;
  }[] = [];
  let iterations = 0;
  while (iterations < most && norm(now.gradient) > tolerance) {
    iterations += 1;
    const direction = descent(now.gradient, history);
    const slope = dot(direction, now.gradient);
    let rate = history.length === 0 ? Math.min(1, 1 / norm(now.gradient)) : 1;
    let next = moved(at, direction, rate);
    let after = evaluate(problem, next);
    while (after.loss > now.loss + 1e-4 * rate * slope && rate > 1e-12) {
      rate /= 2;
      next = moved(at, direction, rate);
      after = evaluate(problem, next);
    }
    if (!(after.loss < now.loss)) break;
    const step = difference(next, at);
    const change = difference(after.gradient, now.gradient);
    const curvature = dot(step, change);
    if (curvature > 1e-12) {
      history.push({ step, change, rho: 1 / curvature });
      if (history.length > 10) history.shift();
    }
    at = next;
    now = after;
  }
  return { intercept: at[problem.columns]!, weights: at.slice(0, problem.columns), iterations };
}

export function sparseDot(row: SparseVector, weights: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < row.indices.length; i++) sum += row.values[i]! * weights[row.indices[i]!]!;
  return sum;
}

function evaluate(
  { rows, labels, weights, offsets, columns, ridge }: SparseProblem,
  at: Float64Array,
) {
  const gradient = new Float64Array(columns + 1);
  let total = 0;
  for (const weight of weights) total += weight;
  let loss = 0;
  for (let i = 0; i < rows.length; i++) {
    const weight = weights[i]! / total;
    if (weight === 0) continue;
    const row = rows[i]!;
    const logit = at[columns]! + (offsets?.[i] ?? 0) + sparseDot(row, at);
    const e = Math.exp(-Math.abs(logit));
    const p = logit > 0 ? 1 / (1 + e) : e / (1 + e);
    const label = labels[i] ? 1 : 0;
    loss += weight * (Math.log1p(e) + (logit > 0 ? (1 - label) * logit : -label * logit));
    const slope = weight * (p - label);
    for (let j = 0; j < row.indices.length; j++)
      gradient[row.indices[j]!]! += slope * row.values[j]!;
    gradient[columns]! += slope;
  }
  for (let j = 0; j < columns; j++) {
    loss += (ridge / 2) * at[j]! ** 2;
    gradient[j]! += ridge * at[j]!;
  }
  return { loss, gradient };
}

function descent(
  gradient: Float64Array,
  history: readonly {
    readonly step: Float64Array;
    readonly change: Float64Array;
    readonly rho: number;
  }[],
): Float64Array {
  const direction = gradient.map((value) => -value);
  const alphas: number[] = [];
  for (let i = history.length - 1; i >= 0; i--) {
    const { step, change, rho } = history[i]!;
    const alpha = rho * dot(step, direction);
    alphas[i] = alpha;
    for (let j = 0; j < direction.length; j++) direction[j]! -= alpha * change[j]!;
  }
  const last = history.at(-1);
  if (last) {
    const scale = 1 / (last.rho * dot(last.change, last.change));
    for (let j = 0; j < direction.length; j++) direction[j]! *= scale;
  }
  history.forEach(({ step, change, rho }, i) => {
    const beta = rho * dot(change, direction);
    for (let j = 0; j < direction.length; j++) direction[j]! += (alphas[i]! - beta) * step[j]!;
  });
  return direction;
}

function moved(from: Float64Array, direction: Float64Array, rate: number): Float64Array {
  return from.map((value, i) => value + rate * direction[i]!);
}

function difference(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, i) => value - b[i]!);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function norm(a: Float64Array): number {
  return Math.sqrt(dot(a, a));
}
