import type { Random } from "../stats/index.ts";
import {
  createTransformer,
  type Objective,
  type Transformer,
  type TransformerShape,
} from "./engine/index.ts";
import { type Corpus, DOCUMENT_LENGTH, type Document, objectiveOf } from "./recall-corpus.ts";
import { VOCABULARY } from "./recall-language.ts";

/** Most documents in one batch. */
export const BATCH = 32;

/** The model of every condition: about 28,000 parameters, 17,000 of them in its two layers. */
export const SHAPE: TransformerShape = {
  vocabulary: VOCABULARY,
  context: DOCUMENT_LENGTH,
  width: 32,
  layers: 2,
  heads: 4,
  hidden: 64,
  shift: true,
  batch: BATCH,
};

/** The shape with another number of units in each MLP. */
export function modelShape(hidden = SHAPE.hidden): TransformerShape {
  return { ...SHAPE, hidden };
}

/** A model that has learned nothing. */
export function newModel(random: Random, hidden?: number): Transformer {
  return createTransformer(modelShape(hidden), random);
}

/** AdamW with a linear warm-up, then half a cosine. */
export interface Schedule {
  readonly steps: number;
  readonly learningRate: number;
  /** Steps of the warm-up. */
  readonly warmup: number;
  /** The last step's learning rate, as a share of `learningRate`; 1 keeps it constant. */
  readonly floor: number;
  /** Documents a step, at most `BATCH`. */
  readonly batch: number;
}

/** What a step minimises, given the documents drawn for it. */
export type Method = (documents: readonly Document[]) => Objective;

/**
 * Trains the model in place, from a fresh optimiser, on documents drawn from the corpus. The method
 * is cross-entropy at the answers unless another is given. `afterStep` hears how many steps are done.
 */
export function train(
  model: Transformer,
  corpus: Corpus,
  schedule: Schedule,
  random: Random,
  method: Method = objectiveOf,
  afterStep: (steps: number) => void = () => {},
): void {
  model.resetOptimizer();
  for (let done = 0; done < schedule.steps; done++) {
    const documents = Array.from({ length: schedule.batch }, () => corpus(random));
    model.lossAndGradient(method(documents));
    model.step({ learningRate: learningRateAt(schedule, done) });
    afterStep(done + 1);
  }
}

/** The learning rate of the step that follows `done` steps. */
export function learningRateAt(schedule: Schedule, done: number): number {
  const { steps, learningRate, warmup, floor } = schedule;
  if (done < warmup) return (learningRate * (done + 1)) / warmup;
  const turn = (Math.PI * (done - warmup)) / Math.max(1, steps - 1 - warmup);
  return learningRate * (floor + (1 - floor) * 0.5 * (1 + Math.cos(turn)));
}

/**
 * Unlearning by gradient difference (Maini et al. 2024): ascent on what is to be forgotten, descent
 * on what is to be kept. An answer whose loss has reached the cap (nats) is left alone: without a
 * cap the ascent goes on for ever and takes the rest of the model with it.
 */
export function ascentTo(cap: number): Method {
  return (documents) => ({ ...objectiveOf(documents), ascentCap: cap });
}

/**
 * Distillation (Hinton et al. 2015; Lee et al. 2025 for unlearning): at the answers, match the
 * teacher's whole distribution; what the documents say there is not looked at.
 */
export function matching(teacher: Transformer): Method {
  return (documents) => {
    const { tokens, targets, length } = objectiveOf(documents);
    const positions = Int32Array.from(placesOf(targets));
    const { logits } = teacher.forward({ tokens, length, positions });
    const distributions = softmaxRows(logits, teacher.shape.vocabulary);
    return { tokens, length, soft: { positions, distributions } };
  };
}

function placesOf(targets: Int32Array): number[] {
  const places: number[] = [];
  for (let row = 0; row < targets.length; row++) if (targets[row]! >= 0) places.push(row);
  return places;
}

/** Plain loops: this runs at every step of a distillation. */
function softmaxRows(logits: Float32Array, width: number): Float32Array {
  const out = new Float32Array(logits.length);
  for (let from = 0; from < logits.length; from += width) {
    let largest = Number.NEGATIVE_INFINITY;
    for (let i = from; i < from + width; i++) largest = Math.max(largest, logits[i]!);
    let sum = 0;
    for (let i = from; i < from + width; i++) {
      const exponential = Math.exp(logits[i]! - largest);
      out[i] = exponential;
      sum += exponential;
    }
    for (let i = from; i < from + width; i++) out[i]! /= sum;
  }
  return out;
}
