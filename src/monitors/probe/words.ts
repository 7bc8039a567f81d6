/**
 * The words of a text as a probe counts them: lower-case stems, with what only names a thing (numbers,
 * addresses, links, identifiers, people, quoted titles) put into one word for its kind, so that what
 * is learnt on one set of names holds on another. Linear in the text; at most `WORD_LIMIT` words.
 */
export function wordsOf(text: string, style: "prose" | "data"): readonly Word[] {
  const words: Word[] = [];
  // In prose a quoted title is replaced in place, at its own length, so that offsets stay true.
  const source =
    style === "prose" ? text.replace(QUOTED, (all) => `"${" ".repeat(all.length - 2)}"`) : text;
  let opening = true;
  for (const match of source.matchAll(CHUNK)) {
    if (words.length >= WORD_LIMIT) break;
    const chunk = match[0];
    const start = match.index;
    const kind = kindOf(chunk);
    if (kind) words.push({ stem: kind, start, end: start + chunk.length });
    else {
      for (const part of chunk.matchAll(PART)) {
        const written = part[0];
        const lower = written.toLowerCase();
        const named =
          style === "prose" && !opening && CAPITALISED.test(written) && !PLAIN.has(lower);
        const stem = named ? "<name>" : DIGIT.test(written) ? "<number>" : stemOf(lower);
        const from = start + part.index;
        // A full name is one name, a long number one number.
        if (stem[0] !== "<" || words.at(-1)?.stem !== stem) {
          words.push({ stem, start: from, end: from + written.length });
        }
        opening = false;
      }
    }
    const last = chunk.charCodeAt(chunk.length - 1);
    opening = last === 46 || last === 33 || last === 63 || last === 58;
    if (last === 63)
      words.push({ stem: "?", start: start + chunk.length - 1, end: start + chunk.length });
  }
  return words;
}

export interface Word {
  /** A stem, or a kind in angle brackets: "<number>", "<address>", "<link>", "<id>", "<name>". */
  readonly stem: string;
  readonly start: number;
  readonly end: number;
}

/** A light English stemmer: endings only, so that "deletes", "deleted" and "deleting" are one word. */
export function stemOf(lower: string): string {
  let stem = lower.length > 24 ? lower.slice(0, 24) : lower;
  if (stem.length > 4 && stem.endsWith("ies")) stem = `${stem.slice(0, -3)}y`;
  else if (stem.length > 3 && stem.endsWith("s") && !stem.endsWith("ss") && !stem.endsWith("us")) {
    stem = stem.slice(0, -1);
  }
  if (stem.length > 5 && stem.endsWith("ing")) stem = stem.slice(0, -3);
  else if (stem.length > 4 && stem.endsWith("ed")) stem = stem.slice(0, -2);
  else if (stem.length > 5 && stem.endsWith("ly")) stem = stem.slice(0, -2);
  if (stem.length > 4 && stem.endsWith("e")) stem = stem.slice(0, -1);
  if (stem.length > 4 && stem.at(-1) === stem.at(-2) && !stem.endsWith("ss")) {
    stem = stem.slice(0, -1);
  }
  return stem;
}

/** Words that no relation between texts may rest on. */
export function isFunctionWord(stem: string): boolean {
  return FUNCTION_WORDS.has(stem) || stem.length < 3 || stem[0] === "<";
}

const WORD_LIMIT = 4000;

const QUOTED = /"[^"\n]{1,60}"/g;
const CHUNK = /[^\s"'`,;(){}[\]<>=|\\]+/g;
const PART = /\p{Lu}+(?=\p{Lu}\p{Ll})|\p{Lu}?\p{Ll}+|\p{Lu}+|\p{Lo}+|\p{Nd}+/gu;
const CAPITALISED = /^\p{Lu}\p{Ll}+$/u;
const DIGIT = /^\p{Nd}/u;
const LETTER_RUN = /\p{L}/u;

/** What words are found by: each linear in the text. */
export const WORD_PATTERNS: readonly RegExp[] = [
  QUOTED,
  CHUNK,
  PART,
  CAPITALISED,
  DIGIT,
  LETTER_RUN,
];

function kindOf(chunk: string): string | undefined {
  if (chunk.includes("://") || chunk.startsWith("www.")) return "<link>";
  const at = chunk.indexOf("@");
  if (at > 0 && chunk.indexOf(".", at) > at) return "<address>";
  if (chunk.length >= 5 && chunk.length <= 80 && !chunk.includes("/") && !chunk.includes("_")) {
    let digits = 0;
    let letters = 0;
    for (const character of chunk) {
      if (character >= "0" && character <= "9") digits += 1;
      else if (LETTER_RUN.test(character)) letters += 1;
    }
    if (digits >= 2 && letters >= 1) return "<id>";
    if (digits >= 5) return "<number>";
  }
  return undefined;
}

const FUNCTION_WORDS = new Set(
  (
    "the and for you your with that this from have has had was were are not but can could will would " +
    "should may might must into onto about over under than then there their them they his her its our " +
    "out all any some each more most other such only also just very here what which who whom when where " +
    "how why did does done been being let use using need want make made get got set say said see new one " +
    "two three per via please user tool action input final answer response result output name value type " +
    "text content true false null none data info information step task request id"
  )
    .split(" ")
    .map(stemOf),
);

// Capitalised mid-sentence, yet no names: what lists, headings and shouting are made of.
const PLAIN = new Set(
  (
    "i the this that please important note warning urgent ignore instruction instructions password " +
    "security social number bank account admin administrator email api key token user system test tests " +
    "sorry however yes no final answer step error true false none"
  ).split(" "),
);
