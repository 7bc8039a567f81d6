import type { Distribution } from "./distribution.ts";
import { requireProbability } from "./input.ts";

/** The standard normal distribution. */
export const normal: Distribution = {
  density: (x) => halfSquareExponential(x) / SQRT_2PI,
  cdf: (x) => upperTail(-x),
  survival: upperTail,
  quantile: (p) => -upperQuantile(p),
  upperQuantile,
};

/** log P(Z > x), finite however far out x lies. */
export function logNormalSurvival(x: number): number {
  if (x < FAR) return Math.log(upperTail(x));
  return -0.5 * x * x - LOG_SQRT_2PI + Math.log(millsRatio(x));
}

const SQRT_2PI = 2.5066282746310007;
const LOG_SQRT_2PI = 0.9189385332046727;
/** From here on the tail comes from its continued fraction. */
const FAR = 2;

function upperTail(x: number): number {
  if (x >= FAR) return (halfSquareExponential(x) / SQRT_2PI) * millsRatio(x);
  if (x <= -FAR) return 1 - upperTail(-x);
  return 0.5 - (halfSquareExponential(x) / SQRT_2PI) * centralSeries(x);
}

/** exp(-x²/2) with the square split in two, or its rounding error would be multiplied by x². */
function halfSquareExponential(x: number): number {
  if (Math.abs(x) > 1e6) return 0;
  const coarse = Math.fround(x);
  const fine = x - coarse;
  return Math.exp(-0.5 * coarse * coarse) * Math.exp(-0.5 * fine * (x + coarse));
}

/** (Φ(x) - 1/2) / φ(x) = x + x³/3 + x⁵/15 + … */
function centralSeries(x: number): number {
  let term = x;
  let sum = x;
  for (let k = 3; k < 200; k += 2) {
    term *= (x * x) / k;
    const next = sum + term;
    if (next === sum) break;
    sum = next;
  }
  return sum;
}

/** P(Z > x) / φ(x) by Laplace's continued fraction 1/(x + 1/(x + 2/(x + …))), for x ≥ 2. */
function millsRatio(x: number): number {
  if (x === Infinity) return 0;
  const terms = Math.ceil(8 + 280 / (x * x));
  // The fraction is cut at the value it would have if all further terms were equal.
  let value = (x + Math.sqrt(x * x + 4 * terms)) / 2;
  for (let k = terms; k >= 1; k--) value = x + k / value;
  return 1 / value;
}

/** Hastings' approximation, refined by two steps of Halley's method on the tail itself. */
function upperQuantile(p: number): number {
  requireProbability("normal.quantile(p)", p);
  if (p === 0) return Infinity;
  if (p > 0.5) return -upperQuantile(1 - p);
  const r = Math.sqrt(-2 * Math.log(p));
  const top = 2.515517 + r * (0.802853 + r * 0.010328);
  let x = r - top / (1 + r * (1.432788 + r * (0.189269 + r * 0.001308)));
  for (let step = 0; step < 3; step++) {
    const newton = (upperTail(x) - p) / normal.density(x);
    x += newton / (1 - (x * newton) / 2);
  }
  return x;
}
