import { createRandom, type Random } from "../../stats/index.ts";

/** A way to hide a message in the form of a text: its units carry bits or letters in their order. */
export interface Channel {
  readonly name: ChannelName;
  readonly says: string;
  /** What each unit carries: 0 or 1, or a letter's number from 0 to 25. */
  units(text: string): readonly number[];
  readonly carries: "bits" | "letters";
}

export const CHANNEL_NAMES = [
  "trailing-space",
  "double-space",
  "capitals",
  "word-length",
  "line-length",
  "bullets",
  "line-acrostic",
  "sentence-acrostic",
] as const;
export type ChannelName = (typeof CHANNEL_NAMES)[number];

const TEXT_LIMIT = 60_000;
/** More would only cost time. */
const MOST_UNITS = 800;
/** A message of five letters in eight bits each; shorter ones cannot be told from chance. */
const LEAST = { bits: 40, letters: 10 } as const;

const lines = (text: string) => text.split("\n").filter((line) => line.trim() !== "");
const words = (text: string) => text.match(/[A-Za-z]+/g) ?? [];
const bit = (value: boolean): number => (value ? 1 : 0);

const PROSE_LINE = /^[-*\s]{0,6}[A-Z][a-z]*[ ,]/;
const SENTENCE_END = /[.!?]\s/;

/** What units are found by: each linear in the text. */
export const CHANNEL_PATTERNS: readonly RegExp[] = [PROSE_LINE, SENTENCE_END];

export const CHANNELS: readonly Channel[] = [
  {
    name: "trailing-space",
    says: "spaces at the ends of lines",
    carries: "bits",
    units: (text) => lines(text).map((line) => bit(line.endsWith(" ") || line.endsWith("\t"))),
  },
  {
    name: "double-space",
    says: "single and double spaces between words",
    carries: "bits",
    units: (text) =>
      lines(text).flatMap((line) =>
        (line.trim().match(/ +/g) ?? []).map((gap) => bit(gap.length > 1)),
      ),
  },
  {
    name: "capitals",
    says: "capital letters at the beginnings of words",
    carries: "bits",
    units: (text) => words(text).map((word) => bit(word[0]! < "a")),
  },
  {
    name: "word-length",
    says: "odd and even lengths of words",
    carries: "bits",
    units: (text) => words(text).map((word) => word.length % 2),
  },
  {
    name: "line-length",
    says: "odd and even lengths of lines",
    carries: "bits",
    units: (text) => lines(text).map((line) => line.length % 2),
  },
  {
    name: "bullets",
    says: "kinds of bullets",
    carries: "bits",
    units: (text) =>
      lines(text).flatMap((line) => {
        const mark = line.trimStart().slice(0, 2);
        return mark === "- " ? [0] : mark === "* " ? [1] : [];
      }),
  },
  {
    name: "line-acrostic",
    says: "first letters of lines",
    carries: "letters",
    // Lines of prose: code and data begin as their grammar has it.
    units: (text) =>
      lines(text)
        .filter((line) => PROSE_LINE.test(line))
        .flatMap(firstLetter),
  },
  {
    name: "sentence-acrostic",
    says: "first letters of sentences",
    carries: "letters",
    units: (text) =>
      text
        .split(SENTENCE_END)
        .filter((part) => PROSE_LINE.test(part))
        .flatMap(firstLetter),
  },
];

/** A channel's test on a text. */
export interface ChannelTest {
  readonly channel: ChannelName;
  /** Of a message in the order of the units, against the same units in random order. */
  readonly p: number;
  readonly units: number;
}

/**
 * Tests whether the order of a channel's units carries a message: bits that come to readable letters,
 * first letters that follow each other as letters do within the text's own words. Under the null every
 * order is as likely, so shuffling gives an exact p (Besag and Clifford 1991: shuffling stops once
 * `EXCEEDED` shuffles do as well). Undefined where there are too few units or all are the same.
 * Encrypted messages look like noise and are not found.
 *
 * @param finest the smallest p that matters: it sets how many shuffles there are at most.
 */
export function testChannel(
  channel: Channel,
  text: string,
  seed: number,
  finest: number,
): ChannelTest | undefined {
  const head = withoutCode(text.slice(0, TEXT_LIMIT));
  const units = channel.units(head).slice(0, MOST_UNITS);
  if (units.length < LEAST[channel.carries] || new Set(units).size < 2) return undefined;
  const score = channel.carries === "bits" ? readability : wordLikeness(head);
  const random = createRandom(seed).fork(channel.name);
  return {
    channel: channel.name,
    units: units.length,
    p: permutationP(units, score, random, finest),
  };
}

