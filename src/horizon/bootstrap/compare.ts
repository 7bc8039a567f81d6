import { Fault } from "../../record/index.ts";
import { type Interval, quantile } from "../../stats/index.ts";
import { horizonAt } from "../curve/fit.ts";
import { type HorizonsByDraw, trendDraws } from "../trend/draws.ts";
import type { HorizonPoint } from "../trend/sota.ts";
import { fitTrend, horizonOn } from "../trend/trend.ts";
import { type AgentDraws, drawnHorizons } from "./bootstrap.ts";

export interface CompareOptions {
  /** The chance of success that defines the horizon; 0.5. */
  readonly success?: number;
  /** Confidence level; 0.95. */
  readonly level?: number;
}

/** Two curves side by side, on draws that both saw. */
export interface Comparison {
  /** The first's horizon over the second's. */
  readonly ratio: Interval;
  /** The first's slope, in logits a doubling of length, less the second's: above 0 falls slower. */
  readonly slopeDifference: Interval;
  /** Share of draws in which the first's horizon is the longer; ties count half. */
  readonly winRate: number;
  /** Two-sided: twice the smaller share of draws on either side of a ratio of 1. */
  readonly p: number;
  /** Draws in which both have a curve. */
  readonly usable: number;
}

/**
 * Compares two curves draw by draw, so that what both share, the tasks that happened to be drawn,
 * cancels. Give draws of one bootstrap, in which draw i of both saw the same families and tasks:
 * two agents on one suite, or one agent in two categories of it.
 */
export function compareDraws(
  first: AgentDraws,
  second: AgentDraws,
  { success = 0.5, level = 0.95 }: CompareOptions = {},
): Comparison {
  if (first.slope.length !== second.slope.length) {
    throw new Fault(
      `comparison of ${first.agent} and ${second.agent}`,
      `one has ${first.slope.length} draws, the other ${second.slope.length}`,
      "Draw both in one bootstrap",
    );
  }
  const [a, b] = [drawnHorizons(first, success), drawnHorizons(second, success)];
  const difference = first.slope.map((slope, draw) => slope - second.slope[draw]!);
  return {
    ...compareSamples(a, b, level, {
      estimate: horizonAt(first.fit, success) / horizonAt(second.fit, success),
    }),
    slopeDifference: percentileInterval(
      difference.filter((each) => !Number.isNaN(each)),
      first.fit.slope - second.fit.slope,
      level,
    ),
  };
}

/** An agent against the trend of those before it. */
export interface TrendComparison extends Omit<Comparison, "slopeDifference"> {
  readonly agent: string;
  /** Minutes that the trend says for the agent's release date. */
  readonly predicted: number;
  /** The agents of the trend. */
  readonly before: readonly string[];
}

/**
 * Compares an agent's horizon with the trend through `before`, drawn anew in each draw. The
 * interval holds the error of horizons and trend, not the scatter of single agents about a trend.
 */
export function compareWithTrend(
  agent: HorizonPoint,
  before: readonly HorizonPoint[],
  draws: HorizonsByDraw,
  { level = 0.95 }: Pick<CompareOptions, "level"> = {},
): TrendComparison {
  const { slope, intercept } = trendDraws(before, draws);
  const predicted = slope.map((each, draw) =>
    horizonOn({ slope: each, intercept: intercept[draw]! }, agent.releaseDate),
  );
  const expected = horizonOn(fitTrend(before), agent.releaseDate);
  const own = Float64Array.from(draws.get(agent.agent) ?? []);
  return {
    agent: agent.agent,
    predicted: expected,
    before: before.map((each) => each.agent),
    ...compareSamples(own, predicted, level, { estimate: agent.horizon / expected }),
  };
}

function compareSamples(
  a: Float64Array,
  b: Float64Array,
  level: number,
  { estimate }: { readonly estimate: number },
): Omit<Comparison, "slopeDifference"> {
  const log2 = a
    .map((each, draw) => Math.log2(each) - Math.log2(b[draw]!))
    .filter((each) => !Number.isNaN(each))
    .map((each) => Math.max(-BEYOND, Math.min(BEYOND, each)));
  const interval = percentileInterval(log2, Math.log2(estimate), level);
  const wins = log2.reduce((sum, each) => sum + (each > 0 ? 1 : each === 0 ? 0.5 : 0), 0);
  const winRate = wins / log2.length;
  return {
    ratio: { estimate, low: 2 ** interval.low, high: 2 ** interval.high, level },
    winRate,
    p: Math.min(1, 2 * Math.min(winRate, 1 - winRate)),
    usable: log2.length,
  };
}

/** A doubling beyond what a double can hold: 2 to this is infinite, 2 to minus this is 0. */
const BEYOND = 1100;

function percentileInterval(values: Float64Array, estimate: number, level: number): Interval {
  const at = (p: number) => (values.length === 0 ? Number.NaN : quantile(values, p));
  return { estimate, low: at((1 - level) / 2), high: at((1 + level) / 2), level };
}
