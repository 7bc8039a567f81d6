import { codePoint, isHidden } from "../../record/index.ts";
import { foldLookalikes, readsAsDigits } from "./lookalikes.ts";
import { findNumberWords } from "./number-words.ts";

/** Stands for a directive that prints a value, in text that is searched for numerals. */
export const VALUE = "\ue010";
/** Stands for a citation, or a reference to a figure or table. */
export const REFERENCE = "\ue011";
const NAME = "\ue012";

/** Something in running text that must not stand there; a range of UTF-16 units. */
export interface Finding {
  readonly start: number;
  readonly end: number;
  readonly problem: string;
  readonly remedy: string;
}

/**
 * Finds every numeral in running text: number characters of any script (`\p{N}`, CJK numerals),
 * number words, letters that read as digits, signs that only numbers carry, and pictures of
 * numbers. Directives stand in the text as VALUE or REFERENCE. `identifiers` (hypotheses,
 * conditions, measures) may contain digits where they stand whole.
 */
export function findNumerals(text: string, identifiers: Iterable<string>): readonly Finding[] {
  const masked = maskIdentifiers(text, identifiers);
  return firstOfEach([
    ...numberCharacters(masked, text),
    ...numberWords(masked, text),
    ...lookalikes(masked),
    ...signs(masked),
    ...joinedValues(masked),
  ]);
}

/** Characters that a reader cannot see or that reorder what is seen; refused in every section. */
export function findHidden(text: string): readonly Finding[] {
  const found: Finding[] = [];
  let at = 0;
  for (const character of text) {
    if (isHidden(character) && !"\r\ue010\ue011".includes(character)) {
      found.push({
        start: at,
        end: at + character.length,
        problem: `the hidden character ${codePoint(character)}`,
        remedy: "Remove it: what is printed must be what can be read",
      });
    }
    at += character.length;
  }
  return found;
}

const evidence =
  "Write {{claim:ID}} for a result or {{plan:/pointer}} for a number of the design; numbers may stand in Background, Related work, Methods and Limitations";

/** Identifiers that start with a letter and say more than a number; the longest is tried first. */
function maskIdentifiers(text: string, identifiers: Iterable<string>): string {
  const names = [...identifiers]
    .filter((name) => /^[A-Za-z]/.test(name) && !saysOnlyNumbers(name))
    .sort((a, b) => b.length - a.length)
    .map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  if (names.length === 0) return text;
  const before = "(?<![\\p{L}\\p{N}\\p{M}_])(?<![\\p{L}\\p{N}\\p{M}][-‐‑–−.,:^=])";
  const after = "(?![\\p{L}\\p{N}\\p{M}_^])(?![-‐‑–−.,:/=][\\p{N}])(?![-‐‑–−.][\\p{L}\\p{M}])";
  return text.replace(new RegExp(`${before}(?:${names.join("|")})${after}`, "gu"), (name) =>
    NAME.repeat(name.length),
  );
}

function saysOnlyNumbers(name: string): boolean {
  const parts = name
    .toLowerCase()
    .split(/[-\d]+/)
    .filter((part) => part !== "");
  return parts.every((part) => findNumberWords(part).length > 0);
}

const tokenWithNumber =
  /[\p{L}\p{N}\p{M}]*\p{N}(?:[\p{L}\p{N}\p{M}]|[.,:/·٫⁄^_-](?=[\p{L}\p{N}]))*/gu;

function* numberCharacters(masked: string, text: string): Generator<Finding> {
  for (const match of masked.matchAll(tokenWithNumber)) {
    yield range(match.index, match[0], `the numeral "${slice(text, match)}" has no evidence`);
  }
  for (const match of masked.matchAll(
    /[〇零一二两兩三四五六七八九十百千万萬亿億壹贰貳叁參肆伍陆陸柒捌玖拾佰仟廿卅半]+/gu,
  )) {
    yield range(match.index, match[0], `the numeral "${match[0]}" has no evidence`);
  }
  for (const match of masked.matchAll(/(?![©®°™✓✗])\p{So}/gu)) {
    yield range(match.index, match[0], `the pictograph "${match[0]}" can stand for a number`);
  }
  const upper =
    /(?<![\p{L}\p{N}])(?=[IVXLCDM]{2,}(?![\p{L}\p{N}]))M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})(?![\p{L}\p{N}])/gu;
  for (const match of masked.matchAll(upper)) {
    const roman = /^[IVX]+$|^(?=.*[IVX]).{4,}|^X[CL].|^.XX$/.test(match[0]);
    if (roman)
      yield range(match.index, match[0], `the Roman numeral "${match[0]}" has no evidence`);
  }
  for (const match of masked.matchAll(
    /(?<![\p{L}\p{N}])(?:ii|iii|iv|vii|viii|ix|xii|xiii)(?![\p{L}\p{N}])/gu,
  )) {
    yield range(match.index, match[0], `the Roman numeral "${match[0]}" has no evidence`);
  }
}

