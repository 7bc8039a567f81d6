import { Fault } from "../../../record/index.ts";
import { type Auroc, auroc } from "../../../stats/index.ts";
import { groupFolds } from "../folds.ts";
import { fitSparse } from "../sparse-logistic.ts";
import type { ActivationSet, ActivationStep, Layer } from "./activation-set.ts";

/**
 * *logistic*: ridge logistic regression. *difference*: the difference of the classes' means, a
 * direction that needs no fit and transfers well (Marks and Tegmark 2023).
 */
export type ProbeKind = "logistic" | "difference";

/** A direction in activation space and where it cuts: positive scores speak for the label. */
export interface LinearProbe {
  readonly kind: ProbeKind;
  readonly layer: string;
  readonly direction: Float64Array;
  readonly intercept: number;
}

export interface LinearProbeOptions {
  /** λ of the logistic probe on standardised activations, per mean loss; 0.01. */
  readonly ridge?: number;
  /** Folds by task; 5. */
  readonly folds?: number;
}

/** Fits a probe to some rows of a layer, standardised by those rows, classes balanced. */
export function fitLinearProbe(
  kind: ProbeKind,
  layer: Layer,
  steps: readonly ActivationStep[],
  rows: readonly number[],
  { ridge = 0.01 }: LinearProbeOptions = {},
): LinearProbe {
  const positives = rows.filter((row) => steps[row]!.label);
  const negatives = rows.filter((row) => !steps[row]!.label);
  if (positives.length === 0 || negatives.length === 0) {
    throw new Fault(
      "activation probe",
      `all of ${rows.length} steps have one label`,
      "Give labelled steps of both kinds in at least two tasks",
    );
  }
  const { centers, scales } = spread(layer, rows);
  const { width, values } = layer;
  const standardised = (row: number) =>
    Float64Array.from(
      { length: width },
      (_, j) => (values[row * width + j]! - centers[j]!) / scales[j]!,
    );
  let weights: Float64Array;
  let intercept: number;
  if (kind === "logistic") {
    const all = Int32Array.from({ length: width }, (_, j) => j);
    ({ weights, intercept } = fitSparse({
      rows: rows.map((row) => ({ indices: all, values: standardised(row) })),
      labels: rows.map((row) => steps[row]!.label),
      weights: rows.map((row) => 1 / (steps[row]!.label ? positives.length : negatives.length)),
      columns: width,
      ridge,
    }));
  } else {
    const [high, low] = [positives, negatives].map((list) => {
      const mean = new Float64Array(width);
      for (const row of list) {
        standardised(row).forEach((value, j) => {
          mean[j]! += value / list.length;
        });
      }
      return mean;
    }) as [Float64Array, Float64Array];
    weights = high.map((value, j) => value - low[j]!);
    intercept = -weights.reduce((sum, weight, j) => sum + (weight * (high[j]! + low[j]!)) / 2, 0);
  }
  // Back to activations as they are, so that the probe needs nothing else.
  const direction = weights.map((weight, j) => weight / scales[j]!);
  const shift = direction.reduce((sum, weight, j) => sum + weight * centers[j]!, 0);
  return { kind, layer: layer.name, direction, intercept: intercept - shift };
}

/** A probe's score of each row of a layer. Throws a Fault where widths differ. */
export function scoreLayer({ direction, intercept }: LinearProbe, layer: Layer): Float64Array {
  if (layer.width !== direction.length) {
    throw new Fault(
      `layer ${layer.name}`,
      `it has ${layer.width} dimensions and the probe ${direction.length}`,
      "Give activations of the model and layer that the probe was fitted to",
    );
  }
  const rows = layer.width === 0 ? 0 : layer.values.length / layer.width;
  return Float64Array.from({ length: rows }, (_, row) => {
    let score = intercept;
    for (let j = 0; j < layer.width; j++)
      score += direction[j]! * layer.values[row * layer.width + j]!;
    return score;
  });
}

/** How well a layer tells the labels apart, each step scored by a probe fitted without its task. */
export interface LayerFigures {
  readonly layer: string;
  readonly kind: ProbeKind;
  readonly auroc: Auroc;
}

/** Every layer by both probes, cross-validated by task; the best first. */
export function sweepLayers(
  { layers, steps }: ActivationSet,
  options: LinearProbeOptions = {},
): readonly LayerFigures[] {
  const labels = steps.map(({ label }) => label);
  return layers
    .flatMap((layer) =>
      KINDS.map((kind) => ({
        layer: layer.name,
        kind,
        auroc: auroc(heldOutScores(kind, layer, steps, allRows(steps), options), labels),
      })),
    )
    .sort((a, b) => b.auroc.estimate - a.auroc.estimate);
}

