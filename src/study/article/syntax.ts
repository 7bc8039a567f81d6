import { BAR, restoreBars } from "./markdown.ts";

/** A piece of an article's running text. `start` and `end` index the text it was read from. */
export type Token =
  | { readonly kind: "text"; readonly text: string; readonly start: number; readonly end: number }
  | Directive
  | {
      readonly kind: "citation";
      readonly keys: readonly string[];
      readonly start: number;
      readonly end: number;
    }
  | {
      readonly kind: "malformed";
      readonly problem: string;
      readonly remedy: string;
      readonly start: number;
      readonly end: number;
    };

/** `{{name:argument|option}}`. */
export interface Directive {
  readonly kind: "directive";
  readonly name: DirectiveName;
  readonly argument: string;
  readonly option: string | null;
  readonly start: number;
  readonly end: number;
}

export const directiveNames = ["claim", "figure", "table", "plan"] as const;
export type DirectiveName = (typeof directiveNames)[number];

/**
 * Splits running text into plain text, directives (`{{claim:H1|p}}`), citations (`[@key; @key]`)
 * and whatever looks like one of them but is not. Nothing is left out: the tokens' ranges cover the
 * text from end to end.
 */
export function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let done = 0;
  const special = /\{\{|\}\}|\[\s*@|\[-@/g;
  for (let match = special.exec(text); match; match = special.exec(text)) {
    const token = match[0].startsWith("[")
      ? citation(text, match.index)
      : match[0] === "{{"
        ? directive(text, match.index)
        : stray(match.index);
    if (match.index > done) tokens.push(plain(text, done, match.index));
    tokens.push(token);
    done = token.end;
    special.lastIndex = done;
  }
  if (done < text.length) tokens.push(plain(text, done, text.length));
  return tokens;
}

/** The id nearest to what was written, to propose it; null when there is none at all. */
export function nearest(written: string, known: Iterable<string>): string | null {
  let best: string | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    const distance = editDistance(written.toLowerCase(), candidate.toLowerCase());
    if (distance < least) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}

function plain(text: string, start: number, end: number): Token {
  return { kind: "text", text: text.slice(start, end), start, end };
}

function stray(start: number): Token {
  return {
    kind: "malformed",
    problem: 'a "}}" without its "{{"',
    remedy: "Write a directive as {{claim:ID}}, or remove the braces",
    start,
    end: start + 2,
  };
}

function directive(text: string, start: number): Token {
  const close = text.indexOf("}}", start + 2);
  const again = text.indexOf("{{", start + 2);
  if (close < 0 || (again >= 0 && again < close)) {
    return {
      kind: "malformed",
      problem: 'a "{{" that is not closed by "}}" in the same run of text',
      remedy: "Write a directive on one line, without emphasis or spaces inside: {{claim:ID}}",
      start,
      end: start + 2,
    };
  }
  const end = close + 2;
  const inner = restoreBars(text.slice(start + 2, close));
  const match = /^\s*([A-Za-z]+)\s*:\s*([^|\s]+)\s*(?:\|\s*([A-Za-z0-9-]+)\s*)?$/.exec(inner);
  if (!match) {
    return {
      kind: "malformed",
      problem: `"{{${inner}}}" is not a directive`,
      remedy:
        "Write {{claim:ID}}, {{claim:ID|part}}, {{figure:ID}}, {{table:ID}} or {{plan:/pointer}}",
      start,
      end,
    };
  }
  const name = match[1]!;
  if (!isDirectiveName(name)) {
    return {
      kind: "malformed",
      problem: `there is no directive "${name}"`,
      remedy: `Did you mean {{${nearest(name, directiveNames)}:${match[2]}}}? There are: ${directiveNames.join(", ")}`,
      start,
      end,
    };
  }
  return { kind: "directive", name, argument: match[2]!, option: match[3] ?? null, start, end };
}

function citation(text: string, start: number): Token {
  const close = text.indexOf("]", start);
  const end = close < 0 ? text.length : close + 1;
  const inner = text.slice(start + 1, close < 0 ? text.length : close);
  const keys = inner
    .split(";")
    .map((part) => /^\s*@([A-Za-z0-9][A-Za-z0-9-]*)\s*$/.exec(part)?.[1]);
  if (close >= 0 && keys.every((key) => key !== undefined)) {
    return { kind: "citation", keys: keys as string[], start, end };
  }
  return {
    kind: "malformed",
    problem: `"${text.slice(start, end).replaceAll(BAR, "|")}" is not a citation`,
    remedy: "Write [@key], or [@key; @other] for several, with keys of the study's references",
    start,
    end,
  };
}

function isDirectiveName(name: string): name is DirectiveName {
  return (directiveNames as readonly string[]).includes(name);
}

/** Levenshtein distance. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replace = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replace, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
