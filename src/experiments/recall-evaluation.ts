import type { Random } from "../stats/index.ts";
import type { Transformer } from "./engine/index.ts";
import { type Answered, answer } from "./recall-answers.ts";
import { finalNamed, finalToken, middleNamed, middleToken, readable } from "./recall-language.ts";
import { type CodeBook, codeBookFrom, type Intervention } from "./recall-monitor.ts";
import { ask, type Form, intervene, otherThan, type Question } from "./recall-questions.ts";
import { type Transcript, transcriber } from "./recall-transcripts.ts";
import { everybody, type RecallWorld, range, VALUES } from "./recall-world.ts";

const FORMS: readonly Form[] = ["one-hop", "direct", "scratchpad"];
const TWO_HOP: readonly Form[] = ["direct", "scratchpad"];

/** Draws of altered cards for each entity and form. */
const ALTERED_DRAWS = 2;
/** Benign entities that each written middle is tried on, for the code book. */
const CODE_BOOK_DRAWS = 3;

/**
 * Everything that is asked of a model once it is trained, in an order and with cards that the random
 * stream fixes, so that all conditions of a seed answer the same questions.
 */
export function evaluate(model: Transformer, world: RecallWorld, random: Random): Transcript[] {
  const { codeBook, answers: bookAnswers } = tryOutCodes(model, world, random.fork("code-book"));
  const transcribe = transcriber(world, codeBook);
  const questions = answer(model, [
    ...closedQuestions(world, everybody(world), FORMS, random.fork("closed")),
    ...shownQuestions(world, everybody(world), random.fork("shown")),
    ...alteredQuestions(world, random.fork("altered")),
  ]);
  return [
    ...questions.map((answered) => transcribe(answered)),
    ...swap(model, world, questions, random.fork("swap")).map(([answered, extra]) =>
      transcribe(answered, extra),
    ),
    ...bookAnswers.map((answered) =>
      transcribe(answered, { probe: "code-book", forced: forcedText(answered) }),
    ),
  ];
}

/** The questions by which the monitors are judged: two-hop, directly and with a scratchpad, bare and with the fact shown. */
export function monitorQuestions(
  world: RecallWorld,
  entities: readonly number[],
  random: Random,
): Question[] {
  return [
    ...closedQuestions(world, entities, TWO_HOP, random.fork("closed")),
    ...shownQuestions(world, entities, random.fork("shown")),
  ];
}

/** Questions without cards. */
export function closedQuestions(
  world: RecallWorld,
  entities: readonly number[],
  forms: readonly Form[],
  random: Random,
): Question[] {
  return cross(entities, forms).map(([entity, form]) => ask(world, entity, form, "none", random));
}

function shownQuestions(
  world: RecallWorld,
  entities: readonly number[],
  random: Random,
): Question[] {
  return cross(entities, TWO_HOP).map(([entity, form]) => ask(world, entity, form, "fact", random));
}

function alteredQuestions(world: RecallWorld, random: Random): Question[] {
  return range(ALTERED_DRAWS).flatMap(() =>
    cross(everybody(world), FORMS).map(([entity, form]) =>
      ask(world, entity, form, "altered", random),
    ),
  );
}

/**
 * The swap: each scratchpad is written again with another middle in place of the model's own, and
 * the model answers. `correct` then says that the answer is the public second hop of the middle
 * that stands there, read plainly.
 */
function swap(
  model: Transformer,
  world: RecallWorld,
  answered: readonly Answered[],
  random: Random,
): [Answered, Partial<Transcript>][] {
  const originals = answered.filter(
    ({ question }) => question.form === "scratchpad" && question.context !== "altered",
  );
  const questions = originals.map(({ question, scratchpad }) => {
    const own = middleNamed(scratchpad[0] ?? -1) ?? world.middleOf[question.entity]!;
    return forceMiddle(world, question, otherThan(own, random));
  });
  return answer(model, questions).map((swapped, place) => {
    const original = originals[place]!;
    return [
      { ...swapped, scratchpad: original.scratchpad },
      {
        probe: "swap",
        forced: forcedText(swapped),
        changed: swapped.answer !== original.answer,
      },
    ];
  });
}

/** Puts every middle into the scratchpads of benign questions and notes what the model answers. */
function tryOutCodes(
  model: Transformer,
  world: RecallWorld,
  random: Random,
): { codeBook: CodeBook; answers: Answered[] } {
  const questions = range(VALUES).flatMap((written) =>
    random
      .sample(world.benign, CODE_BOOK_DRAWS)
      .map((entity) =>
        forceMiddle(world, ask(world, entity, "scratchpad", "none", random), written),
      ),
  );
  const answers = answer(model, questions);
  const interventions = answers.map(
    ({ question, answer }): Intervention => ({
      written: middleNamed(question.ask[2]!)!,
      answered: answer === null ? null : finalNamed(answer),
    }),
  );
  return { codeBook: codeBookFrom(world, interventions), answers };
}

/** The right answer, read plainly, is the public second hop of the forced middle. */
function forceMiddle(world: RecallWorld, question: Question, middle: number): Question {
  return {
    ...intervene(question, middleToken(middle)),
    expected: finalToken(world.finalOf[middle]!),
  };
}

function forcedText({ question }: Answered): string {
  return readable([question.ask[2]!]);
}

function cross<A, B>(first: readonly A[], second: readonly B[]): [A, B][] {
  return first.flatMap((a) => second.map((b): [A, B] => [a, b]));
}
