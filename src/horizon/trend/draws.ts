import { type Interval, quantile } from "../../stats/index.ts";
import { regress } from "./regression.ts";
import type { HorizonPoint } from "./sota.ts";
import { doublingDays, SHORTEST_HORIZON } from "./trend.ts";

/**
 * Horizons in minutes by agent, one entry a draw; entry i of every agent comes from the same draw.
 * NaN, 0 or Infinity where a draw gave the agent no curve.
 */
export type HorizonsByDraw = ReadonlyMap<string, ArrayLike<number>>;

/** A trend for each draw, NaN in draws that do not determine one. */
export interface TrendDraws {
  readonly slope: Float64Array;
  readonly intercept: Float64Array;
}

/**
 * The trend through the same agents in every draw. As METR has it, a draw leaves out agents whose
 * horizon is no number, infinite or below a thousandth of a minute, and needs two of different
 * dates. `resample` picks which agents a draw is made of, as indices into `points`; all, once.
 */
export function trendDraws(
  points: readonly Pick<HorizonPoint, "agent" | "releaseDate">[],
  horizons: HorizonsByDraw,
  resample?: (draw: number) => ArrayLike<number>,
): TrendDraws {
  const ofAgent = points.map(({ agent }) => horizons.get(agent) ?? []);
  const draws = Math.max(0, ...ofAgent.map((each) => each.length));
  const everyone = points.map((_, index) => index);
  const slope = new Float64Array(draws).fill(Number.NaN);
  const intercept = new Float64Array(draws).fill(Number.NaN);
  for (let draw = 0; draw < draws; draw++) {
    const [ones, days, y]: [number[], number[], number[]] = [[], [], []];
    for (const index of Array.from(resample?.(draw) ?? everyone)) {
      const minutes = ofAgent[index]![draw] ?? Number.NaN;
      if (!(minutes >= SHORTEST_HORIZON && minutes < Infinity)) continue;
      ones.push(1);
      days.push(points[index]!.releaseDate);
      y.push(Math.log(minutes));
    }
    const line = regress([ones, days], y);
    if (!line) continue;
    [intercept[draw], slope[draw]] = line.coefficients as [number, number];
  }
  return { slope, intercept };
}

/** The doubling time over draws, and how many draws told one. */
export interface DoublingDraws extends Interval {
  /** The median. */
  readonly estimate: number;
  /** Share of all draws that grow; the interval is of those, as METR has it. */
  readonly growing: number;
}

/** Percentiles of the doubling time, in days, over the draws in which horizons grow. */
export function doublingInterval({ slope }: TrendDraws, level = 0.95): DoublingDraws {
  const grown = slope.filter((each) => each > 0).map(doublingDays);
  const at = (p: number) => (grown.length > 0 ? quantile(grown, p) : Number.NaN);
  return {
    estimate: at(0.5),
    low: at((1 - level) / 2),
    high: at((1 + level) / 2),
    level,
    growing: grown.length / slope.length,
  };
}

/** The horizon in minutes on a day: the median over draws and an interval. */
export interface BandDay {
  readonly day: number;
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/**
 * The band about a trend, day by day: percentiles over draws of what each predicts. With
 * `metrCompatible`, a draw that determines no trend counts as a prediction of 0 minutes, as in
 * METR's code; otherwise it is left out.
 */
export function trendBand(
  { slope, intercept }: TrendDraws,
  days: readonly number[],
  { level = 0.95, metrCompatible = false } = {},
): BandDay[] {
  return days.map((day) => {
    const told = slope
      .map((each, draw) => Math.exp(intercept[draw]! + each * day))
      .map((minutes) => (metrCompatible && Number.isNaN(minutes) ? 0 : minutes))
      .filter((minutes) => Number.isFinite(minutes));
    const at = (p: number) => (told.length > 0 ? quantile(told, p) : Number.NaN);
    return { day, median: at(0.5), low: at((1 - level) / 2), high: at((1 + level) / 2) };
  });
}
