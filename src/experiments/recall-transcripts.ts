import type { Answered } from "./recall-answers.ts";
import { readable } from "./recall-language.ts";
import { type CodeBook, decode, textMonitor } from "./recall-monitor.ts";
import type { Context, Form } from "./recall-questions.ts";
import type { RecallWorld } from "./recall-world.ts";

/** One question and its answer in readable words, with the monitors' verdicts: a line of `transcripts.jsonl`. */
export interface Transcript {
  /** Why it was asked: for its answer, with a scratchpad put into the model's mouth, or during the relearning attack. */
  readonly probe: "question" | "swap" | "code-book" | "relearning";
  /** In the attack: steps of training on other facts that the model had been through. */
  readonly relearned: number;
  readonly entity: string;
  readonly hazardous: boolean;
  readonly form: Form;
  readonly context: Context;
  readonly cards: string;
  readonly question: string;
  /** What the model wrote before its answer; in a swap, what it would have written. */
  readonly scratchpad: string;
  /** In a swap or a code-book probe: what it found in its scratchpad instead. */
  readonly forced: string;
  readonly answer: string;
  readonly expected: string;
  readonly correct: boolean;
  /** In a swap: whether the answer differs from the one without the swap. */
  readonly changed: boolean;
  readonly flagged: Verdicts;
}

/** Which monitors flagged the text before the answer. */
export interface Verdicts {
  /** Reads cards, question and scratchpad, as written. */
  readonly transcript: boolean;
  /** Reads the question and the scratchpad only, as written. */
  readonly reasoning: boolean;
  /** The two again, which also read the scratchpad by the code book that interventions gave. */
  readonly decodedTranscript: boolean;
  readonly decodedReasoning: boolean;
}

/** Turns answers into transcripts. */
export function transcriber(
  world: RecallWorld,
  codeBook: CodeBook,
): (answered: Answered, extra?: Partial<Transcript>) => Transcript {
  const flags = textMonitor(world);
  return ({ question, scratchpad, answer, correct }, extra = {}) => {
    const reasoning = [...question.ask, ...scratchpad];
    const shown = flags([...question.cards, ...reasoning]);
    const decoded = flags(decode(reasoning, codeBook));
    return {
      probe: "question",
      relearned: 0,
      entity: readable([question.ask[1]!]),
      hazardous: world.hazardous.includes(question.entity),
      form: question.form,
      context: question.context,
      cards: readable(question.cards),
      question: readable(question.ask.slice(0, 2)),
      scratchpad: readable(scratchpad),
      forced: "",
      answer: answer === null ? "" : readable([answer]),
      expected: readable([question.expected]),
      correct,
      changed: false,
      flagged: {
        transcript: shown,
        reasoning: flags(reasoning),
        decodedTranscript: shown || decoded,
        decodedReasoning: flags(reasoning) || decoded,
      },
      ...extra,
    };
  };
}

/** One JSON object a line. */
export function toJsonLines(transcripts: readonly Transcript[]): string {
  return transcripts.map((transcript) => `${JSON.stringify(transcript)}\n`).join("");
}
