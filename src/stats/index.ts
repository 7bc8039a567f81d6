export {
  krippendorffAlpha,
  type Rating,
  type RatingScale,
  type Reliability,
  type SplitHalf,
  splitHalf,
} from "./agreement.ts";
export { type BootstrapInterval, type BootstrapPlan, bootstrap } from "./bootstrap.ts";
export { type ConfidenceStep, tConfidenceSequence } from "./confidence-sequence.ts";
export { type Confirmation, type ConfirmationPlan, confirmationRate } from "./confirmation.ts";
export type { Term } from "./design.ts";
export {
  beta,
  binomial,
  chiSquare,
  type Distribution,
  fisherF,
  logGamma,
  normal,
  studentT,
} from "./distributions.ts";
export { averageOfE, eToP, productOfE, pToE } from "./e-values.ts";
export { cohensD, cohensDPaired, type EffectSize } from "./effect-size.ts";
export {
  allowance,
  type BudgetDecision,
  type BudgetEntry,
  type BudgetPolicy,
  type BudgetState,
  budgetPolicies,
  decide,
  type Evidence,
  openBudget,
  reserve,
} from "./error-budget.ts";
export { ConvergenceError, StatisticsInputError } from "./errors.ts";
export {
  type ErrorModel,
  fitLinear,
  type LinearFit,
  type LinearModel,
} from "./linear-regression.ts";
export { fitLogistic, type LogisticFit, type LogisticModel } from "./logistic-regression.ts";
export { fitMixed, type MixedFit, type MixedModel } from "./mixed-model.ts";
export { benjaminiHochberg, bonferroni, holm } from "./multiplicity.ts";
export { type NoncentralT, noncentralT } from "./noncentral-t.ts";
export { type TTestPlan, tTestPower, tTestSampleSize } from "./power.ts";
export { type BinomialTest, binomialTest, clopperPearson, wilson } from "./proportions.ts";
export { createRandom, type Random } from "./random.ts";
export { type MannWhitney, mannWhitney } from "./rank-tests.ts";
export { bradleyTerry, type Comparison, type Ranking, type Strength } from "./ranking.ts";
export {
  type Auroc,
  type AurocDifference,
  auroc,
  compareAuroc,
  type OperatingPoint,
  operatingPoint,
  partialAuroc,
  type RocPoint,
  rocCurve,
  tprAtFpr,
} from "./roc.ts";
export type { Gamma } from "./spending.ts";
export {
  correlation,
  type Interval,
  mean,
  meanInterval,
  median,
  quantile,
  standardDeviation,
  variance,
} from "./summary.ts";
export {
  observe,
  openTProcess,
  pairedTProcess,
  type TProcess,
  type TProcessOptions,
  tProcess,
} from "./t-process.ts";
export {
  type Alternative,
  oneSampleT,
  pairedT,
  type TTest,
  type TTestOptions,
  welchT,
} from "./t-tests.ts";
