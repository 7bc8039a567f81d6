import { canonicalNumber } from "./rarity.ts";

/** A token of code in any of the usual languages. */
export interface Token {
  readonly kind: "word" | "number" | "string" | "mark" | "line";
  /** As written; of a string what stands between its quotes, escapes resolved. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** Of a `line`: the width of the space that the next line begins with. */
  readonly indent?: number;
}

/** How a language marks its blocks, which is all that the scanner must know of it. */
export type Blocks = "indent" | "brace";

/**
 * Tokens of code that need not parse: a fragment, a diff's new lines, two languages in one. Comments
 * are left out. Time is linear in the text.
 */
export function tokensOf(code: string, blocks: Blocks): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < code.length) {
    const next = tokenAt(code, at, blocks);
    if (next.token) tokens.push(next.token);
    at = Math.max(next.end, at + 1);
  }
  return tokens;
}

/** Blocks by indentation where lines end in `:` more often than in `{`, `}` or `;`. */
export function blocksOf(code: string): Blocks {
  let indent = 0;
  let brace = 0;
  for (const line of code.split("\n")) {
    const last = line.trimEnd().at(-1);
    if (last === ":") indent += 1;
    else if (last === ";" || last === "{" || last === "}") brace += 1;
  }
  if (brace === 0 && indent === 0) return code.includes("//") ? "brace" : "indent";
  return indent >= brace ? "indent" : "brace";
}

interface Next {
  readonly token?: Token;
  readonly end: number;
}

function tokenAt(code: string, start: number, blocks: Blocks): Next {
  const char = code[start] as string;
  if (char === "\n") return lineBreak(code, start);
  if (/\s/.test(char)) return { end: start + 1 };
  const comment = commentEnd(code, start, blocks);
  if (comment !== undefined) return { end: comment };
  if (char === '"' || char === "'" || char === "`") return quoted(code, start, blocks);
  if (/\d/.test(char)) return matched(code, start, NUMBER, "number");
  if (/[\p{L}_$]/u.test(char)) return matched(code, start, WORD, "word");
  return matched(code, start, MARK, "mark");
}

function lineBreak(code: string, start: number): Next {
  let end = start + 1;
  let indent = 0;
  for (; end < code.length; end += 1) {
    if (code[end] === " ") indent += 1;
    else if (code[end] === "\t") indent += 4;
    else if (code[end] === "\n") indent = 0;
    else if (code[end] !== "\r") break;
  }
  return { token: { kind: "line", text: "\n", start, end, indent }, end };
}

function commentEnd(code: string, start: number, blocks: Blocks): number | undefined {
  const opens =
    blocks === "indent" ? code[start] === "#" : code[start] === "/" && code[start + 1] === "/";
  if (opens) {
    const end = code.indexOf("\n", start);
    return end < 0 ? code.length : end;
  }
  if (blocks === "brace" && code.startsWith("/*", start)) {
    const end = code.indexOf("*/", start + 2);
    return end < 0 ? code.length : end + 2;
  }
  return undefined;
}

function quoted(code: string, start: number, blocks: Blocks): Next {
  const quote = code[start] as string;
  const triple = blocks === "indent" && quote !== "`" && code.startsWith(quote.repeat(3), start);
  if (triple) {
    const close = code.indexOf(quote.repeat(3), start + 3);
    const end = close < 0 ? code.length : close;
    return {
      token: { kind: "string", text: code.slice(start + 3, end), start, end: end + 3 },
      end: end + 3,
    };
  }
  // A lone ' is a lifetime or an apostrophe: it is not looked for further than a string goes.
  const last = quote === "'" ? Math.min(code.length, start + LONGEST_APOSTROPHE) : code.length;
  let end = start + 1;
  while (end < last && code[end] !== quote && (quote === "`" || code[end] !== "\n")) {
    end += code[end] === "\\" ? 2 : 1;
  }
  if (quote === "'" && code[end] !== quote) {
    return { token: { kind: "mark", text: quote, start, end: start + 1 }, end: start + 1 };
  }
  const text = code.slice(start + 1, end).replace(/\\(.)/gs, unescaped);
  return { token: { kind: "string", text, start, end: end + 1 }, end: end + 1 };
}

function unescaped(_all: string, char: string): string {
  return char === "n" || char === "r" ? "\n" : char === "t" ? "\t" : char;
}

function matched(code: string, start: number, pattern: RegExp, kind: Token["kind"]): Next {
  pattern.lastIndex = start;
  const written = pattern.exec(code)?.[0] ?? (code[start] as string);
  const end = start + written.length;
  const text = kind === "number" ? (canonicalNumber(written) ?? written) : written;
  return { token: { kind, text, start, end }, end };
}

const LONGEST_APOSTROPHE = 400;
const NUMBER = /\d[\w]*(?:\.\d\w*)?(?:(?<=[\d.][eE])[+-]\d+)?/y;
const WORD = /[\p{L}_$][\p{L}\p{N}_$]*/uy;
const MARK = /===|!==|==|!=|<=>|<=|>=|=>|->|&&|\|\||<<|>>|\*\*|\+\+|--|::|:=|\+=|-=|\*=|\/=|./suy;
