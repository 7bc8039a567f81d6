import { beforeAll, describe, expect, it } from "vitest";
import { getJson, type Hash, type Json, type LedgerEvent, putJson } from "../record/index.ts";
import { assessStudy } from "./assess.ts";
import type { Claim } from "./claims/claim.ts";
import { researchCycle } from "./cycle.ts";
import type { Instruments } from "./execute.ts";
import { coinsFolder, inlineDurable, memoryLab } from "./inline.test-support.ts";
import { loadStudy } from "./load.ts";
import { type FrozenPlan, freezePlan, openRecordedPlan } from "./plan.ts";

/** A check is believed only if it finds the fault that was planted for it, and nothing on clean work. */
describe("the automated checks", () => {
  let lab: Instruments;
  let plan: FrozenPlan;
  let events: readonly LedgerEvent[];

  beforeAll(async () => {
    lab = await memoryLab();
    plan = await freezePlan(lab.ledger, lab.objects, await loadStudy(coinsFolder));
    await researchCycle(plan.study, lab, inlineDurable(lab, ["article", "publish"]));
    events = await lab.ledger.read();
  });

  const verdicts = async (changed: readonly LedgerEvent[]) => {
    const frozen = await openRecordedPlan(changed, lab.objects, plan.study);
    const gates = await assessStudy(frozen, changed, lab.objects);
    return Object.fromEntries(gates.map((gate) => [gate.id, gate.verdict]));
  };
  /** The events with the bodies of one kind changed. */
  const change = (kind: string, edit: (body: Record<string, Json>) => Record<string, Json>) =>
    events.map((event) =>
      event.kind === kind ? { ...event, body: edit(event.body as Record<string, Json>) } : event,
    );
  const withClaims = async (edit: (claims: Claim[]) => Claim[]) => {
    const recorded = events.find((event) => event.kind === "claims.derived")!.body as {
      claims: Hash;
    };
    const claims = (await getJson(lab.objects, recorded.claims)) as unknown as Claim[];
    const object = await putJson(lab.objects, edit(claims) as unknown as Json);
    return change("claims.derived", (body) =>
      body.role === "original" ? { ...body, claims: object } : body,
    );
  };

  it("find nothing on clean work", async () => {
    expect(new Set(Object.values(await verdicts(events)))).toEqual(new Set(["pass"]));
  });

  it("notice a seed that the plan does not give", async () => {
    let first = true;
    const changed = change("run.started", (body) => {
      if (!first) return body;
      first = false;
      return { ...body, seed: 42 };
    });
    expect(await verdicts(changed)).toMatchObject({ "plan-deviations": "fail" });
  });

  it("notice a run that was dropped", async () => {
    const dropped = (events.find((event) => event.kind === "run.started")!.body as { run: string })
      .run;
    const changed = events.filter((event) => (event.body as { run?: string }).run !== dropped);
    expect(await verdicts(changed)).toMatchObject({
      "plan-deviations": "fail",
      provenance: "error",
    });
  });

  it("notice a unit that is counted twice", async () => {
    const changed = await withClaims((claims) =>
      claims.map((claim) =>
        claim.id === "H1"
          ? {
              ...claim,
              derivation: {
                ...claim.derivation,
                inputs: [...claim.derivation.inputs, claim.derivation.inputs[0]!],
              },
            }
          : claim,
      ),
    );
    expect(await verdicts(changed)).toMatchObject({
      "unit-of-analysis": "fail",
      provenance: "fail",
    });
  });

  it("notice a decision that does not follow from its level", async () => {
    const changed = change("hypothesis.decided", (body) => ({ ...body, p: 0.9 }));
    expect(await verdicts(changed)).toMatchObject({ multiplicity: "fail" });
  });

  it("notice an estimate without an interval", async () => {
    const changed = await withClaims((claims) =>
      claims.map((claim) =>
        claim.id === "score/fair"
          ? { ...claim, value: { estimate: claim.value.estimate, n: 4 } }
          : claim,
      ),
    );
    expect(await verdicts(changed)).toMatchObject({ intervals: "fail" });
  });

  it("notice conditions that agree in everything", async () => {
    const changed = await withClaims((claims) =>
      claims.map((claim) => {
        const twin = claims.find(
          (other) => other.id === claim.id.replace("/shifted-again", "/shifted"),
        )!;
        return claim.id.endsWith("/shifted-again") ? { ...claim, value: twin.value } : claim;
      }),
    );
    expect(await verdicts(changed)).toMatchObject({ "identical-arms": "fail" });
  });

  it("notice a run without an end, and warn of one that failed", async () => {
    const open = events.filter(
      (event, index) =>
        event.kind !== "run.finished" ||
        index !== events.findIndex((other) => other.kind === "run.finished"),
    );
    expect(await verdicts(open)).toMatchObject({ "unreported-runs": "fail" });
    let first = true;
    const failed = change("run.finished", (body) => {
      if (!first) return body;
      first = false;
      return { ...body, status: "failed", artifacts: {} };
    });
    expect(await verdicts(failed)).toMatchObject({
      "unreported-runs": "warn",
      "plan-deviations": "fail",
    });
  });

  it("notice a replication that used the original's seeds, and block without one", async () => {
    const original = events.find((event) => event.kind === "run.started")!.body as { seed: number };
    const shared = change("run.started", (body) =>
      body.role === "original" ? body : { ...body, seed: original.seed },
    );
    expect(await verdicts(shared)).toMatchObject({ replication: "fail" });
    const none = events.filter((event) => event.kind !== "replication.judged");
    expect(await verdicts(none)).toMatchObject({ replication: "blocked" });
  });

  it("warn of weak isolation and of another plan of the same study", async () => {
    const weak = change("run.started", (body) => ({ ...body, isolation: "restricted process" }));
    expect(await verdicts(weak)).toMatchObject({ isolation: "warn" });
    const twice = events.flatMap((event) =>
      event.kind === "plan.frozen" ? [event, { ...event, study: "coins-00000000" }] : [event],
    );
    expect(await verdicts(twice)).toMatchObject({ "unreported-runs": "warn" });
  });
});
