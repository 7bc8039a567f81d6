/**
 * Other tools' files, read into the lab's one transcript model and written back. Formats are told by
 * content; what cannot be read is reported in its place and costs nothing else.
 */

export { writeAtif } from "./atif-write.ts";
export {
  type EvaluationResult,
  readEvaluationResults,
  writeEvaluationResults,
} from "./evaluation-results.ts";
export { type InspectLogOptions, writeInspectLog } from "./inspect-write.ts";
export { READ_LIMITS, type ReadLimits } from "./limits.ts";
export type { TranscriptProblem } from "./problem.ts";
export { collectEvents, isProblem, type ReadOptions, readTranscripts } from "./read.ts";
export { type ByteSource, memorySource, openFileSource } from "./source.ts";
