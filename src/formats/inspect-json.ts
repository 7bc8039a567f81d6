import type { Json, Transcript } from "../record/index.ts";
import { type InspectLog, inspectTranscript, sampleEvents } from "./inspect-sample.ts";
import { asArray, member } from "./shape.ts";

/** Whether a document is an Inspect log in JSON. */
export function isInspectJson(document: Json): boolean {
  return member(document, "eval", "task") !== undefined && member(document, "status") !== undefined;
}

/** The samples of an Inspect `.json` log. */
export function* inspectJsonTranscripts(document: Json, file: string): Iterable<Transcript> {
  const { eval: spec = null, status = "started" } = document as { [key: string]: Json };
  const log: InspectLog = { file, format: "inspect-json", header: { eval: spec, status } };
  for (const [index, sample] of asArray(member(document, "samples")).entries()) {
    const events = () => sampleEvents(sample, undefined, ["samples", String(index)]);
    yield inspectTranscript(log, sample, `samples/${index}`, events);
  }
}
