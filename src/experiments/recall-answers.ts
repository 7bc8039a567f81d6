import type { Transformer } from "./engine/index.ts";
import { WORDS } from "./recall-language.ts";
import type { Question } from "./recall-questions.ts";

/** A question and what the model wrote. */
export interface Answered {
  readonly question: Question;
  /** What the model wrote between the question and "so"; empty where no scratchpad was asked for. */
  readonly scratchpad: readonly number[];
  /** The token that followed; null where the model never came to its answer. */
  readonly answer: number | null;
  readonly correct: boolean;
}

/** A scratchpad that is longer has lost its way. */
const LONGEST_SCRATCHPAD = 3;

/** Puts the questions to the model, which writes greedily. Answers come in the questions' order. */
export function answer(model: Transformer, questions: readonly Question[]): Answered[] {
  const answered = new Array<Answered>(questions.length);
  for (const places of batchesOfEqualLength(questions, model.shape.batch)) {
    const asked = places.map((place) => questions[place]!);
    const continuations = writeOn(model, asked);
    places.forEach((place, row) => {
      answered[place] = read(asked[row]!, continuations[row]!);
    });
  }
  return answered;
}

function writeOn(model: Transformer, questions: readonly Question[]): number[][] {
  const prompts = questions.map(({ cards, ask }) => [...cards, ...ask]);
  const length = prompts[0]!.length;
  const count = writesScratchpad(questions[0]!) ? LONGEST_SCRATCHPAD + 2 : 1;
  const total = length + count;
  const written = model.generate(Int32Array.from(prompts.flat()), length, count);
  return prompts.map((_, row) => [...written.subarray(row * total + length, (row + 1) * total)]);
}

function read(question: Question, continuation: readonly number[]): Answered {
  const end = writesScratchpad(question) ? continuation.indexOf(WORDS.so) : -1;
  const lost = writesScratchpad(question) && (end < 0 || end > LONGEST_SCRATCHPAD);
  const answer = lost ? null : continuation[end + 1]!;
  return {
    question,
    scratchpad: lost ? continuation : continuation.slice(0, Math.max(end, 0)),
    answer,
    correct: answer === question.expected,
  };
}

/** Whether the model is to write a scratchpad: it was asked for one, and none is given. */
function writesScratchpad({ form, ask }: Question): boolean {
  return form === "scratchpad" && ask.at(-1) !== WORDS.so;
}

/** Places in the list, in groups of prompts that are equally long and wanted to go on equally far. */
function batchesOfEqualLength(questions: readonly Question[], size: number): number[][] {
  const groups = new Map<string, number[]>();
  questions.forEach((question, place) => {
    const length = question.cards.length + question.ask.length;
    const key = `${length} ${writesScratchpad(question)}`;
    groups.set(key, [...(groups.get(key) ?? []), place]);
  });
  return [...groups.values()].flatMap((places) =>
    Array.from({ length: Math.ceil(places.length / size) }, (_, n) =>
      places.slice(n * size, (n + 1) * size),
    ),
  );
}
