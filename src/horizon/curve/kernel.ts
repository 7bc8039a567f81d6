import { ConvergenceError, fitLogistic } from "../../stats/index.ts";

/** What a curve is fitted to: parallel arrays, of which the first `count` entries hold. */
export interface CurveData {
  /** log2 of the task's human minutes. */
  readonly x: Float64Array;
  /** What the task's runs weigh together. */
  readonly mass: Float64Array;
  /** The part of `mass` that succeeded. */
  readonly success: Float64Array;
  count: number;
}

/** An intercept and a slope, on the logit scale. */
export interface Curve {
  intercept: number;
  slope: number;
}

/**
 * Fits `curve`, in place, to the minimum that `fitLogistic` of the stats room finds, from where
 * the curve stands: Σ mass · log loss + ridge/2 · slope². Two parameters and no allocation make it
 * fit for a loop. What Newton's method does not settle in a few steps from there, `fitLogistic`
 * does from zero; without a finite minimum the curve becomes NaN. Returns the number of steps, 0
 * where it fell back.
 */
export function refitCurve(data: CurveData, ridge: number, curve: Curve): number {
  const { x, mass, success, count } = data;
  let { intercept, slope } = curve;
  let shortest = Infinity;
  let longest = -Infinity;
  for (let i = 0; i < count; i++) {
    const at = x[i]!;
    if (at < shortest) shortest = at;
    if (at > longest) longest = at;
  }
  for (let steps = 1; steps <= MOST_STEPS; steps++) {
    let g0 = 0;
    let g1 = ridge * slope;
    let h00 = 0;
    let h01 = 0;
    let h11 = ridge;
    for (let i = 0; i < count; i++) {
      const at = x[i]!;
      const weight = mass[i]!;
      const logit = intercept + slope * at;
      // With e = exp(-|logit|) neither tail overflows.
      const e = Math.exp(logit > 0 ? -logit : logit);
      const share = 1 / (1 + e);
      const expected = weight * (logit > 0 ? share : e * share);
      const curvature = weight * e * share * share;
      const gap = expected - success[i]!;
      g0 += gap;
      g1 += gap * at;
      h00 += curvature;
      h01 += curvature * at;
      h11 += curvature * at * at;
    }
    const determinant = h00 * h11 - h01 * h01;
    if (!(determinant > 0)) break;
    const down0 = (h11 * g0 - h01 * g1) / determinant;
    const down1 = (h00 * g1 - h01 * g0) / determinant;
    intercept -= down0;
    slope -= down1;
    // A logit's move is linear in x, so its largest is at an end.
    const move = Math.max(Math.abs(down0 + down1 * shortest), Math.abs(down0 + down1 * longest));
    // Newton's error squares with each step: after a move of 1e-7 rounding alone is left.
    if (move < 1e-7) {
      curve.intercept = intercept;
      curve.slope = slope;
      return steps;
    }
    if (!(move < WILD_MOVE)) break;
  }
  refitFromZero(data, ridge, curve);
  return 0;
}

const MOST_STEPS = 25;
/** A logit that moves this far in a step has left the region where Newton's method can be trusted. */
const WILD_MOVE = 30;

function refitFromZero({ x, mass, success, count }: CurveData, ridge: number, curve: Curve): void {
  curve.intercept = Number.NaN;
  curve.slope = Number.NaN;
  try {
    const weights = mass.subarray(0, count);
    const { coefficients } = fitLogistic({
      y: weights.map((weight, i) => (weight === 0 ? 0 : Math.min(1, success[i]! / weight))),
      predictors: [x.subarray(0, count)],
      weights,
      ridge,
    });
    curve.intercept = coefficients[0]!;
    curve.slope = coefficients[1]!;
  } catch (error) {
    if (!(error instanceof ConvergenceError)) throw error;
  }
}
