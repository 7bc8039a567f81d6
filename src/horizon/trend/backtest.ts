import { Fault } from "../../record/index.ts";
import { logGamma, mean } from "../../stats/index.ts";
import {
  fitGrowth,
  type GrowthFit,
  type GrowthPrediction,
  growthOn,
  predictedMinutes,
  predictGrowth,
} from "./growth.ts";
import type { GrowthShape } from "./growth-curves.ts";
import { type HorizonPoint, type SotaRule, stateOfTheArt } from "./sota.ts";
import { lnHorizon } from "./trend.ts";

export interface BacktestOptions {
  readonly shapes: readonly GrowthShape[];
  /** How many agents the first fit has; 6. */
  readonly first?: number;
  /** How many of the next agents each fit is scored on; 3. */
  readonly ahead?: number;
  /** Of the prediction intervals; 0.8. */
  readonly level?: number;
}

/** One agent predicted from those that came out on earlier days. */
export interface BacktestScore {
  readonly shape: GrowthShape;
  readonly agent: string;
  /** Agents in the fit, and how many agents after them this one came out. */
  readonly fitted: number;
  readonly ahead: number;
  /** log2 of the predicted over the actual minutes: 1 is twice too long. NaN beyond a pole. */
  readonly error: number;
  readonly covered: boolean;
  /** ln of the predictive density at the actual ln(minutes). */
  readonly logScore: number;
}

/** How a shape did. */
export interface ShapeBacktest {
  readonly shape: GrowthShape;
  readonly predictions: number;
  /** Predictions of no finite length, as beyond a hyperbola's pole; left out of the means below. */
  readonly unbounded: number;
  /** Mean of |log2 error|, in doublings, and mean of the error with its sign. */
  readonly error: number;
  readonly bias: number;
  /** Share of agents inside their prediction interval, and what it should be. */
  readonly coverage: number;
  readonly level: number;
  /** Sum of the log scores one agent ahead: the shape's prequential likelihood (Dawid 1984). */
  readonly logScore: number;
  readonly scores: readonly BacktestScore[];
}

/**
 * Goes through the agents by date; fits each shape to those before a date and scores it on the
 * next ones, so that no fit sees what it predicts. Give the whole history and a rule: who was the
 * state of the art then does not depend on later agents.
 */
export function backtest(
  points: readonly HorizonPoint[],
  { shapes, first = 6, ahead = 3, level = 0.8 }: BacktestOptions,
  rule: SotaRule = {},
): ShapeBacktest[] {
  const history = stateOfTheArt(points, rule);
  const starts = [...history.keys()].filter(
    (index) => index >= first && history[index]!.releaseDate > history[index - 1]!.releaseDate,
  );
  if (starts.length === 0) {
    throw new Fault(
      "back-test",
      `there are ${history.length} agents, and the first fit takes ${first}`,
      "Widen the window, or start with fewer agents",
    );
  }
  return shapes.map((shape) => {
    const scores = starts.flatMap((start) => {
      const growth = tryFit(history.slice(0, start), shape);
      if (!growth) return [];
      return history
        .slice(start, start + ahead)
        .map((point, index) => scoreOf(growth, point, index + 1, level));
    });
    return summarise(shape, scores, level);
  });
}

/**
 * Weights of shapes by their prequential likelihoods, from equal ones: a shape that predicted the
 * next agent better counts more. Shapes that predicted fewer agents than others count nothing.
 */
export function prequentialWeights(results: readonly ShapeBacktest[]): number[] {
  const told = results.map(({ scores }) => scores.filter(({ ahead }) => ahead === 1).length);
  const most = Math.max(...told);
  const best = Math.max(...results.map(({ logScore }, i) => (told[i] === most ? logScore : -1e9)));
  const raw = results.map(({ logScore }, i) => (told[i] === most ? Math.exp(logScore - best) : 0));
  const total = raw.reduce((sum, each) => sum + each, 0);
  return raw.map((each) => each / total);
}

function scoreOf(
  growth: GrowthFit,
  point: HorizonPoint,
  ahead: number,
  level: number,
): BacktestScore {
  const { shape, n } = growth;
  const predicted = growthOn(growth, point.releaseDate);
  const prediction = predictGrowth(growth, point.releaseDate);
  const [low, high] = predictedMinutes(shape, prediction, level);
  return {
    ...{ shape, agent: point.agent, fitted: n, ahead },
    error: Number.isFinite(predicted) ? (predicted - lnHorizon(point)) / Math.LN2 : Number.NaN,
    covered: low <= point.horizon && point.horizon <= high,
    logScore: logDensity(shape, prediction, point),
  };
}

/** ln of the density of ln(minutes); a curve without a finite prediction gets the least. */
function logDensity(
  shape: GrowthShape,
  { centre, scale, df }: GrowthPrediction,
  point: HorizonPoint,
): number {
  if (!Number.isFinite(centre) || !(scale > 0 && scale < Infinity)) return WORST;
  const y = lnHorizon(point);
  const z = ((shape === "linear" ? point.horizon : y) - centre) / scale;
  const density =
    logGamma((df + 1) / 2) -
    logGamma(df / 2) -
    0.5 * Math.log(df * Math.PI) -
    Math.log(scale) -
    ((df + 1) / 2) * Math.log1p((z * z) / df);
  return Math.max(WORST, shape === "linear" ? density + y : density);
}

/** A bounded loss, so that one prediction beyond a pole does not make sums infinite. */
const WORST = -50;

function summarise(
  shape: GrowthShape,
  scores: readonly BacktestScore[],
  level: number,
): ShapeBacktest {
  const errors = scores.map(({ error }) => error).filter((error) => !Number.isNaN(error));
  const average = (values: readonly number[]) => (values.length > 0 ? mean(values) : Number.NaN);
  return {
    shape,
    predictions: scores.length,
    unbounded: scores.length - errors.length,
    error: average(errors.map(Math.abs)),
    bias: average(errors),
    coverage: average(scores.map(({ covered }) => Number(covered))),
    level,
    logScore: scores
      .filter(({ ahead }) => ahead === 1)
      .reduce((sum, { logScore }) => sum + logScore, 0),
    scores,
  };
}

function tryFit(points: readonly HorizonPoint[], shape: GrowthShape): GrowthFit | null {
  try {
    return fitGrowth(points, shape);
  } catch (error) {
    if (error instanceof Fault) return null;
    throw error;
  }
}
