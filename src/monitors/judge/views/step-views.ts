import type { TranscriptEvent } from "../../../record/index.ts";
import type { Subject } from "../../monitor.ts";
import { cutMiddle, deedsInWords, type EventOf, shownArguments, shownEvent } from "../excerpt.ts";
import { type Piece, piece, type View, type ViewFold } from "../view.ts";

/** Caps in UTF-16 units: fixed, so that an event reads the same however far the run has come. */
const TASK = 6000;
const SYSTEM = 2000;
const CALL = 4000;
const RESULT = 1200;
const WORDS = 3000;
/** Older steps beyond these many are forgotten: no transcript may fill the memory. */
const MOST_STEPS = 20_000;

/**
 * What the user asked and what the agent did: requests, tool calls and cut results, none of the
 * agent's own words. A gate that sees no prose cannot be talked round by it.
 */
export const actionView: View = stepView("action", "1", (event) => {
  if (event.kind === "tool-call") return shownCall(event);
  if (event.kind === "tool-result") return shownResult(event);
  if (event.kind === "diff") return shownDiff(event);
  return event.kind === "output" ? shownDeeds(event) : null;
});

/** All that the agent thought, said, did and got back. */
export const wholeView: View = stepView("whole", "1", (event) => {
  switch (event.kind) {
    case "tool-call":
      return shownCall(event);
    case "tool-result":
      return shownResult(event);
    case "diff":
      return shownDiff(event);
    case "reasoning":
      return shownReasoning(event);
    case "output":
      return event.text.trim() === "" ? null : shownWords(event);
    default:
      return null;
  }
});

/** What the agent thought, where it can be read, between the bare names of what it did. */
export const reasoningView: View = {
  ...stepView("reasoning", "1", shownThought),
  begin(subject) {
    const fold = stepFold(subject, shownThought);
    let readable = false;
    return {
      add(event) {
        readable ||= event.kind === "reasoning" && event.text.trim() !== "";
        fold.add(event);
      },
      // Names of tools alone are no reasoning: without any there is nothing to judge.
      pieces: () => fold.pieces().filter(({ part }) => readable || part === "task"),
    };
  },
};

/** A view that shows each event by itself, so that its text only grows. */
export function stepView(
  id: string,
  version: string,
  show: (event: TranscriptEvent) => string | null,
): View {
  return { id, version, begin: (subject) => stepFold(subject, show) };
}

export function stepFold(
  subject: Subject,
  show: (event: TranscriptEvent) => string | null,
): ViewFold {
  const tasks: Piece[] = [];
  let steps: Piece[] = [];
  return {
    add(event) {
      if (event.kind === "input" && event.role === "system" && tasks.length === 0) {
        tasks.push(piece("task", [event.index], shownRequest(event, "system prompt", SYSTEM)));
        return;
      }
      if (event.kind === "input" && event.role === "user") {
        const part = steps.length === 0 && tasks.length < 50 ? "task" : "step";
        const shown = piece(part, [event.index], shownRequest(event, "user", TASK));
        if (part === "task") tasks.push(shown);
        else steps.push(shown);
        return;
      }
      const text = show(event);
      if (text === null) return;
      steps.push(piece("step", [event.index], text));
      if (steps.length > 2 * MOST_STEPS) steps = steps.slice(MOST_STEPS);
    },
    pieces: () => [...(tasks.length > 0 ? tasks : taskOf(subject)), ...steps],
  };
}

/** Formats without an input event tell the task apart. */
export function taskOf({ task }: Subject): readonly Piece[] {
  if (task.input === undefined) return [];
  const lines = cutMiddle(task.input, TASK).split("\n");
  return [piece("task", [], ["Task:", ...lines.map((line) => `| ${line}`)].join("\n"))];
}

export function shownCall(event: EventOf<"tool-call">): string {
  const text = cutMiddle(shownArguments(event.arguments), CALL);
  return shownEvent(event, `tool call: ${event.tool}`, text);
}

export function shownResult(event: EventOf<"tool-result">): string {
  const text = cutMiddle(event.error ? `${event.error}\n${event.text}` : event.text, RESULT);
  return shownEvent(event, event.error ? "result (failed)" : "result", text);
}

export function shownDiff(event: EventOf<"diff">): string {
  return shownEvent(event, `changed file: ${event.path}`, cutMiddle(event.patch, CALL));
}

export function shownWords(event: EventOf<"output">): string {
  return shownEvent(event, "agent says", cutMiddle(event.text, WORDS));
}

function shownRequest(event: EventOf<"input">, head: string, most: number): string {
  return shownEvent(event, head, cutMiddle(event.text, most));
}

/** Agents without tools act by what they write. */
function shownDeeds(event: EventOf<"output">): string | null {
  const deeds = deedsInWords(event);
  if (deeds.trim() === "") return null;
  return shownEvent(event, "code and calls in the agent's words", cutMiddle(deeds, CALL));
}

function shownThought(event: TranscriptEvent): string | null {
  if (event.kind === "reasoning") return shownReasoning(event);
  return event.kind === "tool-call" ? `[E${event.index}] (calls a tool)` : null;
}

function shownReasoning(event: EventOf<"reasoning">): string | null {
  if (event.text.trim() === "") return null;
  const head = event.visibility === "summary" ? "agent thinks (summary)" : "agent thinks";
  return shownEvent(event, head, cutMiddle(event.text, WORDS));
}
