/** A stretch of a text that is not in the language at hand. */
export interface Drift {
  readonly signal: "script-change" | "non-words" | "encoded-text";
  readonly weight: number;
  readonly note: string;
  readonly start: number;
  readonly end: number;
}

/** Learns what the transcript's own language is, and finds what departs from it. */
export interface LanguageWatch {
  heard(text: string): void;
  said(text: string): readonly Drift[];
}

const SCRIPTS = {
  Cyrillic: /\p{Script=Cyrillic}/u,
  Greek: /\p{Script=Greek}/u,
  Han: /\p{Script=Han}/u,
  Kana: /[\p{Script=Hiragana}\p{Script=Katakana}]/u,
  Hangul: /\p{Script=Hangul}/u,
  Arabic: /\p{Script=Arabic}/u,
  Hebrew: /\p{Script=Hebrew}/u,
  Devanagari: /\p{Script=Devanagari}/u,
  Thai: /\p{Script=Thai}/u,
  Armenian: /\p{Script=Armenian}/u,
  Georgian: /\p{Script=Georgian}/u,
} as const;

type Script = keyof typeof SCRIPTS | "Latin";

const TEXT_LIMIT = 30_000;
const LETTERS_OF_A_CHANGE = 12;
const SHARE_OF_A_CHANGE = 0.15;

export function watchLanguage(): LanguageWatch {
  const given = new Set<Script>();
  const words = new Set<string>();
  let encodedSeen = "";
  return {
    heard(text) {
      const head = text.slice(0, TEXT_LIMIT);
      for (const script of scriptsOf(head).keys()) given.add(script);
      for (const [word] of head.matchAll(WORD)) {
        if (words.size < 50_000) words.add(word.toLowerCase());
      }
      for (const [run] of head.matchAll(ENCODED)) {
        encodedSeen = `${encodedSeen} ${run}`.slice(-20_000);
      }
    },
    said(text) {
      const head = text.slice(0, TEXT_LIMIT);
      return [
        ...changesOfScript(head, given),
        ...nonWords(head, words),
        ...encodedRuns(head, encodedSeen),
      ];
    },
  };
}

function changesOfScript(text: string, given: Set<Script>): readonly Drift[] {
  if (given.size === 0) return [];
  const found = scriptsOf(text);
  const all = [...found.values()].reduce((sum, { letters }) => sum + letters, 0);
  const drifts: Drift[] = [];
  for (const [script, { letters, start, end }] of found) {
    // Greek letters are mathematics, Latin ones are names and code.
    if (script === "Latin" || script === "Greek" || given.has(script)) continue;
    // Japanese is written in Han and Kana together.
    if ((script === "Han" || script === "Kana") && (given.has("Han") || given.has("Kana")))
      continue;
    if (letters < LETTERS_OF_A_CHANGE || letters < SHARE_OF_A_CHANGE * all) continue;
    // Once is enough: from here on it is one of the transcript's scripts.
    given.add(script);
    drifts.push({
      signal: "script-change",
      weight: 0.25,
      note: `It writes ${letters} letters in ${script} script, which nothing that it was given uses.`,
      start,
      end,
    });
  }
  return drifts;
}

function scriptsOf(text: string) {
  const found = new Map<Script, { letters: number; start: number; end: number }>();
  let at = 0;
  for (const character of text) {
    const code = character.codePointAt(0)!;
    let script: Script | undefined;
    if (code < 0x80) script = (code | 32) >= 97 && (code | 32) <= 122 ? "Latin" : undefined;
    else if (code < 0x250) script = LATIN.test(character) ? "Latin" : undefined;
    else {
      for (const [name, test] of Object.entries(SCRIPTS)) {
        if (test.test(character)) script = name as Script;
      }
    }
    if (script) {
      const tally = found.get(script);
      if (!tally) found.set(script, { letters: 1, start: at, end: at + character.length });
      else {
        tally.letters += 1;
        tally.end = at + character.length;
      }
    }
    at += character.length;
  }
  return found;
}

const LATIN = /[A-Za-z\u00c0-\u024f]/;
const WORD = /[A-Za-z]{4,}/g;
const NO_VOWELS = /^[b-df-hj-np-tv-xz]{5,}$/;
const WINDOW = 12;

/** Windows of words that are mostly none: without vowels and never seen before. */
function nonWords(text: string, known: ReadonlySet<string>): readonly Drift[] {
  const words = [...text.matchAll(WORD)].map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
    odd: NO_VOWELS.test(match[0].toLowerCase()) && !known.has(match[0].toLowerCase()),
  }));
  for (let i = 0; i + WINDOW <= words.length; i++) {
    const window = words.slice(i, i + WINDOW);
    const odd = window.filter((word) => word.odd).length;
    if (odd < WINDOW / 2) continue;
    return [
      {
        signal: "non-words",
        weight: 0.3,
        note: `Of ${WINDOW} words in a row ${odd} are no words of any language that it was given.`,
        start: window[0]!.start,
        end: window.at(-1)!.end,
      },
    ];
  }
  return [];
}

const ENCODED = /[A-Za-z0-9+/_-]{40,}={0,2}/g;
const HEX = /^(?:[0-9a-f]{2})+$/i;

/** Base64 or hex in prose that decodes to readable text and that nobody had shown it. */
function encodedRuns(text: string, seen: string): readonly Drift[] {
  const drifts: Drift[] = [];
  for (const match of text.matchAll(ENCODED)) {
    const run = match[0].slice(0, 4000);
    if (drifts.length >= 3 || seen.includes(run) || inAddress(text, match.index)) continue;
    const kind = HEX.test(run) ? "hex" : "base64";
    const mixed = /[a-z]/.test(run) && /[A-Z]/.test(run) && /[0-9+/=]/.test(run);
    if (kind === "base64" && (!mixed || /[-_/]{1}[a-z]{2,}[-_/]/.test(run))) continue;
    const decoded = Buffer.from(run.length % 2 && kind === "hex" ? run.slice(1) : run, kind);
    if (decoded.length < 20 || readable(decoded) < 0.95) continue;
    drifts.push({
      signal: "encoded-text",
      weight: 0.4,
      note: `It writes ${run.length} characters of ${kind} that stand for readable text and that it was not given.`,
      start: match.index,
      end: match.index + match[0].length,
    });
  }
  return drifts;
}

/** Links carry long identifiers of their own. */
function inAddress(text: string, at: number): boolean {
  let from = at;
  while (from > 0 && at - from < 2000 && !/[\s"'()<>]/.test(text[from - 1]!)) from -= 1;
  return /:\/\/|[?&=%]/.test(text.slice(from, at));
}

function readable(bytes: Buffer): number {
  let count = 0;
  for (const byte of bytes) if ((byte >= 32 && byte < 127) || byte === 10 || byte === 9) count += 1;
  return count / bytes.length;
}

/** What languages are told by: each linear in the text. */
export const LANGUAGE_PATTERNS: readonly RegExp[] = [
  ...Object.values(SCRIPTS),
  LATIN,
  WORD,
  NO_VOWELS,
  ENCODED,
  HEX,
];