/** Scores of steps by probes that never saw their tasks. */
export interface HeldOutScores {
  /** One a step, higher for the label, on one scale for all folds. */
  readonly scores: Float64Array;
  /** What each fold chose. */
  readonly chosen: readonly Pick<LayerFigures, "layer" | "kind">[];
}

/**
 * The sweep's honest scores: in each fold layer and probe are chosen on the other folds alone, so
 * that the best of many layers is not flattered by having been the best.
 */
export function nestedSweep(set: ActivationSet, options: LinearProbeOptions = {}): HeldOutScores {
  const { steps, layers } = set;
  const fold = foldsOf(steps, allRows(steps), options.folds);
  const scores = new Float64Array(steps.length);
  const chosen: HeldOutScores["chosen"][number][] = [];
  for (const held of new Set(fold)) {
    const rest = allRows(steps).filter((row) => fold[row] !== held);
    let best:
      | { readonly layer: Layer; readonly kind: ProbeKind; readonly area: number }
      | undefined;
    for (const layer of layers) {
      for (const kind of KINDS) {
        const area = auroc(
          heldOutScores(kind, layer, steps, rest, options),
          rest.map((row) => steps[row]!.label),
        ).estimate;
        if (!best || area > best.area) best = { layer, kind, area };
      }
    }
    chosen.push({ layer: best!.layer.name, kind: best!.kind });
    const probe = fitLinearProbe(best!.kind, best!.layer, steps, rest, options);
    const scored = standardScores(scoreLayer(probe, best!.layer), rest);
    for (const row of allRows(steps)) if (fold[row] === held) scores[row] = scored[row]!;
  }
  return { scores, chosen };
}

/** Scores of the steps of one set by a probe fitted to all of another; layers are matched by name. */
export function transferLinear(
  { kind, layer }: Pick<LayerFigures, "layer" | "kind">,
  train: ActivationSet,
  test: ActivationSet,
  options: LinearProbeOptions = {},
): Float64Array {
  const own = layerOf(train, layer);
  const probe = fitLinearProbe(kind, own, train.steps, allRows(train.steps), options);
  return scoreLayer(probe, layerOf(test, layer));
}

const KINDS = ["logistic", "difference"] as const satisfies readonly ProbeKind[];

function heldOutScores(
  kind: ProbeKind,
  layer: Layer,
  steps: readonly ActivationStep[],
  rows: readonly number[],
  options: LinearProbeOptions,
): Float64Array {
  const fold = foldsOf(steps, rows, options.folds);
  const scores = new Float64Array(rows.length);
  for (const held of new Set(fold)) {
    const rest = rows.filter((_, i) => fold[i] !== held);
    const probe = fitLinearProbe(kind, layer, steps, rest, options);
    const scored = standardScores(scoreLayer(probe, layer), rest);
    rows.forEach((row, i) => {
      if (fold[i] === held) scores[i] = scored[row]!;
    });
  }
  return scores;
}

/** Folds have probes of their own: their scores are put on one scale by the rows they were fitted to. */
function standardScores(scores: Float64Array, rows: readonly number[]): Float64Array {
  const mean = rows.reduce((sum, row) => sum + scores[row]!, 0) / rows.length;
  const variance = rows.reduce((sum, row) => sum + (scores[row]! - mean) ** 2, 0) / rows.length;
  const scale = Math.sqrt(variance) || 1;
  return scores.map((score) => (score - mean) / scale);
}

function foldsOf(
  steps: readonly ActivationStep[],
  rows: readonly number[],
  folds = 5,
): readonly number[] {
  const tasks = rows.map((row) => steps[row]!.task);
  const distinct = new Set(tasks).size;
  if (distinct < 2) {
    throw new Fault(
      "activation probe",
      `the steps come from ${distinct} task`,
      "Give labelled steps of both kinds in at least two tasks",
    );
  }
  return groupFolds(tasks, Math.min(folds, distinct));
}

function spread({ width, values }: Layer, rows: readonly number[]) {
  const centers = new Float64Array(width);
  const scales = new Float64Array(width);
  for (const row of rows) {
    for (let j = 0; j < width; j++) centers[j]! += values[row * width + j]! / rows.length;
  }
  for (const row of rows) {
    for (let j = 0; j < width; j++) {
      scales[j]! += (values[row * width + j]! - centers[j]!) ** 2 / rows.length;
    }
  }
  // A dimension that never moves tells nothing, and is not divided by nothing.
  return { centers, scales: scales.map((variance) => Math.sqrt(variance) || 1) };
}

function layerOf({ layers }: ActivationSet, name: string): Layer {
  const found = layers.find((layer) => layer.name === name);
  if (found) return found;
  throw new Fault(
    `layer ${name}`,
    `there is none of that name among ${layers.length}`,
    "Name a layer that both files hold",
  );
}

function allRows(steps: readonly ActivationStep[]): readonly number[] {
  return steps.map((_, row) => row);
}
