import { beforeAll, describe, expect, it } from "vitest";
import { getJson } from "../record/index.ts";
import type { Claim } from "./claims/claim.ts";
import { researchCycle } from "./cycle.ts";
import type { Instruments } from "./execute.ts";
import { coinsFolder, inlineDurable, memoryLab } from "./inline.test-support.ts";
import { loadStudy } from "./load.ts";
import { freezePlan, planSeeds } from "./plan.ts";
import { claimStatuses, confirmedClaims } from "./replicate.ts";
import { verifyStudy } from "./verify.ts";
import { type StudyView, viewStudy } from "./view.ts";

describe("the research cycle, from a frozen plan to the reviewers' queue", () => {
  let lab: Instruments;
  let study: string;
  let view: StudyView;
  let claims: readonly Claim[];

  beforeAll(async () => {
    lab = await memoryLab();
    const plan = await freezePlan(lab.ledger, lab.objects, await loadStudy(coinsFolder));
    study = plan.study;
    await researchCycle(study, lab, inlineDurable(lab));
    view = viewStudy(study, await lab.ledger.read({ study }));
    claims = (await getJson(
      lab.objects,
      view.claims.get("original")!.object,
    )) as unknown as Claim[];
  });

  it("freezes the plan before the first run starts", () => {
    expect(view.plan!.seq).toBeLessThan(Math.min(...view.runs.map((run) => run.events[0]!)));
  });

  it("runs every condition with the seeds that the plan's hash gives, and no others", () => {
    const seeds = planSeeds({ hash: view.plan!.hash }, "original", 4);
    for (const condition of ["fair", "shifted", "shifted-again"]) {
      const made = view.runs.filter(
        (run) => run.role === "original" && run.condition === condition,
      );
      expect(made.map((run) => run.seed).sort()).toEqual([...seeds].sort());
    }
  });

  it("replicates with seeds that the original never saw", () => {
    const original = new Set(
      view.runs.filter((run) => run.role === "original").map((run) => run.seed),
    );
    const again = view.runs.filter((run) => run.role === "replication-1");
    expect(again).toHaveLength(12);
    expect(again.filter((run) => original.has(run.seed))).toEqual([]);
  });

  it("binds each claim to artifacts by hash, and finds the planted shift", () => {
    const shift = claims.find((claim) => claim.id === "H1")!;
    expect(shift.derivation.inputs).toHaveLength(8);
    expect(shift.value.low!).toBeLessThan(1);
    expect(shift.value.high!).toBeGreaterThan(1);
  });

  it("calls confirmed only what plan, budget and replication together allow", () => {
    const rounds = view.replications.map((round) => round.verdicts);
    const statuses = claimStatuses(claims, view.decisions, rounds);
    expect(statuses.get("H1")).toBe("confirmed");
    expect(statuses.get("kept")).toBe("exploratory");
    expect(statuses.get("score/fair")).toBe("exploratory");
    expect(confirmedClaims(claims, view.decisions, rounds).map((claim) => claim.id)).toEqual([
      "H1",
      "H2",
    ]);
    expect(claimStatuses(claims, view.decisions, []).get("H1")).toBe("supported");
    expect(claimStatuses(claims, [], rounds).get("H1")).toBe("not supported");
  });

  it("passes every check and reaches the reviewers' queue", () => {
    expect(view.gates.filter((gate) => gate.verdict !== "pass")).toEqual([]);
    expect(view.queued?.article).toBe(view.articles.final?.blind);
  });

  it("verifies from the record alone", async () => {
    const verified = await verifyStudy(study, await lab.ledger.read(), lab.objects, "test");
    expect(verified.findings).toEqual([]);
    expect(verified.counts).toMatchObject({ runs: 24, claims: 18, articles: 2 });
  });

  it("does nothing a second time", async () => {
    const before = await lab.ledger.head();
    await researchCycle(study, lab, inlineDurable(lab));
    expect(await lab.ledger.head()).toEqual(before);
  });
});
