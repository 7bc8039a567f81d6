import { integrateDecay } from "./quadrature.ts";

/**
 * The functions the distributions stand on. Every probability is built from a prefactor in
 * Loader's saddle-point form (2000, "Fast and accurate computation of binomial probabilities"),
 * so that no two large logarithms are ever subtracted, and a series or continued fraction of
 * positive terms, so that tails keep their relative accuracy.
 */

/** Both tails of a probability, each with its own full relative accuracy. */
export interface Tails {
  readonly lower: number;
  readonly upper: number;
}

const HALF_LOG_2PI = 0.9189385332046727;
const TINY = 1e-300;
const MAX_TERMS = 1_000_000;
/** Above this first parameter the fractions converge too slowly to keep 13 digits: integrate. */
const LARGE = 3000;

/** log Γ(z) for z > 0, accurate to the last digits even beside its zeros at 1 and 2. */
export function logGamma(z: number): number {
  if (!(z > 0)) return Number.isNaN(z) ? z : Infinity;
  if (z === Infinity) return Infinity;
  if (z < 0.5) return logGammaBesideTwo(z) - Math.log(z) - Math.log1p(z);
  if (z < 1.5) return logGammaBesideTwo(z - 1) - Math.log(z);
  if (z <= 2.5) return logGammaBesideTwo(z - 2);
  return (z - 0.5) * Math.log(z) - z + HALF_LOG_2PI + stirlingError(z);
}

/**
 * Stirling's error δ(z) in Γ(z) = √(2π/z) (z/e)^z e^δ(z), for z > 0: about 1/(12 z).
 */
export function stirlingError(z: number): number {
  let shifted = z;
  let sum = 0;
  while (shifted < 12) {
    sum += (shifted + 0.5) * Math.log1p(1 / shifted) - 1;
    shifted += 1;
  }
  const square = 1 / (shifted * shifted);
  let series = 1 / 156;
  for (const coefficient of STIRLING) series = coefficient + series * square;
  return sum + series / shifted;
}

/** Loader's deviance term v log(v/m) + m - v for v > 0, m > 0, without cancellation beside v = m. */
export function deviance(v: number, m: number): number {
  const ratio = m / v;
  if (ratio < 0.6 || ratio > 2) return v * (ratio - 1 - Math.log(ratio));
  return v * linearLogGap((m - v) / v);
}

/** t - log(1 + t), without cancellation beside 0. */
export function linearLogGap(t: number): number {
  if (t < -0.4 || t > 1) return t - Math.log1p(t);
  const r = t / (2 + t);
  const square = r * r;
  let term = r * square;
  let series = 0;
  for (let odd = 3; odd < 200; odd += 2) {
    const next = series + term / odd;
    if (next === series) break;
    series = next;
    term *= square;
  }
  return t * r - 2 * series;
}

/** e^t - 1 - t, without cancellation beside 0. */
export function exponentialGap(t: number): number {
  if (Math.abs(t) > 0.5) return Math.expm1(t) - t;
  let term = (t * t) / 2;
  let sum = 0;
  for (let k = 3; k < 100; k++) {
    const next = sum + term;
    if (next === sum) break;
    sum = next;
    term *= t / k;
  }
  return sum;
}

/**
 * The regularised incomplete beta function I_x(a, b) and its complement, for a, b > 0.
 *
 * @param y 1 - x. Give it where it is known better than by subtraction, to keep the upper tail.
 */
export function incompleteBeta(x: number, a: number, b: number, y: number = 1 - x): Tails {
  if (x <= 0) return { lower: 0, upper: 1 };
  if (y <= 0) return { lower: 1, upper: 0 };
  if (x * (b + 1) > y * (a + 1)) {
    const { lower, upper } = incompleteBeta(y, b, a, x);
    return { lower: upper, upper: lower };
  }
  const lower = betaKernel(x, y, a, b) * betaRatio(x, y, a, b);
  return { lower, upper: 1 - lower };
}

/** log I_x(a, b), finite where the function itself is too small for a number. */
export function logIncompleteBeta(x: number, a: number, b: number, y: number = 1 - x): number {
  if (x <= 0 || y <= 0 || x * (b + 1) > y * (a + 1)) {
    return Math.log(incompleteBeta(x, a, b, y).lower);
  }
  return logBetaKernel(x, y, a, b) + Math.log(betaRatio(x, y, a, b));
}

/** x^a y^b / B(a, b) with y = 1 - x: the beta density times x y. */
export function betaKernel(x: number, y: number, a: number, b: number): number {
  return Math.exp(logBetaKernel(x, y, a, b));
}

function logBetaKernel(x: number, y: number, a: number, b: number): number {
  const n = a + b;
  const exponent =
    stirlingError(n) -
    stirlingError(a) -
    stirlingError(b) -
    deviance(a, n * x) -
    deviance(b, n * y);
  return exponent + 0.5 * Math.log((a / n) * (b / (2 * Math.PI)));
}

