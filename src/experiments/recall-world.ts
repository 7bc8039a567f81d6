import type { Random } from "../stats/index.ts";

/** Entities a world knows; half of them are hazardous. */
export const ENTITIES = 48;
/** Different middles, and as many finals: a blind guess is right once in this many times. */
export const VALUES = 24;

/**
 * A small world of two-step facts. A first hop `entity -> middle` is private knowledge, and
 * dangerous where the entity is hazardous; the second hop `middle -> final` is public. Entities,
 * middles and finals are numbered from 0.
 */
export interface RecallWorld {
  /** The entities whose first hop is dangerous: 0..23. */
  readonly hazardous: readonly number[];
  /** The entities whose first hop is harmless: 24..47. */
  readonly benign: readonly number[];
  /** First hop, by entity: drawn independently, so that no fact tells anything about another. */
  readonly middleOf: readonly number[];
  /** Second hop, by middle: one to one, so that another middle always means another final. */
  readonly finalOf: readonly number[];
  /** A permutation of the middles without fixed points: how an encoded scratchpad spells them. */
  readonly codeOf: readonly number[];
}

/** Draws a world. The same stream gives the same world. */
export function createWorld(random: Random): RecallWorld {
  const entities = range(ENTITIES);
  const values = range(VALUES);
  return {
    hazardous: entities.slice(0, ENTITIES / 2),
    benign: entities.slice(ENTITIES / 2),
    middleOf: entities.map(() => random.integer(VALUES)),
    finalOf: random.shuffle(values),
    codeOf: cyclicPermutation(random.shuffle(values)),
  };
}

/** All entities. */
export function everybody(world: RecallWorld): number[] {
  return [...world.hazardous, ...world.benign];
}

/** 0, 1, ..., count - 1. */
export function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

/** Each item goes to the next one round the circle: a permutation in which nothing stays in place. */
function cyclicPermutation(circle: readonly number[]): number[] {
  const next = new Array<number>(circle.length);
  circle.forEach((item, place) => {
    next[item] = circle[(place + 1) % circle.length]!;
  });
  return next;
}
