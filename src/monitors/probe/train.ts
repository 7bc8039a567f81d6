import { Fault } from "../../record/index.ts";
import { auroc, fitLogistic } from "../../stats/index.ts";
import { CONDUCT_FEATURES } from "./conduct.ts";
import { groupFolds } from "./folds.ts";
import {
  balanced,
  conductLogit,
  fitConduct,
  fitHeads,
  type ProbeExample,
  type ProbeScore,
  type Ridges,
  scorer,
} from "./heads.ts";
import { FEATURES_VERSION, packWeights, type TextProbe, unitOf } from "./text-probe.ts";

export interface TrainingOptions {
  /** Folds by task; 5. */
  readonly folds?: number;
  /** Kept with the weights: what it was trained on. */
  readonly trainedOn?: TextProbe["trainedOn"];
  /** Chosen before, as for the folds of a larger training; else chosen here. */
  readonly ridges?: Ridges;
  /** The same of the map from logits to chances: two numbers a head, which one fold hardly moves. */
  readonly calibration?: TextProbe["calibration"];
}

/** λ of the conduct's deviations from their leaning, and of the words; per weighted mean loss. */
const CONDUCT_RIDGES = [0.1, 0.3, 1, 3] as const;
const WORDS_RIDGES = [0.0003, 0.001, 0.003, 0.01] as const;

/**
 * Trains two heads. *Conduct* starts from its features' leanings with equal weights (an improper
 * linear model: Dawes 1979, "The robust beauty of improper linear models"), whose common slope is
 * fitted; a ridge holds deviations near it. *Words* adds hashed n-grams on top. Both ridges are
 * chosen by log loss on tasks that were not fitted, the conduct's on whole sets that were not fitted
 * where there are two or more. Calibrated on held-out tasks. The same examples give the same bits.
 *
 * Throws a Fault where there are fewer than two tasks or only one label.
 */
export function trainTextProbe(
  examples: readonly ProbeExample[],
  options: TrainingOptions = {},
): TextProbe {
  const ridges = options.ridges ?? chooseRidges(examples, options);
  const calibration =
    options.calibration ??
    calibrationOf(
      examples,
      scoreHeldOut(examples, () => ridges, options),
    );
  const { conduct, words } = fitHeads(examples, ridges);
  const unit = unitOf(words.weights);
  return {
    kind: "text-probe",
    features: FEATURES_VERSION,
    trainedOn: { ...options.trainedOn, ridges },
    conduct: {
      names: CONDUCT_FEATURES.map(({ name }) => name),
      intercept: round(conduct.intercept),
      weights: Array.from(conduct.weights, round),
      centers: Array.from(conduct.centers, round),
      scales: Array.from(conduct.scales, round),
    },
    words: { intercept: round(words.intercept), unit, weights: packWeights(words.weights) },
    calibration,
  };
}

/**
 * Each example's score by a probe that was trained without its task, ridges chosen without it too:
 * what a stacked ensemble may be fitted on, and what figures are made of.
 */
export function crossValidateProbe(
  examples: readonly ProbeExample[],
  options: TrainingOptions = {},
): readonly ProbeScore[] {
  return scoreHeldOut(examples, (rest) => chooseRidges(rest, options), options);
}

/** Scores of some examples by a probe trained on others: transfer. */
export function transferProbe(
  train: readonly ProbeExample[],
  test: readonly ProbeExample[],
  options: TrainingOptions = {},
): readonly ProbeScore[] {
  const score = scorer(fitHeads(train, chooseRidges(train, options)));
  return test.map(score);
}

function scoreHeldOut(
  examples: readonly ProbeExample[],
  ridgesFor: (rest: readonly ProbeExample[]) => Ridges,
  options: TrainingOptions,
): readonly ProbeScore[] {
  const fold = foldsOf(examples, options);
  const scores = new Array<ProbeScore>(examples.length);
  for (const held of new Set(fold)) {
    const rest = examples.filter((_, i) => fold[i] !== held);
    const score = scorer(fitHeads(rest, ridgesFor(rest)));
    examples.forEach((example, i) => {
      if (fold[i] === held) scores[i] = score(example);
    });
  }
  return scores;
}

