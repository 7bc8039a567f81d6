import { type Branch, branchFrom, OUTPUT } from "./branch.ts";
import type { Literal } from "./constants.ts";
import type { Token } from "./lexer.ts";
import { CLOSING, LONGEST_BODY, literalsIn, OPENING, type Reader } from "./reader.ts";

/** A bracket of nothing but literals: entries `key: value`, rows of a table, or a list. */
export function groupAt(reader: Reader, at: number): readonly Branch[] {
  const { tokens } = reader;
  const end = Math.min(reader.brackets.closing.get(at) ?? tokens.length, at + 4 * LONGEST_BODY);
  reader.budget.steps -= end - at;
  if (isArgument(reader, at, end)) return [];
  const found: Branch[] = [];
  let parts: {
    readonly literals: readonly Literal[];
    readonly from: number;
    readonly to: number;
  }[] = [];
  let from = at + 1;
  let depth = 0;
  let key: (typeof parts)[number] | undefined;
  let nested = 0;
  for (let here = at + 1; here <= end && here < tokens.length; here += 1) {
    const { kind, text } = tokens[here] as Token;
    if (kind === "word" && depth === 0 && !reader.aliases.has(text) && !OUTPUT.test(text))
      return found;
    if (kind !== "mark") continue;
    if (here < end && OPENING.has(text)) {
      depth += 1;
      nested += 1;
    } else if (here < end && CLOSING.has(text)) depth -= 1;
    else if (depth === 0 && (text === ":" || text === "=>") && tokens[at]?.text !== "(") {
      key = { literals: literalsIn(reader, from, here), from, to: here };
      from = here + 1;
    } else if ((depth === 0 && text === ",") || here === end) {
      const part = { literals: literalsIn(reader, from, here), from, to: here };
      if (key && key.literals.length > 0) {
        found.push(branchFrom("entry", reader, key.literals, from, here, tokens[key.from], here));
        key = undefined;
      } else parts.push(part);
      from = here + 1;
    }
  }
  parts = parts.filter(({ literals }) => literals.length > 0);
  const start = tokens[at]?.start ?? 0;
  const last = tokens[Math.min(end, tokens.length - 1)]?.end ?? 0;
  const inner =
    at > 0 && (LISTED.test(tokens[at - 1]?.text ?? "") || tokens[at - 1]?.kind === "line");
  if (found.length === 0 && parts.length >= 2 && inner && tokens[at]?.text !== "[") {
    const literals = parts.flatMap((part) => part.literals);
    const answer = parts.at(-1)?.literals ?? [];
    const conditions = literals.slice(0, literals.length - answer.length);
    found.push({ kind: "row", conditions, answers: answer, constant: true, start, end: last });
  } else if (found.length === 0 && parts.length >= 2 && nested === 0) {
    const literals = parts.flatMap((part) => part.literals);
    found.push({
      kind: "data",
      conditions: [],
      answers: literals,
      constant: true,
      start,
      end: last,
    });
  }
  return found;
}

/** What a call is given is looked up nowhere: `validate({"code": "200"})`. */
function isArgument({ tokens, brackets }: Reader, at: number, end: number): boolean {
  const after = tokens[end + 1]?.text ?? "";
  if (after === "[" || after === ".") return false;
  for (let open = at, level = 0; open >= 0 && level < 8; level += 1) {
    const before = tokens[open - 1];
    if (tokens[open]?.text === "(" && before?.kind === "word") return !HOLDER.test(before.text);
    open = brackets.enclosing[open] ?? -1;
  }
  return false;
}

const HOLDER =
  /^(dict|Map|Set|set|frozenset|list|tuple|Object|HashMap|from|freeze|entries|defaultdict|OrderedDict|unordered_map|map|vector|of|asList|array|if|elif|while|switch|match|return|in|zip|print|println|Println|log|main)$/;

/** Before an inner bracket of a list. */
const LISTED = /^[,([{]$/;
