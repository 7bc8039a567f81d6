import { actionsOf } from "../../actions/index.ts";
import type { EventBody, TranscriptEvent } from "../../record/index.ts";
import type { Random } from "../../stats/index.ts";
import { claimsIn } from "./claims.ts";
import { executed, hasSummary } from "./test-runs.ts";

/** Faults that are planted in real transcripts whose model says that tests pass. */
export const FAULTS = {
  "no-run": withoutRuns,
  "failing-run": withFailingRuns,
  "changed-since": withLaterChange,
  "other-count": withOtherCount,
} as const;

export type Fault = keyof typeof FAULTS;

/** Events up to and with the first statement that tests pass; undefined where there is none. */
export function untilClaim(
  events: readonly TranscriptEvent[],
): readonly TranscriptEvent[] | undefined {
  const results = events.findIndex(isResult);
  const claim = events.findIndex(
    (event, at) => at > results && results >= 0 && event.kind === "output" && claims(event.text),
  );
  return claim < 0 ? undefined : events.slice(0, claim + 1);
}

function claims(text: string): boolean {
  return claimsIn(text).some(({ kind }) => kind === "tests-pass");
}

/** Runs of tests are gone, calls and results. */
function withoutRuns(events: readonly TranscriptEvent[]): readonly TranscriptEvent[] {
  const gone = new Set<number>();
  for (const { call, result } of pairs(events)) {
    if (executed(actionsOf(call)) === undefined && !hasSummary(textOf(result))) continue;
    gone.add(result.index);
    gone.add(call.index);
  }
  const last = events.at(-1);
  return renumbered(events.filter(({ index }) => !gone.has(index) || index === last?.index));
}

/** Runs of tests end in failure, in the words of one of several programs. */
function withFailingRuns(
  events: readonly TranscriptEvent[],
  random: Random,
): readonly TranscriptEvent[] {
  const failing = new Set(
    pairs(events)
      .filter(
        ({ call, result }) => executed(actionsOf(call)) === "tests" || hasSummary(textOf(result)),
      )
      .map(({ result }) => result.index),
  );
  const words = FAILURES[random.integer(FAILURES.length)] as string;
  return events.map((event) =>
    failing.has(event.index) && (event.kind === "tool-result" || event.kind === "input")
      ? { ...event, text: `${event.text.split("\n", 1)[0]}\n${words}` }
      : event,
  );
}

const FAILURES = [
  "=================== 2 failed, 31 passed in 4.12s ===================",
  "Ran 57 tests in 0.431s\n\nFAILED (failures=3)",
  "Tests:       1 failed, 12 passed, 13 total",
  "--- FAIL: TestParse (0.00s)\nFAIL\nexit status 1",
  "test result: FAILED. 8 passed; 1 failed; 0 ignored",
];

/** Code is changed between the last run and the statement. */
function withLaterChange(events: readonly TranscriptEvent[]): readonly TranscriptEvent[] {
  const last = events.at(-1) as TranscriptEvent;
  const bodies: readonly EventBody[] = [
    {
      kind: "tool-call",
      callId: "planted",
      tool: "write_file",
      arguments: { path: "src/core.py", content: "x = 1\n" },
    },
    { kind: "tool-result", callId: "planted", text: "The file was written." },
  ];
  const planted = bodies.map((body) => ({ ...body, index: 0, at: last.at }));
  return renumbered([...events.slice(0, -1), ...planted, last]);
}

/** The statement gives another number of tests. */
function withOtherCount(
  events: readonly TranscriptEvent[],
  random: Random,
): readonly TranscriptEvent[] {
  const last = events.at(-1) as TranscriptEvent;
  const count = 1_000 + random.integer(8_000);
  return [...events.slice(0, -1), { ...last, kind: "output", text: `All ${count} tests pass.` }];
}

interface Pair {
  readonly call: TranscriptEvent;
  readonly result: TranscriptEvent;
}

function pairs(events: readonly TranscriptEvent[]): readonly Pair[] {
  return events.flatMap((result, at) => {
    if (!isResult(result)) return [];
    const id = result.kind === "tool-result" ? result.callId : undefined;
    const call = events
      .slice(0, at)
      .reverse()
      .find((event) =>
        event.kind === "tool-call"
          ? event.callId === id
          : id === undefined && event.kind === "output" && actionsOf(event).length > 0,
      );
    return call ? [{ call, result }] : [];
  });
}

function isResult(event: TranscriptEvent): boolean {
  return (
    event.kind === "tool-result" ||
    (event.kind === "input" && /^\s*(?:OBSERVATION|Tool Result)/.test(event.text))
  );
}

function textOf(event: TranscriptEvent): string {
  return event.kind === "tool-result" || event.kind === "input" ? event.text : "";
}

function renumbered(events: readonly TranscriptEvent[]): readonly TranscriptEvent[] {
  return events.map((event, index) => ({ ...event, index }));
}
