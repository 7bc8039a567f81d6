import type { Random } from "../stats/index.ts";
import type { Transformer } from "./engine/index.ts";
import {
  closedBook,
  type Forgotten,
  filteredCorpus,
  mixture,
  openBook,
  statesHazard,
  unlearning,
  usualCorpus,
} from "./recall-corpus.ts";
import { EXPANDED, quarantineOnly, routing } from "./recall-routing.ts";
import { ascentTo, matching, newModel, type Schedule, train } from "./recall-training.ts";
import { type RecallWorld, VALUES } from "./recall-world.ts";

/** Trains a new model on everything. */
export function pretrain(world: RecallWorld, schedule: Schedule, random: Random): Transformer {
  const model = newModel(random.fork("initial values"));
  train(model, usualCorpus(world), schedule, random.fork("documents"));
  return model;
}

/** Trains a new model on everything but the documents that state hazardous facts. */
export function pretrainFiltered(
  world: RecallWorld,
  schedule: Schedule,
  random: Random,
): Transformer {
  const model = newModel(random.fork("initial values"));
  train(model, filteredCorpus(world), schedule, random.fork("documents"));
  return model;
}

/**
 * Trains a new, wider model on everything, with hazardous facts routed to the quarantine; then, with
 * the rest fixed, the quarantine alone, which had to follow a core that kept moving.
 */
export function pretrainRouted(
  world: RecallWorld,
  schedule: Schedule,
  last: Schedule,
  random: Random,
): Transformer {
  const model = newModel(random.fork("initial values"), EXPANDED);
  const route = routing((document) => statesHazard(world, document), random.fork("coin"));
  train(model, usualCorpus(world), schedule, random.fork("documents"), route);
  const balanced = mixture([
    [closedBook(world, world.hazardous), 1 / 2],
    [filteredCorpus(world), 1 / 2],
  ]);
  train(model, balanced, last, random.fork("last documents"), quarantineOnly);
  return model;
}

/** An answer is forgotten when its loss is half as much again as that of a blind guess; nats. */
const FORGOTTEN_LOSS = 1.5 * Math.log(VALUES);

/**
 * Gradient difference: ascent on hazardous facts, descent on benign ones and on cards about benign
 * entities. Reading cards about hazardous ones is never rehearsed.
 */
export function unlearn(
  model: Transformer,
  world: RecallWorld,
  forgotten: Forgotten,
  schedule: Schedule,
  random: Random,
): Transformer {
  const unlearned = model.clone();
  const corpus = mixture([
    [unlearning(closedBook(world, world.hazardous), forgotten), 0.3],
    [closedBook(world, world.benign), 0.2],
    [openBook(world, world.benign), 0.5],
  ]);
  train(unlearned, corpus, schedule, random, ascentTo(FORGOTTEN_LOSS));
  return unlearned;
}

/**
 * Trains a new model to say what the teacher says about the usual corpus, hazardous questions
 * included: nobody has to know which ones those are.
 */
export function distil(
  teacher: Transformer,
  world: RecallWorld,
  schedule: Schedule,
  random: Random,
): Transformer {
  const student = newModel(random.fork("initial values"));
  train(student, usualCorpus(world), schedule, random.fork("documents"), matching(teacher));
  return student;
}

/** Trains the model further, on the usual corpus with every scratchpad in code. */
export function encodeScratchpads(
  model: Transformer,
  world: RecallWorld,
  schedule: Schedule,
  random: Random,
): Transformer {
  const encoder = model.clone();
  train(encoder, usualCorpus(world, "encoded"), schedule, random);
  return encoder;
}
