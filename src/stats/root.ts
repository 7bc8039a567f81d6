import { ConvergenceError } from "./errors.ts";

/** A monotone function's value at x and its derivative with respect to log x. */
export type LogSlope = readonly [value: number, slope: number];

/**
 * The positive root of a monotone function, to the last bits, by Newton's method in log x kept
 * inside a bracket: power-law tails become straight lines, and a step that leaves the bracket is
 * replaced by halving it (geometrically).
 *
 * @param direction 1 where the function grows, -1 where it falls.
 */
export function solvePositive(
  evaluate: (x: number) => LogSlope,
  direction: 1 | -1,
  start: number,
  highest = Infinity,
): number {
  let low = 0;
  let high = highest;
  let x = start;
  let previous = Infinity;
  for (let step = 0; step < 400; step++) {
    const [value, slope] = evaluate(x);
    if (value === 0) return x;
    if (value * direction > 0) high = x;
    else low = x;
    const newton = -value / slope;
    let next = x * Math.exp(Math.max(-30, Math.min(30, newton)));
    const size = Math.abs(newton);
    if (size < 1e-9) {
      // Beside the root steps shrink quadratically until rounding stops them.
      if (size < 2e-16 || size >= previous / 2) return clamp(next, low, high);
      previous = size;
    }
    if (!(next > low && next < high)) next = between(low, high);
    if (next === x || next === low || next === high) return next;
    x = next;
  }
  throw new ConvergenceError(
    "quantile",
    "the root search did not settle",
    "this is a fault in the library: please report the distribution and the probability",
  );
}

/**
 * The root of a continuous function between two points at which its signs differ, by Chandrupatla's
 * method (1997): inverse quadratic steps where they are safe, halving where not.
 */
export function findRoot(
  evaluate: (x: number) => number,
  from: number,
  to: number,
  tolerance = 0,
): number {
  // The root lies between `a`, the newest point, and `b`; `c` is the point before.
  let [a, b, c] = [from, to, from];
  let [valueA, valueB, valueC] = [evaluate(from), evaluate(to), 0];
  let share = 0.5;
  for (let step = 0; step < 300; step++) {
    const x = a + share * (b - a);
    const value = evaluate(x);
    if (value > 0 === valueA > 0) {
      [c, valueC] = [a, valueA];
    } else {
      [c, valueC] = [b, valueB];
      [b, valueB] = [a, valueA];
    }
    [a, valueA] = [x, value];
    const best = Math.abs(valueA) < Math.abs(valueB) ? a : b;
    const least = (tolerance / 2 + 2 * Number.EPSILON * Math.abs(best)) / Math.abs(b - a);
    if (valueA === 0 || valueB === 0 || !(least < 0.5)) return best;
    const position = (a - b) / (c - b);
    const height = (valueA - valueB) / (valueC - valueB);
    const smooth = height ** 2 < position && (1 - height) ** 2 < 1 - position;
    share = smooth
      ? (valueA / (valueB - valueA)) * (valueC / (valueB - valueC)) +
        ((c - a) / (b - a)) * (valueA / (valueC - valueA)) * (valueB / (valueC - valueB))
      : 0.5;
    share = Math.min(1 - least, Math.max(least, share));
  }
  return a;
}

function between(low: number, high: number): number {
  if (high === Infinity) return low === 0 ? 1 : low * 1024;
  if (low === 0) return high / 1024;
  return high / low > 4 ? Math.sqrt(low) * Math.sqrt(high) : low + (high - low) / 2;
}

function clamp(x: number, low: number, high: number): number {
  return Math.min(Math.max(x, low), high);
}
