import { Fault, type Json } from "../record/index.ts";
import type { ArticleInput } from "./article/index.ts";
import { type BoundClaim, bindClaims } from "./claims/bind.ts";
import type { Claim, ClaimValue } from "./claims/claim.ts";
import type { StudySource } from "./load.ts";
import { draftPlan, planHash } from "./plan.ts";

/**
 * Checks a study's article before its plan is frozen and anything has run: every claim, figure,
 * table and citation that it names exists, and no number stands in it. The claims have no values
 * yet, so each is given one that shows nothing. Throws a Fault that names the line.
 */
export async function previewArticle(source: StudySource): Promise<void> {
  const { checkArticle } = await import("./article/index.ts");
  const [first, ...others] = checkArticle(emptyInput(source));
  if (!first) return;
  const more = others.length > 0 ? ` (and ${others.length} more)` : "";
  const { article } = source.definition;
  throw new Fault(
    `${article}:${first.line}:${first.column}`,
    `${first.problem}${more}`,
    first.remedy,
  );
}

function emptyInput(source: StudySource): ArticleInput {
  const { definition } = source;
  const plan = draftPlan(source);
  const claims = bindClaims(definition, [], new Map()).map(withoutResult);
  return {
    file: definition.article,
    markdown: source.articleMarkdown,
    definition,
    plan: { hash: planHash(plan), document: plan as unknown as Json, seq: 0 },
    claims: new Map(claims.map((claim) => [claim.id, claim])),
    statuses: new Map(
      claims.map((claim) => [claim.id, claim.hypothesis ? "not supported" : "exploratory"]),
    ),
    decisions: definition.hypotheses.map(({ id }) => ({
      hypothesis: id,
      level: 0,
      p: 1,
      rejected: false,
    })),
    replications: [],
    runs: [],
    gates: [],
    artifacts: new Map(),
    lab: {
      name: "preview",
      head: { seq: 0, hash: planHash(plan) },
      budget: { policy: "none", alpha: 0.05, spent: 0 },
    },
    anonymous: false,
  };
}

/** A claim with all the parts that it will have, and nothing in them. */
function withoutResult(claim: BoundClaim): Claim {
  const interval = { low: 0, high: 0, level: 0.95 };
  const value: ClaimValue =
    claim.kind === "derived"
      ? { estimate: 0, n: 2 }
      : {
          estimate: 0,
          ...interval,
          n: 2,
          ...(claim.kind === "contrast"
            ? claim.derivation.transform === "e-process"
              ? { e: 1 }
              : { p: 1 }
            : {}),
        };
  return { ...claim, value };
}
