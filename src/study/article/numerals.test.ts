import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ordinarySentences, plantedSentences } from "./corpus.test-support.ts";
import { findHidden, findNumerals, REFERENCE, VALUE } from "./numerals.ts";

const identifiers = ["H1", "H2", "wide-64", "top1"];
const found = (text: string) =>
  findNumerals(text, identifiers).map((finding) => text.slice(finding.start, finding.end));

describe(`numerals: ${plantedSentences.length} planted, ${ordinarySentences.length} ordinary sentences`, () => {
  it.each(plantedSentences)("refuses: %s", (sentence) => {
    expect(found(sentence)).not.toEqual([]);
  });

  it.each(ordinarySentences)("lets pass: %s", (sentence) => {
    expect(found(sentence)).toEqual([]);
  });

  it("has corpora large enough for the figures to mean something", () => {
    expect(new Set(ordinarySentences).size).toBeGreaterThanOrEqual(60);
    expect(new Set(plantedSentences).size).toBeGreaterThanOrEqual(90);
  });
});

describe("where a numeral is", () => {
  it("marks the numeral and nothing else", () => {
    expect(found("caught 93.5 of them, then twelve more")).toEqual(["93.5", "twelve"]);
    expect(found("тwо runs")).toEqual(["тwо"]);
    expect(found("a gain of ½, or ９３")).toEqual(["½", "９３"]);
  });

  it("marks a number word of wide letters at its own place", () => {
    const [first] = findNumerals("so 𝐭𝐰𝐨 it is", []);
    expect([first?.start, first?.end]).toEqual([3, 9]);
  });

  it("finds any number character of Unicode anywhere in ordinary prose", () => {
    const numbers = allNumberCharacters();
    expect(numbers.length).toBeGreaterThan(1500);
    fc.assert(
      fc.property(
        fc.constantFrom(...ordinarySentences),
        fc.constantFrom(...numbers),
        fc.nat(),
        (sentence, number, where) => {
          const characters = [...sentence];
          characters.splice(where % (characters.length + 1), 0, number);
          expect(found(characters.join(""))).not.toEqual([]);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it("finds every cardinal from two to nine hundred ninety-nine, however it is joined", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 999 }),
        fc.constantFrom("-", " ", "", " and ", "\n"),
        (number, joint) => {
          expect(found(`There were ${spell(number, joint)} of them.`)).not.toEqual([]);
        },
      ),
    );
  });
});

describe("identifiers of the study", () => {
  it("may carry digits where they stand whole", () => {
    expect(found("H1, (H2) and “wide-64”; H1/H2: top1's best.")).toEqual([]);
  });

  it.each([
    "H1%",
    "H1 %",
    "H1.5",
    "H1-5",
    "H1/5",
    "H1=5",
    "xH1",
    "H1x",
    "H1H2",
    "5-H1",
    "H1^",
    "2.H1",
  ])("may not lend their digits: %s", (text) => {
    expect(found(text)).not.toEqual([]);
  });

  it("do not excuse an identifier that is a number itself", () => {
    expect(findNumerals("93 runs, and two-hundred more", ["93", "two-hundred"])).toHaveLength(3);
  });
});

describe("values beside other things", () => {
  it.each([
    `−${VALUE}`,
    `-${VALUE}`,
    `minus ${VALUE}`,
    `.${VALUE}`,
    `~${VALUE}`,
    `${VALUE}k`,
    `${VALUE}${VALUE}`,
    `${VALUE}.${VALUE}`,
    `${VALUE}/${VALUE}`,
    `x${VALUE}`,
  ])("refuses what would change how a value reads: %j", (text) => {
    expect(found(text)).not.toEqual([]);
  });

  it.each([
    `(${VALUE})`,
    `${VALUE}, ${VALUE}.`,
    `“${VALUE}”`,
    `${VALUE}-layer`,
    `between ${VALUE} and ${VALUE}`,
    `${VALUE}—no more`,
    `${VALUE} (${REFERENCE})`,
  ])("lets a value stand in a sentence: %j", (text) => {
    expect(found(text)).toEqual([]);
  });
});

describe("hidden characters", () => {
  it.each([
    "\u200b",
    "\u200d",
    "\u2060",
    "\u00ad",
    "\u202e",
    "\u2066",
    "\ufeff",
    "\u0000",
    "\u3164",
    "\u180e",
    "\ufe0f",
    "\u{e0041}",
  ])("are found: %j", (character) => {
    expect(findHidden(`a${character}b`)).toMatchObject([{ start: 1, end: 1 + character.length }]);
  });

  it("are not the blanks, marks and letters of ordinary text", () => {
    expect(findHidden("naïve café\n\tΔ 漢字 — “x” … \u00a0 \u202f é")).toEqual([]);
  });
});

function allNumberCharacters(): readonly string[] {
  const numbers: string[] = [];
  for (let code = 0; code <= 0x10ffff; code += 1) {
    const character = String.fromCodePoint(code);
    if (/\p{N}/u.test(character)) numbers.push(character);
  }
  return numbers;
}

const small =
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(
    " ",
  );
const tens = "twenty thirty forty fifty sixty seventy eighty ninety".split(" ");

function spell(number: number, joint: string): string {
  if (number < 20) return small[number]!;
  if (number < 100) {
    return (
      tens[Math.floor(number / 10) - 2]! + (number % 10 === 0 ? "" : joint + small[number % 10]!)
    );
  }
  const rest = number % 100;
  return `${small[Math.floor(number / 100)]} hundred${rest === 0 ? "" : joint + spell(rest, joint)}`;
}
