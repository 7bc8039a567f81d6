/**
 * Other tools' files, read into the lab's one transcript model and written back. Formats are told by
 * content; what cannot be read is reported in its place and costs nothing else.
 */

export { writeAtif } from "./atif/write.ts";
export { type InspectLogOptions, writeInspectLog } from "./inspect/write.ts";
export { LABEL_NAMES } from "./labelled/labelled-run.ts";
export {
  type EvaluationResult,
  readEvaluationResults,
  writeEvaluationResults,
} from "./open-telemetry/evaluation-results.ts";
export { type DecodeLimits, decodeParquetRows } from "./parquet/decode-rows.ts";
export { collectEvents, isProblem, type ReadOptions, readTranscripts } from "./read/read.ts";
export { type RecordName, recordNames } from "./read/record-names.ts";
export {
  resultsTable,
  type ScannedTranscript,
  type ScannerRun,
  type ScanReference,
  type ScanResult,
  tableResults,
} from "./scout/results.ts";
export { readScan, type Scan, type ScanFile, writeScan } from "./scout/scan.ts";
export type { Cell, Column, Table } from "./scout/table.ts";
export { readValidation, type ValidationCase, writeValidation } from "./scout/validation.ts";
export { READ_LIMITS, type ReadLimits } from "./source/limits.ts";
export type { TranscriptProblem } from "./source/problem.ts";
export { type ByteSource, memorySource, openFileSource } from "./source/source.ts";
