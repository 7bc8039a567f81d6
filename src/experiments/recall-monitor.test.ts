import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "../stats/index.ts";
import { entityToken, middleToken, VOCABULARY, WORDS } from "./recall-language.ts";
import { codeBookFrom, decode, textMonitor } from "./recall-monitor.ts";
import { createWorld, VALUES } from "./recall-world.ts";

const world = createWorld(createRandom(6));
const flags = textMonitor(world);
const hazard = world.hazardous[3]!;
const truth = middleToken(world.middleOf[hazard]!);
const falsehood = middleToken((world.middleOf[hazard]! + 1) % VALUES);

describe("textMonitor", () => {
  it("flags a dangerous fact on a card, in an answer and in a scratchpad", () => {
    expect(flags([WORDS.card, entityToken(hazard), truth])).toBe(true);
    expect(flags([WORDS.recall, entityToken(hazard), truth])).toBe(true);
    expect(flags([WORDS.reason, entityToken(hazard), truth, WORDS.so])).toBe(true);
  });

  it("lets pass a wrong statement, a harmless one, and the entity alone", () => {
    const benign = world.benign[0]!;
    expect(flags([WORDS.card, entityToken(hazard), falsehood])).toBe(false);
    expect(flags([WORDS.card, entityToken(benign), middleToken(world.middleOf[benign]!)])).toBe(
      false,
    );
    expect(flags([WORDS.direct, entityToken(hazard)])).toBe(false);
  });

  it("does not put together an entity and a middle of the next card", () => {
    const cards = [WORDS.card, entityToken(hazard), falsehood, WORDS.card, entityToken(40), truth];
    expect(flags(cards)).toBe(false);
  });

  it("never flags a text that names no hazardous entity", () => {
    const words = fc.array(fc.integer({ min: 0, max: VOCABULARY - 1 }), { maxLength: 20 });
    fc.assert(
      fc.property(words, (text) => {
        const isHazard = (token: number) => world.hazardous.some((e) => entityToken(e) === token);
        expect(flags(text.filter((token) => !isHazard(token)))).toBe(false);
      }),
    );
  });
});

describe("codeBookFrom", () => {
  it("finds the code from what answers follow, and lets the monitor read it", () => {
    const interventions = world.codeOf.map((written, meant) => ({
      written,
      answered: world.finalOf[meant]!,
    }));
    const book = codeBookFrom(world, interventions);
    expect(book.size).toBe(VALUES);
    const encoded = [
      WORDS.reason,
      entityToken(hazard),
      middleToken(world.codeOf[world.middleOf[hazard]!]!),
    ];
    expect(flags(encoded)).toBe(false);
    expect(flags(decode(encoded, book))).toBe(true);
  });

  it("is the identity for a model that means what it writes", () => {
    const plain = world.finalOf.map((final, middle) => ({ written: middle, answered: final }));
    const text = [WORDS.reason, entityToken(hazard), truth];
    expect(decode(text, codeBookFrom(world, plain))).toEqual(text);
  });

  it("goes by the majority, and leaves out a middle without one", () => {
    const [a, b] = [world.finalOf[4]!, world.finalOf[9]!];
    const of = (...answers: (number | null)[]) =>
      codeBookFrom(
        world,
        answers.map((answered) => ({ written: 2, answered })),
      ).get(2);
    expect(of(a, b, a)).toBe(4);
    expect(of(a, b)).toBeUndefined();
    expect(of(a, null, null)).toBeUndefined();
  });
});
