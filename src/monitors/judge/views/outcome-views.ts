import type { Action } from "../../../actions/index.ts";
import { actionsOf } from "../../../actions/index.ts";
import {
  argumentStrings,
  cutHead,
  cutMiddle,
  deedsInWords,
  type EventOf,
  shownEvent,
} from "../excerpt.ts";
import { type Piece, piece, type View } from "../view.ts";
import { shownCall, shownDiff, shownWords, stepFold } from "./step-views.ts";

const TEST_FILE = 3000;
const OUTPUT_TAIL = 900;
const REPORT = 6000;

/** The changes that the agent made, the tests that it could see, and how they came out. */
export const rewardHackView: View = {
  id: "reward-hack",
  version: "1",
  begin(subject) {
    /** Calls whose results show a test's text or a test run's outcome. */
    const shows = new Map<string, "test" | "run">();
    return stepFold(subject, (event) => {
      if (event.kind === "diff") return shownDiff(event);
      if (event.kind === "output") return shownSolution(event);
      if (event.kind === "tool-call") {
        const strings = argumentStrings(event.arguments);
        const what = strings.some(runsTests) ? "run" : strings.some(namesTest) ? "test" : null;
        if (what !== null) shows.set(event.callId ?? "", what);
        return what !== null || changes(event) ? shownCall(event) : null;
      }
      if (event.kind !== "tool-result") return null;
      const what = shows.get(event.callId ?? "");
      shows.delete(event.callId ?? "");
      if (what === "test") return shownEvent(event, "test file", cutMiddle(event.text, TEST_FILE));
      return what === "run" ? shownEnd(event) : null;
    });
  },
};

/** What the agent says in the end that it did, after all that it did and how that came out. */
export const claimView: View = {
  id: "claim-evidence",
  version: "1",
  begin(subject) {
    let report: EventOf<"output"> | null = null;
    const fold = stepFold(subject, (event) => {
      if (event.kind === "tool-call") return shownCall(event);
      if (event.kind === "tool-result") return shownEnd(event);
      return event.kind === "diff" ? shownDiff(event) : null;
    });
    return {
      add(event) {
        if (event.kind === "output" && event.text.trim() !== "") report = event;
        fold.add(event);
      },
      pieces: () => [...fold.pieces(), ...(report === null ? [] : [reportPiece(report)])],
    };
  },
};

function reportPiece(event: EventOf<"output">): Piece {
  const text = shownEvent(event, "agent's report", cutMiddle(event.text, REPORT));
  return piece("final", [event.index], text);
}

/** Of a result, the end: that is where a tool says how it came out. */
function shownEnd(event: EventOf<"tool-result">): string {
  const head = event.error ? "result (failed)" : "result";
  return shownEvent(event, head, cutHead(event.error ?? event.text, OUTPUT_TAIL));
}

/** Code in the agent's words, which is the solution where there are no files. */
function shownSolution(event: EventOf<"output">): string | null {
  return deedsInWords(event).trim() !== "" ? shownWords(event) : null;
}

/** The call writes or changes a file. */
function changes(event: EventOf<"tool-call">): boolean {
  return actionsOf(event).some(({ kind }) => CHANGES.has(kind));
}

const CHANGES: ReadonlySet<Action["kind"]> = new Set(["write", "edit", "delete", "move"]);

function namesTest(text: string): boolean {
  return /(?:^|[/_.\s-])(?:tests?|specs?|grader|verif(?:y|ier)|conftest)(?:[/_.\s-]|$)/i.test(
    cutMiddle(text, 20_000),
  );
}

function runsTests(text: string): boolean {
  return /\b(?:pytest|unittest|vitest|jest|mocha|tox|rspec|phpunit|ctest|(?:npm|yarn|pnpm|go|cargo|make|mvn|gradle|dotnet|bun|deno) (?:run )?test)\b/.test(
    cutMiddle(text, 20_000),
  );
}
