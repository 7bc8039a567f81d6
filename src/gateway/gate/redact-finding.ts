import type { Evidence, Finding } from "../../monitors/index.ts";
import type { Redactor } from "../../oversight/index.ts";
import type { TranscriptEvent } from "../../record/index.ts";

/**
 * A finding as it may be kept: its words without secrets, its offsets those of the event's text as
 * that is kept. Where the text at a pointer was taken out whole, the pointer alone remains.
 */
export function redactFinding(
  finding: Finding,
  events: readonly TranscriptEvent[],
  redact: Redactor,
): Finding {
  const evidence = finding.evidence.map((place) => redactEvidence(place, events, redact));
  return {
    ...finding,
    note: redact.text(finding.note).text,
    evidence: evidence as [Evidence, ...Evidence[]],
  };
}

function redactEvidence(
  { event, pointer, start, end, quote }: Evidence,
  events: readonly TranscriptEvent[],
  redact: Redactor,
): Evidence {
  const place = { event, pointer, quote: redact.text(quote).text };
  const original = textAt(events[event], pointer);
  const kept = textAt(redact.json(events[event] as never), pointer);
  if (original === undefined || start === undefined || end === undefined) return place;
  const { text, offset } = redact.text(original);
  return text === kept ? { ...place, start: offset(start), end: offset(end) } : place;
}

/** The string at an RFC 6901 pointer; own members only. */
function textAt(value: unknown, pointer: string): string | undefined {
  let found = value;
  for (const step of pointer.split("/").slice(1)) {
    const name = step.replaceAll("~1", "/").replaceAll("~0", "~");
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, name))
      return undefined;
    found = (found as { readonly [key: string]: unknown })[name];
  }
  return typeof found === "string" ? found : undefined;
}
