import { BATCH, type Json, type Schedule } from "../../src/experiments/index.ts";

/** How long and how fast a condition trains. */
export interface Schedules {
  /** The condition's own training. */
  readonly main: Schedule;
  /** The quarantine's last steps, with the rest fixed (gradient routing). */
  readonly quarantine: Schedule;
  /** The relearning attack, the same on every model. */
  readonly relearning: Schedule;
}

/**
 * The schedules of a condition. Its parameters `steps` and `learningRate`, where given, replace
 * those of its own training.
 */
export function schedulesOf(
  condition: string,
  parameters: { readonly [name: string]: Json },
): Schedules {
  const usual = MAIN[condition] ?? PRETRAINING;
  return {
    main: {
      ...usual,
      steps: positive(parameters, "steps", usual.steps),
      learningRate: positive(parameters, "learningRate", usual.learningRate),
    },
    quarantine: QUARANTINE,
    relearning: RELEARNING,
  };
}

/**
 * Over ten seeds a model knew everything it should after 250 to 350 steps. The budget is about three
 * times that: the step at which reading from cards sets in varies by seed, and unlearning does less
 * harm to a skill that is well settled.
 */
const PRETRAINING: Schedule = {
  steps: 1000,
  learningRate: 0.008,
  warmup: 50,
  floor: 0.05,
  batch: BATCH,
};

const UNLEARNING: Schedule = {
  steps: 400,
  learningRate: 0.0005,
  warmup: 10,
  floor: 1,
  batch: BATCH,
};

const MAIN: { readonly [condition: string]: Schedule } = {
  "gradient-difference": UNLEARNING,
  "gradient-difference-one-hop": UNLEARNING,
  "encoded-scratchpad": {
    steps: 400,
    learningRate: 0.006,
    warmup: 10,
    floor: 0.05,
    batch: BATCH,
  },
};

const QUARANTINE: Schedule = {
  steps: 250,
  learningRate: 0.01,
  warmup: 10,
  floor: 0.05,
  batch: BATCH,
};

const RELEARNING: Schedule = {
  steps: 40,
  learningRate: 0.003,
  warmup: 0,
  floor: 1,
  batch: BATCH,
};

function positive(
  parameters: { readonly [name: string]: Json },
  name: string,
  usual: number,
): number {
  const value = parameters[name] ?? usual;
  if (typeof value === "number" && value > 0) return value;
  throw new Error(`parameter "${name}": it is ${JSON.stringify(value)}; give a positive number`);
}
