import { Fault, type Hash, type Json } from "../../record/index.ts";
import type { Hypothesis, StudyDefinition } from "../definition.ts";
import type { RunRecord } from "../records.ts";
import type { Claim, ClaimInput, Derivation } from "./claim.ts";
import { resolveNumber } from "./pointer.ts";

/** A claim before its value is computed: what it says, and what it rests on. */
export type BoundClaim = Omit<Claim, "value">;

/** Artifacts by hash, parsed. */
export type Artifacts = ReadonlyMap<Hash, Json>;

/** The level of every interval in the lab. */
export const INTERVAL_LEVEL = 0.95;

/**
 * Binds every claim of a study to the recorded artifacts it follows from: the mean of each measure
 * in each condition, each hypothesis's contrast, the extra claims, and the count of runs. What a
 * claim rests on is settled here by reference (hash and pointer), never by a number's value.
 */
export function bindClaims(
  definition: StudyDefinition,
  runs: readonly RunRecord[],
  artifacts: Artifacts,
): BoundClaim[] {
  const counted = runs.filter((run) => !excludedSeeds(definition, runs, artifacts).has(run.seed));
  const cells = definition.measures.flatMap((measure) =>
    definition.conditions.map(
      (condition): BoundClaim => ({
        id: `${measure.id}/${condition.id}`,
        kind: "cell",
        title: `${measure.title}, ${condition.title}`,
        unit: measure.unit,
        hypothesis: null,
        derivation: {
          transform: measure.draws === undefined ? "mean-t" : "pooled-draws",
          parameters: { level: INTERVAL_LEVEL, ...(measure.range ? { range: measure.range } : {}) },
          inputs: cellInputs(definition, counted, measure.id, condition.id, "values"),
        },
      }),
    ),
  );
  const contrasts = definition.hypotheses.map(
    (hypothesis): BoundClaim => ({
      id: hypothesis.id,
      kind: "contrast",
      title: hypothesis.statement,
      unit: definition.measures.find((measure) => measure.id === hypothesis.measure)!.unit,
      hypothesis: hypothesis.id,
      derivation: contrastDerivation(definition, counted, hypothesis),
    }),
  );
  const extras = definition.claims.map(
    (claim): BoundClaim => ({
      id: claim.id,
      kind: "derived",
      title: claim.title,
      unit: claim.unit,
      hypothesis: null,
      derivation: {
        transform: claim.transform,
        parameters: { level: INTERVAL_LEVEL },
        inputs: claim.claims
          ? claim.claims.map((id): ClaimInput => ({ from: "claim", claim: id }))
          : (claim.values ?? []).flatMap((value) =>
              cellInputs(
                definition,
                counted,
                value.measure,
                value.condition,
                `${value.measure}/${value.condition}`,
              ),
            ),
      },
    }),
  );
  return [...cells, ...contrasts, ...extras];
}

/** Seeds that the plan's exclusion rules leave out, with the reasons. */
export function excludedSeeds(
  definition: StudyDefinition,
  runs: readonly RunRecord[],
  artifacts: Artifacts,
): ReadonlyMap<number, string> {
  const excluded = new Map<number, string>();
  for (const rule of definition.exclusions) {
    const measure = definition.measures.find((candidate) => candidate.id === rule.measure)!;
    for (const run of runs.filter((candidate) => candidate.condition === rule.condition)) {
      const hash = artifactOf(run, measure.artifact);
      const value = resolveNumber(
        readArtifact(artifacts, hash, run, measure.artifact),
        measure.pointer,
        placeOf(run, measure.artifact),
      );
      if (value < rule.keep[0] || value > rule.keep[1]) excluded.set(run.seed, rule.reason);
    }
  }
  return excluded;
}

export function readArtifact(
  artifacts: Artifacts,
  hash: Hash,
  run: Pick<RunRecord, "id">,
  name: string,
): Json {
  const document = artifacts.get(hash);
  if (document === undefined) {
    throw new Fault(
      `run ${run.id}, artifact ${name}`,
      `object ${hash.slice(0, 12)} is missing or is not JSON`,
      "Restore it from a copy of the lab, or run the study again",
    );
  }
  return document;
}

export function placeOf(run: Pick<RunRecord, "id">, artifact: string): string {
  return `run ${run.id}, ${artifact}`;
}

function contrastDerivation(
  definition: StudyDefinition,
  runs: readonly RunRecord[],
  hypothesis: Hypothesis,
): Derivation {
  const of = cellInputs(definition, runs, hypothesis.measure, hypothesis.of, "of");
  const against =
    hypothesis.against === undefined
      ? []
      : cellInputs(
          definition,
          runs,
          hypothesis.againstMeasure ?? hypothesis.measure,
          hypothesis.against,
          "against",
        );
  return {
    transform: hypothesis.analysis,
    parameters: {
      null: hypothesis.nullValue,
      direction: hypothesis.direction,
      level: INTERVAL_LEVEL,
      // The standardised effect that the process is tuned to; decides its speed, not its validity.
      ...(hypothesis.analysis === "e-process"
        ? { scale: hypothesis.smallestEffect / hypothesis.planning.sd }
        : {}),
    },
    inputs: [...of, ...against],
  };
}

function cellInputs(
  definition: StudyDefinition,
  runs: readonly RunRecord[],
  measureId: string,
  condition: string,
  group: string,
): ClaimInput[] {
  const measure = definition.measures.find((candidate) => candidate.id === measureId)!;
  return runs
    .filter((run) => run.condition === condition)
    .sort((a, b) => a.seed - b.seed)
    .map((run) => ({
      from: "artifact",
      group,
      artifact: artifactOf(run, measure.artifact),
      pointer: measure.pointer,
      ...(measure.draws === undefined ? {} : { draws: measure.draws }),
      run: run.id,
      seed: run.seed,
    }));
}

function artifactOf(run: RunRecord, name: string): Hash {
  const hash = run.artifacts[name];
  if (!hash) {
    const made = Object.keys(run.artifacts).join(", ") || "none";
    throw new Fault(
      `run ${run.id}`,
      `it made no artifact "${name}" (made: ${made})`,
      "Mend the measure's artifact, or what the experiment writes",
    );
  }
  return hash;
}
