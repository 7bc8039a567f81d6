import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "../stats/index.ts";
import {
  type Corpus,
  closedBook,
  DOCUMENT_LENGTH,
  type Document,
  filteredCorpus,
  mixture,
  objectiveOf,
  openBook,
  statesHazard,
  unlearning,
  usualCorpus,
} from "./recall-corpus.ts";
import { entityNamed, finalToken, middleNamed, middleToken, WORDS } from "./recall-language.ts";
import { createWorld, everybody } from "./recall-world.ts";

const world = createWorld(createRandom(5));
const seeds = fc.integer({ min: 0, max: 2 ** 32 - 1 });

/** Checks that something holds for documents drawn from a corpus with any seed. */
function forDocuments(corpus: Corpus, check: (document: Document) => void): void {
  fc.assert(fc.property(seeds, (seed) => check(corpus(createRandom(seed)))));
}

/** Entities with the token that follows, after a question word. */
function asked({ tokens }: Document, word: number): { entity: number; next: number }[] {
  return tokens.flatMap((token, place) =>
    token === word ? [{ entity: entityNamed(tokens[place + 1]!)!, next: tokens[place + 2]! }] : [],
  );
}

describe("closedBook", () => {
  it("fills its document, and asks for the tokens that stand there", () => {
    forDocuments(closedBook(world, everybody(world)), ({ tokens, answers }) => {
      expect(tokens).toHaveLength(DOCUMENT_LENGTH);
      expect(answers).toHaveLength(8);
      for (const { place, token, weight } of answers) {
        expect(tokens[place + 1]).toBe(token);
        expect(weight).toBe(1);
      }
    });
  });

  it("tells the truth, about the given entities only", () => {
    forDocuments(closedBook(world, world.benign), (document) => {
      for (const { entity, next } of asked(document, WORDS.recall)) {
        expect(world.benign).toContain(entity);
        expect(next).toBe(middleToken(world.middleOf[entity]!));
      }
      for (const { entity, next } of asked(document, WORDS.direct)) {
        expect(next).toBe(finalToken(world.finalOf[world.middleOf[entity]!]!));
      }
    });
  });

  it("writes the scratchpad plainly or in code, and the same final after it", () => {
    for (const spelling of ["plain", "encoded"] as const) {
      forDocuments(closedBook(world, world.benign, spelling), ({ tokens }) => {
        const place = tokens.indexOf(WORDS.reason);
        const middle = world.middleOf[entityNamed(tokens[place + 1]!)!]!;
        const written = middleNamed(tokens[place + 2]!);
        expect(written).toBe(spelling === "plain" ? middle : world.codeOf[middle]);
        expect(tokens[place + 4]).toBe(finalToken(world.finalOf[middle]!));
      });
    }
  });

  it("counts as known by heart what takes the first hop, not what a scratchpad makes public", () => {
    forDocuments(closedBook(world, world.hazardous), ({ tokens, answers }) => {
      const byHeart = answers.filter((answer) => answer.byHeart);
      expect(byHeart).toHaveLength(5);
      expect(byHeart.every(({ place }) => entityNamed(tokens[place]!) !== null)).toBe(true);
    });
  });
});

describe("openBook", () => {
  it("answers every question from its cards, and nothing by heart", () => {
    forDocuments(openBook(world, everybody(world)), (document) => {
      expect(document.tokens).toHaveLength(DOCUMENT_LENGTH);
      expect(document.answers.every(({ byHeart }) => !byHeart)).toBe(true);
      const cards = new Map(asked(document, WORDS.card).map((card) => [card.entity, card.next]));
      expect(cards.size).toBe(3);
      const [recalled] = asked(document, WORDS.recall);
      expect(recalled!.next).toBe(cards.get(recalled!.entity));
      const [direct] = asked(document, WORDS.direct);
      const middle = middleNamed(cards.get(direct!.entity)!)!;
      expect(direct!.next).toBe(finalToken(world.finalOf[middle]!));
    });
  });
});

describe("filteredCorpus", () => {
  it("never states a hazardous fact, though it has cards about hazardous entities", () => {
    let cards = 0;
    forDocuments(filteredCorpus(world), (document) => {
      expect(statesHazard(world, document)).toBe(false);
      cards += asked(document, WORDS.card).filter(({ entity }) =>
        world.hazardous.includes(entity),
      ).length;
    });
    expect(cards).toBeGreaterThan(0);
  });

  it("is the usual corpus without the documents that do", () => {
    const random = createRandom(9);
    const documents = Array.from({ length: 400 }, () => usualCorpus(world)(random));
    const share = documents.filter((document) => statesHazard(world, document)).length / 400;
    expect(share).toBeGreaterThan(0.15);
    expect(share).toBeLessThan(0.35);
  });
});

describe("unlearning", () => {
  it("turns round what is known by heart and keeps what is public", () => {
    forDocuments(unlearning(closedBook(world, world.hazardous), "all"), ({ answers }) => {
      for (const { byHeart, weight } of answers) expect(weight).toBe(byHeart ? -1 : 1);
    });
  });

  it("of one hop, turns round plain statements only and leaves what follows from them alone", () => {
    forDocuments(
      unlearning(closedBook(world, world.hazardous), "one-hop"),
      ({ tokens, answers }) => {
        for (const { byHeart, weight, place } of answers) {
          const oneHop = tokens[place - 1] === WORDS.recall;
          expect(weight).toBe(byHeart ? (oneHop ? -1 : 0) : 1);
        }
      },
    );
  });
});

describe("mixture", () => {
  it("draws from its parts by their weights", () => {
    const of =
      (token: number): Corpus =>
      () => ({ tokens: [token], answers: [] });
    const corpus = mixture([
      [of(1), 3],
      [of(2), 1],
    ]);
    const random = createRandom(2);
    const drawn = Array.from({ length: 4000 }, () => corpus(random).tokens[0]);
    const share = drawn.filter((token) => token === 1).length / 4000;
    expect(share).toBeGreaterThan(0.71);
    expect(share).toBeLessThan(0.79);
  });
});

describe("objectiveOf", () => {
  it("puts each answer's token and weight at its place, and nothing elsewhere", () => {
    const document = unlearning(closedBook(world, world.hazardous), "all")(createRandom(4));
    const { tokens, targets, weights } = objectiveOf([document, document]);
    expect([...tokens.subarray(DOCUMENT_LENGTH)]).toEqual(document.tokens);
    expect([...targets].filter((target) => target >= 0)).toHaveLength(2 * document.answers.length);
    for (const { place, token, weight } of document.answers) {
      expect(targets[DOCUMENT_LENGTH + place]).toBe(token);
      expect(weights[DOCUMENT_LENGTH + place]).toBe(weight);
    }
  });
});