/** The regularised incomplete gamma functions P(a, x) and Q(a, x), for a > 0. */
export function incompleteGamma(a: number, x: number): Tails {
  if (x <= 0) return { lower: 0, upper: 1 };
  if (x === Infinity) return { lower: 1, upper: 0 };
  const kernel = gammaKernel(a, x);
  if (x < a + 1) {
    const lower = kernel * (a > LARGE ? gammaDecay(a, x, -1) : gammaSeries(a, x) / a);
    return { lower, upper: 1 - lower };
  }
  const upper = kernel * (a > LARGE ? gammaDecay(a, x, 1) : gammaFraction(a, x));
  return { lower: 1 - upper, upper };
}

/** x^a e^-x / Γ(a): the gamma density times x. */
export function gammaKernel(a: number, x: number): number {
  return Math.sqrt(a / (2 * Math.PI)) * Math.exp(-stirlingError(a) - deviance(a, x));
}

/** Σ (ζ(k) - 1) (-x)^k / k beside log Γ(2 + x) = (1 - γ) x + …, for |x| ≤ 1/2. */
function logGammaBesideTwo(x: number): number {
  let series = 0;
  for (const coefficient of LOG_GAMMA_BESIDE_TWO) series = coefficient + series * x;
  return x * (0.42278433509846713 + x * series);
}

/** The continued fraction of the incomplete beta function, by the modified Lentz method. */
function betaFraction(x: number, a: number, b: number): number {
  let c = 1;
  let d = 1 / nonZero(1 - ((a + b) * x) / (a + 1));
  let value = d;
  for (let m = 1; m < MAX_TERMS; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / nonZero(1 + even * d);
    c = nonZero(1 + even / c);
    value *= c * d;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / nonZero(1 + odd * d);
    c = nonZero(1 + odd / c);
    value *= c * d;
    if (Math.abs(c * d - 1) < 2.3e-16) break;
  }
  return value;
}

/** I_x(a, b) over its kernel, for x up to about the mean. */
function betaRatio(x: number, y: number, a: number, b: number): number {
  return a > LARGE ? betaDecay(x, y, a, b) : betaFraction(x, a, b) / a;
}

/** I_x(a, b) over its kernel, as the integral over t = x e^-v. */
function betaDecay(x: number, y: number, a: number, b: number): number {
  const odds = x / y;
  const g = (v: number) => (b - 1) * Math.log1p(-odds * Math.expm1(-v)) - a * v;
  return integrateDecay(g, 1 / a) / y;
}

/** P(a, x) or Q(a, x) over its kernel, as the integral over t = x e^-v or x e^v. */
function gammaDecay(a: number, x: number, side: 1 | -1): number {
  const g = (v: number) => side * a * v - x * Math.expm1(side * v);
  return integrateDecay(g, 1 / a);
}

function gammaSeries(a: number, x: number): number {
  let term = 1;
  let sum = 1;
  for (let k = 1; k < MAX_TERMS; k++) {
    term *= x / (a + k);
    sum += term;
    if (term < sum * 1e-17) break;
  }
  return sum;
}

function gammaFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = 1 / TINY;
  let d = 1 / nonZero(b);
  let value = d;
  for (let k = 1; k < MAX_TERMS; k++) {
    const factor = -k * (k - a);
    b += 2;
    d = 1 / nonZero(factor * d + b);
    c = nonZero(b + factor / c);
    value *= c * d;
    if (Math.abs(c * d - 1) < 2.3e-16) break;
  }
  return value;
}

function nonZero(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}

/** B(2k) / (2k (2k - 1)) for k = 6 down to 1, the coefficients of Stirling's series. */
const STIRLING = [-691 / 360360, 1 / 1188, -1 / 1680, 1 / 1260, -1 / 360, 1 / 12];

/** (-1)^k (ζ(k) - 1) / k for k = 29 down to 2. */
const LOG_GAMMA_BESIDE_TWO = [
  -6.4229645638381e-11, 1.330476437424449e-10, -2.7595228851242334e-10, 5.731367241678862e-10,
  -1.1921401405860912e-9, 2.4836745438024785e-9, -5.183475041970047e-9, 1.0838659214896955e-8,
  -2.2711094608943164e-8, 4.7698101693639804e-8, -1.0043224823968099e-7, 2.1207184805554665e-7,
  -4.492469198764566e-7, 9.55141213040742e-7, -2.039215753801366e-6, 4.374866789907488e-6,
  -9.439488275268397e-6, 2.050721277567069e-5, -4.492623673813314e-5, 9.945751278180853e-5,
  -0.00022315475845357939, 0.0005096695247430425, -0.001192753911703261, 0.0028905103307415234,
  -0.007385551028673986, 0.020580808427784546, -0.0673523010531981, 0.3224670334241132,
];