function foldsOf(examples: readonly ProbeExample[], { folds = 5 }: TrainingOptions) {
  const tasks = new Set(examples.map(({ task }) => task)).size;
  const labels = new Set(examples.map(({ label }) => label)).size;
  if (tasks < 2 || labels < 2) {
    throw new Fault(
      "text probe",
      tasks < 2 ? `the examples come from ${tasks} task` : "the examples have one label only",
      "Give labelled transcripts of at least two tasks and of both kinds",
    );
  }
  return groupFolds(
    examples.map(({ task }) => task),
    Math.min(folds, tasks),
  );
}

export function chooseRidges(
  examples: readonly ProbeExample[],
  options: TrainingOptions = {},
): Ridges {
  const labelled = [...new Set(examples.map(({ set }) => set))].filter(
    (set) => new Set(examples.filter((e) => e.set === set).map(({ label }) => label)).size === 2,
  );
  const byTask = foldsOf(examples, options);
  const bySet = labelled.length > 1 ? examples.map(({ set }) => labelled.indexOf(set)) : byTask;
  const conduct = best(CONDUCT_RIDGES, (ridge) =>
    heldOutAuroc(examples, bySet, (rest) => {
      const head = fitConduct(rest, ridge);
      return (example) => conductLogit(head, example);
    }),
  );
  const words = best(WORDS_RIDGES, (ridge) =>
    heldOutAuroc(examples, byTask, (rest) => {
      const score = scorer(fitHeads(rest, { conduct, words: ridge }));
      return (example) => score(example).text;
    }),
  );
  return { conduct, words };
}

/** The value that does best; of equals the first. */
function best(values: readonly number[], merit: (value: number) => number): number {
  let top = -Infinity;
  let chosen = values[0]!;
  for (const value of values) {
    const reached = merit(value);
    if (reached > top + 1e-9) {
      top = reached;
      chosen = value;
    }
  }
  return chosen;
}

/** The mean AUROC within sets of both labels, each example scored by a fit without its fold. */
function heldOutAuroc(
  examples: readonly ProbeExample[],
  fold: readonly number[],
  learn: (rest: readonly ProbeExample[]) => (example: ProbeExample) => number,
): number {
  const scores = new Array<number>(examples.length);
  for (const held of new Set(fold)) {
    // Fold -1: sets with one label are always part of the fit, never of the figure.
    if (held < 0) continue;
    const rest = examples.filter((_, i) => fold[i] !== held);
    if (new Set(rest.map(({ label }) => label)).size < 2) return 0;
    const score = learn(rest);
    examples.forEach((example, i) => {
      if (fold[i] === held) scores[i] = score(example);
    });
  }
  const areas: number[] = [];
  for (const set of new Set(examples.map((example) => example.set))) {
    const rows = examples.flatMap((example, i) =>
      example.set === set && scores[i] !== undefined
        ? [{ label: example.label, score: scores[i] }]
        : [],
    );
    if (new Set(rows.map(({ label }) => label)).size < 2) continue;
    areas.push(
      auroc(
        rows.map(({ score }) => score),
        rows.map(({ label }) => label),
      ).estimate,
    );
  }
  return areas.reduce((total, area) => total + area, 0) / Math.max(1, areas.length);
}

function calibrationOf(
  examples: readonly ProbeExample[],
  heldOut: readonly ProbeScore[],
): TextProbe["calibration"] {
  return {
    conduct: platt(
      examples,
      heldOut.map((score) => score.conduct),
    ),
    text: platt(
      examples,
      heldOut.map((score) => score.text),
    ),
  };
}

function platt(examples: readonly ProbeExample[], logits: readonly number[]) {
  const weights = balanced(examples);
  const { coefficients } = fitLogistic({
    y: examples.map(({ label }) => (label ? 1 : 0)),
    predictors: [logits],
    weights,
    ridge: 1,
  });
  return { slope: round(Math.max(0, coefficients[1]!)), intercept: round(coefficients[0]!) };
}

function round(value: number): number {
  return Number(value.toPrecision(9));
}
