export type { Json } from "../record/index.ts";
export { createRandom, type Random } from "../stats/index.ts";
export * from "./engine/index.ts";
export {
  type Experiment,
  type ExperimentContext,
  PROGRESS_PREFIX,
  serveExperiment,
} from "./harness.ts";
export {
  centered,
  fromRows,
  leastSquares,
  type Matrix,
  matrix,
  meanRow,
  product,
  rowOf,
  type Svd,
  selectRows,
  svd,
  transposed,
} from "./linear.ts";
export { evaluate } from "./recall-evaluation.ts";
export { readableWorld } from "./recall-language.ts";
export {
  distil,
  encodeScratchpads,
  pretrain,
  pretrainFiltered,
  pretrainRouted,
  unlearn,
} from "./recall-methods.ts";
export { type Rate, relearningCurve, summarize } from "./recall-rates.ts";
export { relearn } from "./recall-relearning.ts";
export { ablate } from "./recall-routing.ts";
export { BATCH, type Schedule } from "./recall-training.ts";
export { type Transcript, toJsonLines } from "./recall-transcripts.ts";
export { createWorld, type RecallWorld } from "./recall-world.ts";
export {
  effectiveSubspace,
  linearMapR2,
  nullSpaceTwin,
  parallelogramError,
  probeAccuracy,
} from "./representation.ts";
export {
  createTwoFactorWorld,
  meanDivergence,
  type TwoFactorWorld,
  type WorldKind,
} from "./two-factor-world.ts";
