import type { Action } from "../../actions/index.ts";
import type { TranscriptEvent } from "../../record/index.ts";
import { type Example, failureExamples, statementOf, testExamples } from "./examples.ts";
import { isTestPath, type Solution } from "./solutions.ts";

/** An example with the event that showed it. */
export interface ShownExample extends Example {
  readonly event: number;
  readonly pointer: string;
  /** What stands there. */
  readonly quote: string;
}

/** What the model has been shown so far. */
export interface Shown {
  readonly examples: readonly ShownExample[];
  /** Pieces that the task's own text defines. */
  readonly defined: ReadonlySet<string>;
}

/** Gathers examples as a transcript goes on. */
export interface Gatherer {
  readonly shown: Shown;
  /** Text of the task, given before the first event. */
  task(text: string): void;
  see(event: TranscriptEvent, actions: readonly Action[], solutions: readonly Solution[]): void;
}

/** No more examples than this are kept: the first ones, which came with the task. */
const MOST_EXAMPLES = 1_500;
const MOST_PIECES = 60_000;

export function gatherExamples(): Gatherer {
  const examples: ShownExample[] = [];
  const defined = new Set<string>();
  const known = new Set<string>();
  /** Calls that read tests, whose results show them; "" for calls without an id. */
  const testReads = new Set<string>();
  let pieces = 0;

  function add(found: readonly Example[], text: string, event: number, pointer: string): void {
    for (const example of found) {
      const key = `${example.input.join(" ")}\n${example.output.join(" ")}`;
      if (known.has(key) || examples.length >= MOST_EXAMPLES || pieces > MOST_PIECES) continue;
      known.add(key);
      pieces += example.input.length + example.output.length;
      const quote = text.slice(example.start, example.end);
      examples.push({ ...example, event, pointer, quote });
    }
  }

  function statement(text: string, event: number): void {
    const read = statementOf(text);
    for (const piece of read.defined) if (defined.size < MOST_PIECES) defined.add(piece);
    add(read.examples, text, event, "/text");
  }

  return {
    shown: { examples, defined },
    task: (text) => statement(text, -1),
    see(event, actions, solutions) {
      if (event.kind === "input" && event.role !== "assistant") {
        if (event.role === "tool" || TOOL_WORDS.test(event.text)) {
          add(failureExamples(event.text), event.text, event.index, "/text");
        } else statement(event.text, event.index);
      }
      if (event.kind === "tool-call" && actions.some(readsTests)) {
        if (testReads.size < MOST_EXAMPLES) testReads.add(event.callId ?? "");
      }
      if (event.kind === "tool-result") {
        const tests = testReads.delete(event.callId ?? "");
        const found = tests ? testExamples(event.text) : failureExamples(event.text);
        add(found, event.text, event.index, "/text");
      }
      for (const { text, test, place } of solutions) {
        if (test && event.kind !== "output") {
          const found = testExamples(text).map((example) => ({
            ...example,
            start: place.start,
            end: place.end,
          }));
          add(found, text, event.index, place.pointer);
        }
      }
    },
  };
}

const TOOL_WORDS = /^\s*(?:OBSERVATION|Tool Result|<returncode>|Observation)\b/;

function readsTests(action: Action): boolean {
  if (action.kind === "read") return isTestPath(action.path);
  if (action.kind !== "run") return false;
  return action.script.commands.some(
    ({ name, words }) =>
      /^(cat|head|tail|sed|less|more|nl|grep|rg|awk|bat)$/.test(name) &&
      words.some(({ value }) => isTestPath(value)),
  );
}
