import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { stringify } from "yaml";
import { getJson } from "../../src/record/index.ts";
import type { Claim } from "../../src/study/claims/claim.ts";
import { loadArtifacts } from "../../src/study/claims/derive.ts";
import { resolveNumber } from "../../src/study/claims/pointer.ts";
import { researchCycle } from "../../src/study/cycle.ts";
import type { Instruments } from "../../src/study/execute.ts";
import { inlineDurable } from "../../src/study/inline.test-support.ts";
import { loadStudy } from "../../src/study/load.ts";
import { freezePlan } from "../../src/study/plan.ts";
import { claimStatuses } from "../../src/study/replicate.ts";
import { finishedRuns, viewStudy } from "../../src/study/view.ts";

/** A study of many hypotheses about the same effect, real or absent. */
export interface World {
  /** Makes the plan, and with it the seeds, another. */
  readonly salt: number;
  readonly hypotheses: number;
  /** What the treated condition adds to every measure. */
  readonly effect: number;
  readonly smallestEffect: number;
  readonly seeds: { readonly original: number; readonly replication: number };
  readonly tolerance: number;
  /** With it the study may stop as soon as every e-process has decided. */
  readonly most?: number;
}

/** The spread of every measure in one run; the difference of a pair has the spread SQRT2 times this. */
export const SPREAD = 1;

export interface Outcome {
  readonly claim: Claim;
  readonly status: string;
  readonly level: number;
  /** Treated minus control, seed by seed, in the order in which the original ran them. */
  readonly differences: readonly number[];
}

/** Runs such a study through plan, runs, claims, decisions and replication, in a lab of its own or a shared one. */
export async function runWorld(world: World, lab: Instruments): Promise<readonly Outcome[]> {
  const folder = await mkdtemp(join(tmpdir(), "glasshouse-null-lab-"));
  try {
    await writeFile(join(folder, "study.yaml"), stringify(definition(world)));
    await writeFile(join(folder, "article.md"), "# Results\n");
    await copyFile(
      fileURLToPath(new URL("./experiment.ts", import.meta.url)),
      join(folder, "experiment.ts"),
    );
    const plan = await freezePlan(lab.ledger, lab.objects, await loadStudy(folder));
    await researchCycle(plan.study, lab, inlineDurable(lab, ["article", "assess", "publish"]));
    const view = viewStudy(plan.study, await lab.ledger.read({ study: plan.study }));
    const claims = (await getJson(
      lab.objects,
      view.claims.get("original")!.object,
    )) as unknown as Claim[];
    const statuses = claimStatuses(
      claims,
      view.decisions,
      view.replications.map((round) => round.verdicts),
    );
    const seeds = [
      ...new Set(view.runs.filter((run) => run.role === "original").map((run) => run.seed)),
    ];
    const artifacts = await loadArtifacts(
      lab.objects,
      plan.document.definition,
      finishedRuns(view, "original"),
    );
    return view.decisions.map((decision) => {
      const claim = claims.find((candidate) => candidate.id === decision.hypothesis)!;
      const value = (group: string, seed: number) => {
        const input = claim.derivation.inputs.find(
          (candidate) =>
            candidate.from === "artifact" && candidate.group === group && candidate.seed === seed,
        );
        if (input?.from !== "artifact") throw new Error(`no input of seed ${seed}`);
        return resolveNumber(artifacts.get(input.artifact)!, input.pointer, "run");
      };
      return {
        claim,
        status: statuses.get(decision.hypothesis)!,
        level: decision.level,
        differences: seeds.map((seed) => value("of", seed) - value("against", seed)),
      };
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function definition(world: World): unknown {
  const sequential = world.most !== undefined;
  const measures = Array.from({ length: world.hypotheses }, (_, index) => `m${index + 1}`);
  const condition = (id: string, effect: number) => ({
    id,
    title: id,
    description: `Adds ${effect}.`,
    parameters: { effect, spread: SPREAD, salt: world.salt },
  });
  return {
    study: "null-lab",
    title: "Null lab",
    question: "Is an absent effect left alone, and a planted one found?",
    experiment: "experiment.ts",
    article: "article.md",
    unit: "seed",
    seeds: world.seeds,
    stopping: sequential ? { rule: "sequential", most: world.most } : { rule: "fixed" },
    limits: { wallSeconds: 30, memoryMb: 256, diskMb: 4 },
    budget: { cpuSeconds: 100_000 },
    conditions: [condition("control", 0), condition("treated", world.effect)],
    measures: measures.map((id) => ({
      id,
      title: id,
      description: id,
      pointer: `/${id}`,
      unit: "number",
    })),
    hypotheses: measures.map((measure, index) => ({
      id: `H${index + 1}`,
      statement: `The treatment raises ${measure}.`,
      primary: index === 0,
      measure,
      of: "treated",
      against: "control",
      direction: "greater",
      smallestEffect: world.smallestEffect,
      tolerance: world.tolerance,
      analysis: sequential ? "e-process" : "paired-t",
      planning: { sd: SPREAD * Math.SQRT2, power: 0.8 },
    })),
  };
}
