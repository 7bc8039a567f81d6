import { describe, expect, it } from "vitest";
import { createRandom } from "../stats/index.ts";
import { rowOf } from "./linear.ts";
import { createTwoFactorWorld, meanDivergence } from "./two-factor-world.ts";

describe.each(["additive", "interaction"] as const)("a two-factor world, %s", (kind) => {
  const world = createTwoFactorWorld(kind, 8, 16, createRandom(1));

  it("has a distribution over the outcomes for each pair of values", () => {
    expect(world.logProbabilities.rows).toBe(64);
    for (let row = 0; row < 64; row++) {
      const total = rowOf(world.logProbabilities, row).reduce(
        (sum, logP) => sum + Math.exp(logP),
        0,
      );
      expect(total).toBeCloseTo(1, 12);
    }
  });

  it(
    kind === "additive"
      ? "has log odds that add up over the factors"
      : "has log odds that do not add up",
    () => {
      const logOdds = (a: number, b: number) => {
        const row = rowOf(world.logProbabilities, a * 8 + b);
        return row[3]! - row[7]!;
      };
      const gap = logOdds(2, 5) - logOdds(4, 5) - logOdds(2, 6) + logOdds(4, 6);
      if (kind === "additive") expect(gap).toBeCloseTo(0, 12);
      else expect(Math.abs(gap)).toBeGreaterThan(0.1);
    },
  );

  it("has logits with a variance of about 2", () => {
    const { values, columns } = world.logProbabilities;
    let squares = 0;
    for (let row = 0; row < 64; row++) {
      const logP = values.subarray(row * columns, (row + 1) * columns);
      const mean = logP.reduce((a, b) => a + b) / columns;
      squares += logP.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (columns - 1);
    }
    expect(squares / 64).toBeGreaterThan(1.5);
    expect(squares / 64).toBeLessThan(2.5);
  });
});

describe("meanDivergence", () => {
  const world = createTwoFactorWorld("interaction", 8, 16, createRandom(2));

  it("is 0 for the world's own logits, whatever is added to all of a context", () => {
    const shifted = world.logProbabilities.values.map((logP, i) => logP + Math.floor(i / 16));
    expect(meanDivergence(world, { ...world.logProbabilities, values: shifted })).toBeCloseTo(
      0,
      13,
    );
  });

  it("is log 16 less the entropy for a uniform model", () => {
    const { values } = world.logProbabilities;
    const entropy = -values.reduce((sum, logP) => sum + Math.exp(logP) * logP, 0) / 64;
    const uniform = { ...world.logProbabilities, values: values.map(() => 0) };
    expect(meanDivergence(world, uniform)).toBeCloseTo(Math.log(16) - entropy, 12);
  });
});
