import type { Ledger, LedgerEvent } from "../record/index.ts";
import {
  allowance,
  type BudgetState,
  decide as decideInBudget,
  openBudget,
  reserve,
} from "../stats/index.ts";
import type { Claim } from "./claims/claim.ts";
import { draft, studyEvents } from "./events.ts";
import type { FrozenPlan } from "./plan.ts";
import type { Decision } from "./records.ts";

/**
 * The lab's error budget, folded from its ledger. Hypotheses take their places in the order in
 * which plans were frozen, over all studies of the lab; each is decided at the level that its place
 * and the decisions before it leave.
 */
export function foldBudget(events: readonly LedgerEvent[]): BudgetState {
  let state: BudgetState | null = null;
  for (const event of studyEvents(events)) {
    if (event.kind === "lab.created") state = openBudget(event.body.policy, event.body.alpha);
    if (state === null) continue;
    if (event.kind === "plan.frozen") {
      for (const hypothesis of event.body.hypotheses)
        state = reserve(state, `${event.study}/${hypothesis}`);
    }
    if (event.kind === "hypothesis.decided") {
      // What was recorded counts: level passes on only from a rejection that was made.
      const { hypothesis, rejected } = event.body;
      state = decideInBudget(state, `${event.study}/${hypothesis}`, { rejected }).state;
    }
  }
  if (state === null) throw new Error("the ledger has no lab.created event");
  return state;
}

/**
 * How much of the lab's error budget its plans hold: the sum of the shares that belong to their
 * hypotheses' places. What a rejection passes on is the same level used again, so it is not counted.
 */
export function reservedLevel(events: readonly LedgerEvent[]): number {
  const reservations = events.filter((event) => event.kind !== "hypothesis.decided");
  const budget = foldBudget(reservations);
  return budget.entries.reduce((sum, entry) => sum + allowance(budget, entry.id), 0);
}

/**
 * Decides the hypotheses of a plan on the claims of the original runs: each p value (or 1/e) is held
 * against the level that the error budget allows it, in the order of the plan.
 */
export async function decideHypotheses(
  ledger: Ledger,
  plan: FrozenPlan,
  claims: readonly Claim[],
): Promise<readonly Decision[]> {
  const decisions: Decision[] = [];
  for (const hypothesis of plan.document.definition.hypotheses) {
    const { value } = claims.find((claim) => claim.id === hypothesis.id)!;
    const p = pValue(value);
    const level = allowance(foldBudget(await ledger.read()), `${plan.study}/${hypothesis.id}`);
    const decision = { hypothesis: hypothesis.id, level, p, rejected: p <= level };
    const [event] = await ledger.append(
      draft("hypothesis.decided", plan.study, hypothesis.id, decision),
    );
    decisions.push(event!.body as unknown as Decision);
  }
  return decisions;
}

/** The p value a claim is decided by; for an e-process its anytime-valid 1/e. */
export function pValue(value: Claim["value"]): number {
  return value.p ?? (value.e === undefined ? 1 : Math.min(1, 1 / value.e));
}
