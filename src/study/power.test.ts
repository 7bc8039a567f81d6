import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { StudyDefinition } from "./definition.ts";
import { coinsFolder } from "./inline.test-support.ts";
import { parseDefinition } from "./load.ts";
import { planPower } from "./power.ts";

const coins = parseDefinition(readFileSync(join(coinsFolder, "study.yaml"), "utf8"), "study.yaml");

function withFirst(
  change: Partial<StudyDefinition["hypotheses"][number]>,
  seeds = 10,
): StudyDefinition {
  return {
    ...coins,
    seeds: { ...coins.seeds, original: seeds },
    hypotheses: [{ ...coins.hypotheses[0]!, ...change }],
  };
}

describe("the power that a plan has", () => {
  it("is that of the textbook: ten pairs, an effect of one standard deviation, level 0.05", () => {
    const plan = withFirst({ smallestEffect: 1, planning: { sd: 1, power: 0.8 } });
    // R: power.t.test(n=10, delta=1, sd=1, type="one.sample", alternative="one.sided") gives 0.897517.
    expect(planPower(plan, () => 0.05)[0]!.power).toBeCloseTo(0.8975, 3);
  });

  it("falls with the level that the error budget leaves", () => {
    const plan = withFirst({ smallestEffect: 1, planning: { sd: 1, power: 0.8 } });
    const powers = [0.05, 0.01, 0.001].map((level) => planPower(plan, () => level)[0]!.power);
    expect(powers).toEqual([...powers].sort((a, b) => b - a));
  });

  it("is simulated for an e-process, and lower than that of a test which looks only once", () => {
    const sequential = {
      ...withFirst({ analysis: "e-process", smallestEffect: 1, planning: { sd: 1, power: 0.8 } }),
      stopping: { rule: "sequential", most: 10 },
    } as const;
    const [process] = planPower(sequential, () => 0.05);
    expect(process!.power).toBeGreaterThan(0.4);
    expect(process!.power).toBeLessThan(0.95);
    expect(planPower(sequential, () => 0.05)[0]!.power).toBe(process!.power);
  });
});
