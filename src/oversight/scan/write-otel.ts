import { open } from "node:fs/promises";
import { type EvaluationResult, writeEvaluationResults } from "../../formats/index.ts";
import { isUnjudged } from "../../monitors/index.ts";
import { Fault } from "../../record/index.ts";
import { type CitedScan, citedScans } from "./cited.ts";
import type { ScanWriter } from "./scan-writer.ts";

/**
 * Results as OpenTelemetry events `gen_ai.evaluation.result`, a line of OTLP/JSON for each file that
 * was scanned (the form of the Collector's file exporter): the ensemble's suspicion of each
 * transcript, and each finding with the span or response that it is about. Throws a Fault where the
 * file cannot be written.
 */
export async function openOtelWriter(
  path: string,
  threshold: number,
  clock: () => Date,
): Promise<ScanWriter> {
  const file = await open(path, "w").catch((error: NodeJS.ErrnoException) => {
    throw new Fault(path, `it cannot be written (${error.code})`, "Name another file");
  });
  return {
    async add(scan) {
      const results: EvaluationResult[] = [];
      const time = clock().toISOString();
      for (const cited of await citedScans(scan))
        results.push(...resultsOf(cited, threshold, time));
      if (results.length > 0) await file.write(`${writeEvaluationResults(results)}\n`);
    },
    close: () => file.close(),
  };
}

function resultsOf(
  { scan, findings, events }: CitedScan,
  threshold: number,
  time: string,
): readonly EvaluationResult[] {
  const traceId = /^[0-9a-f]{32}$/.test(scan.id) ? scan.id : undefined;
  const whole = {
    scorer: "glasshouse",
    value: scan.suspicion,
    answer: scan.suspicion > threshold ? "suspicious" : "not suspicious",
    explanation: `${scan.source.file}${scan.source.member === undefined ? "" : ` ${scan.source.member}`}, ${scan.id}`,
  };
  return [
    { score: whole, time, traceId },
    ...findings.map((finding): EvaluationResult => {
      const name = events.get(finding.evidence.at(-1)!.event)?.name;
      const scorer = `${finding.monitor}/${finding.signal}`;
      const { weight, note } = finding;
      return {
        score: isUnjudged(finding)
          ? { scorer: finding.monitor, value: finding.signal, explanation: note }
          : { scorer, value: weight, explanation: note },
        time,
        traceId,
        spanId: name?.spanId,
        responseId: name?.responseId,
      };
    }),
  ];
}
