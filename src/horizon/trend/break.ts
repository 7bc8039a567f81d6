import { createRandom, fisherF } from "../../stats/index.ts";
import { type BrokenLine, brokenLineAt, fitBrokenLine } from "./growth-curves.ts";
import { regress } from "./regression.ts";
import type { HorizonPoint } from "./sota.ts";
import { doublingDays, lnHorizon, requireTrendPoints } from "./trend.ts";

export interface BreakOptions {
  readonly seed: number;
  /** Simulated histories without a break; 1,999. */
  readonly trials?: number;
  /** Of the interval of the day; 0.95. */
  readonly level?: number;
  /**
   * What a history without a break looks like. `normal`: scatter is normal and of one size; the
   * test's error is then exact. `permuted`: the residuals of the unbroken line in random order;
   * nearly exact whatever their distribution (in simulations a level of 5 % was 5 to 6 % under
   * Student's t with 4 degrees of freedom, and 6.2 % under squared normals, where `normal` was 8.4 %).
   */
  readonly scatter?: "normal" | "permuted";
}

/** A bend in the trend, and whether chance alone makes one as good. */
export interface TrendBreak {
  /** The best day of the bend, since 1970-01-01. */
  readonly day: number;
  /**
   * The days that the profile likelihood does not refuse, first to last, gaps included; it ends
   * where a side would have fewer than three agents. At 95 % it held the day in 92 to 95 % of
   * simulated histories.
   */
  readonly low: number;
  readonly high: number;
  readonly level: number;
  readonly doublingBefore: number;
  readonly doublingAfter: number;
  /** How much the bend lessens the squares, against what it leaves: the largest F over all days. */
  readonly statistic: number;
  /** The share of histories without a break whose statistic is as large. */
  readonly p: number;
  /** Criterion of the straight line less that of the bent one: above 0 favours the bend. */
  readonly aicGain: number;
  readonly bicGain: number;
}

/**
 * Whether growth changed its pace once (a continuous line with one bend against a line). The p
 * value takes into account that the day was searched for; criteria such as AIC do not quite. It
 * holds for scatter that is independent between agents: agents that did the same tasks, or were
 * picked as record holders, are a little less independent than that.
 */
export function testForBreak(points: readonly HorizonPoint[], options: BreakOptions): TrendBreak {
  const { seed, trials = 1999, level = 0.95, scatter = "normal" } = options;
  requireTrendPoints(points, 6);
  const sorted = [...points].sort((a, b) => a.releaseDate - b.releaseDate);
  const n = sorted.length;
  const origin = sorted.at(-1)!.releaseDate;
  const t = sorted.map(({ releaseDate }) => releaseDate - origin);
  const y = sorted.map(lnHorizon);
  const line = regress([t.map(() => 1), t], y)!;
  const bent = fitBrokenLine(t, y)!;
  const statistic = breakStatistic(t, y);
  const random = createRandom(seed);
  const residuals = standardised(t, y, line.coefficients as [number, number]);
  const history = () =>
    scatter === "normal" ? t.map(() => random.normal()) : random.shuffle(residuals);
  let asLarge = 0;
  for (let trial = 0; trial < trials; trial++) {
    if (breakStatistic(t, history()) >= statistic) asLarge += 1;
  }
  const gain = n * Math.log(line.squares / bent.squares);
  const [low, high] = profileInterval(t, y, bent, level);
  return {
    day: origin + bent.fit[3],
    low: origin + low,
    high: origin + high,
    level,
    doublingBefore: doublingDays(bent.fit[1]),
    doublingAfter: doublingDays(bent.fit[1] + bent.fit[2]),
    statistic,
    p: (1 + asLarge) / (1 + trials),
    aicGain: gain - 4,
    bicGain: gain - 2 * Math.log(n),
  };
}

/**
 * The largest F over all days of a bend, for its day and its change together. It does not depend
 * on the line or on the size of the scatter, which is why histories can be made of scatter alone.
 */
export function breakStatistic(t: readonly number[], y: readonly number[]): number {
  const line = regress([t.map(() => 1), t], y);
  const bent = fitBrokenLine(t, y);
  if (!line || !bent) return 0;
  return (line.squares - bent.squares) / 2 / (bent.squares / (t.length - 4));
}

/** Residuals of a line at one size: a line runs closer to agents at its ends than scatter would. */
function standardised(
  t: readonly number[],
  y: readonly number[],
  [a, b]: readonly [number, number],
): number[] {
  const centre = t.reduce((sum, each) => sum + each, 0) / t.length;
  const spread = t.reduce((sum, each) => sum + (each - centre) ** 2, 0);
  const leverage = t.map((each) => 1 / t.length + (each - centre) ** 2 / spread);
  return y.map((each, i) => (each - a - b * t[i]!) / Math.sqrt(Math.max(1e-9, 1 - leverage[i]!)));
}

/** The days at which the bend's squares are within an F quantile of the least. */
function profileInterval(
  t: readonly number[],
  y: readonly number[],
  bent: BrokenLine,
  level: number,
): readonly [number, number] {
  const df = t.length - 4;
  const limit = bent.squares * (1 + fisherF(1, df).upperQuantile(1 - level) / df);
  const [first, last] = [t[2]!, t.at(-3)!];
  let [low, high] = [bent.fit[3], bent.fit[3]];
  const steps = 400;
  for (let step = 0; step <= steps; step++) {
    const at = first + ((last - first) * step) / steps;
    const squares = brokenLineAt(t, y, at)?.squares ?? Infinity;
    if (squares > limit) continue;
    low = Math.min(low, at);
    high = Math.max(high, at);
  }
  return [low, high];
}
