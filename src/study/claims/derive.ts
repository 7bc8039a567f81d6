import { Fault, type Hash, type Json, type ObjectStore } from "../../record/index.ts";
import type { StudyDefinition } from "../definition.ts";
import type { RunRecord } from "../records.ts";
import { type Artifacts, type BoundClaim, bindClaims, placeOf, readArtifact } from "./bind.ts";
import type { Claim, ClaimInput, ClaimValue, Derivation } from "./claim.ts";
import { resolveNumber, resolveNumbers } from "./pointer.ts";
import { type GroupValue, type TransformInputs, transforms } from "./transforms.ts";

/**
 * Derives every claim of a study from its recorded runs. Pure: equal runs and artifacts give equal
 * claims, which is what `verify` relies on.
 */
export function deriveClaims(
  definition: StudyDefinition,
  runs: readonly RunRecord[],
  artifacts: Artifacts,
): Claim[] {
  checkRanges(definition, runs, artifacts);
  return evaluateClaims(bindClaims(definition, runs, artifacts), artifacts);
}

/** Computes the values of bound claims, in the order in which they rest on one another. */
export function evaluateClaims(bound: readonly BoundClaim[], artifacts: Artifacts): Claim[] {
  const byId = new Map(bound.map((claim) => [claim.id, claim]));
  const values = new Map<string, ClaimValue>();
  const evaluate = (id: string, trail: readonly string[]): ClaimValue => {
    const known = values.get(id);
    if (known) return known;
    const claim = byId.get(id);
    if (!claim) {
      throw new Fault(
        `claim ${trail.at(-1)}`,
        `it rests on the claim "${id}", which does not exist`,
        "Name a claim that does",
      );
    }
    if (trail.includes(id)) {
      throw new Fault(
        `claim ${id}`,
        `it depends on itself (${[...trail.slice(trail.indexOf(id)), id].join(" -> ")})`,
        "Break the circle",
      );
    }
    const value = evaluateDerivation(claim.id, claim.derivation, artifacts, (other) =>
      evaluate(other, [...trail, id]),
    );
    values.set(id, value);
    return value;
  };
  return bound.map((claim) => ({ ...claim, value: evaluate(claim.id, []) }));
}

/** Computes one derivation. Throws a Fault that names the claim when it cannot be computed. */
export function evaluateDerivation(
  claimId: string,
  derivation: Derivation,
  artifacts: Artifacts,
  claimValue: (id: string) => ClaimValue,
): ClaimValue {
  const transform = transforms[derivation.transform];
  if (!transform) {
    throw new Fault(
      `claim ${claimId}`,
      `there is no transform "${derivation.transform}"`,
      `Known: ${Object.keys(transforms).join(", ")}`,
    );
  }
  const inputs: TransformInputs = {
    groups: groupValues(derivation.inputs, artifacts),
    claims: derivation.inputs
      .filter((input) => input.from === "claim")
      .map((input) => claimValue(input.claim)),
  };
  let value: ClaimValue;
  try {
    value = transform(inputs, derivation.parameters);
  } catch (error) {
    throw new Fault(
      `claim ${claimId}`,
      `its derivation (${derivation.transform}) failed: ${(error as Error).message}`,
      "Mend the claim in study.yaml, or the measures it rests on",
    );
  }
  for (const [part, number] of Object.entries(value)) {
    if (!Number.isFinite(number)) {
      throw new Fault(
        `claim ${claimId}`,
        `its derivation (${derivation.transform}) gives ${number} as ${part}`,
        "Mend the claim in study.yaml, or the measures it rests on",
      );
    }
  }
  return value;
}

/** Loads and parses the artifacts that the claims and figures of a study read. */
export async function loadArtifacts(
  objects: ObjectStore,
  definition: StudyDefinition,
  runs: readonly RunRecord[],
): Promise<Artifacts> {
  const names = new Set([
    ...definition.measures.map((measure) => measure.artifact),
    ...definition.figures.flatMap((figure) => (figure.kind === "dots" ? [] : [figure.artifact])),
  ]);
  const artifacts = new Map<Hash, Json>();
  for (const run of runs) {
    for (const name of names) {
      const hash = run.artifacts[name];
      if (!hash || artifacts.has(hash)) continue;
      const text = Buffer.from(await objects.get(hash)).toString("utf8");
      try {
        artifacts.set(hash, JSON.parse(text) as Json);
      } catch (error) {
        throw new Fault(
          placeOf(run, name),
          `not JSON (${(error as Error).message})`,
          "JSON has no NaN or Infinity: the experiment must write finite numbers, or fail",
        );
      }
    }
  }
  return artifacts;
}

function groupValues(
  inputs: readonly ClaimInput[],
  artifacts: Artifacts,
): TransformInputs["groups"] {
  const groups = new Map<string, GroupValue[]>();
  for (const input of inputs) {
    if (input.from !== "artifact") continue;
    const document = readArtifact(artifacts, input.artifact, { id: input.run }, input.pointer);
    const place = `run ${input.run}`;
    const value = resolveNumber(document, input.pointer, place);
    const draws = input.draws === undefined ? null : resolveNumbers(document, input.draws, place);
    const group = groups.get(input.group) ?? [];
    group.push({ seed: input.seed, value, ...(draws ? { draws } : {}) });
    groups.set(input.group, group);
  }
  return groups;
}

/** A number that its measure cannot take at all is a broken run, not a result. */
function checkRanges(
  definition: StudyDefinition,
  runs: readonly RunRecord[],
  artifacts: Artifacts,
): void {
  for (const measure of definition.measures) {
    const [low, high] = measure.range ?? [-Infinity, Infinity];
    for (const run of runs) {
      const hash = run.artifacts[measure.artifact];
      if (!hash) continue;
      const place = placeOf(run, measure.artifact);
      const value = resolveNumber(
        readArtifact(artifacts, hash, run, measure.artifact),
        measure.pointer,
        place,
      );
      if (value < low || value > high) {
        throw new Fault(
          `${place}#${measure.pointer}`,
          `${value} is outside the range [${low}, ${high}] of the measure "${measure.id}"`,
          "Mend the experiment, or the measure's range",
        );
      }
    }
  }
}
