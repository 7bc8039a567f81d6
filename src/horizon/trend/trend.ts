import { Fault } from "../../record/index.ts";
import { fitLinear, type Interval, studentT } from "../../stats/index.ts";
import type { HorizonPoint } from "./sota.ts";

/** Horizons are not taken shorter than this, in minutes, as METR has it. */
export const SHORTEST_HORIZON = 1e-3;

export interface TrendOptions {
  /**
   * `equal`, as METR has it: every agent counts the same. `by-error`: inverse variance of each
   * agent's ln horizon from its interval, plus the scatter of agents about the trend, so that one
   * well-measured agent does not decide it (the method-of-moments random-effects regression of
   * DerSimonian and Laird 1986). Needs `low` and `high` for every point. With eight agents its 95 %
   * interval held the truth in 92 % of simulations.
   */
  readonly weights?: "equal" | "by-error";
  /** Of the intervals; 0.95. */
  readonly level?: number;
}

/** Exponential growth: ln(minutes) = intercept + slope · days since 1970-01-01. */
export interface Trend {
  readonly agents: readonly string[];
  /** Per day. */
  readonly slope: number;
  readonly slopeError: number;
  readonly intercept: number;
  /** Share of the variance of ln(minutes) explained. */
  readonly rSquared: number;
  /**
   * Days in which the horizon doubles; its interval is the t interval of the slope, and reaches
   * Infinity where the slope's reaches 0. It holds the scatter of agents about the line, not the
   * error that all share because they did the same tasks: that takes joint draws.
   */
  readonly doubling: Interval;
  /** Standard deviation of ln(minutes) about the line. */
  readonly residual: number;
}

/**
 * The trend through horizons by release date: least squares of ln(minutes) on days
 * (arXiv:2503.14499, section 4.2). Throws a Fault for fewer than three points or a single date.
 */
export function fitTrend(points: readonly HorizonPoint[], options: TrendOptions = {}): Trend {
  const { weights: kind = "equal", level = 0.95 } = options;
  requireTrendPoints(points, 3);
  const days = points.map(({ releaseDate }) => releaseDate);
  const y = points.map(lnHorizon);
  const weights = kind === "equal" ? undefined : errorWeights(points, days, y);
  const fit = fitLinear({ y, predictors: [days], level, ...(weights ? { weights } : {}) });
  const [intercept, slope] = fit.terms as unknown as [
    (typeof fit.terms)[number],
    (typeof fit.terms)[number],
  ];
  const reach = studentT(fit.df).upperQuantile((1 - level) / 2) * slope.standardError;
  return {
    agents: points.map(({ agent }) => agent),
    slope: slope.estimate,
    slopeError: slope.standardError,
    intercept: intercept.estimate,
    rSquared: fit.rSquared,
    doubling: {
      estimate: doublingDays(slope.estimate),
      low: doublingDays(slope.estimate + reach),
      high: doublingDays(slope.estimate - reach),
      level,
    },
    residual: Math.sqrt(
      fit.residuals.reduce((sum, each) => sum + each * each, 0) / Math.max(1, fit.df),
    ),
  };
}

/** Days in which something doubles that grows by `slope` a day in natural logarithms. */
export function doublingDays(slope: number): number {
  return slope > 0 ? Math.LN2 / slope : Infinity;
}

/** The day on which a trend reaches a horizon of so many minutes; Infinity where it never does. */
export function dateOf(trend: Pick<Trend, "slope" | "intercept">, minutes: number): number {
  return trend.slope > 0 ? (Math.log(minutes) - trend.intercept) / trend.slope : Infinity;
}

/** Minutes on a day. */
export function horizonOn(trend: Pick<Trend, "slope" | "intercept">, day: number): number {
  return Math.exp(trend.intercept + trend.slope * day);
}

/** ln of the minutes, which are not taken shorter than METR's limit. */
export function lnHorizon({ horizon }: Pick<HorizonPoint, "horizon">): number {
  return Math.log(Math.max(SHORTEST_HORIZON, horizon));
}

/** Throws unless there are so many points, of at least two dates, with horizons that are numbers. */
export function requireTrendPoints(points: readonly HorizonPoint[], least: number): void {
  const bad = points.find(
    ({ horizon, releaseDate }) =>
      !(horizon >= 0 && horizon < Infinity && Number.isFinite(releaseDate)),
  );
  if (bad) {
    throw new Fault(
      `trend, ${bad.agent}`,
      `its horizon is ${bad.horizon} minutes, its release day ${bad.releaseDate}`,
      "Leave the agent out, or give a length of at least 0 and a date",
    );
  }
  if (points.length < least || new Set(points.map((each) => each.releaseDate)).size < 2) {
    throw new Fault(
      "trend",
      `there are ${points.length} points, and a trend needs ${least} of at least two dates`,
      "Widen the window or the rule for who counts",
    );
  }
}

/** The standard error of ln(minutes) that an interval tells; NaN where there is none. */
export function lnError({ low, high }: HorizonPoint): number {
  if (low === undefined || high === undefined || !(low > 0 && high > low)) return Number.NaN;
  return Math.log(high / low) / (2 * 1.959963984540054);
}

function errorWeights(
  points: readonly HorizonPoint[],
  days: readonly number[],
  y: readonly number[],
): Float64Array {
  const variances = points.map((point) => {
    const error = lnError(point);
    if (Number.isFinite(error)) return error ** 2;
    throw new Fault(
      `trend, ${point.agent}`,
      "it has no interval to weigh it by",
      "Give low and high, or weigh all agents the same",
    );
  });
  const inverse = variances.map((each) => 1 / each);
  const fit = fitLinear({ y, predictors: [days], weights: inverse });
  const excess = fit.residuals.reduce((sum, each, i) => sum + inverse[i]! * each ** 2, 0) - fit.df;
  const scatter = Math.max(0, excess / traceOfResidualWeights(days, inverse));
  return Float64Array.from(variances, (each) => 1 / (each + scatter));
}

/** tr(W − W X (XᵀWX)⁻¹ XᵀW) for X = (1, days): what a unit of scatter adds to the weighted squares. */
function traceOfResidualWeights(days: readonly number[], w: readonly number[]): number {
  const sum = (power: number, of: (each: number) => number) =>
    w.reduce((total, each, i) => total + of(each) * (days[i]! - centre) ** power, 0);
  const total = w.reduce((all, each) => all + each, 0);
  const centre = w.reduce((all, each, i) => all + each * days[i]!, 0) / total;
  const squared = (each: number) => each * each;
  return total - sum(0, squared) / total - sum(2, squared) / sum(2, (each) => each);
}
