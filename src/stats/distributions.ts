import type { Distribution } from "./distribution.ts";
import { requireCount, requirePositive, requireProbability } from "./input.ts";
import { normal } from "./normal.ts";
import { type LogSlope, solvePositive } from "./root.ts";
import {
  betaKernel,
  deviance,
  gammaKernel,
  incompleteBeta,
  incompleteGamma,
  linearLogGap,
  stirlingError,
  type Tails,
} from "./special-functions.ts";

export { logGamma } from "./special-functions.ts";
export type { Distribution };
export { normal };

/** Student's t with `df` > 0 degrees of freedom, not necessarily whole; `Infinity` is the normal. */
export function studentT(df: number): Distribution {
  if (df === Infinity) return normal;
  requirePositive("studentT(df)", df);

  const half = df / 2;
  const logPeak =
    stirlingError(half + 0.5) - stirlingError(half) - half * linearLogGap(1 / df) - LOG_SQRT_2PI;
  const density = (t: number) => {
    const square = (t * t) / df;
    const logSquare =
      square < Infinity ? Math.log1p(square) : 2 * Math.log(Math.abs(t)) - Math.log(df);
    return Math.exp(logPeak - (half + 0.5) * logSquare);
  };
  const farTail = (t: number) =>
    t === Infinity ? 0 : Math.exp(logPeak + (half - 0.5) * Math.log(df) - df * Math.log(t));
  const survival = (t: number): number => {
    if (t < 0) return 1 - survival(-t);
    const square = t * t;
    // Where the square overflows, only the leading power of the tail is left.
    if (square === Infinity) return farTail(t);
    return incompleteBeta(df / (df + square), half, 0.5, square / (df + square)).lower / 2;
  };
  const upperQuantile = (p: number): number => {
    requireProbability("studentT.quantile(p)", p);
    if (p === 0) return Infinity;
    if (p === 0.5) return 0;
    if (p > 0.5) return -upperQuantile(1 - p);
    const evaluate = (t: number): LogSlope => {
      const tail = survival(t);
      return [Math.log(tail / p), (-t * density(t)) / tail];
    };
    return solvePositive(evaluate, -1, normal.upperQuantile(p));
  };
  return {
    density,
    cdf: (t) => survival(-t),
    survival,
    quantile: (p) => -upperQuantile(p),
    upperQuantile,
  };
}

/** Chi-square with `df` > 0 degrees of freedom. */
export function chiSquare(df: number): Distribution {
  requirePositive("chiSquare(df)", df);
  return onPositive(
    "chiSquare",
    (x) => incompleteGamma(df / 2, x / 2),
    (x) => gammaKernel(df / 2, x / 2),
    df,
  );
}

/** F with `df1` and `df2` > 0 degrees of freedom. */
export function fisherF(df1: number, df2: number): Distribution {
  requirePositive("fisherF(df1)", df1);
  requirePositive("fisherF(df2)", df2);
  const share = (x: number) => 1 / (1 + df2 / (df1 * x));
  const rest = (x: number) => 1 / (1 + (df1 * x) / df2);
  return onPositive(
    "fisherF",
    (x) => incompleteBeta(share(x), df1 / 2, df2 / 2, rest(x)),
    (x) => betaKernel(share(x), rest(x), df1 / 2, df2 / 2),
    1,
  );
}

