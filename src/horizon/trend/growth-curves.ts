import { regress } from "./regression.ts";

/**
 * How ln(minutes) may go with time. `exponential`: a line. `piecewise`: a line that bends once.
 * `quadratic`: a parabola. `hyperbolic`: minutes = a / (T - t), without bound at T. `saturating`:
 * Gompertz growth towards a ceiling. `linear`: minutes, not their logarithm, go along a line.
 */
export type GrowthShape =
  | "exponential"
  | "linear"
  | "piecewise"
  | "quadratic"
  | "hyperbolic"
  | "saturating";

/** A shape of growth over days `t` counted from any day, with ln(minutes) as `y`. */
export interface GrowthCurve {
  /** What each entry of a fit is called. */
  readonly parameters: readonly string[];
  /** The entries that locate a day, to be moved when days are counted from elsewhere. */
  readonly days: readonly string[];
  /** The least-squares fit; null where the points do not determine one. `t` is ascending. */
  fit(t: readonly number[], y: readonly number[]): readonly number[] | null;
  /** ln(minutes). */
  value(fit: readonly number[], t: number): number;
  /** When the curve rises to `y`; Infinity where it never does. */
  dateOf(fit: readonly number[], y: number): number;
}

/** A horizon that a line in minutes takes below nothing counts as METR's shortest, in ln(minutes). */
const FLOOR = Math.log(1e-3);
const DAYS_PER_CENTURY = 36_525;

export const CURVES: Readonly<Record<GrowthShape, GrowthCurve>> = {
  exponential: {
    parameters: ["intercept", "slope"],
    days: [],
    fit: (t, y) => regress([ones(t), t], y)?.coefficients ?? null,
    value: ([a, b], t) => a! + b! * t,
    dateOf: ([a, b], y) => (b! > 0 ? (y - a!) / b! : Infinity),
  },
  linear: {
    parameters: ["intercept", "slope"],
    days: [],
    fit: (t, y) => regress([ones(t), t], y.map(Math.exp))?.coefficients ?? null,
    value: ([a, b], t) => Math.max(FLOOR, Math.log(Math.max(0, a! + b! * t))),
    dateOf: ([a, b], y) => (b! > 0 ? (Math.exp(y) - a!) / b! : Infinity),
  },
  quadratic: {
    parameters: ["intercept", "slope", "curvature"],
    days: [],
    fit: (t, y) => regress([ones(t), t, t.map((each) => each * each)], y)?.coefficients ?? null,
    value: ([a, b, c], t) => a! + (b! + c! * t) * t,
    dateOf: risingRoot,
  },
  piecewise: {
    parameters: ["intercept", "slope", "change", "break"],
    days: ["break"],
    fit: (t, y) => fitBrokenLine(t, y)?.fit ?? null,
    value: ([a, b, change, at], t) => a! + b! * t + change! * Math.max(0, t - at!),
    dateOf: ([a, b, change, at], y) => {
      const early = b! > 0 ? (y - a!) / b! : Infinity;
      if (early <= at!) return early;
      const slope = b! + change!;
      return slope > 0 ? (y - a! + change! * at!) / slope : Infinity;
    },
  },
  hyperbolic: {
    parameters: ["scale", "pole"],
    days: ["pole"],
    fit: fitHyperbola,
    value: ([scale, pole], t) => (t < pole! ? scale! - Math.log(pole! - t) : Infinity),
    dateOf: ([scale, pole], y) => pole! - Math.exp(scale! - y),
  },
  saturating: {
    parameters: ["ceiling", "gap", "time"],
    days: [],
    fit: fitGompertz,
    value: ([ceiling, gap, time], t) => ceiling! - gap! * Math.exp(-t / time!),
    dateOf: ([ceiling, gap, time], y) =>
      y < ceiling! && gap! > 0 ? -time! * Math.log((ceiling! - y) / gap!) : Infinity,
  },
};

/** A broken line and the squares it leaves. */
export interface BrokenLine {
  readonly fit: readonly [intercept: number, slope: number, change: number, at: number];
  readonly squares: number;
}

/**
 * The best continuous line with one bend, exactly: the bend either lies where the lines through
 * the points on its left and on its right cross, or at a point (Hudson 1966). Each side has at
 * least `least` points, a point at the bend counting for both.
 */
