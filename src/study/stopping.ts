import { allowance } from "../stats/index.ts";
import { deriveClaims, loadArtifacts } from "./claims/derive.ts";
import { foldBudget, pValue } from "./decide.ts";
import type { Instruments } from "./execute.ts";
import type { FrozenPlan } from "./plan.ts";
import type { RunRole } from "./records.ts";
import { finishedRuns, viewStudy } from "./view.ts";

/**
 * Whether a sequential study may stop: every hypothesis's e-process has passed what the error
 * budget asks of it. E-processes stay valid however often one looks, so looking costs nothing.
 */
export async function stopsEarly(
  plan: FrozenPlan,
  role: RunRole,
  lab: Instruments,
): Promise<boolean> {
  const { definition } = plan.document;
  if (role !== "original" || definition.stopping.rule !== "sequential") return true;
  const events = await lab.ledger.read();
  const view = viewStudy(
    plan.study,
    events.filter((event) => event.study === plan.study),
  );
  const runs = finishedRuns(view, role);
  const claims = deriveClaims(definition, runs, await loadArtifacts(lab.objects, definition, runs));
  const budget = foldBudget(events);
  return definition.hypotheses.every((hypothesis) => {
    const claim = claims.find((candidate) => candidate.id === hypothesis.id)!;
    return pValue(claim.value) <= allowance(budget, `${plan.study}/${hypothesis.id}`);
  });
}
