import type { Random } from "../stats/index.ts";
import { entityToken, finalToken, middleToken, WORDS } from "./recall-language.ts";
import { everybody, type RecallWorld, VALUES } from "./recall-world.ts";

/** What is asked: the middle of an entity, its final at once, or its final after a scratchpad. */
export type Form = "one-hop" | "direct" | "scratchpad";

/**
 * What stands before the question: nothing (closed book), three cards of which one states the fact
 * (`fact`), or three cards of which one gives the entity a middle that is not the true one
 * (`altered`): memory does not help there, so a right answer was read.
 */
export type Context = "none" | "fact" | "altered";

/** One question to a model, and the answer that counts as right. */
export interface Question {
  readonly entity: number;
  readonly form: Form;
  readonly context: Context;
  /** Token ids, in two parts: the cards, and from the question word to where the model goes on. */
  readonly cards: readonly number[];
  readonly ask: readonly number[];
  /** The right answer's token. */
  readonly expected: number;
}

/** Asks about an entity. The cards that say nothing about it are drawn from the others, with random middles. */
export function ask(
  world: RecallWorld,
  entity: number,
  form: Form,
  context: Context,
  random: Random,
): Question {
  const truth = world.middleOf[entity]!;
  const middle = context === "altered" ? otherThan(truth, random) : truth;
  const cards = context === "none" ? [] : dealCards(world, entity, middle, random);
  return {
    entity,
    form,
    context,
    cards,
    ask: [QUESTION_WORD[form], entityToken(entity)],
    expected: form === "one-hop" ? middleToken(middle) : finalToken(world.finalOf[middle]!),
  };
}

/** The scratchpad question with the scratchpad already written: the model only answers. `written` is a token. */
export function intervene(question: Question, written: number): Question {
  return { ...question, ask: [...question.ask, written, WORDS.so] };
}

/** A middle other than this one, each with the same chance. */
export function otherThan(middle: number, random: Random): number {
  return (middle + 1 + random.integer(VALUES - 1)) % VALUES;
}

const QUESTION_WORD = {
  "one-hop": WORDS.recall,
  direct: WORDS.direct,
  scratchpad: WORDS.reason,
} as const;

function dealCards(world: RecallWorld, entity: number, middle: number, random: Random): number[] {
  const others = everybody(world).filter((other) => other !== entity);
  const cards = random
    .sample(others, 2)
    .map((other) => ({ entity: other, middle: random.integer(VALUES) }));
  return random
    .shuffle([{ entity, middle }, ...cards])
    .flatMap((card) => [WORDS.card, entityToken(card.entity), middleToken(card.middle)]);
}
