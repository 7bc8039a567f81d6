import { describe, expect, it } from "vitest";
import { coinsFolder, memoryLab } from "./inline.test-support.ts";
import { loadStudy } from "./load.ts";
import { draftPlan, freezePlan, openPlan, planHash, planSeeds, studyId } from "./plan.ts";

describe("a frozen plan", () => {
  it("has a hash that any change to definition, code or article changes", async () => {
    const source = await loadStudy(coinsFolder);
    const hash = planHash(draftPlan(source));
    const changed = [
      { ...source, articleMarkdown: `${source.articleMarkdown} ` },
      { ...source, definition: { ...source.definition, title: "Another" } },
      {
        ...source,
        bundle: { ...source.bundle, code: Buffer.concat([source.bundle.code, Buffer.from(" ")]) },
      },
    ];
    expect(new Set([hash, ...changed.map((other) => planHash(draftPlan(other)))]).size).toBe(4);
  });

  it("bundles the same code to the same bytes each time", async () => {
    const [first, second] = [await loadStudy(coinsFolder), await loadStudy(coinsFolder)];
    expect(planHash(draftPlan(first))).toBe(planHash(draftPlan(second)));
    expect([...first.bundle.sources.keys()]).toContain("experiment.ts");
  });

  it("is frozen once, and can be opened from the record alone", async () => {
    const lab = await memoryLab();
    const source = await loadStudy(coinsFolder);
    const plan = await freezePlan(lab.ledger, lab.objects, source);
    const again = await freezePlan(lab.ledger, lab.objects, source);
    const opened = await openPlan(lab.ledger, lab.objects, studyId(draftPlan(source)));
    expect(again).toEqual(plan);
    expect(opened).toEqual(plan);
    expect(await lab.ledger.read({ kind: "plan.frozen" })).toHaveLength(1);
  });

  it("gives seeds that nobody chose: others for each role, and the first ones stay when more are asked for", () => {
    const plan = { hash: "a".repeat(64) as ReturnType<typeof planHash> };
    const three = planSeeds(plan, "original", 3);
    expect(planSeeds(plan, "original", 5).slice(0, 3)).toEqual(three);
    const again = planSeeds(plan, "replication-1", 3);
    expect(three.filter((seed) => again.includes(seed))).toEqual([]);
    for (const seed of three)
      expect(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32).toBe(true);
  });
});