function* numberWords(masked: string, text: string): Generator<Finding> {
  const folded = foldLookalikes(masked);
  for (const word of findNumberWords(folded.text)) {
    const start = folded.index[word.start]!;
    const last = folded.index[word.end - 1]!;
    const end = last + String.fromCodePoint(masked.codePointAt(last)!).length;
    yield {
      ...range(start, text.slice(start, end), ""),
      problem: `the number word "${text.slice(start, end)}" has no evidence`,
    };
  }
  // A word of mixed scripts is not a word of any language: it hides what it says from a search.
  for (const match of masked.matchAll(/[\p{L}\p{M}]+/gu)) {
    if (
      /\p{Script=Latin}/u.test(match[0]) &&
      /[\p{Script=Cyrillic}\p{Script=Armenian}ΑΒΕΖΗΙΚΜΝΟΡΤΥΧονιτ]/u.test(match[0])
    ) {
      yield {
        ...range(match.index, match[0], `"${match[0]}" mixes letters of different scripts`),
        remedy: "Write it in one script",
      };
    }
  }
}

function* lookalikes(masked: string): Generator<Finding> {
  for (const match of masked.matchAll(/[^\s()[\]{}"“”‘’;!?—\ue010-\ue012]+/gu)) {
    const token = match[0].replace(/^[-+−±~≈<>=.,:]+|[.,:%‰-]+$/gu, "");
    if (token !== "" && readsAsDigits(token)) {
      yield range(match.index, match[0], `"${token}" reads as a number`);
    }
  }
}

function* signs(masked: string): Generator<Finding> {
  for (const match of masked.matchAll(/[%‰‱±∓％﹪]/gu)) {
    yield {
      ...range(match.index, match[0], `the sign "${match[0]}" stands outside a claim`),
      remedy: "A claim brings its own unit and interval: write {{claim:ID}} alone",
    };
  }
  for (const match of masked.matchAll(/(?<![\p{L}\p{N}])[pP]\s*[=<>≤≥≈]/gu)) {
    yield {
      ...range(match.index, match[0], `"${match[0]}" stands outside a claim`),
      remedy: 'Write {{claim:ID|p}}, which brings its own "p ="',
    };
  }
}

/** What stands against a value would change it: "−{{claim:H1}}", "{{claim:H1}}k". */
function* joinedValues(masked: string): Generator<Finding> {
  const before =
    /(?:[\p{L}\p{N}\p{M}.,−+~≈<>=*^_#$€£\\\ue010\ue011\ue012-]|(?<![\p{L}])(?:minus|plus|times|negative)\s+)\ue010/giu;
  const after = /\ue010(?:[\p{L}\p{N}\p{M}*^_\\\ue011\ue012]|[.,:/][\p{L}\p{N}\ue010])/gu;
  for (const pattern of [before, after]) {
    for (const match of masked.matchAll(pattern)) {
      yield {
        start: match.index,
        end: match.index + match[0].length,
        problem: "something stands against a value and would change how it reads",
        remedy: "Put a blank between them, or let the claim say it whole",
      };
    }
  }
}

function range(start: number, text: string, problem: string): Finding {
  return { start, end: start + text.length, problem, remedy: evidence };
}

function slice(text: string, match: RegExpExecArray | RegExpMatchArray): string {
  return text.slice(match.index!, match.index! + match[0].length);
}

/** In order, and only the first of findings that overlap. */
function firstOfEach(findings: readonly Finding[]): readonly Finding[] {
  const sorted = [...findings].sort((a, b) => a.start - b.start || b.end - a.end);
  const kept: Finding[] = [];
  for (const finding of sorted) {
    if (finding.start >= (kept.at(-1)?.end ?? 0)) kept.push(finding);
  }
  return kept;
}
