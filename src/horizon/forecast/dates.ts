import { createRandom, type Random } from "../../stats/index.ts";
import { quantileOrNever } from "../quantile.ts";
import type { HorizonsByDraw } from "../trend/draws.ts";
import { CURVES, type GrowthShape } from "../trend/growth-curves.ts";
import type { HorizonPoint } from "../trend/sota.ts";
import { SHORTEST_HORIZON } from "../trend/trend.ts";

/** A shape of growth and how likely it is held to be; weights need not sum to 1. */
export interface WeightedShape {
  readonly shape: GrowthShape;
  readonly weight: number;
}

/** What varies from draw to draw of a forecast; the rest stays at its estimate. */
export interface DateDrawing {
  readonly milestones: readonly number[];
  readonly draws: number;
  readonly seed: number;
  /** Each draw's horizons; by default the points' own. */
  readonly horizons?: HorizonsByDraw;
  /** Whether each draw has its own agents, drawn from the points with replacement; false. */
  readonly resampleAgents?: boolean;
  /** Each draw has one of them. */
  readonly shapes: readonly WeightedShape[];
}

/** When each draw reaches each milestone. */
export interface DateDraws {
  /**
   * A row per milestone: days since 1970-01-01, Infinity where the draw never gets there, NaN
   * where its points determine no curve.
   */
  readonly dates: readonly Float64Array[];
  /** The shape of each draw, as an index into `shapes`. */
  readonly shapes: Uint8Array;
}

/** Draws the dates on which milestones, in minutes, are reached. */
export function drawDates(points: readonly HorizonPoint[], drawing: DateDrawing): DateDraws {
  const { milestones, draws, shapes, horizons, resampleAgents = false } = drawing;
  const random = createRandom(drawing.seed);
  const sorted = [...points].sort((a, b) => a.releaseDate - b.releaseDate);
  const origin = sorted.at(-1)!.releaseDate;
  const t = sorted.map(({ releaseDate }) => releaseDate - origin);
  const rows = sorted.map(({ agent, horizon }) => horizons?.get(agent) ?? [horizon]);
  const everyone = [...t.keys()];
  const targets = milestones.map(Math.log);
  const dates = milestones.map(() => new Float64Array(draws));
  const chosen = new Uint8Array(draws);
  const datesOf = (draw: number, shape: GrowthShape, agents: readonly number[]): number[] => {
    const curve = CURVES[shape];
    const usable = agents
      .map((agent) => [t[agent]!, rows[agent]![Math.min(draw, rows[agent]!.length - 1)]!] as const)
      .filter(([, minutes]) => minutes >= SHORTEST_HORIZON && minutes < Infinity);
    if (usable.length <= curve.parameters.length) return targets.map(() => Number.NaN);
    const fit = curve.fit(
      usable.map(([day]) => day),
      usable.map(([, minutes]) => Math.log(minutes)),
    );
    return targets.map((target) => (fit ? origin + curve.dateOf(fit, target) : Number.NaN));
  };
  // Where nothing but the shape varies, each shape is fitted once.
  const varies = horizons !== undefined || resampleAgents;
  const fixed = varies ? [] : shapes.map(({ shape }) => datesOf(0, shape, everyone));
  for (let draw = 0; draw < draws; draw++) {
    const index = chooseShape(shapes, random);
    const agents = resampleAgents ? resample(everyone.length, random) : everyone;
    const found = fixed[index] ?? datesOf(draw, shapes[index]!.shape, agents);
    chosen[draw] = index;
    for (const [row, date] of found.entries()) dates[row]![draw] = date;
  }
  return { dates, shapes: chosen };
}

/** Quantiles of a date. "Never" lies after every date, so a quantile may be Infinity. */
export interface DateQuantiles {
  readonly q10: number;
  readonly q50: number;
  readonly q90: number;
  /** Share of the draws that never get there. */
  readonly never: number;
  /** Share of all draws that determine no curve; they are in none of the other numbers. */
  readonly undetermined: number;
}

export function dateQuantiles(dates: ArrayLike<number>): DateQuantiles {
  const told = Float64Array.from(dates).filter((date) => !Number.isNaN(date));
  const never = told.filter((date) => date === Infinity).length / told.length;
  return {
    q10: quantileOrNever(told, 0.1),
    q50: quantileOrNever(told, 0.5),
    q90: quantileOrNever(told, 0.9),
    never,
    undetermined: 1 - told.length / dates.length,
  };
}

function chooseShape(shapes: readonly WeightedShape[], random: Random): number {
  if (shapes.length === 1) return 0;
  let left = random.float() * shapes.reduce((sum, { weight }) => sum + weight, 0);
  const found = shapes.findIndex(({ weight }) => {
    left -= weight;
    return left < 0;
  });
  return found < 0 ? shapes.length - 1 : found;
}

/** Ascending, so that drawn agents stay in the order of their dates. */
function resample(n: number, random: Random): number[] {
  return Array.from({ length: n }, () => random.integer(n)).sort((a, b) => a - b);
}
