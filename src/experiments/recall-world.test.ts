import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "../stats/index.ts";
import { createWorld, ENTITIES, everybody, range, VALUES } from "./recall-world.ts";

const seeds = fc.integer({ min: 0, max: 2 ** 32 - 1 });

describe("createWorld", () => {
  it("draws the same world from the same seed", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        expect(createWorld(createRandom(seed))).toEqual(createWorld(createRandom(seed)));
      }),
    );
  });

  it("makes half of the entities hazardous and gives each a middle", () => {
    const world = createWorld(createRandom(1));
    expect(world.hazardous).toHaveLength(ENTITIES / 2);
    expect(everybody(world)).toEqual(range(ENTITIES));
    expect(world.middleOf).toHaveLength(ENTITIES);
    expect(world.middleOf.every((middle) => middle >= 0 && middle < VALUES)).toBe(true);
  });

  it("leads each middle to a final of its own", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { finalOf } = createWorld(createRandom(seed));
        expect([...finalOf].sort((a, b) => a - b)).toEqual(range(VALUES));
      }),
    );
  });

  it("has a code that spells every middle as another one, and no two alike", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { codeOf } = createWorld(createRandom(seed));
        expect([...codeOf].sort((a, b) => a - b)).toEqual(range(VALUES));
        expect(codeOf.every((code, middle) => code !== middle)).toBe(true);
      }),
    );
  });
});