const EXCEEDED = 10;
const MOST_SHUFFLES = 50_000;

function permutationP(
  units: readonly number[],
  score: (units: ArrayLike<number>) => number,
  random: Random,
  finest: number,
): number {
  const most = Math.min(MOST_SHUFFLES, Math.ceil(2 / finest));
  const shuffled = Int8Array.from(units);
  const seen = score(shuffled);
  // What `random.integer` does, with its limits reckoned once: shuffling is most of the work.
  const limits = Float64Array.from(units, (_, i) => 2 ** 32 - (2 ** 32 % (i + 1)));
  let exceeded = 0;
  for (let drawn = 1; drawn <= most; drawn++) {
    for (let i = shuffled.length - 1; i > 0; i--) {
      let draw = random.uint32();
      while (draw >= limits[i]!) draw = random.uint32();
      const j = (draw >>> 0) % (i + 1);
      const kept = shuffled[i]!;
      shuffled[i] = shuffled[j]!;
      shuffled[j] = kept;
    }
    if (score(shuffled) >= seen) exceeded += 1;
    if (exceeded === EXCEEDED) return exceeded / drawn;
  }
  return (exceeded + 1) / (most + 1);
}

/** The stretch of bits that reads most like text, in bytes of seven or eight bits from any place on. */
export function readability(bits: ArrayLike<number>): number {
  return Math.max(bestRun(bits, 7), bestRun(bits, 8));
}

/** All places to begin at in one pass, each with a run of its own: this is asked once a shuffle. */
function bestRun(bits: ArrayLike<number>, size: 7 | 8): number {
  const runs = new Float64Array(size);
  const before = new Int16Array(size).fill(-1);
  const mask = 2 ** size - 1;
  let best = 0;
  let code = 0;
  let from = 0;
  for (let at = 0; at < bits.length; at++) {
    code = ((code << 1) | bits[at]!) & mask;
    if (at + 1 >= size) {
      // Repeated forms give repeated letters; messages hardly ever do.
      const gain = code === before[from] ? -0.3 : LETTERNESS[code]!;
      const run = Math.max(0, runs[from]! + gain);
      runs[from] = run;
      before[from] = code;
      if (run > best) best = run;
    }
    from = from + 1 === size ? 0 : from + 1;
  }
  return best;
}

const LETTERNESS = Float64Array.from({ length: 256 }, (_, code) => letterness(code));

function letterness(code: number): number {
  if ((code >= 97 && code <= 122) || code === 32) return 1;
  if ((code >= 65 && code <= 90) || (code >= 48 && code <= 57)) return -0.2;
  return -1;
}

/** The stretch of letters that follow each other most as they do within the text's own words. */
function wordLikeness(text: string): (letters: ArrayLike<number>) => number {
  const pairs = new Float64Array(26 * 26).fill(0.5);
  const firsts = new Float64Array(26).fill(13);
  const seconds = new Float64Array(26).fill(13);
  let all = 26 * 13;
  for (const word of words(text.toLowerCase())) {
    for (let i = 1; i < word.length; i++) {
      const before = word.charCodeAt(i - 1) - 97;
      const after = word.charCodeAt(i) - 97;
      pairs[before * 26 + after]! += 1;
      firsts[before]! += 1;
      seconds[after]! += 1;
      all += 1;
    }
  }
  const gains = pairs.map((count, i) =>
    Math.log((count * all) / (firsts[Math.floor(i / 26)]! * seconds[i % 26]!)),
  );
  return (letters) => {
    let run = 0;
    let best = 0;
    for (let i = 1; i < letters.length; i++) {
      // Lists begin their lines alike: the same letter again says nothing.
      const again = letters[i] === letters[i - 1];
      run = Math.max(0, run + (again ? -0.5 : gains[letters[i - 1]! * 26 + letters[i]!]!));
      if (run > best) best = run;
    }
    return best;
  };
}

/** Fenced code has forms of its own. */
function withoutCode(text: string): string {
  return text
    .split("```")
    .filter((_, i) => i % 2 === 0)
    .join("\n");
}

function firstLetter(unit: string): readonly number[] {
  const letter = /[A-Za-z]/.exec(unit.slice(0, 20))?.[0];
  return letter === undefined ? [] : [letter.toLowerCase().charCodeAt(0) - 97];
}
