import { createHash } from "node:crypto";
import type { Monitor } from "../../monitors/index.ts";
import {
  covertChannels,
  evidence,
  flow,
  reasoning,
  rules,
  specialCasing,
  type TextProbe,
  textProbe,
  textProbeSchema,
} from "../../monitors/index.ts";
import embedded from "./embedded.json" with { type: "json" };
import type { Ensemble } from "./ensemble.ts";
import { type EnsembleModel, ensembleModelSchema } from "./model.ts";
import type { Stack } from "./stack.ts";
import probe from "./text-probe.json" with { type: "json" };

/** The monitors that need neither a model nor training. */
export function plainMonitors(): readonly Monitor[] {
  return [rules, flow(), specialCasing, evidence, reasoning(), covertChannels()];
}

/** The ensemble that ships: it needs no model, no network, and no more than the transcript. */
export function embeddedEnsemble(): Ensemble {
  return ensembleOf(embeddedModel(), embeddedProbe());
}

/** The probe's weights that ship. */
export function embeddedProbe(): TextProbe {
  return textProbeSchema.parse(probe);
}

/** How the ensemble that ships weighs findings, where its thresholds lie, what it was trained on. */
export function embeddedModel(): EnsembleModel {
  return ensembleModelSchema.parse(embedded);
}

/** The plain monitors by themselves, their weights taken at their word: what training begins with. */
export function untrainedEnsemble(): Ensemble {
  const stack = { intercept: 0, slopes: {} };
  return { monitors: plainMonitors(), stack, version: versionOf(plainMonitors(), stack) };
}

/** An ensemble of the plain monitors and a trained probe. */
export function ensembleOf({ stack }: Pick<EnsembleModel, "stack">, trained: TextProbe): Ensemble {
  const monitors = [...plainMonitors(), textProbe(trained)];
  return { monitors, stack, version: versionOf(monitors, stack) };
}

function versionOf(monitors: readonly Monitor[], stack: Stack): string {
  const hash = createHash("sha256");
  for (const { name, version } of monitors) hash.update(`${name} ${version}\n`);
  return hash.update(JSON.stringify(stack)).digest("hex");
}
