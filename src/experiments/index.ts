export * from "./engine/index.ts";
export {
  type Experiment,
  type ExperimentContext,
  type Json,
  PROGRESS_PREFIX,
  serveExperiment,
} from "./harness.ts";
