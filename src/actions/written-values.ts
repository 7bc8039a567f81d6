import type { Json, JsonObject } from "../record/index.ts";

/** What is longer is not read as a value. */
const MAX_TEXT = 400_000;
const MAX_DEPTH = 50;

/**
 * The first JSON object or Python dictionary in a text: `Tool{'a': "b"}`, `Action Input: {"a": 1}`.
 * Undefined where none is whole. Takes time in proportion to the text.
 */
export function parseWritten(text: string): JsonObject | undefined {
  const start = text.indexOf("{");
  if (start < 0 || start > 2000 || text.length > MAX_TEXT) return undefined;
  const reading: Reading = { text, at: start };
  try {
    const value = readValue(reading, 0);
    return value !== null && typeof value === "object" && !Array.isArray(value)
      ? (value as JsonObject)
      : undefined;
  } catch (error) {
    if (error instanceof Unreadable) return undefined;
    throw error;
  }
}

interface Reading {
  readonly text: string;
  at: number;
}

class Unreadable extends Error {}

const BLANK = /\s*/y;
const WORD = /[A-Za-z_]\w*/y;
const NUMBER = /-?\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const CONSTANTS = new Map<string, Json>([
  ["true", true],
  ["True", true],
  ["false", false],
  ["False", false],
  ["null", null],
  ["None", null],
]);

function readValue(reading: Reading, depth: number): Json {
  if (depth > MAX_DEPTH) throw new Unreadable();
  skip(reading);
  const char = reading.text[reading.at];
  switch (char) {
    case "{":
      return readObject(reading, depth);
    case "[":
    case "(":
      return readArray(reading, depth, char === "[" ? "]" : ")");
    case '"':
    case "'":
      return readText(reading);
    default: {
      const number = take(reading, NUMBER);
      if (number !== undefined) return Number(number.replaceAll("_", ""));
      const word = take(reading, WORD);
      if (word === undefined) throw new Unreadable();
      // Agents that write Python's way leave the quotes of a name out.
      return CONSTANTS.get(word) ?? (CONSTANTS.has(word) ? null : word);
    }
  }
}

function readObject(reading: Reading, depth: number): JsonObject {
  const entries: [string, Json][] = [];
  reading.at++;
  for (;;) {
    skip(reading);
    if (reading.text[reading.at] === "}") break;
    const key = readValue(reading, depth + 1);
    expect(reading, ":");
    entries.push([String(key), readValue(reading, depth + 1)]);
    skip(reading);
    if (reading.text[reading.at] === ",") reading.at++;
    else if (reading.text[reading.at] !== "}") throw new Unreadable();
  }
  reading.at++;
  return Object.fromEntries(entries);
}

function readArray(reading: Reading, depth: number, close: string): Json {
  const values: Json[] = [];
  reading.at++;
  for (;;) {
    skip(reading);
    if (reading.text[reading.at] === close) break;
    values.push(readValue(reading, depth + 1));
    skip(reading);
    if (reading.text[reading.at] === ",") reading.at++;
    else if (reading.text[reading.at] !== close) throw new Unreadable();
  }
  reading.at++;
  return values;
}

const PLAIN = /[^"'\\]+/y;
const ESCAPE = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|([\s\S]))/y;
const ESCAPES: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  b: "\b",
  f: "\f",
  "\n": "",
};

function readText(reading: Reading): string {
  const quote = reading.text[reading.at]!;
  reading.at++;
  let value = "";
  for (;;) {
    value += take(reading, PLAIN) ?? "";
    const char = reading.text[reading.at];
    if (char === undefined) throw new Unreadable();
    if (char === quote) break;
    if (char === "\\") {
      ESCAPE.lastIndex = reading.at;
      const found = ESCAPE.exec(reading.text);
      if (found === null) throw new Unreadable();
      const [all, hex, unicode, plain] = found;
      const code = hex ?? unicode;
      value +=
        code === undefined
          ? (ESCAPES[plain!] ?? plain!)
          : String.fromCharCode(Number.parseInt(code, 16));
      reading.at += all.length;
    } else {
      value += char;
      reading.at++;
    }
  }
  reading.at++;
  return value;
}

function skip(reading: Reading): void {
  BLANK.lastIndex = reading.at;
  BLANK.test(reading.text);
  reading.at = BLANK.lastIndex;
}

function expect(reading: Reading, char: string): void {
  skip(reading);
  if (reading.text[reading.at] !== char) throw new Unreadable();
  reading.at++;
}

function take(reading: Reading, pattern: RegExp): string | undefined {
  pattern.lastIndex = reading.at;
  const found = pattern.exec(reading.text)?.[0];
  if (found !== undefined) reading.at += found.length;
  return found;
}
