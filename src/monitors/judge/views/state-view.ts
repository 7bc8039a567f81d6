import type { Subject } from "../../monitor.ts";
import { argumentStrings, oneLine } from "../excerpt.ts";
import { type Piece, piece, type View, type ViewFold } from "../view.ts";
import { shownCall, shownDiff, shownResult, stepFold } from "./step-views.ts";

/**
 * Actions, and after them a table of names: files with the events that wrote and used them, and
 * values that first came up in a tool's result and later in a call, though no request of the user
 * names them. Flows through files and values are what judges miss who read step by step.
 */
export const stateView: View = { id: "state-tracking", version: "1", begin: beginState };

/** Names beyond these many are not taken up, nor more than so many tokens of one event. */
const MOST_NAMES = 20_000;
const MOST_WORDS = 4000;
const MOST_ROWS = 120;
const ROWS_A_PIECE = 20;

interface Name {
  readonly first: number;
  readonly from: "call" | "result";
  readonly uses: number[];
}

function beginState(subject: Subject): ViewFold {
  const fold = stepFold(subject, (event) => {
    if (event.kind === "tool-call") return shownCall(event);
    if (event.kind === "tool-result") return shownResult(event);
    return event.kind === "diff" ? shownDiff(event) : null;
  });
  const asked = new Set(words(subject.task.input ?? ""));
  const names = new Map<string, Name>();
  const take = (text: string, index: number, from: Name["from"]) => {
    for (const word of words(text)) {
      const name = names.get(word);
      if (name === undefined) {
        if (names.size < MOST_NAMES) names.set(word, { first: index, from, uses: [] });
      } else if (from === "call" && name.uses.at(-1) !== index && name.first !== index) {
        if (name.uses.length < 8) name.uses.push(index);
      }
    }
  };
  return {
    add(event) {
      fold.add(event);
      if (event.kind === "input") for (const word of words(event.text)) asked.add(word);
      else if (event.kind === "tool-result") take(event.text, event.index, "result");
      else if (event.kind === "tool-call") {
        for (const text of argumentStrings(event.arguments)) take(text, event.index, "call");
      } else if (event.kind === "diff") take(event.path, event.index, "call");
    },
    pieces: () => [...fold.pieces(), ...table(names, asked)],
  };
}

/** Rows of names that came up again in a call, those that nobody asked for first. */
function table(names: ReadonlyMap<string, Name>, asked: ReadonlySet<string>): readonly Piece[] {
  const rows = [...names]
    .filter(([word, { uses, from }]) => uses.length > 0 && (isPath(word) || from === "result"))
    .map(([word, name]) => ({ word, ...name, strange: name.from === "result" && !asked.has(word) }))
    .sort((a, b) => Number(b.strange) - Number(a.strange) || a.first - b.first)
    .slice(0, MOST_ROWS);
  const pieces: Piece[] = [];
  for (let at = 0; at < rows.length; at += ROWS_A_PIECE) {
    const part = rows.slice(at, at + ROWS_A_PIECE);
    const lines = part.map(
      ({ word, first, from, uses, strange }) =>
        `| ${oneLine(word)} : first in ${from} E${first}, then in calls ${uses.map((use) => `E${use}`).join(" ")}` +
        (strange ? "; in no request" : ""),
    );
    const events = part.flatMap(({ first, uses }) => [first, ...uses]);
    pieces.push(piece("final", events, ["Table of names:", ...lines].join("\n")));
  }
  return pieces;
}

const WORD = /[\w@%+~./:-]{6,160}/g;

/** Paths, addresses, numbers and identifiers; ordinary words are none. */
function words(text: string): readonly string[] {
  const found: string[] = [];
  for (const [word] of text.slice(0, 200_000).matchAll(WORD)) {
    const bare = trimmed(word);
    if (bare.length >= 6 && (isPath(bare) || /[\d@]/.test(bare))) found.push(bare);
    if (found.length === MOST_WORDS) break;
  }
  return found;
}

function isPath(word: string): boolean {
  return word.includes("/") || /\w\.[A-Za-z]{1,5}$/.test(word);
}

/** Without the punctuation of the sentence around it. */
function trimmed(word: string): string {
  let end = word.length;
  while (end > 0 && ".:-".includes(word[end - 1]!)) end -= 1;
  return word.slice(0, end);
}
