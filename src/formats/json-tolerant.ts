import type { Json } from "../record/index.ts";

/**
 * JSON with `NaN`, `Infinity` and `-Infinity`, and with integers of any length; those that a double
 * cannot hold exactly become strings. The caller has bounded the nesting. Throws SyntaxError.
 */
export function parseTolerantly(text: string): Json {
  let at = 0;

  const value = (): Json => {
    blank();
    switch (text[at]) {
      case "{":
        return object();
      case "[":
        return array();
      case '"':
        return string();
      default:
        return word();
    }
  };

  const object = (): Json => {
    const members: [string, Json][] = [];
    at++;
    if (!closes("}")) {
      do {
        blank();
        if (text[at] !== '"') fail();
        const key = string();
        blank();
        if (text[at++] !== ":") fail();
        members.push([key, value()]);
      } while (goesOn("}"));
    }
    // Unlike an assignment, this keeps a key named __proto__ a plain key.
    return Object.fromEntries(members);
  };

  const array = (): Json => {
    const items: Json[] = [];
    at++;
    if (!closes("]")) {
      do items.push(value());
      while (goesOn("]"));
    }
    return items;
  };

  const string = (): string => {
    const start = at;
    for (at++; text[at] !== '"'; at++) {
      if (at >= text.length) fail();
      if (text[at] === "\\") at++;
    }
    at++;
    return JSON.parse(text.slice(start, at)) as string;
  };

  const word = (): Json => {
    WORD.lastIndex = at;
    const found = WORD.exec(text)?.[0];
    if (!found) return fail();
    at += found.length;
    if (/^-?(?:NaN|Infinity)$/.test(found)) return found;
    const parsed = JSON.parse(found) as number | boolean | null;
    const isExact =
      typeof parsed !== "number" || !/^-?\d+$/.test(found) || Number.isSafeInteger(parsed);
    return isExact ? parsed : found;
  };

  const closes = (bracket: string): boolean => {
    blank();
    if (text[at] !== bracket) return false;
    at++;
    return true;
  };

  const goesOn = (bracket: string): boolean => {
    blank();
    const next = text[at++];
    if (next === ",") return true;
    return next === bracket ? false : fail();
  };

  const blank = () => {
    while (text[at] === " " || text[at] === "\n" || text[at] === "\r" || text[at] === "\t") at++;
  };

  const fail = (): never => {
    throw new SyntaxError(`unexpected text at position ${at}`);
  };

  const result = value();
  blank();
  if (at < text.length) fail();
  return result;
}

const WORD = /[-+.\w]+/y;
