import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "../stats/index.ts";
import { entityToken, finalToken, middleToken, readable, WORDS } from "./recall-language.ts";
import { ask, intervene, otherThan } from "./recall-questions.ts";
import { createWorld, VALUES } from "./recall-world.ts";

const world = createWorld(createRandom(7));
const entities = fc.integer({ min: 0, max: 47 });
const seeds = fc.integer({ min: 0, max: 2 ** 32 - 1 });

/** The middle that the cards give an entity. */
function onCard(cards: readonly number[], entity: number): number {
  return cards[cards.indexOf(entityToken(entity)) + 1]!;
}

describe("ask", () => {
  it("asks bare questions for what is true", () => {
    fc.assert(
      fc.property(entities, (entity) => {
        const random = createRandom(0);
        const middle = world.middleOf[entity]!;
        const oneHop = ask(world, entity, "one-hop", "none", random);
        expect(oneHop.cards).toEqual([]);
        expect(oneHop.ask).toEqual([WORDS.recall, entityToken(entity)]);
        expect(oneHop.expected).toBe(middleToken(middle));
        const direct = ask(world, entity, "direct", "none", random);
        expect(direct.expected).toBe(finalToken(world.finalOf[middle]!));
      }),
    );
  });

  it("shows the true fact among three cards about different entities", () => {
    fc.assert(
      fc.property(entities, seeds, (entity, seed) => {
        const { cards } = ask(world, entity, "direct", "fact", createRandom(seed));
        expect(cards).toHaveLength(9);
        expect(new Set([cards[1], cards[4], cards[7]]).size).toBe(3);
        expect(onCard(cards, entity)).toBe(middleToken(world.middleOf[entity]!));
      }),
    );
  });

  it("alters the fact so that memory gives the wrong answer and the cards the right one", () => {
    fc.assert(
      fc.property(entities, seeds, (entity, seed) => {
        const question = ask(world, entity, "one-hop", "altered", createRandom(seed));
        expect(question.expected).toBe(onCard(question.cards, entity));
        expect(question.expected).not.toBe(middleToken(world.middleOf[entity]!));
      }),
    );
  });
});

describe("intervene", () => {
  it("puts a word into the scratchpad and asks for the answer", () => {
    const question = ask(world, 3, "scratchpad", "none", createRandom(1));
    expect(readable(intervene(question, middleToken(8)).ask)).toBe("reason H03 m08 so");
  });
});

describe("otherThan", () => {
  it("draws each other middle, never this one", () => {
    const random = createRandom(11);
    const drawn = new Set(Array.from({ length: 1000 }, () => otherThan(5, random)));
    expect(drawn.size).toBe(VALUES - 1);
    expect(drawn.has(5)).toBe(false);
  });
});
