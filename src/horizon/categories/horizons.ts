import { createRandom, type Interval, quantile } from "../../stats/index.ts";
import {
  type BootstrapOptions,
  bootstrapHorizons,
  drawnHorizons,
  type HorizonDraws,
} from "../bootstrap/bootstrap.ts";
import { horizonAt } from "../curve/fit.ts";
import type { Suite } from "../suite.ts";
import { type TrendDraws, trendDraws } from "../trend/draws.ts";
import type { HorizonPoint } from "../trend/sota.ts";
import { fitTrend, type Trend } from "../trend/trend.ts";
import { type Categories, splitSuite } from "./categories.ts";

/** One category's tasks, and the horizons of all agents on them. */
export interface CategoryHorizons {
  readonly category: string;
  readonly families: number;
  readonly tasks: number;
  /** Minutes of the shortest, the middle and the longest task. */
  readonly lengths: readonly [shortest: number, median: number, longest: number];
  /**
   * Joint draws: draw i of every agent saw the same tasks. Categories share no task, so draws of
   * two categories are independent, and draw i of one may be paired with draw i of the other.
   */
  readonly draws: HorizonDraws;
}

/**
 * METR's estimator and the hierarchical bootstrap on each category alone: families of the category
 * are drawn anew from among themselves, so that each draw has as many as there are. Weights sum to
 * 1 within the category. Few families, or tasks of one length, make intervals wide; that is what
 * the data say. (A fit that pools categories partially is the Bayesian one.)
 */
export async function categoryHorizons(
  suite: Suite,
  categories: Categories,
  options: BootstrapOptions,
): Promise<CategoryHorizons[]> {
  const random = createRandom(options.seed);
  const all: CategoryHorizons[] = [];
  for (const { category, suite: part } of splitSuite(suite, categories)) {
    // A seed of its own, so that a category's draws do not depend on what others there are.
    const seed = random.fork(category).uint32();
    all.push({
      category,
      ...describeTasks(part),
      draws: await bootstrapHorizons(part, { ...options, seed }),
    });
  }
  return all;
}

/** How many tasks there are, and how long. */
export function describeTasks({
  tasks,
}: Suite): Pick<CategoryHorizons, "families" | "tasks" | "lengths"> {
  const minutes = tasks.map((task) => task.minutes);
  return {
    families: new Set(tasks.map(({ family }) => family)).size,
    tasks: tasks.length,
    lengths: [Math.min(...minutes), quantile(minutes, 0.5), Math.max(...minutes)],
  };
}

/** How fast horizons of one category grow. */
export interface CategoryGrowth {
  readonly category: string;
  readonly points: readonly HorizonPoint[];
  readonly trend: Trend;
  readonly draws: TrendDraws;
  /** Doublings a year; its interval holds the error that comes from tasks and runs. */
  readonly pace: Interval;
}

/**
 * The trend of a category through the agents that have a horizon there, on joint draws. Null where
 * fewer than three have, or came out on one day.
 */
export function categoryGrowth(
  { category, draws }: CategoryHorizons,
  releaseDates: ReadonlyMap<string, number>,
  success = 0.5,
): CategoryGrowth | null {
  const points = draws.agents.flatMap(({ agent, fit }): HorizonPoint[] => {
    const releaseDate = releaseDates.get(agent);
    const horizon = horizonAt(fit, success);
    // Where success does not fall with length, the curve's crossing is no horizon.
    if (releaseDate === undefined || !(horizon > 0 && horizon < Infinity && fit.slope < 0))
      return [];
    return [{ agent, releaseDate, horizon }];
  });
  if (points.length < 3 || new Set(points.map((each) => each.releaseDate)).size < 2) return null;
  const horizons = new Map(
    draws.agents.map((each) => {
      const minutes = drawnHorizons(each, success);
      return [each.agent, minutes.map((m, draw) => (each.slope[draw]! < 0 ? m : Number.NaN))];
    }),
  );
  const trend = fitTrend(points);
  const drawn = trendDraws(points, horizons);
  return {
    category,
    points,
    trend,
    draws: drawn,
    pace: interval(drawn.slope.map(yearly), yearly(trend.slope), 0.95),
  };
}

/** Two categories' growth, in doublings a year. */
export interface GrowthComparison {
  /** The first's doublings a year less the second's. */
  readonly difference: Interval;
  /** Two-sided: twice the smaller share of draws on either side of no difference. */
  readonly p: number;
}

/** Whether one category grows faster than another: their trends' slopes, draw by draw. */
export function compareGrowth(
  first: CategoryGrowth,
  second: CategoryGrowth,
  level = 0.95,
): GrowthComparison {
  const differences = first.draws.slope
    .map((slope, draw) => yearly(slope - second.draws.slope[draw]!))
    .filter((each) => !Number.isNaN(each));
  const faster =
    differences.reduce((sum, each) => sum + (each > 0 ? 1 : each === 0 ? 0.5 : 0), 0) /
    differences.length;
  return {
    difference: interval(differences, yearly(first.trend.slope - second.trend.slope), level),
    p: Math.min(1, 2 * Math.min(faster, 1 - faster)),
  };
}

/** ln(minutes) a day, as doublings a year. */
function yearly(slope: number): number {
  return (slope * 365.25) / Math.LN2;
}

function interval(draws: Float64Array, estimate: number, level: number): Interval {
  const told = draws.filter((each) => !Number.isNaN(each));
  const at = (p: number) => (told.length > 0 ? quantile(told, p) : Number.NaN);
  return { estimate, low: at((1 - level) / 2), high: at((1 + level) / 2), level };
}
