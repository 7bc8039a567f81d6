export { ConvergenceError, StatisticsInputError } from "./errors.ts";
export { createRandom, type Random } from "./random.ts";
