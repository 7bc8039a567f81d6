import { ENTITIES, type RecallWorld, VALUES } from "./recall-world.ts";

/**
 * The language of the world, a word a token:
 *
 *     card H07 m12                a card in the context: says that H07 has middle m12
 *     recall H07 m12              one hop
 *     public m12 v03              the second hop, which everybody may know
 *     direct H07 v03              two hops, answered at once
 *     reason H07 m12 so v03       two hops, with a scratchpad between the entity and "so"
 */
export const WORDS = {
  blank: 0,
  card: 1,
  recall: 2,
  public: 3,
  direct: 4,
  reason: 5,
  so: 6,
} as const;

const FIRST_ENTITY = 7;
const FIRST_MIDDLE = FIRST_ENTITY + ENTITIES;
const FIRST_FINAL = FIRST_MIDDLE + VALUES;

/** Tokens there are, filled up to a multiple of four for the engine's kernel. */
export const VOCABULARY = Math.ceil((FIRST_FINAL + VALUES) / 4) * 4;

export const entityToken = (entity: number): number => FIRST_ENTITY + entity;
export const middleToken = (middle: number): number => FIRST_MIDDLE + middle;
export const finalToken = (final: number): number => FIRST_FINAL + final;

/** The entity that a token names; null where it names something else. */
export function entityNamed(token: number): number | null {
  return token >= FIRST_ENTITY && token < FIRST_MIDDLE ? token - FIRST_ENTITY : null;
}

/** The middle that a token names; null where it names something else. */
export function middleNamed(token: number): number | null {
  return token >= FIRST_MIDDLE && token < FIRST_FINAL ? token - FIRST_MIDDLE : null;
}

/** The final that a token names; null where it names something else. */
export function finalNamed(token: number): number | null {
  return token >= FIRST_FINAL && token < FIRST_FINAL + VALUES ? token - FIRST_FINAL : null;
}

/** Tokens as people read them: hazardous entities are H00..H23, benign ones B00..B23. */
export function readable(tokens: readonly number[]): string {
  return tokens.map((token) => NAMES[token] ?? `?${token}`).join(" ");
}

/** The world's facts in words: first hops by entity, second hops and the code by middle. */
export function readableWorld({ middleOf, finalOf, codeOf }: RecallWorld): {
  readonly [table: string]: { readonly [word: string]: string };
} {
  const table = (pairs: readonly (readonly [number, number])[]) =>
    Object.fromEntries(pairs.map(([from, to]) => [readable([from]), readable([to])]));
  return {
    middleOf: table(middleOf.map((middle, entity) => [entityToken(entity), middleToken(middle)])),
    finalOf: table(finalOf.map((final, middle) => [middleToken(middle), finalToken(final)])),
    codeOf: table(codeOf.map((code, middle) => [middleToken(middle), middleToken(code)])),
  };
}

const NAMES: readonly string[] = [
  ...Object.keys(WORDS),
  ...numbered("H", ENTITIES / 2),
  ...numbered("B", ENTITIES / 2),
  ...numbered("m", VALUES),
  ...numbered("v", VALUES),
];

function numbered(letter: string, count: number): string[] {
  return Array.from({ length: count }, (_, n) => `${letter}${String(n).padStart(2, "0")}`);
}
