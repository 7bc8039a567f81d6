/**
 * Time horizons: how long a task, by the time a skilled human needs, an AI agent completes with a
 * given chance; how that grows; when it reaches a length that matters; and what it would do to a
 * research cycle. Method: Kwa et al. 2025, "Measuring AI Ability to Complete Long Tasks"
 * (arXiv:2503.14499), and METR's later notes. Minutes throughout, log2 in curves, dates as days
 * since 1970-01-01 in trends.
 */

export {
  type BayesAgent,
  type BayesFit,
  type BayesOptions,
  credibleInterval,
  familyHorizons,
  fitBayes,
  marginalHorizons,
  typicalHorizons,
} from "./bayes/bayes.ts";
export type { Convergence } from "./bayes/diagnostics.ts";
export type { LengthNoise } from "./bayes/model.ts";
export {
  type AgentDraws,
  type BootstrapOptions,
  bootstrapHorizons,
  drawnHorizons,
  drawsOf,
  type HorizonDraws,
  type HorizonInterval,
  horizonInterval,
  horizonTInterval,
} from "./bootstrap/bootstrap.ts";
export {
  type CompareOptions,
  type Comparison,
  compareDraws,
  compareWithTrend,
  type TrendComparison,
} from "./bootstrap/compare.ts";
export { type Coverage, type CoveragePlan, measureCoverage } from "./bootstrap/coverage.ts";
export {
  type SimulatedAgent,
  type SimulatedTask,
  simulateRuns,
  simulateTasks,
  type TaskModel,
} from "./bootstrap/simulated-suite.ts";
export type { Level } from "./bootstrap/table.ts";
export {
  type Categories,
  type Category,
  type CategorySuite,
  categoryOf,
  readCategories,
  SHIPPED_CATEGORIES,
  splitSuite,
} from "./categories/categories.ts";
export type { Difficulty } from "./categories/difficulty.ts";
export {
  type CategoryGrowth,
  type CategoryHorizons,
  categoryGrowth,
  categoryHorizons,
  compareGrowth,
  type GrowthComparison,
} from "./categories/horizons.ts";
export { type PooledHorizons, type PooledOptions, pooledHorizons } from "./categories/pooled.ts";
export {
  NEW_LENGTHS,
  type NewLengths,
  type PowerPlan,
  type PowerPlanOptions,
  planPower,
} from "./categories/power-plan.ts";
export { type SharedSlopeOptions, sharedSlopeHorizons } from "./categories/shared-slope.ts";
export {
  type CompareShapesOptions,
  compareShapes,
  type ShapeComparison,
  type ShapeScore,
} from "./curve/compare-shapes.ts";
export {
  type FitOptions,
  fitHorizon,
  fitSuite,
  type HorizonFit,
  horizonAt,
  METHODS,
  type Method,
  successAt,
} from "./curve/fit.ts";
export {
  CURVE_SHAPES,
  type CurveShape,
  fitShape,
  type ShapeFit,
  type ShapeOptions,
  shapeHorizon,
  shapeSuccess,
} from "./curve/shapes.ts";
export { runWeights, type Weighting } from "./curve/weights.ts";
export { DEFAULT_CYCLE } from "./cycle/defaults.ts";
export { speedUpFigure, tornadoFigure, waterfallFigure } from "./cycle/figures.ts";
export {
  type CycleFlow,
  flowOf,
  type Pool,
  type SpeedUp,
  type StageFlow,
  speedUp,
} from "./cycle/flow.ts";
export { readCycle, type StageTime, withStageTimes, writeCycle } from "./cycle/read.ts";
export { type ReviewLoad, type ReviewLoadOptions, reviewLoad } from "./cycle/review.ts";
export {
  type CycleRisk,
  cycleRisk,
  type RiskOptions,
  rangeQuantile,
  speedUpAt,
  type TornadoBar,
} from "./cycle/risk.ts";
export { SCENARIOS, type Scenario } from "./cycle/scenarios.ts";
export { type CycleSimulation, type SimulationOptions, simulateCycle } from "./cycle/simulate.ts";
export {
  type Cycle,
  type CycleRanges,
  likelyCycle,
  mapCycle,
  quantitiesOf,
  type Range,
  STAGES,
  type Stage,
  WORK_STAGES,
  type WorkStage,
} from "./cycle/stages.ts";
export { dayOf, isoDate } from "./dates.ts";
export {
  type ForestRow,
  forecastFigure,
  forestFigure,
  successCurvesFigure,
  type TrendFigure,
  trendFigure,
} from "./figures.ts";
export type { DateQuantiles, WeightedShape } from "./forecast/dates.ts";
export {
  type Forecast,
  type ForecastOptions,
  MILESTONES,
  type MilestoneForecast,
  type SourceForecast,
  type UncertaintySource,
} from "./forecast/forecast.ts";
export { forecastPublished, type PublishedForecastOptions } from "./forecast/published.ts";
export { forecastSuite, type SuiteForecastOptions } from "./forecast/suite.ts";
export {
  holdsPublishedHorizons,
  type PublishedHorizon,
  type PublishedQuantile,
  readPublishedHorizons,
  readReleaseDates,
} from "./read/published.ts";
export {
  type FileReading,
  type ReadOptions,
  readSuite,
  type SuiteReading,
} from "./read/read-suite.ts";
export type { Dropped } from "./read/rejections.ts";
export type { ScoreColumn } from "./read/run.ts";
export { HUMAN, type Outcomes, type Suite, type Task } from "./suite.ts";
export {
  type BacktestOptions,
  type BacktestScore,
  backtest,
  prequentialWeights,
  type ShapeBacktest,
} from "./trend/backtest.ts";
export { type BreakOptions, type TrendBreak, testForBreak } from "./trend/break.ts";
export {
  type BandDay,
  type DoublingDraws,
  doublingInterval,
  type HorizonsByDraw,
  type TrendDraws,
  trendBand,
  trendDraws,
} from "./trend/draws.ts";
export {
  fitGrowth,
  GROWTH_SHAPES,
  type GrowthFit,
  growthDate,
  growthOn,
} from "./trend/growth.ts";
export type { GrowthShape } from "./trend/growth-curves.ts";
export { horizonsOnBothSuites, publishedHorizons } from "./trend/published-horizons.ts";
export { type HorizonPoint, type SotaRule, stateOfTheArt } from "./trend/sota.ts";
export {
  dateOf,
  doublingDays,
  fitTrend,
  horizonOn,
  type Trend,
  type TrendOptions,
} from "./trend/trend.ts";
export { drawTrends, type TrendLine } from "./trend/weighted-draws.ts";
