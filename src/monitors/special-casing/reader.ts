import { aliasesOf, foldedAt, type Literal } from "./constants.ts";
import type { Blocks, Token } from "./lexer.ts";

/** Tokens with what is known about their brackets and names. */
export interface Reader {
  readonly tokens: readonly Token[];
  readonly blocks: Blocks;
  readonly aliases: ReadonlyMap<string, Literal>;
  /** Starts of tokens whose comparison a branch has told of. */
  readonly used: Set<number>;
  /** Nested brackets and blocks are read once for each level; hostile depth runs out of steps. */
  readonly budget: { steps: number };
  readonly brackets: Brackets;
  /** Brackets by position: nothing but literals inside. */
  readonly groups: Map<number, boolean>;
}

export interface Brackets {
  /** For each token the bracket that it stands in, -1 for none. */
  readonly enclosing: readonly number[];
  readonly closing: ReadonlyMap<number, number>;
}

/** Begins to read tokens. */
export function readerOf(tokens: readonly Token[], blocks: Blocks): Reader {
  return {
    tokens,
    blocks,
    aliases: aliasesOf(tokens),
    used: new Set(),
    budget: { steps: MOST_STEPS },
    brackets: bracketsOf(tokens),
    groups: new Map(),
  };
}

export const OPENING = new Set(["(", "[", "{"]);
export const CLOSING = new Set([")", "]", "}"]);

/** Conditions and bodies are read this many tokens far. */
export const LONGEST_CONDITION = 1_500;
export const LONGEST_BODY = 1_500;
const MOST_STEPS = 3_000_000;

/** The literals between two positions, constants folded and named ones resolved. */
export function literalsIn(reader: Reader, from: number, to: number): readonly Literal[] {
  const found: Literal[] = [];
  for (let at = from; at < to; at += 1) {
    const literal = literalAt(reader, at);
    if (!literal) continue;
    found.push(literal);
    at = literal.next - 1;
  }
  return found;
}

export type Placed = Literal & { readonly next: number };

export function literalAt({ tokens, aliases }: Reader, at: number): Placed | undefined {
  const token = tokens[at] as Token;
  const folded = foldedAt(tokens, at);
  if (folded) return folded;
  const alias = token.kind === "word" ? aliases.get(token.text) : undefined;
  if (alias && tokens[at + 1]?.text !== "=") {
    return { ...alias, start: token.start, end: token.end, next: at + 1 };
  }
  return undefined;
}

function bracketsOf(tokens: readonly Token[]): Brackets {
  const enclosing: number[] = [];
  const closing = new Map<number, number>();
  const open: number[] = [];
  for (const [at, { kind, text }] of tokens.entries()) {
    const closes = kind === "mark" && CLOSING.has(text);
    if (closes) {
      const from = open.pop();
      if (from !== undefined) closing.set(from, at);
    }
    enclosing.push(open.at(-1) ?? -1);
    if (kind === "mark" && OPENING.has(text)) open.push(at);
  }
  return { enclosing, closing };
}
