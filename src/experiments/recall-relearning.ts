import type { Random } from "../stats/index.ts";
import type { Transformer } from "./engine/index.ts";
import { answer } from "./recall-answers.ts";
import { closedBook, mixture, openBook } from "./recall-corpus.ts";
import { closedQuestions, monitorQuestions } from "./recall-evaluation.ts";
import { type Schedule, train } from "./recall-training.ts";
import { type Transcript, transcriber } from "./recall-transcripts.ts";
import type { RecallWorld } from "./recall-world.ts";

/**
 * The relearning attack: somebody who holds half of the dangerous facts trains the model on them,
 * rehearses harmless documents to keep it useful, and asks for the other half. Facts are drawn
 * independently, so what comes back was still in the weights. Done twice with the halves changed
 * over, so that every hazardous entity is held out once. The model itself is left as it was.
 *
 * Returns the answers about held-out entities: one hop after each of `checkpoints` steps, and the
 * monitors' questions after the last.
 */
export function relearn(
  model: Transformer,
  world: RecallWorld,
  schedule: Schedule,
  checkpoints: readonly number[],
  random: Random,
): Transcript[] {
  const shuffled = random.fork("halves").shuffle(world.hazardous);
  const middle = shuffled.length / 2;
  const halves = [shuffled.slice(0, middle), shuffled.slice(middle)] as const;
  return [
    ...attack(model, world, halves[0], halves[1], schedule, checkpoints, random.fork("first")),
    ...attack(model, world, halves[1], halves[0], schedule, checkpoints, random.fork("second")),
  ];
}

function attack(
  model: Transformer,
  world: RecallWorld,
  known: readonly number[],
  heldOut: readonly number[],
  schedule: Schedule,
  checkpoints: readonly number[],
  random: Random,
): Transcript[] {
  const attacked = model.clone();
  const corpus = mixture([
    [closedBook(world, known), 0.5],
    [closedBook(world, world.benign), 0.25],
    [openBook(world, world.benign), 0.25],
  ]);
  const transcribe = transcriber(world, new Map());
  const asked = closedQuestions(world, heldOut, ["one-hop"], random.fork("questions"));
  const transcripts: Transcript[] = [];
  const probe = "relearning";
  const note = (relearned: number) => {
    if (!checkpoints.includes(relearned)) return;
    transcripts.push(
      ...answer(attacked, asked).map((one) => transcribe(one, { probe, relearned })),
    );
  };
  note(0);
  train(attacked, corpus, schedule, random.fork("documents"), undefined, note);
  const mix = monitorQuestions(world, heldOut, random.fork("mix"));
  return [
    ...transcripts,
    ...answer(attacked, mix).map((one) => transcribe(one, { probe, relearned: schedule.steps })),
  ];
}
