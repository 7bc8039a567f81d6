import { Fault } from "../../record/index.ts";
import { backtest, prequentialWeights } from "../trend/backtest.ts";
import type { HorizonsByDraw } from "../trend/draws.ts";
import { CURVES, type GrowthShape } from "../trend/growth-curves.ts";
import { type HorizonPoint, type SotaRule, stateOfTheArt } from "../trend/sota.ts";
import { requireTrendPoints } from "../trend/trend.ts";
import {
  type DateDrawing,
  type DateQuantiles,
  dateQuantiles,
  drawDates,
  type WeightedShape,
} from "./dates.ts";

/** One work-month, and the length of a safety project, in minutes. */
export const MILESTONES = { "work-month": 167 * 60, "hundred-hours": 100 * 60 } as const;

export interface ForecastOptions {
  /** What is forecast, such as a category; for people. */
  readonly name: string;
  readonly seed: number;
  /** 10,000. */
  readonly draws?: number;
  /** Minutes; a work-month of 167 hours and 100 hours. */
  readonly milestones?: readonly number[];
  /** Who counts; METR's rule over all dates. */
  readonly rule?: SotaRule;
  /** The shapes that growth may have; exponential, piecewise, quadratic and saturating. */
  readonly shapes?: readonly GrowthShape[];
  /** How likely each shape is held to be; `equal`. `back-test`: by their prequential likelihoods. */
  readonly shapeWeights?: "equal" | "back-test";
}

/** Where uncertainty comes from. Each stands alone, the others held at their estimates. */
export type UncertaintySource =
  /** Which agents happened to come out. */
  | "agents"
  /** What the published intervals of the horizons hold: tasks and runs. */
  | "horizons"
  /** Which task families and tasks are in the suite. */
  | "tasks"
  /** Chance in the agents' runs. */
  | "runs"
  /** How long humans take: few timed runs, or an estimate. */
  | "human times"
  /** Weighting of the tasks and strength of the ridge. */
  | "method"
  /** What growth looks like. */
  | "shape"
  | "all";

export interface MilestoneForecast extends DateQuantiles {
  readonly minutes: number;
  /** The date of each draw: Infinity is never, NaN undetermined. */
  readonly dates: Float64Array;
  /** The forecast given each shape; only where shapes vary. */
  readonly byShape: readonly ({ readonly shape: GrowthShape } & DateQuantiles)[];
}

export interface SourceForecast {
  readonly source: UncertaintySource;
  readonly milestones: readonly MilestoneForecast[];
}

export interface Forecast {
  readonly name: string;
  readonly points: readonly HorizonPoint[];
  readonly shapes: readonly WeightedShape[];
  /** Exponential growth and estimates throughout: no uncertainty. A day for each milestone. */
  readonly central: readonly number[];
  /** Each source alone, and last all together. */
  readonly sources: readonly SourceForecast[];
  /** What a reader should know, in plain sentences. */
  readonly notes: readonly string[];
}

/**
 * When growth reaches milestones, and how much each source of uncertainty says about it: joint
 * draws of horizons, made by whoever knows how, for each source `alone` and for all `together`.
 */
export function forecast(
  history: readonly HorizonPoint[],
  options: ForecastOptions,
  alone: Readonly<Partial<Record<UncertaintySource, HorizonsByDraw>>>,
  together: HorizonsByDraw,
  notes: readonly string[],
): Forecast {
  const { seed, draws = 10_000, rule = {} } = options;
  const { milestones = Object.values(MILESTONES) } = options;
  requireMilestones(milestones);
  const points = stateOfTheArt(history, rule);
  requireTrendPoints(points, 3);
  const [shapes, told] = weighShapes(history, points, options);
  const exponential = [{ shape: "exponential", weight: 1 }] as const;
  const base = { milestones, draws, seed, shapes: exponential };
  const central = drawDates(points, { ...base, draws: 1 }).dates.map((dates) => dates[0]!);
  const run = (source: UncertaintySource, varied: Partial<DateDrawing>): SourceForecast => ({
    source,
    milestones: milestoneForecasts(points, { ...base, ...varied }),
  });
  return {
    name: options.name,
    points,
    shapes,
    central,
    sources: [
      run("agents", { resampleAgents: true }),
      ...Object.entries(alone).map(([source, horizons]) =>
        run(source as UncertaintySource, { horizons }),
      ),
      run("shape", { shapes }),
      run("all", { resampleAgents: true, horizons: together, shapes }),
    ],
    notes: [...notes, ...told],
  };
}

function milestoneForecasts(
  points: readonly HorizonPoint[],
  drawing: DateDrawing,
): MilestoneForecast[] {
  const { dates: rows, shapes: shapeOf } = drawDates(points, drawing);
  const { milestones, shapes } = drawing;
  return milestones.map((minutes, row) => {
    const dates = rows[row]!;
    const given = shapes.map(({ shape }, index) => ({
      shape,
      dates: dates.filter((_, draw) => shapeOf[draw] === index),
    }));
    return {
      minutes,
      ...dateQuantiles(dates),
      dates,
      byShape: given
        .filter((each) => shapes.length > 1 && each.dates.length > 0)
        .map((each) => ({ shape: each.shape, ...dateQuantiles(each.dates) })),
    };
  });
}

const DEFAULT_SHAPES = ["exponential", "piecewise", "quadratic", "saturating"] as const;

/** The shapes that so many agents can tell apart, their weights, and what to say about them. */
function weighShapes(
  history: readonly HorizonPoint[],
  points: readonly HorizonPoint[],
  { shapes = DEFAULT_SHAPES, shapeWeights = "equal", rule = {} }: ForecastOptions,
): readonly [shapes: readonly WeightedShape[], notes: readonly string[]] {
  const possible = shapes.filter((shape) => points.length > CURVES[shape].parameters.length);
  if (possible.length === 0) {
    throw new Fault(
      "forecast",
      `${points.length} agents do not determine any of the shapes ${shapes.join(", ")}`,
      "Widen the window, or add the exponential shape",
    );
  }
  const dropped = shapes.filter((shape) => !possible.includes(shape));
  const notes = dropped.map((shape) => `Too few agents for the ${shape} shape`);
  if (shapeWeights === "equal") {
    return [possible.map((shape) => ({ shape, weight: 1 / possible.length })), notes];
  }
  const weights = prequentialWeights(backtest(history, { shapes: possible }, rule));
  return [
    possible.map((shape, index) => ({ shape, weight: weights[index]! })),
    [...notes, "Shapes are weighed by how well they predicted each next agent"],
  ];
}

function requireMilestones(milestones: readonly number[]): void {
  const bad = milestones.find((minutes) => !(minutes > 0 && minutes < Infinity));
  if (bad === undefined && milestones.length > 0) return;
  throw new Fault("forecast", `the milestone is ${bad} minutes`, "Give minutes above 0");
}
