import type { Literal } from "./constants.ts";
import type { Token } from "./lexer.ts";
import { literalAt, type Reader } from "./reader.ts";

/** Literals that something is compared with for equality between two positions. */
export function comparedIn(reader: Reader, from: number, to: number): readonly Literal[] {
  const found: Literal[] = [];
  /** Bounds by value: `n >= 9982 && n <= 9982` asks for one value. */
  const bounds = new Map<string, string>();
  for (let at = from; at < to; at += 1) {
    const literal = literalAt(reader, at);
    if (!literal) continue;
    if (isCompared(reader, at, literal.next, from)) {
      found.push(literal);
      for (let used = at; used < literal.next; used += 1) reader.used.add(used);
    }
    const bound = reader.tokens[at - 1]?.text ?? "";
    if (bound === ">=" || bound === "<=") {
      const other = bounds.get(literal.text);
      if (other !== undefined && other !== bound) found.push(literal);
      bounds.set(literal.text, bound);
    }
    at = literal.next - 1;
  }
  return found;
}

const EQUAL = /^(==|===|in|is|equals|eq|strcmp|equal|startswith|startsWith|starts_with|matches)$/;

/** A comparison stands beside the literal, or beside the list, tuple or constructor that it is in. */
function isCompared(reader: Reader, at: number, next: number, from: number): boolean {
  const { tokens, brackets } = reader;
  let before = at - 1;
  let after = next;
  for (let level = 0; level < 8; level += 1) {
    const left = before >= from ? (tokens[before]?.text ?? "") : "";
    const right = tokens[after]?.text ?? "";
    if (EQUAL.test(left)) return true;
    // `n % 2 == 0` asks for a remainder, `n - 9982 == 0` for a value.
    if (EQUALS.test(right)) return !/^(%|\*|\/|&|<<|>>|\+)$/.test(left);
    if (/^[-^]$/.test(left) && right === ")" && BELOW.test(tokens[after + 1]?.text ?? ""))
      return true;
    if (left === "^") return true;
    const open = brackets.enclosing[before + 1] ?? -1;
    const close = brackets.closing.get(open);
    if (open < from || close === undefined || !isLiteralGroup(reader, open, close)) return false;
    after = close + 1;
    before = open - 1;
    while (before >= from && CONSTRUCTOR.test(tokens[before]?.text ?? "")) before -= 1;
    const word = tokens[before];
    // A call or a subscript: what it gives is not the literal.
    if (word?.kind === "word" && before === open - 1 && !EQUAL.test(word.text)) return false;
  }
  return false;
}

const EQUALS = /^(==|===)$/;
const BELOW = /^(==|===|<)$/;
const CONSTRUCTOR =
  /^(vec|string|String|list|tuple|set|vector|int|long|make_pair|make_tuple|array|std|new|::|!|<|>)$/;

/** Literals and nothing else between two brackets. */
function isLiteralGroup({ tokens, groups, budget }: Reader, open: number, close: number): boolean {
  const known = groups.get(open);
  if (known !== undefined) return known;
  budget.steps -= close - open;
  let only = true;
  for (let at = open + 1; at < close && only; at += 1) {
    const { kind, text } = tokens[at] as Token;
    only =
      kind === "number" ||
      kind === "string" ||
      kind === "line" ||
      /^[,()[\]{}+-]$/.test(text) ||
      CONSTRUCTOR.test(text);
  }
  groups.set(open, only);
  return only;
}
