/** A statement of code: its text, the same with its strings blanked, and what it names. */
export interface Statement {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** With the content of plain strings as spaces. */
  readonly code: string;
  readonly strings: readonly { readonly value: string; readonly start: number }[];
  /** Identifiers outside strings, and in those that are filled in. */
  readonly names: readonly string[];
  /** Variables that it gives a value. */
  readonly targets: readonly string[];
}

const MAX_TEXT = 262_144;
const MAX_STATEMENT = 8_192;

/**
 * The statements of Python, JavaScript or the like, told apart by line ends and semicolons outside
 * brackets and strings. Takes time in proportion to the text.
 */
export function statementsOf(source: string): readonly Statement[] {
  const text = source.slice(0, MAX_TEXT);
  const found: Statement[] = [];
  let start = 0;
  let depth = 0;
  for (let at = 0; at <= text.length; at += 1) {
    const char = text[at];
    if (char === '"' || char === "'" || char === "`") at = stringEnd(text, at);
    else if (char === "#" && (at === 0 || /\s/.test(text[at - 1]!))) at = lineEnd(text, at) - 1;
    else if (char === "/" && text[at + 1] === "/" && text[at - 1] !== ":")
      at = lineEnd(text, at) - 1;
    else if (char === "(" || char === "[") depth += 1;
    else if (char === ")" || char === "]") depth = Math.max(0, depth - 1);
    const ends = char === undefined || ((char === "\n" || char === ";") && depth === 0);
    if (!ends && at - start < MAX_STATEMENT) continue;
    if (at - start >= MAX_STATEMENT) depth = 0;
    if (at > start && text.slice(start, at).trim() !== "") found.push(statementOf(text, start, at));
    start = at + 1;
  }
  return found;
}

function statementOf(source: string, start: number, end: number): Statement {
  const text = source.slice(start, end);
  const strings: { value: string; start: number }[] = [];
  let code = "";
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at]!;
    if (char !== '"' && char !== "'" && char !== "`") {
      code += char;
      continue;
    }
    const close = stringEnd(text, at);
    const quote = text.startsWith(char.repeat(3), at) ? 3 : 1;
    const value = text.slice(at + quote, Math.max(at + quote, close - quote + 1));
    strings.push({ value, start: at + quote });
    const filled =
      char === "`" ||
      /[fF]$/.test(text.slice(Math.max(0, at - 1), at)) ||
      /[fF][rR]$/.test(text.slice(Math.max(0, at - 2), at));
    code += filled ? `"${inserts(value)}"` : '""';
    at = close;
  }
  const names = new Set<string>();
  for (const match of code.matchAll(/(?<![\w$.])[A-Za-z_$][\w$]{0,80}/g)) names.add(match[0]);
  for (const match of code.matchAll(/\bself\.(\w{1,80})|\bthis\.(\w{1,80})/g))
    names.add(match[1] ?? match[2]!);
  return { start, end, text, code, strings, names: [...names], targets: targetsOf(code) };
}

/** The expressions within a string that is filled in. */
function inserts(value: string): string {
  return [...value.matchAll(/\{([^{}]{1,200})\}/g)].map((match) => ` ${match[1]} `).join("");
}

function targetsOf(code: string): readonly string[] {
  const text = assigned(code) ?? bound(code);
  if (text === undefined) return [];
  return text
    .replace(/^\s*(?:export|const|let|var|final|auto|my)\s/, "")
    .split(/[\s,{}[\]:*("]+/)
    .map((name) => name.replace(/^(?:self|this)\./, "").split(".")[0]!)
    .filter((name) => /^[A-Za-z_$][\w$]*$/.test(name));
}

/** Longest left side of an assignment that is looked at. */
const MAX_TARGET = 240;

/** What stands before the first `=` that is neither a comparison nor an argument's. */
function assigned(code: string): string | undefined {
  let depth = 0;
  for (let at = 0; at < Math.min(code.length, MAX_TARGET); at += 1) {
    const char = code[at]!;
    if (char === "(") depth += 1;
    else if (char === ")") depth -= 1;
    if (char !== "=" || depth !== 0) continue;
    if (/[=>]/.test(code[at + 1] ?? "") || /[=!<>]/.test(code[at - 1] ?? "")) return undefined;
    const left = code.slice(0, at);
    const typed = left.indexOf(":");
    const named = typed > 0 && !left.includes("{") ? left.slice(0, typed) : left;
    return named.replace(/[+|?*/-]$/, "");
  }
  const call = /^\s*([\w$.]+)\.(?:append|push|extend|add|update|insert)\(/.exec(
    code.slice(0, MAX_TARGET),
  );
  return call?.[1];
}

/** `with … as x:` and `for x in …`. */
function bound(code: string): string | undefined {
  const handle = /\bas (\w+)\s?:/.exec(code);
  if (handle !== null) return handle[1];
  const loop = /\bfor\b/.exec(code);
  if (loop === null) return undefined;
  const rest = code
    .slice(loop.index + 3, loop.index + MAX_TARGET)
    .replace(/^[\s(]*(?:const|let|var)?\s/, " ");
  const end = rest.search(/\s(?:in|of)\s/);
  return end < 0 ? undefined : rest.slice(0, end);
}

/** Index of the last character of the string that begins at a place; of the line where it is open. */
function stringEnd(text: string, at: number): number {
  const quote = text[at]!;
  const triple = quote.repeat(3);
  if (quote !== "`" && text.startsWith(triple, at)) {
    const close = text.indexOf(triple, at + 3);
    return close < 0 ? text.length - 1 : close + 2;
  }
  for (let i = at + 1; i < text.length; i += 1) {
    if (text[i] === "\\") i += 1;
    else if (text[i] === quote) return i;
    else if (text[i] === "\n" && quote !== "`") return i - 1;
  }
  return text.length - 1;
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end < 0 ? text.length : end;
}
