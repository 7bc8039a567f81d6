import type { Claim, ClaimStatus } from "./claims/claim.ts";
import type { Hypothesis, StudyDefinition } from "./definition.ts";
import type { Decision, ReplicationVerdict } from "./records.ts";

declare const confirmed: unique symbol;

/**
 * A claim that the plan foresaw, that the original supported at the level the error budget allowed,
 * and that a replication agreed with. Only `confirmedClaims` makes one.
 */
export type ConfirmedClaim = Claim & { readonly [confirmed]: true };

/**
 * Judges a replication by the tolerance of the plan: it agrees with the original on a hypothesis
 * when its estimate lies on the same side of the null value, as the hypothesis says, and no further
 * from the original's than the plan tolerates.
 */
export function judgeReplication(
  definition: StudyDefinition,
  original: readonly Claim[],
  replication: readonly Claim[],
): ReplicationVerdict[] {
  return definition.hypotheses.map((hypothesis) => {
    const first = valueFor(original, hypothesis);
    const value = valueFor(replication, hypothesis);
    const sign = hypothesis.direction === "greater" ? 1 : -1;
    const sameSide = sign * (value.estimate - hypothesis.nullValue) > 0;
    const distance = Math.abs(value.estimate - first.estimate);
    const near = distance <= hypothesis.tolerance;
    const reason = !sameSide
      ? "the replication's estimate lies on the other side of the null value"
      : near
        ? "same side of the null value, within the plan's tolerance"
        : "the estimates are further apart than the plan tolerates";
    return { hypothesis: hypothesis.id, value, agrees: sameSide && near, reason };
  });
}

/** What the lab says of each claim; the one place where a status is decided. */
export function claimStatuses(
  claims: readonly Claim[],
  decisions: readonly Decision[],
  rounds: readonly (readonly ReplicationVerdict[])[],
): ReadonlyMap<string, ClaimStatus> {
  return new Map(claims.map((claim) => [claim.id, statusOf(claim, decisions, rounds)]));
}

export function confirmedClaims(
  claims: readonly Claim[],
  decisions: readonly Decision[],
  rounds: readonly (readonly ReplicationVerdict[])[],
): readonly ConfirmedClaim[] {
  const statuses = claimStatuses(claims, decisions, rounds);
  return claims.filter((claim): claim is ConfirmedClaim => statuses.get(claim.id) === "confirmed");
}

function statusOf(
  claim: Claim,
  decisions: readonly Decision[],
  rounds: readonly (readonly ReplicationVerdict[])[],
): ClaimStatus {
  if (claim.hypothesis === null) return "exploratory";
  const decision = decisions.find((candidate) => candidate.hypothesis === claim.hypothesis);
  if (!decision?.rejected) return "not supported";
  const verdicts = rounds.flatMap((round) =>
    round.filter((verdict) => verdict.hypothesis === claim.hypothesis),
  );
  if (verdicts.length === 0) return "supported";
  return verdicts.every((verdict) => verdict.agrees) ? "confirmed" : "not replicated";
}

function valueFor(claims: readonly Claim[], hypothesis: Hypothesis): Claim["value"] {
  const claim = claims.find((candidate) => candidate.id === hypothesis.id);
  if (!claim) throw new Error(`no claim was derived for the hypothesis ${hypothesis.id}`);
  return claim.value;
}
