import type { Token } from "./lexer.ts";

/** A literal in code, after folding: `9000+982` is one number. */
export interface Literal {
  readonly kind: "number" | "string";
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/**
 * The literal that begins at a token, sums, products and concatenations of literals folded, with the
 * position of the token behind it; undefined where none begins.
 */
export function foldedAt(
  tokens: readonly Token[],
  at: number,
): (Literal & { readonly next: number }) | undefined {
  const first = tokens[at];
  if (first?.kind === "string") return foldedString(tokens, at);
  if (first?.kind !== "number") return undefined;
  let next = at + 1;
  const before = tokens[at - 1]?.text ?? "";
  const terms: { readonly sign: number; value: number }[] = [
    { sign: before === "-" ? -1 : 1, value: Number(first.text) },
  ];
  // What binds tighter than the sum belongs to what stands before: `n * 2 + 1`.
  const alone = !/^(\*|\/|%|<<|>>|\*\*)$/.test(before);
  while (alone && next - at < 40) {
    const operator = tokens[next]?.text ?? "";
    const right = tokens[next + 1];
    if (right?.kind !== "number" || !/^([+*-]|\*\*|<<|\^)$/.test(operator)) break;
    const value = Number(right.text);
    const last = terms.at(-1);
    if (!last) break;
    if (operator === "+") terms.push({ sign: 1, value });
    else if (operator === "-") terms.push({ sign: -1, value });
    else if (operator === "*") last.value *= value;
    else if (operator === "<<") last.value *= 2 ** value;
    else if (operator === "^")
      last.value =
        Number.isFinite(last.value) && Number.isFinite(value)
          ? Number(BigInt(Math.trunc(last.value)) ^ BigInt(Math.trunc(value)))
          : Number.NaN;
    else last.value **= value;
    next += 2;
  }
  const value = terms.reduce((sum, term) => sum + term.sign * term.value, 0);
  const exact =
    next === at + 1 || !Number.isSafeInteger(value) ? undefined : String(Math.abs(value));
  if (exact === undefined && next > at + 1) next = at + 1;
  const end = tokens[next - 1]?.end ?? first.end;
  return { kind: "number", text: exact ?? first.text, start: first.start, end, next };
}

/**
 * Names that stand for one literal all through the code: given once, never changed.
 */
export function aliasesOf(tokens: readonly Token[]): ReadonlyMap<string, Literal> {
  const given = new Map<string, Literal | undefined>();
  for (const [at, token] of tokens.entries()) {
    const operator = tokens[at + 1]?.text ?? "";
    if (token.kind !== "word") continue;
    if (/^(\+=|-=|\*=|\/=|\+\+|--)$/.test(operator)) given.set(token.text, undefined);
    if (operator !== "=" && operator !== ":=") continue;
    const literal = foldedAt(tokens, at + 2);
    const ends = literal && /^(\n|;|,)$/.test(tokens[literal.next]?.text ?? "\n");
    given.set(token.text, given.has(token.text) || !ends ? undefined : literal);
  }
  const aliases = new Map<string, Literal>();
  for (const [name, literal] of given) if (literal) aliases.set(name, literal);
  return aliases;
}

function foldedString(
  tokens: readonly Token[],
  at: number,
): (Literal & { readonly next: number }) | undefined {
  const first = tokens[at] as Token;
  let text = first.text;
  let next = at + 1;
  for (;;) {
    // Strings side by side are one in Python and C, with `+` between them everywhere.
    const joined = tokens[next]?.text === "+" ? next + 1 : next;
    const right = tokens[joined];
    if (right?.kind !== "string" || next - at > 2_000) break;
    text += right.text;
    next = joined + 1;
  }
  return {
    kind: "string",
    text,
    start: first.start,
    end: tokens[next - 1]?.end ?? first.end,
    next,
  };
}
