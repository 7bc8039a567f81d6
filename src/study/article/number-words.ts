/** A stretch of folded text that says a number. */
export interface NumberWord {
  readonly start: number;
  readonly end: number;
}

/**
 * Finds number words in text folded to lower-case Latin: cardinals, fractions, multiples, ordinals
 * from the fourth on, percentages, powers of ten; also run together ("ninetythree"), hyphenated
 * ("tw-o") or letter-spaced ("t w o"). English only.
 *
 * Decided with a corpus of ordinary sentences (see numerals.test.ts):
 * - "first", "second" and "third" pass as words of order; "a third of", "thirds" do not.
 * - "one" passes as a pronoun or article ("the one that", "one might"); it does not where it counts
 *   ("one run", "exactly one", "greater than one").
 * - set terms pass: "zero-shot", "two-sided", "double descent", "half-life".
 */
export function findNumberWords(text: string): readonly NumberWord[] {
  const words = splitWords(text);
  const found: NumberWord[] = [];
  for (const [index, word] of words.entries()) {
    if (saysNumber(words, index)) found.push({ start: word.start, end: word.end });
  }
  return [...found, ...brokenWords(text, found)].sort((a, b) => a.start - b.start);
}

interface Word extends NumberWord {
  readonly text: string;
  /** What stands between it and the next word. */
  readonly gap: string;
}

function splitWords(text: string): readonly Word[] {
  const matches = [...text.matchAll(/[a-z]+(?:['’]s\b)?/g)];
  return matches.map((match, index) => {
    const end = match.index + match[0].length;
    const next = matches[index + 1]?.index ?? text.length;
    return {
      text: match[0].replace(/['’]s$/, ""),
      start: match.index,
      end,
      gap: text.slice(end, next),
    };
  });
}

function saysNumber(words: readonly Word[], index: number): boolean {
  const word = words[index]!;
  const previous = joins(words[index - 1]?.gap) ? words[index - 1]!.text : "";
  const next = joins(word.gap) ? (words[index + 1]?.text ?? "") : "";
  if (setTerms.get(word.text)?.has(next)) return false;
  if (always.has(word.text) || compound.test(word.text)) return true;
  switch (word.text) {
    case "one":
      return oneCounts(
        previous,
        next,
        words.slice(index + 2, index + 5).map((later) => later.text),
      );
    case "third":
      return (
        previous === "one" || (articles.has(previous) && (next === "" || fractionOf.has(next)))
      );
    case "cent":
      return previous === "per";
    case "order":
    case "orders":
      return next === "of" && words[index + 2]?.text === "magnitude";
    default:
      return false;
  }
}

/** Whether two words stand in one phrase: only blanks or a hyphen between them. */
function joins(gap: string | undefined): boolean {
  return gap !== undefined && /^(?:\s+|\s*[-‐‑–]\s*)$/.test(gap);
}

function oneCounts(previous: string, next: string, later: readonly string[]): boolean {
  if (counted.has(next)) return true;
  if (next === "of") return later.some((word) => word.endsWith("s") && counted.has(word));
  if (next === "in" || next === "out") return numeralStem.test(later[0] ?? "") || later[0] === "of";
  return exactly.has(previous);
}

/** Hyphenated and letter-spaced spellings: "th-ree", "t w o". */
function brokenWords(text: string, found: readonly NumberWord[]): readonly NumberWord[] {
  const broken: NumberWord[] = [];
  for (const match of text.matchAll(
    /\b[a-z]+(?:(?:[-‐‑·.\ue013]|-\s+)[a-z]+)+\b|\b[a-z](?:[ \t\n\u00a0._·*/-][a-z])+\b/g,
  )) {
    const start = match.index;
    const end = start + match[0].length;
    if (found.some((word) => word.start < end && start < word.end)) continue;
    const joined = match[0].replace(/[^a-z]/g, "");
    if (always.has(joined) || compound.test(joined)) broken.push({ start, end });
  }
  return broken;
}

const small = "two three four five six seven eight nine ten eleven twelve".split(" ");
const teens = "thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(" ");
const tens = "twenty thirty forty fourty fifty sixty seventy eighty ninety".split(" ");
const powers = "hundred thousand million billion trillion quadrillion".split(" ");
const ordinals =
  "zeroth fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth thirtieth fortieth fiftieth sixtieth seventieth eightieth ninetieth hundredth thousandth millionth billionth trillionth".split(
    " ",
  );
const cardinals = ["zero", ...small, ...teens, ...tens, ...powers];

const always = new Set([
  ...cardinals,
  ...cardinals.map((word) => (word.endsWith("x") ? `${word}es` : `${word}s`)),
  ...tens.map((word) => word.replace(/y$/, "ies")),
  ...ordinals,
  ...ordinals.map((word) => `${word}s`),
  ...["zeroes", "naught", "nought", "nil", "unity", "thirds", "dozen", "dozens"],
  ...["half", "halves", "halve", "halved", "halving", "quarter", "quarters"],
  ...["twice", "thrice", "double", "doubled", "doubles", "doubling"],
  ...["triple", "tripled", "triples", "tripling", "treble", "trebled"],
  ...["quadruple", "quadrupled", "quadruples", "quintuple", "quintupled", "sextuple"],
  ...["percent", "percents", "pct", "permille", "permil"],
]);

/** Number words run together, with or without "and" or "point": "ninetythree", "tenfold". */
const morpheme = `(?:${[...cardinals, "one", "point", "and", "half", ...ordinals].sort((a, b) => b.length - a.length).join("|")})`;
const compound = new RegExp(
  `^(?:(?=.*(?:${cardinals.join("|")}))${morpheme}{2,}|(?:${cardinals.join("|")}|one)fold|(?:${[...tens, ...powers].join("|")})[a-z]+)$`,
);
const numeralStem = new RegExp(`^(?:${[...cardinals, "dozen"].join("|")})`);

const articles = new Set(["a", "another", "one", "by"]);
const fractionOf = new Set(
  "of as more less fewer lower higher smaller larger faster slower".split(" "),
);

/** What "one" counts, when it stands right before it. */
const counted = new Set(
  `run runs seed seeds condition conditions model models sample samples example examples token tokens
  point points step steps epoch epochs replication replications trial trials failure failures success
  successes hypothesis hypotheses layer layers head heads neuron neurons task tasks prompt prompts
  question questions unit units bit bits nat nats second seconds minute minutes hour hours day days
  percentage standard order case cases error errors attack attacks false true tenth tenths quarter
  third`.split(/\s+/),
);

/** What makes a following "one" a quantity. */
const exactly = new Set("exactly precisely equals least most minus plus than".split(" "));

/** Terms whose number word counts nothing, by their first word. */
const setTerms: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries({
    zero: "shot day sum knowledge ablation ablations ablate ablated ablating padding padded out",
    two: "sided tailed",
    double:
      "blind check checks checked checking descent click edged counting counted precision linked quotes quoted",
    doubling: "time times",
    half: "life lives precision space plane hearted heartedly",
    triple: "blind linked",
  }).map(([first, rest]) => [first, new Set(rest.split(" ").filter((word) => word !== ""))]),
);
