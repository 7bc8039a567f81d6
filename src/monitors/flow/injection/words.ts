/**
 * Words of a text as a sentence and a call can be compared by: lower case, without endings, each with
 * how much it tells. An identifier (an address, an account, a number) tells more than a word.
 */
export interface Word {
  readonly word: string;
  readonly start: number;
  readonly end: number;
  readonly identifies: boolean;
}

/** Longest text of which words are taken, and most words of one text. */
const MAX_TEXT = 65_536;
const MAX_WORDS = 8_192;

const WORD = /[\p{L}\p{N}_@.+:/#$%&=?~-]{1,256}/gu;

export function wordsOf(text: string, from = 0, to = text.length): readonly Word[] {
  const found: Word[] = [];
  const part = text.slice(from, Math.min(to, from + MAX_TEXT));
  for (const match of part.matchAll(WORD)) {
    const at = from + match.index;
    for (const { word, start, end, identifies } of wordsOfToken(match[0]))
      found.push({ word, start: at + start, end: at + end, identifies });
    if (found.length >= MAX_WORDS) break;
  }
  return found;
}

/**
 * Tokens come again and again, and what is made of one hangs on nothing else. No long ones are kept:
 * the engine keeps the whole text of which they are a part.
 */
const known = new Map<string, readonly Word[]>();
const MAX_KNOWN = 32_768;
const MAX_KNOWN_LENGTH = 12;

function wordsOfToken(token: string): readonly Word[] {
  if (token.length > MAX_KNOWN_LENGTH) return madeOfToken(token);
  let words = known.get(token);
  if (words === undefined) {
    words = madeOfToken(token);
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(token, words);
  }
  return words;
}

function madeOfToken(token: string): readonly Word[] {
  const { text, skipped: start } = trim(token);
  if (text === "") return [];
  if (isIdentifier(text)) {
    return [{ word: text.toLowerCase(), start, end: start + text.length, identifies: true }];
  }
  return piecesOf(text).flatMap((piece) => {
    const word = stem(piece.text.toLowerCase());
    const at = start + piece.start;
    return STOP_WORDS.has(word)
      ? []
      : [{ word, start: at, end: at + piece.text.length, identifies: false }];
  });
}

/** The words of a name in camel case, with underscores or hyphens: "GmailSendEmail". */
export function nameWords(name: string): readonly string[] {
  return piecesOf(name.slice(0, 200))
    .map(({ text }) => stem(text.toLowerCase()))
    .filter((word) => word.length > 1 && !STOP_WORDS.has(word));
}

/** A word without its commonest English endings: "sending", "sends" and "send" are one. */
export function stem(word: string): string {
  if (word.length > 5 && word.endsWith("ing")) return undouble(word.slice(0, -3));
  if (word.length > 4 && word.endsWith("ied")) return `${word.slice(0, -3)}y`;
  if (word.length > 4 && word.endsWith("ies")) return `${word.slice(0, -3)}y`;
  if (word.length > 4 && word.endsWith("ed")) return undouble(word.slice(0, -2));
  if (word.length > 4 && /(?:s|x|ch|sh)es$/.test(word)) return word.slice(0, -2);
  if (word.length > 3 && word.endsWith("s") && !word.endsWith("ss"))
    return dropE(word.slice(0, -1));
  return dropE(word);
}

/** An address, a URL, an account, a phone number, an amount, an identity: not a word of language. */
export function isIdentifier(text: string): boolean {
  if (text.length < 3) return false;
  if (text.includes("@") && text.length > 4) return true;
  if (text.includes("://") || /^www\./i.test(text)) return true;
  if (/^[\w-]+(?:\.[\w-]+)*\.[a-z]{2,10}(?:\/|$)/i.test(text) && !/^\d+\.\d/.test(text))
    return true;
  // Times, dates and ordinals are of everybody.
  if (/^\d{1,4}(?:st|nd|rd|th)$|^\d{1,2}:\d\d(?::\d\d)?$/i.test(text)) return false;
  if (/^\d{4}[-/.:]\d{1,2}[-/.:]\d{1,2}/.test(text)) return false;
  const digits = text.replaceAll(/\D/g, "").length;
  if (digits >= 4) return !/^(?:19|20)\d\d$/.test(text);
  return digits >= 2 && /\p{L}/u.test(text);
}

function undouble(word: string): string {
  const last = word.at(-1);
  const doubled = last === word.at(-2) && last !== undefined && !"lsz".includes(last);
  return dropE(doubled ? word.slice(0, -1) : word);
}

function dropE(word: string): string {
  return word.length > 3 && word.endsWith("e") ? word.slice(0, -1) : word;
}

function trim(text: string): { readonly text: string; readonly skipped: number } {
  const left = /^[^\p{L}\p{N}@]{0,256}/u.exec(text)?.[0].length ?? 0;
  let right = text.length;
  while (right > left && /[^\p{L}\p{N}]/u.test(text[right - 1]!)) right -= 1;
  return { text: text.slice(left, right), skipped: left };
}

function piecesOf(text: string): readonly { readonly text: string; readonly start: number }[] {
  const pieces = [];
  for (const match of text.matchAll(
    /\p{Lu}?\p{Ll}{1,100}|\p{Lu}{1,100}(?!\p{Ll})|\p{Lo}{1,100}|\p{N}{1,100}/gu,
  )) {
    pieces.push({ text: match[0], start: match.index });
  }
  return pieces;
}

const STOP_WORDS: ReadonlySet<string> = new Set(
  `a an the and or but if then than so as at by for from in into of off on onto to with without
  within about over under is are was were be been being am do does did done have has had having i me
  my mine we us our ours you your yours he him his she her hers it its they them their theirs this
  that these those there here what which who whom whose when where why how all any both each few
  more most other some such no nor not only own same too very can could will would shall should may
  might must please also just now need want let thank thanks ok yes hi hello dear true false null
  none undefined input action tool result id name`
    .split(/\s+/)
    .map(stem),
);
