import { type Json, putJson } from "../record/index.ts";
import { assessStudy } from "./assess.ts";
import type { Claim } from "./claims/claim.ts";
import { deriveClaims, loadArtifacts } from "./claims/derive.ts";
import { decideHypotheses } from "./decide.ts";
import { draft, eventKey } from "./events.ts";
import {
  executeRun,
  type Instruments,
  type Lineage,
  planLineages,
  refuseFailure,
} from "./execute.ts";
import { type FrozenPlan, openPlan, planSeeds } from "./plan.ts";
import { compileEdition, recordedClaims } from "./publish.ts";
import type { RunRole } from "./records.ts";
import { judgeReplication } from "./replicate.ts";
import { stopsEarly } from "./stopping.ts";
import { finishedRuns, viewStudy } from "./view.ts";

/** How the steps of the cycle are carried through crashes; the lab gives one that is durable. */
export interface Durable {
  /** Does the work of a step; a step that is on record as done is passed over. */
  step(name: string, work: () => Promise<void>): Promise<void>;
  /** Makes the lineages, side by side where there are workers, and returns when all are made. */
  lineages(study: string, lineages: readonly Lineage[]): Promise<void>;
}

/**
 * The research cycle of a registered study, from the frozen plan to the reviewers' queue. Every
 * step reads the record and appends to it; none hands anything to the next but through the record.
 */
export async function researchCycle(
  study: string,
  lab: Instruments,
  durable: Durable,
): Promise<void> {
  await execute(study, "original", lab, durable);
  await durable.step("claims", () => derive(study, "original", lab));
  await durable.step("decide", () => decide(study, lab));
  await durable.step("article", () => compile(study, "draft", lab));
  await replicationRound(study, 1, lab, durable);
  await durable.step("assess", () => assess(study, lab));
  await durable.step("publish", () => compile(study, "final", lab));
  await durable.step("queue for peer review", () => queueForReview(study, lab));
}

/**
 * One replication: the plan's code in fresh processes with seeds of its own, and nothing of the
 * original but the plan. Round 1 belongs to the cycle; more can be asked for at any time.
 */
export async function replicationRound(
  study: string,
  round: number,
  lab: Instruments,
  durable: Durable,
): Promise<void> {
  const role: RunRole = `replication-${round}`;
  await execute(study, role, lab, durable);
  await durable.step(`claims of ${role}`, () => derive(study, role, lab));
  await durable.step(`judge ${role}`, () => judge(study, role, lab));
}

/** Makes the runs of one lineage, each after the one it needs. */
export async function executeLineage(
  study: string,
  lineage: Lineage,
  lab: Instruments,
  durable: Pick<Durable, "step">,
): Promise<void> {
  const plan = await openPlan(lab.ledger, lab.objects, study);
  for (const job of lineage) {
    await durable.step(`run ${job.condition} with seed ${job.seed}`, async () => {
      refuseFailure(plan, await executeRun(plan, job, lab));
    });
  }
}

async function execute(
  study: string,
  role: RunRole,
  lab: Instruments,
  durable: Durable,
): Promise<void> {
  const plan = await openPlan(lab.ledger, lab.objects, study);
  const { definition } = plan.document;
  const { stopping, seeds } = definition;
  const first = role === "original" ? seeds.original : seeds.replication;
  const most = role === "original" && stopping.rule === "sequential" ? stopping.most : first;
  for (let count = first, done = 0; count <= most; done = count, count++) {
    const fresh = planSeeds(plan, role, count).slice(done);
    await durable.lineages(study, planLineages(definition, role, fresh));
    if (count === most || (await stopsEarly(plan, role, lab))) return;
  }
}

async function derive(study: string, role: RunRole, lab: Instruments): Promise<void> {
  const plan = await openPlan(lab.ledger, lab.objects, study);
  const claims = await claimsOf(plan, role, lab);
  const object = await putJson(lab.objects, claims as unknown as Json);
  await lab.ledger.append(draft("claims.derived", study, role, { role, claims: object }));
}

async function decide(study: string, lab: Instruments): Promise<void> {
  const plan = await openPlan(lab.ledger, lab.objects, study);
  const claims = await recordedClaims(plan, await lab.ledger.read(), "original", lab.objects);
  await decideHypotheses(lab.ledger, plan, claims);
}

async function judge(study: string, role: RunRole, lab: Instruments): Promise<void> {
  const plan = await openPlan(lab.ledger, lab.objects, study);
  const events = await lab.ledger.read();
  const original = await recordedClaims(plan, events, "original", lab.objects);
  const replication = await recordedClaims(plan, events, role, lab.objects);
  const verdicts = judgeReplication(plan.document.definition, original, replication);
  await lab.ledger.append(draft("replication.judged", study, role, { role, verdicts }));
}

async function assess(study: string, lab: Instruments): Promise<void> {
  const plan = await openPlan(lab.ledger, lab.objects, study);
  const gates = await assessStudy(plan, await lab.ledger.read(), lab.objects);
  await lab.ledger.append(
    draft("study.assessed", study, "", {
      gates: gates.map((gate) => ({
        ...gate,
        inputs: [...gate.inputs],
        evidence: [...gate.evidence],
      })),
    }),
  );
}

async function compile(study: string, edition: "draft" | "final", lab: Instruments): Promise<void> {
  if (await lab.ledger.find(eventKey("article.compiled", study, edition))) return;
  const plan = await openPlan(lab.ledger, lab.objects, study);
  const events = await lab.ledger.read();
  const { open, blind } = await compileEdition(plan, events, events.length, lab.objects);
  await lab.ledger.append(
    draft("article.compiled", study, edition, {
      edition,
      compiler: lab.version,
      asOf: events.length,
      html: await lab.objects.put(open.html),
      pdf: await lab.objects.put(open.pdf),
      text: await lab.objects.put(open.text),
      blind: await lab.objects.put(blind),
      claims: [...open.used],
    }),
  );
}

/** A study reaches reviewers only when each automated check has a verdict and none has failed. */
async function queueForReview(study: string, lab: Instruments): Promise<void> {
  const view = viewStudy(study, await lab.ledger.read({ study }));
  const open = view.gates.every((gate) => gate.verdict === "pass" || gate.verdict === "warn");
  if (!open || view.gates.length === 0 || !view.articles.final) return;
  await lab.ledger.append(
    draft("review.queued", study, "", { article: view.articles.final.blind }),
  );
}

async function claimsOf(
  plan: FrozenPlan,
  role: RunRole,
  lab: Instruments,
): Promise<readonly Claim[]> {
  const { definition } = plan.document;
  const view = viewStudy(plan.study, await lab.ledger.read({ study: plan.study }));
  const runs = finishedRuns(view, role);
  return deriveClaims(definition, runs, await loadArtifacts(lab.objects, definition, runs));
}
