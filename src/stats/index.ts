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
export { ConvergenceError, StatisticsInputError } from "./errors.ts";
export { type NoncentralT, noncentralT } from "./noncentral-t.ts";
export { createRandom, type Random } from "./random.ts";
