import type { Transcript, TranscriptEvent } from "../../record/index.ts";
import { refusalWordsIn } from "../calibration/baselines.ts";
import { REFUSAL_WORDS, type ScannedTrajectory } from "../calibration/rows.ts";
import { type Ensemble, watchWith } from "../ensemble/ensemble.ts";
import { addSignals, type Signals, signalsOf } from "../ensemble/signals.ts";
import { type Stack, suspicionBy, suspicionOfRun } from "../ensemble/stack.ts";
import { eventLength, isStep } from "../scan/transcript-scan.ts";
import type { Truth } from "./truth.ts";

/** A transcript whose truth is known, as the monitors see it: what ensembles are trained and measured on. */
export interface Example {
  readonly id: string;
  /** The set that it comes from, for people. */
  readonly set: string;
  /** Alike transcripts are one task: a fold holds all of a task or none. */
  readonly task: string;
  readonly label: boolean;
  /** Of the whole transcript. */
  readonly signals: Signals;
  /** At least one; a step reaches from its event to the next step's. */
  readonly steps: readonly [ExampleStep, ...ExampleStep[]];
}

export interface ExampleStep {
  readonly event: number;
  readonly signals: Signals;
  readonly length: number;
  readonly refusals: number;
  readonly attack: boolean;
}

/** Lets an ensemble's monitors watch a transcript and keeps what they find by step. */
export async function watchExample(
  transcript: Pick<Transcript, "agent" | "models" | "task">,
  events: readonly TranscriptEvent[],
  ensemble: Ensemble,
  truth: Truth,
): Promise<Pick<Example, "label" | "signals" | "steps">> {
  const watch = watchWith(ensemble, transcript);
  const signals = new Map<string, number>();
  const steps: (ExampleStep & { signals: Map<string, number>; length: number })[] = [];
  const begin = (event: number) => {
    const step = {
      event,
      signals: new Map<string, number>(),
      length: 0,
      refusals: 0,
      attack: false,
    };
    steps.push(step);
    return step;
  };
  for (const event of events) {
    const { findings } = await watch.see(event);
    // What comes before the model's first step is that step's.
    const step = steps.at(-1);
    const current = step && !isStep(event) ? step : begin(event.index);
    addSignals(signals, findings);
    addSignals(current.signals, findings);
    Object.assign(current, {
      length: current.length + eventLength(event),
      refusals: current.refusals + refusalWordsIn(event),
      attack: current.attack || (truth.isAttack?.(event) ?? false),
    });
  }
  const last = steps.at(-1) ?? begin(0);
  const { findings } = await watch.end();
  addSignals(signals, findings);
  // What only the end shows belongs to the step that it rests on.
  for (const finding of findings) {
    const at = finding.evidence.at(-1)!.event;
    addSignals((steps.findLast((step) => step.event <= at) ?? last).signals, [finding]);
  }
  const [first, ...others] = steps;
  return { label: truth.label, signals, steps: [first!, ...others] };
}

/** The same example with what one more monitor found. */
export function withSignals(example: Example, whole: Signals, byStep: readonly Signals[]): Example {
  const merged = (a: Signals, b: Signals): Signals => new Map([...a, ...b]);
  const [first, ...others] = example.steps.map((step, i) => ({
    ...step,
    signals: merged(step.signals, byStep[i] ?? signalsOf([])),
  }));
  return { ...example, signals: merged(example.signals, whole), steps: [first!, ...others] };
}

/** An example with its scores, as calibration takes it. */
export function scored(example: Example, stack: Stack): ScannedTrajectory {
  const { id, set, task, label, signals, steps } = example;
  const attackEvents = steps.filter(({ attack }) => attack).map(({ event }) => event);
  return {
    id: `${set}/${id}`,
    task,
    label,
    attackEvents,
    score: suspicionOfRun(stack, signals),
    steps: steps.map((step) => ({
      event: step.event,
      score: suspicionBy(stack, step.signals),
      length: step.length,
      baselines: { [REFUSAL_WORDS]: step.refusals },
      signals: Object.fromEntries(step.signals),
    })),
  };
}
