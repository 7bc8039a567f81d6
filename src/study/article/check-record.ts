import { canonicalJson, hashJson, type Json } from "../../record/index.ts";
import type { Claim, ClaimStatus } from "../claims/claim.ts";
import { add, type CheckContext } from "./check-context.ts";
import type { ArticleInput } from "./input.ts";

/** Every hypothesis of the plan must be reported by the author, whatever came out. */
export function checkHypotheses(context: CheckContext): void {
  const end = Math.max(0, context.input.markdown.trimEnd().length - 1);
  for (const { id } of context.input.definition.hypotheses) {
    if (context.reported.has(id)) continue;
    add(
      context,
      end,
      `the hypothesis ${id} of the plan is not reported`,
      `Report what was found for it, whatever it was: {{claim:${id}}}`,
    );
  }
}

/** The record that the article prints must agree with itself, whoever handed it in. */
export function checkRecord(context: CheckContext): void {
  const { definition, plan, claims, statuses } = context.input;
  const remedy = "Compile from the lab's record: `glasshouse verify`";
  if (hashJson(plan.document) !== plan.hash) {
    add(context, 0, `the plan is not the one with the hash ${plan.hash.slice(0, 12)}`, remedy);
  }
  const frozen = (plan.document as { readonly definition?: Json } | null)?.definition ?? null;
  if (canonicalJson(frozen) !== canonicalJson(definition as unknown as Json)) {
    add(context, 0, "the study is not the one that the plan froze", remedy);
  }
  for (const cell of cellsOf(context.input)) {
    if (claims.has(cell)) continue;
    add(
      context,
      0,
      `the plan's tables and figures show ${cell}, but no such claim was derived`,
      remedy,
    );
  }
  for (const claim of claims.values()) {
    const status = statuses.get(claim.id);
    const earned = earnedStatus(context.input, claim);
    if (status === earned || (status === undefined && claim.hypothesis === null)) continue;
    add(
      context,
      0,
      `the status of ${claim.id} is "${status ?? "missing"}", but its plan, decision and replication make it "${earned}"`,
      remedy,
    );
  }
}

/** The cells that the tables and figures of the plan show, wherever they are placed. */
function cellsOf({ definition }: ArticleInput): ReadonlySet<string> {
  const shown = [
    ...definition.tables,
    ...definition.figures.flatMap((figure) => (figure.kind === "dots" ? [figure] : [])),
  ];
  return new Set(
    shown.flatMap(({ measures, conditions }) =>
      measures.flatMap((measure) => conditions.map((condition) => `${measure}/${condition}`)),
    ),
  );
}

/** What plan, decision and replication allow the lab to say of a claim. */
function earnedStatus(input: ArticleInput, claim: Claim): ClaimStatus {
  if (claim.hypothesis === null) return "exploratory";
  const id = claim.hypothesis;
  const decision = input.decisions.find((candidate) => candidate.hypothesis === id);
  if (!decision?.rejected) return "not supported";
  const verdicts = input.replications.filter((verdict) => verdict.hypothesis === id);
  if (verdicts.length === 0) return "supported";
  return verdicts.every((verdict) => verdict.agrees) ? "confirmed" : "not replicated";
}