/** Beta on (0, 1) with shapes `a` and `b` > 0. */
export function beta(a: number, b: number): Distribution {
  requirePositive("beta(a)", a);
  requirePositive("beta(b)", b);
  const solve = (p: number, tail: "lower" | "upper"): number => {
    requireProbability("beta.quantile(p)", p);
    if (p === 0 || p === 1) return (p === 0) === (tail === "lower") ? 0 : 1;
    const half = incompleteBeta(0.5, a, b);
    // Solve for whichever of x and 1 - x is small, so that it keeps its relative accuracy.
    const mirrored = tail === "lower" ? half.lower < p : half.upper > p;
    const [first, second] = mirrored ? [b, a] : [a, b];
    const side = mirrored === (tail === "lower") ? "upper" : "lower";
    const evaluate = (x: number): LogSlope => {
      const value = incompleteBeta(x, first, second)[side];
      const slope = betaKernel(x, 1 - x, first, second) / (1 - x) / value;
      return [Math.log(value / p), side === "lower" ? slope : -slope];
    };
    const root = solvePositive(evaluate, side === "lower" ? 1 : -1, 0.25, 0.5000001);
    return mirrored ? 1 - root : root;
  };
  return {
    density: (x) => (x <= 0 || x >= 1 ? 0 : betaKernel(x, 1 - x, a, b) / (x * (1 - x))),
    cdf: (x) => incompleteBeta(x, a, b).lower,
    survival: (x) => incompleteBeta(x, a, b).upper,
    quantile: (p) => solve(p, "lower"),
    upperQuantile: (p) => solve(p, "upper"),
  };
}

/** The number of successes in `n` trials, each with probability `p`. */
export function binomial(n: number, p: number): Distribution {
  requireCount("binomial(n)", n, 0);
  requireProbability("binomial(p)", p);
  const tails = (k: number): Tails => {
    const successes = Math.floor(k);
    if (successes < 0) return { lower: 0, upper: 1 };
    if (successes >= n) return { lower: 1, upper: 0 };
    return incompleteBeta(1 - p, n - successes, successes + 1, p);
  };
  // Sums of rounded probabilities miss a target by a few last bits: treat those as reached.
  const least = (enough: (k: number) => boolean): number => {
    let low = 0;
    let high = n;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (enough(middle)) high = middle;
      else low = middle + 1;
    }
    return low;
  };
  return {
    density: (k) => binomialProbability(k, n, p),
    cdf: (k) => tails(k).lower,
    survival: (k) => tails(k).upper,
    quantile: (target) => {
      requireProbability("binomial.quantile(p)", target);
      return least((k) => tails(k).lower >= target * (1 - 1e-14));
    },
    upperQuantile: (target) => {
      requireProbability("binomial.upperQuantile(p)", target);
      return least((k) => tails(k).upper <= target * (1 + 1e-14));
    },
  };
}

const LOG_SQRT_2PI = 0.9189385332046727;

/** P(K = k), by Loader's saddle-point expansion. */
function binomialProbability(k: number, n: number, p: number): number {
  if (!Number.isInteger(k) || k < 0 || k > n) return 0;
  if (p === 0 || p === 1) return k === n * p ? 1 : 0;
  if (k === 0) return Math.exp(n * Math.log1p(-p));
  if (k === n) return Math.exp(n * Math.log(p));
  const exponent =
    stirlingError(n) -
    stirlingError(k) -
    stirlingError(n - k) -
    deviance(k, n * p) -
    deviance(n - k, n * (1 - p));
  return Math.exp(exponent) * Math.sqrt(n / (2 * Math.PI * k * (n - k)));
}

/** A distribution on (0, ∞) from both tails and the density times x. */
function onPositive(
  name: string,
  tails: (x: number) => Tails,
  kernel: (x: number) => number,
  start: number,
): Distribution {
  const solve = (p: number, tail: "lower" | "upper"): number => {
    requireProbability(`${name}.quantile(p)`, p);
    if (p === 0 || p === 1) return (p === 0) === (tail === "lower") ? 0 : Infinity;
    const evaluate = (x: number): LogSlope => {
      const value = tails(x)[tail];
      return [Math.log(value / p), (tail === "lower" ? 1 : -1) * (kernel(x) / value)];
    };
    return solvePositive(evaluate, tail === "lower" ? 1 : -1, start);
  };
  return {
    density: (x) => (x > 0 && x < Infinity ? kernel(x) / x : 0),
    cdf: (x) => tails(x).lower,
    survival: (x) => tails(x).upper,
    quantile: (p) => solve(p, "lower"),
    upperQuantile: (p) => solve(p, "upper"),
  };
}
