import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ExperimentContext, Json } from "../../src/experiments/index.ts";
import {
  dateOf,
  dayOf,
  doublingDays,
  drawTrends,
  fitTrend,
  forecastFigure,
  forecastPublished,
  MILESTONES,
  successCurvesFigure,
  type TrendLine,
  trendFigure,
} from "../../src/horizon/index.ts";
import { curvesOf, windowOf } from "./windows.ts";

/** How many equally likely trends each run draws. */
const DRAWS = 2000;
/** Stands for "never", and is written so. */
const NEVER = dayOf("2175-01-01");
const YEAR = 365.25;

/**
 * When do time horizons reach the length of a safety project? A condition is a window of published
 * horizons; a run draws equally likely trends through it, and forecasts under several shapes of growth.
 */
export function experiment({
  condition,
  parameters,
  seed,
  out,
  progress,
}: ExperimentContext): Json {
  const window = windowOf(parameters);
  const { frontier } = window;
  const project = window.hours * 60;
  const trend = fitTrend(frontier);
  const lines = drawTrends(frontier, { draws: DRAWS, seed });
  progress(0.3);
  const forecast = forecastPublished(frontier, {
    ...{ name: condition, seed, draws: DRAWS, milestones: [project] },
  });
  progress(0.9);

  const write = (name: string, chart: object) =>
    writeFileSync(join(out, name), JSON.stringify(chart));
  write("forecast.json", forecastFigure(forecast, 0, ["agents", "horizons", "all"]));
  const curves = curvesOf(window);
  if (curves.length > 0) write("curves.json", successCurvesFigure(curves));
  write(
    "trend.json",
    trendFigure({
      points: window.everyone,
      fitted: frontier.map(({ agent }) => agent),
      ...{ trend, draws: lines, until: dayOf("2029-01-01") },
      success: `${window.success * 100} %`,
    }),
  );

  const estimated = (of: (line: TrendLine) => number) => ({
    estimate: written(of(trend)),
    draws: lines.map((line) => written(of(line))),
  });
  const all = forecast.sources.at(-1)!.milestones[0]!;
  return {
    models: frontier.map(({ agent }) => agent),
    growth: estimated(({ slope }) => (slope * YEAR) / Math.LN2),
    doubling: estimated(({ slope }) => doublingDays(slope)),
    hundredHours: estimated((line) => dateOf(line, project)),
    workMonth: estimated((line) => dateOf(line, MILESTONES["work-month"])),
    allDoubt: { estimate: written(all.q50), draws: Array.from(all.dates, written) },
    never: all.never,
    shapes: forecast.shapes.map(({ shape }) => shape),
  };
}

/** Finite, and no longer than it has to be; what is undetermined never comes. */
function written(value: number): number {
  const finite = Number.isNaN(value) ? NEVER : Math.min(NEVER, Math.max(-NEVER, value));
  return Number(finite.toPrecision(7));
}