export function fitBrokenLine(
  t: readonly number[],
  y: readonly number[],
  least = 3,
): BrokenLine | null {
  let best: BrokenLine | null = null;
  const take = (found: BrokenLine | null) => {
    if (found && (!best || found.squares < best.squares)) best = found;
  };
  for (let left = least; left <= t.length - least; left++) {
    const [before, after] = [t.slice(0, left), t.slice(left)];
    const first = regress([ones(before), before], y.slice(0, left));
    const second = regress([ones(after), after], y.slice(left));
    if (!first || !second) continue;
    const [a, b] = first.coefficients as [number, number];
    const [c, d] = second.coefficients as [number, number];
    const at = (a - c) / (d - b);
    if (at >= before.at(-1)! && at <= after[0]!) {
      take({ fit: [a, b, d - b, at], squares: first.squares + second.squares });
    }
  }
  for (const at of t.slice(least - 1, t.length - least + 1)) take(brokenLineAt(t, y, at));
  return best;
}

/** The best line that bends on a given day. */
export function brokenLineAt(
  t: readonly number[],
  y: readonly number[],
  at: number,
): BrokenLine | null {
  const beyond = t.map((each) => Math.max(0, each - at));
  const found = regress([ones(t), t, beyond], y);
  if (!found) return null;
  const [a, b, change] = found.coefficients as [number, number, number];
  return { fit: [a, b, change, at], squares: found.squares };
}

/** Given the pole, the scale is a mean; the pole is searched for, from a minute to a century ahead. */
function fitHyperbola(t: readonly number[], y: readonly number[]): readonly number[] | null {
  if (new Set(t).size < 2) return null;
  const last = t.at(-1)!;
  const logs = t.map(() => 0);
  const scaleAt = (pole: number) => {
    let sum = 0;
    for (let i = 0; i < t.length; i++) {
      logs[i] = y[i]! + Math.log(pole - t[i]!);
      sum += logs[i]!;
    }
    return sum / t.length;
  };
  const squaresAt = (ahead: number) => {
    const scale = scaleAt(last + Math.exp(ahead));
    return logs.reduce((sum, each) => sum + (each - scale) ** 2, 0);
  };
  const ahead = minimise(squaresAt, Math.log(1 / 1440), Math.log(DAYS_PER_CENTURY));
  const pole = last + Math.exp(ahead);
  return [scaleAt(pole), pole];
}

/** Given the time constant, ceiling and gap are a regression's; a negative gap is no saturation. */
function fitGompertz(t: readonly number[], y: readonly number[]): readonly number[] | null {
  const span = t.at(-1)! - t[0]!;
  const last = t.at(-1)!;
  if (!(span > 0)) return null;
  const fitAt = (time: number) => {
    const found = regress([ones(t), t.map((each) => -Math.exp((last - each) / time))], y);
    return found && found.coefficients[1]! > 0 ? found : null;
  };
  const squaresAt = (log: number) => fitAt(Math.exp(log))?.squares ?? Infinity;
  const time = Math.exp(minimise(squaresAt, Math.log(span / 20), Math.log(span * 50)));
  const found = fitAt(time);
  if (!found) return null;
  return [found.coefficients[0]!, found.coefficients[1]! * Math.exp(last / time), time];
}

function risingRoot([a, b, c]: readonly number[], y: number): number {
  if (Math.abs(c!) < 1e-14) return b! > 0 ? (y - a!) / b! : Infinity;
  const discriminant = b! * b! - 4 * c! * (a! - y);
  // Without a root a parabola that opens upwards is above y all along: it rises from its least.
  if (discriminant < 0) return c! > 0 ? -b! / (2 * c!) : Infinity;
  return (-b! + Math.sqrt(discriminant)) / (2 * c!);
}

/** The least of a function on an interval: the best of a grid, narrowed down by golden sections. */
function minimise(of: (x: number) => number, low: number, high: number, cells = 64): number {
  const step = (high - low) / cells;
  let best = low;
  let least = Infinity;
  for (let cell = 0; cell <= cells; cell++) {
    const value = of(low + cell * step);
    if (value < least) [best, least] = [low + cell * step, value];
  }
  const golden = (Math.sqrt(5) - 1) / 2;
  let [a, b] = [Math.max(low, best - step), Math.min(high, best + step)];
  let [c, d] = [b - golden * (b - a), a + golden * (b - a)];
  let [atC, atD] = [of(c), of(d)];
  while (b - a > 1e-7) {
    if (atC < atD) {
      [b, d, atD] = [d, c, atC];
      c = b - golden * (b - a);
      atC = of(c);
    } else {
      [a, c, atC] = [c, d, atD];
      d = a + golden * (b - a);
      atD = of(d);
    }
  }
  return Math.min(atC, atD) < least ? (a + b) / 2 : best;
}

function ones(t: readonly number[]): number[] {
  return t.map(() => 1);
}
