import { describe, expect, it } from "vitest";
import { createRandom } from "../stats/index.ts";
import {
  entityNamed,
  entityToken,
  finalNamed,
  finalToken,
  middleNamed,
  middleToken,
  readable,
  readableWorld,
  VOCABULARY,
  WORDS,
} from "./recall-language.ts";
import { createWorld, ENTITIES, range, VALUES } from "./recall-world.ts";

describe("the language of the world", () => {
  it("gives every word a token of its own, within the vocabulary", () => {
    const tokens = [
      ...Object.values(WORDS),
      ...range(ENTITIES).map(entityToken),
      ...range(VALUES).map(middleToken),
      ...range(VALUES).map(finalToken),
    ];
    expect(new Set(tokens).size).toBe(tokens.length);
    expect(Math.max(...tokens)).toBeLessThan(VOCABULARY);
    expect(new Set(tokens.map((token) => readable([token]))).size).toBe(tokens.length);
  });

  it("tells what a token names, and what it does not", () => {
    expect(range(ENTITIES).map((n) => entityNamed(entityToken(n)))).toEqual(range(ENTITIES));
    expect(range(VALUES).map((n) => middleNamed(middleToken(n)))).toEqual(range(VALUES));
    expect(range(VALUES).map((n) => finalNamed(finalToken(n)))).toEqual(range(VALUES));
    expect(middleNamed(entityToken(0))).toBeNull();
    expect(finalNamed(middleToken(0))).toBeNull();
    expect(entityNamed(finalToken(0))).toBeNull();
  });

  it("reads as words: hazardous entities are H, benign ones B", () => {
    const tokens = [WORDS.reason, entityToken(7), middleToken(12), WORDS.so, finalToken(3)];
    expect(readable(tokens)).toBe("reason H07 m12 so v03");
    expect(readable([entityToken(24)])).toBe("B00");
  });
});

describe("readableWorld", () => {
  it("tells every fact of the world", () => {
    const world = createWorld(createRandom(3));
    const { middleOf, finalOf, codeOf } = readableWorld(world);
    expect(Object.keys(middleOf!)).toHaveLength(ENTITIES);
    expect(middleOf!.H05).toBe(readable([middleToken(world.middleOf[5]!)]));
    expect(finalOf!.m05).toBe(readable([finalToken(world.finalOf[5]!)]));
    expect(codeOf!.m05).toBe(readable([middleToken(world.codeOf[5]!)]));
  });
});
