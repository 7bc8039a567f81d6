import {
  Fault,
  getJson,
  type Hash,
  type Json,
  type LedgerEvent,
  type ObjectStore,
} from "../record/index.ts";
import type { ArticleInput, CompiledArticle } from "./article/index.ts";
import type { Claim } from "./claims/claim.ts";
import { loadArtifacts } from "./claims/derive.ts";
import { foldBudget, reservedLevel } from "./decide.ts";
import { studyEvents } from "./events.ts";
import type { FrozenPlan } from "./plan.ts";
import { claimStatuses } from "./replicate.ts";
import { finishedRuns, viewStudy } from "./view.ts";

/** An article in the forms people read: open, and the anonymised text for blind review. */
export interface Edition {
  readonly open: CompiledArticle;
  readonly blind: string;
}

/**
 * Compiles the article of a study from the record as it stood before event `asOf`. Pure but for
 * reading objects, so `verify` compiles it again and compares the bytes.
 */
export async function compileEdition(
  plan: FrozenPlan,
  events: readonly LedgerEvent[],
  asOf: number,
  objects: ObjectStore,
): Promise<Edition> {
  const input = await articleInput(plan, events.slice(0, asOf), objects);
  // Loaded only where an article is compiled: with its figures it takes longer than all the rest.
  const { compileArticle, compileText } = await import("./article/index.ts");
  return {
    open: compileArticle({ ...input, anonymous: false }),
    blind: compileText({ ...input, anonymous: true }),
  };
}

/** The claims object of a role, as the ledger names it. */
export async function recordedClaims(
  plan: FrozenPlan,
  events: readonly LedgerEvent[],
  role: "original" | `replication-${number}`,
  objects: ObjectStore,
): Promise<readonly Claim[]> {
  const found = viewStudy(plan.study, ofStudy(plan.study, events)).claims.get(role);
  if (!found) {
    throw new Fault(
      `study ${plan.study}`,
      `no claims of its ${role} are on record`,
      `Run it again: glasshouse run ${plan.document.definition.study}`,
    );
  }
  return (await getJson(objects, found.object)) as unknown as Claim[];
}

async function articleInput(
  plan: FrozenPlan,
  events: readonly LedgerEvent[],
  objects: ObjectStore,
): Promise<Omit<ArticleInput, "anonymous">> {
  const { definition } = plan.document;
  const view = viewStudy(plan.study, ofStudy(plan.study, events));
  const claims = await recordedClaims(plan, events, "original", objects);
  const budget = foldBudget(events);
  const head = events.at(-1)!;
  return {
    file: definition.article,
    markdown: Buffer.from(await objects.get(plan.document.article)).toString("utf8"),
    definition,
    plan: { hash: plan.hash, document: plan.document as unknown as Json, seq: plan.seq },
    claims: new Map(claims.map((claim) => [claim.id, claim])),
    statuses: claimStatuses(
      claims,
      view.decisions,
      view.replications.map((round) => round.verdicts),
    ),
    decisions: view.decisions,
    replications: view.replications.flatMap((round) => round.verdicts),
    runs: view.runs,
    gates: view.gates,
    artifacts: (await loadArtifacts(objects, definition, finishedRuns(view, "original"))) as Map<
      Hash,
      Json
    >,
    lab: {
      name: labName(events),
      head: { seq: head.seq, hash: head.hash },
      budget: { policy: budget.policy, alpha: budget.alpha, spent: reservedLevel(events) },
    },
  };
}

function labName(events: readonly LedgerEvent[]): string {
  const created = studyEvents(events.filter((event) => event.kind === "lab.created"))[0];
  return created?.kind === "lab.created" ? created.body.lab.slice(0, 8) : "unknown";
}

export function ofStudy(study: string, events: readonly LedgerEvent[]): LedgerEvent[] {
  return events.filter((event) => event.study === study);
}
