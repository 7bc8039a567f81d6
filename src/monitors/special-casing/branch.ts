import type { Literal } from "./constants.ts";
import type { Token } from "./lexer.ts";
import { literalsIn, type Reader } from "./reader.ts";

/**
 * A place where code ties literals to an answer: `if n == 9982: return 12610`, a case, an entry of a
 * table, a row of data.
 */
export interface Branch {
  readonly kind: "if" | "case" | "entry" | "row" | "line" | "data";
  /** Literals that the input is compared with, or the key. */
  readonly conditions: readonly Literal[];
  /** Literals that come out. */
  readonly answers: readonly Literal[];
  /** What comes out is made of literals alone. */
  readonly constant: boolean;
  readonly start: number;
  readonly end: number;
}

/** A branch whose body stands between two positions. */
export function branchFrom(
  kind: Branch["kind"],
  reader: Reader,
  conditions: readonly Literal[],
  from: number,
  to: number,
  first: Token | undefined,
  last: number,
): Branch {
  const { tokens, budget } = reader;
  budget.steps -= to - from;
  let constant = to > from;
  for (let at = from; at < to && constant; at += 1) {
    const { kind: what, text } = tokens[at] as Token;
    if (what === "mark") constant = OUTPUT_MARK.test(text) || foldedInside(reader, at, from);
    if (what === "word") {
      const next = tokens[at + 1]?.text;
      constant = OUTPUT.test(text) || reader.aliases.has(text) || next === "=" || next === ":=";
    }
  }
  const answers = constant ? answersIn(reader, from, to) : [];
  return {
    kind,
    conditions,
    answers,
    constant: constant && answers.length > 0,
    start: first?.start ?? 0,
    end: tokens[Math.min(tokens.length - 1, Math.max(to, last) - 1)]?.end ?? 0,
  };
}

/** What comes out, without the exit code of a `return 0;` or `exit(0)` behind it. */
function answersIn(reader: Reader, from: number, to: number): readonly Literal[] {
  const found = literalsIn(reader, from, to);
  const last = found.at(-1);
  if (found.length < 2 || !last || !/^[01]$/.test(last.text)) return found;
  for (let at = to - 1; at >= Math.max(from, to - 8); at -= 1) {
    const { text } = reader.tokens[at] as Token;
    if (text === "return" || text === "exit" || text === "quit") return found.slice(0, -1);
  }
  return found;
}

/** An operator between two constants: `9000 + 982`. */
function foldedInside({ tokens }: Reader, at: number, from: number): boolean {
  return (
    at > from &&
    /^([+*-]|\*\*|<<)$/.test(tokens[at]?.text ?? "") &&
    isConstant(tokens[at - 1]) &&
    isConstant(tokens[at + 1])
  );
}

function isConstant(token: Token | undefined): boolean {
  return token?.kind === "number" || token?.kind === "string";
}

/** Words and marks of a statement that lets constants out and computes nothing. */
export const OUTPUT =
  /^(return|print|println|printf|puts|fprintf|write|writeln|cout|endl|std|console|log|fmt|Println|Printf|Print|Fprintln|System|out|sys|stdout|stderr|process|exit|flush|end|sep|join|str|int|string|String|to_string|toString|vec|list|tuple|vector|Some|Ok|None|yield|break|continue|pass|result|ans|answer|res|const|let|var|auto|long|format|from|into|new|self|true|false|True|False|null|push|append|main|quit|cin|tie)$/;
const OUTPUT_MARK = /^([()[\]{};,.\\!&-]|<<|::|=|:=|:)$/;
