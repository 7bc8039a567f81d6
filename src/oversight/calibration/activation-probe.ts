import {
  type ActivationSet,
  type HeldOutScores,
  type LayerFigures,
  type LinearProbeOptions,
  nestedSweep,
  sweepLayers,
  transferLinear,
} from "../../monitors/index.ts";
import type { Discrimination } from "./card-schema.ts";
import type { IntervalPlan } from "./clustered.ts";
import { discrimination } from "./measures.ts";

/** How well linear probes over activations or embeddings tell labelled steps apart. */
export interface ProbeReport {
  readonly steps: number;
  readonly positives: number;
  readonly tasks: number;
  /** Each step scored by a probe whose layer and kind were chosen without its task. */
  readonly heldOut: readonly Discrimination[];
  readonly chosen: HeldOutScores["chosen"];
  /** Each layer and kind of probe, cross-validated by task, the best first: the best is flattered. */
  readonly layers: readonly LayerFigures[];
  /** The layer and kind that did best here, fitted to all of it, on another set. */
  readonly transfer: {
    readonly probe: Pick<LayerFigures, "layer" | "kind">;
    readonly steps: number;
    readonly discrimination: readonly Discrimination[];
  } | null;
}

/**
 * Measures probes on labelled activations and, where another set is given, on that too. Intervals are
 * those of a monitor card. Throws a Fault on fewer than two tasks, one label, or layers that differ.
 */
export function measureProbe(
  set: ActivationSet,
  plan: IntervalPlan,
  other?: ActivationSet,
  options: LinearProbeOptions = {},
): ProbeReport {
  const { scores, chosen } = nestedSweep(set, options);
  const layers = sweepLayers(set, options);
  const best = layers[0]!;
  const probe = { layer: best.layer, kind: best.kind };
  return {
    steps: set.steps.length,
    positives: set.steps.filter(({ label }) => label).length,
    tasks: new Set(set.steps.map(({ task }) => task)).size,
    heldOut: discriminationOf(set, scores, plan),
    chosen,
    layers,
    transfer: other
      ? {
          probe,
          steps: other.steps.length,
          discrimination: discriminationOf(other, transferLinear(probe, set, other, options), plan),
        }
      : null,
  };
}

function discriminationOf(
  { steps }: ActivationSet,
  scores: Float64Array,
  plan: IntervalPlan,
): readonly Discrimination[] {
  const rows = steps.map((step, i) => ({ ...step, score: scores[i]!, length: 0 }));
  // How long a step is cannot be told from its activations: there is no baseline to beat.
  return discrimination(rows, plan).map((unit) => ({ ...unit, baselines: [] }));
}
