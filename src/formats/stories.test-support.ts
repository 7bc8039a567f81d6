import type { TranscriptEvent } from "../record/index.ts";

/** An event in one line, for tests that read like the run they are about. */
export function story(events: readonly TranscriptEvent[]): readonly string[] {
  return events.map((event) => {
    const branch = event.branch === undefined ? "" : `(${event.branch}) `;
    return `${branch}${line(event)}`;
  });
}

/** Events without where they stand. */
export function content(events: readonly TranscriptEvent[]) {
  return events.map(({ at, ...event }) => event);
}

function line(event: TranscriptEvent): string {
  switch (event.kind) {
    case "input":
      return `input ${event.role}: ${event.text}`;
    case "reasoning":
      return `reasoning ${event.visibility}: ${event.text}`;
    case "output":
      return `output: ${event.text}`;
    case "tool-call":
      return `tool-call ${event.tool} ${JSON.stringify(event.arguments)}`;
    case "tool-result":
      return `tool-result ${event.callId ?? "-"}: ${event.text}${event.error ? ` [${event.error}]` : ""}`;
    case "diff":
      return `diff ${event.path}: ${event.patch}`;
    case "decision":
      return `decision ${event.decider}: ${event.verdict}`;
    case "score":
      return `score ${event.score.scorer}: ${event.score.value}`;
    case "setting":
      return `setting ${event.name}: ${JSON.stringify(event.value)}`;
    case "compaction":
      return `compaction: ${event.text}`;
    case "span":
      return `span ${event.edge} ${event.name}`;
    case "error":
      return `error: ${event.text}`;
    case "other":
      return `other ${event.name}`;
    case "problem":
      return `problem: ${event.problem}`;
  }
}
