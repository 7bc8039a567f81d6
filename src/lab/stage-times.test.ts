import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DEFAULT_CYCLE, withStageTimes } from "../horizon/index.ts";
import { openSandbox } from "../sandbox/index.ts";
import { openLab, openStudy, stageTimes } from "./index.ts";

const coins = fileURLToPath(new URL("../../e2e/coins", import.meta.url));
const holdsUntrusted = (await openSandbox()).isolates.files;
if (!holdsUntrusted) console.log("stage times skipped: the tests' study needs bubblewrap");

describe.skipIf(!holdsUntrusted)("how long stages took in a lab", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "glasshouse-stages-"));
    process.env.GLASSHOUSE_STATE = join(folder, "state");
    const lab = await openLab({ folder: join(folder, "lab") }, { clock: () => new Date() });
    const { study } = await lab.run(await openStudy(coins));
    const words = { summary: "s", strengths: "s", weaknesses: "w", questions: "", limitations: "" };
    const scores = { soundness: 3, presentation: 3, contribution: 2, overall: 6, confidence: 4 };
    const traced = { provenanceChecked: 1, provenanceHeld: true, ethicsConcern: "" };
    const verdict = "accept" as const;
    await lab.review(study, "A", { ...words, ...scores, ...traced, verdict, minutes: 30 });
    await lab.close();
  }, 120_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("is what its ledger says of runs and reviews, and takes the place of the cycle's defaults", async () => {
    const times = await stageTimes({ folder: join(folder, "lab") });
    expect(times.map(({ stage, kind }) => [stage, kind])).toEqual([
      ["execution", "compute"],
      ["review", "human"],
    ]);
    expect(times[0]!.hours).toBeGreaterThan(0);
    expect(times[0]!.hours).toBeLessThan(0.1);
    const cycle = withStageTimes(DEFAULT_CYCLE, times);
    expect(cycle.review.hours.likely).toBe(0.5);
    expect(cycle.review.hours.source).toMatch(/measured: 1 time of a review of coins/);
    expect(cycle.stages.writing).toEqual(DEFAULT_CYCLE.stages.writing);
  });
});
