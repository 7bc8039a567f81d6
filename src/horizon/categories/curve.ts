/** What curves of several categories are fitted to: parallel arrays, an entry a task. */
export interface CategoryCurveData {
  /** log2 of the task's human minutes. */
  readonly x: Float64Array;
  /** What the task's runs weigh together; 0 leaves the task out. */
  readonly mass: Float64Array;
  /** The part of `mass` that succeeded. */
  readonly success: Float64Array;
  /** The task's category, counted from 0. */
  readonly category: Uint8Array;
}

/** Curves of one slope; NaN for the intercept of a category that has only successes or failures. */
export interface CategoryCurve {
  readonly slope: number;
  readonly intercepts: Float64Array;
}

/**
 * Fits logit P(success) = intercept of the category + slope · log2(minutes), with one slope for all
 * categories: the minimum of Σ mass · log loss + ridge/2 · slope². A category's intercept depends on
 * the others only by the slope, so Newton's step needs no matrix. Null where there is no curve: each
 * category all one way, or lengths that part successes from failures.
 */
export function fitCategoryCurve(
  data: CategoryCurveData,
  categories: number,
  ridge: number,
  start?: CategoryCurve,
): CategoryCurve | null {
  const used = mixedCategories(data, categories);
  if (!used.some(Boolean)) return null;
  const intercepts = Float64Array.from(used, (isUsed, c) => {
    if (!isUsed) return Number.NaN;
    const from = start?.intercepts[c] ?? 0;
    return Number.isNaN(from) ? 0 : from;
  });
  const slope = descend(data, used, ridge, start?.slope ?? 0, intercepts);
  return slope === null ? null : { slope, intercepts };
}

const MOST_STEPS = 80;
/** No logit moves further in a step: beyond it, Newton's parabola says nothing about the curve. */
const LONGEST_MOVE = 4;

/** Newton's steps from `slope` and, in place, `intercepts`; null where they do not settle. */
function descend(
  { x, mass, success, category }: CategoryCurveData,
  used: readonly boolean[],
  ridge: number,
  start: number,
  intercepts: Float64Array,
): number | null {
  const count = used.length;
  const [g, h, hs] = [new Float64Array(count), new Float64Array(count), new Float64Array(count)];
  const reach = x.reduce((most, at) => Math.max(most, Math.abs(at)), 0);
  let slope = start;
  for (let step = 0; step < MOST_STEPS; step++) {
    for (const sums of [g, h, hs]) sums.fill(0);
    let slopeGradient = ridge * slope;
    let curvature = ridge;
    for (let i = 0; i < x.length; i++) {
      const c = category[i]!;
      const weight = mass[i]!;
      if (weight === 0 || !used[c]) continue;
      const at = x[i]!;
      const p = 1 / (1 + Math.exp(-(intercepts[c]! + slope * at)));
      const gap = weight * p - success[i]!;
      const bend = weight * p * (1 - p);
      g[c]! += gap;
      h[c]! += bend;
      hs[c]! += bend * at;
      slopeGradient += gap * at;
      curvature += bend * at * at;
    }
    // The intercepts are eliminated, each by its own row; what is left is one equation.
    for (let c = 0; c < count; c++) {
      if (!used[c]) continue;
      slopeGradient -= (hs[c]! * g[c]!) / h[c]!;
      curvature -= (hs[c]! * hs[c]!) / h[c]!;
    }
    if (!(curvature > 0)) return null;
    const slopeMove = slopeGradient / curvature;
    let move = Math.abs(slopeMove) * reach;
    for (let c = 0; c < count; c++) {
      if (used[c]) move = Math.max(move, Math.abs((g[c]! - hs[c]! * slopeMove) / h[c]!));
    }
    if (!Number.isFinite(move)) return null;
    const part = Math.min(1, LONGEST_MOVE / move);
    slope -= part * slopeMove;
    for (let c = 0; c < count; c++) {
      if (used[c]) intercepts[c]! -= part * ((g[c]! - hs[c]! * slopeMove) / h[c]!);
    }
    // Newton's error squares with each step: after a move of 1e-7 rounding alone is left.
    if (move < 1e-7) return slope;
  }
  return null;
}

/** The categories that have both successes and failures: only they have a finite intercept. */
function mixedCategories(
  { mass, success, category }: CategoryCurveData,
  categories: number,
): boolean[] {
  const total = new Float64Array(categories);
  const succeeded = new Float64Array(categories);
  for (let i = 0; i < mass.length; i++) {
    total[category[i]!]! += mass[i]!;
    succeeded[category[i]!]! += success[i]!;
  }
  return Array.from(total, (all, c) => succeeded[c]! > 0 && all - succeeded[c]! > 1e-12 * all);
}
