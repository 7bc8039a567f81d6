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
