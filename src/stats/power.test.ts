import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { confirmationRate } from "./confirmation.ts";
import { StatisticsInputError } from "./errors.ts";
import { tTestPower, tTestSampleSize } from "./power.ts";
import { createRandom } from "./random.ts";
import { oneSampleT, welchT } from "./t-tests.ts";

describe("power of a t test", () => {
  it("matches the noncentral t distribution's published values", () => {
    const plan = { effect: 0.5, sd: 1, n: 20, alpha: 0.05 };
    expect(tTestPower(plan)).toBeCloseTo(0.6951493382443412, 11);
    expect(tTestPower({ ...plan, alternative: "two-sided" })).toBeCloseTo(0.5645044184390203, 11);
    expect(tTestPower({ ...plan, design: "welch", n: 64, alternative: "two-sided" })).toBeCloseTo(
      0.8014595579222543,
      11,
    );
  });

  it("at the null is the level", () => {
    expect(tTestPower({ effect: 0, sd: 3, n: 7, alpha: 0.03 })).toBeCloseTo(0.03, 12);
    expect(
      tTestPower({ effect: 2, null: 2, sd: 3, n: 7, alpha: 0.03, alternative: "less" }),
    ).toBeCloseTo(0.03, 12);
  });

  it("agrees with simulated tests, for Welch with unequal spreads and sizes too", () => {
    const random = createRandom(91);
    const trials = 4000;
    let single = 0;
    let double = 0;
    for (let trial = 0; trial < trials; trial++) {
      const draw = (n: number, mean: number, sd: number) =>
        Array.from({ length: n }, () => mean + sd * random.normal());
      const one = oneSampleT(draw(6, 1, 1), { alternative: "greater" });
      if (one.p <= 0.05) single += 1;
      const two = welchT(draw(8, 2, 1), draw(5, 0, 2), { alternative: "greater" });
      if (two.p <= 0.05) double += 1;
    }
    const near = (hits: number, power: number, slack: number) =>
      expect(Math.abs(hits / trials - power)).toBeLessThan(slack + 4 * Math.sqrt(0.25 / trials));
    near(single, tTestPower({ effect: 1, sd: 1, n: 6, alpha: 0.05 }), 0);
    near(
      double,
      tTestPower({ design: "welch", effect: 2, sd: [1, 2], n: [8, 5], alpha: 0.05 }),
      0.01,
    );
  });
});

describe("sample size", () => {
  it("matches the tables: 34 observations, or 64 a group, for d = 0.5 at power 0.8, two-sided", () => {
    const plan = { effect: 0.5, sd: 1, alpha: 0.05, power: 0.8, alternative: "two-sided" } as const;
    expect(tTestSampleSize(plan)).toBe(34);
    expect(tTestSampleSize({ ...plan, design: "welch" })).toBe(64);
    expect(tTestSampleSize({ effect: 10, sd: 1, alpha: 0.05, power: 0.8 })).toBe(2);
  });

  it("is the least that suffices", () => {
    const effects = fc.double({ min: 0.1, max: 3, noNaN: true });
    fc.assert(
      fc.property(effects, fc.double({ min: 0.2, max: 0.99, noNaN: true }), (effect, power) => {
        const plan = { effect, sd: 1, alpha: 0.05 };
        const n = tTestSampleSize({ ...plan, power });
        expect(tTestPower({ ...plan, n })).toBeGreaterThanOrEqual(power);
        if (n > 2) expect(tTestPower({ ...plan, n: n - 1 })).toBeLessThan(power);
      }),
      { numRuns: 40 },
    );
  });

  it("refuses an effect on the wrong side", () => {
    const plan = { effect: -0.5, sd: 1, alpha: 0.05, power: 0.8 };
    expect(() => tTestSampleSize(plan)).toThrow("does not reach power 0.8");
    expect(tTestSampleSize({ ...plan, alternative: "less" })).toBeGreaterThan(2);
  });
});

describe("the rate of confirmations", () => {
  it("at the null with no tolerance asked is half the level: the replication's side is a coin", () => {
    const plan = { effect: 0, sd: 1, alpha: 0.05, n: 5, tolerance: Infinity };
    expect(confirmationRate(plan).rate).toBeCloseTo(0.025, 12);
    expect(confirmationRate(plan).agreement).toBeCloseTo(0.5, 12);
  });

  it("agrees with two simulated studies, whatever the direction, null and sizes", () => {
    const random = createRandom(92);
    const trials = 8000;
    const plans = [
      { effect: 0.5, sd: 1, alpha: 0.05, n: 12, replicationN: 12, tolerance: 0.4 },
      {
        effect: -2,
        null: -1,
        direction: "less",
        sd: 2,
        alpha: 0.1,
        n: 6,
        replicationN: 30,
        tolerance: 1,
      },
    ] as const;
    for (const plan of plans) {
      const { effect, sd, n, replicationN, tolerance, alpha } = plan;
      const nullValue = "null" in plan ? plan.null : 0;
      const alternative = "direction" in plan ? plan.direction : "greater";
      const draw = (size: number) =>
        Array.from({ length: size }, () => effect + sd * random.normal());
      let rejected = 0;
      let confirmed = 0;
      for (let trial = 0; trial < trials; trial++) {
        const original = oneSampleT(draw(n), { null: nullValue, alternative });
        if (original.p > alpha) continue;
        rejected += 1;
        const again = oneSampleT(draw(replicationN)).estimate;
        const sameSide = (again - nullValue) * (original.estimate - nullValue) > 0;
        if (sameSide && Math.abs(again - original.estimate) <= tolerance) confirmed += 1;
      }
      const { rate, power } = confirmationRate(plan);
      const slack = 4 * Math.sqrt(0.25 / trials);
      expect(Math.abs(rejected / trials - power)).toBeLessThan(slack);
      expect(Math.abs(confirmed / trials - rate)).toBeLessThan(slack);
    }
  });

  it("has the power of the plain test, and grows with the tolerance", () => {
    const positive = (max: number) => fc.double({ min: 0.05, max, noNaN: true });
    fc.assert(
      fc.property(
        fc.double({ min: -1, max: 2, noNaN: true }),
        positive(3),
        fc.integer({ min: 2, max: 300 }),
        fc.integer({ min: 1, max: 3000 }),
        positive(2),
        (effect, sd, n, replicationN, tolerance) => {
          const plan = { effect, sd, alpha: 0.05, n, replicationN };
          const tight = confirmationRate({ ...plan, tolerance });
          const loose = confirmationRate({ ...plan, tolerance: 2 * tolerance });
          expect(tight.power).toBeCloseTo(tTestPower({ effect, sd, n, alpha: 0.05 }), 9);
          expect(tight.rate).toBeLessThanOrEqual(loose.rate + 1e-9);
          expect(loose.rate).toBeLessThanOrEqual(loose.power + 1e-9);
        },
      ),
      { numRuns: 30 },
    );
  });

  it("knows the two-sample design", () => {
    const plan = {
      design: "two-sample",
      effect: 1,
      sd: 1,
      alpha: 0.05,
      n: 10,
      tolerance: Infinity,
    } as const;
    const welch = tTestPower({ design: "welch", effect: 1, sd: 1, n: 10, alpha: 0.05 });
    expect(confirmationRate(plan).power).toBeCloseTo(welch, 10);
  });
});

describe("bad input", () => {
  const plan = { effect: 1, sd: 1, alpha: 0.05, n: 10, tolerance: 1 };
  it.each([
    () => tTestPower({ effect: 1, sd: 0, n: 5, alpha: 0.05 }),
    () => tTestPower({ effect: 1, sd: 1, n: 1, alpha: 0.05 }),
    () => tTestPower({ effect: 1, sd: [1, 2], n: 5, alpha: 0.05 }),
    () => tTestPower({ effect: Number.NaN, sd: 1, n: 5, alpha: 0.05 }),
    () => confirmationRate({ ...plan, alpha: 0.5 }),
    () => confirmationRate({ ...plan, tolerance: 0 }),
    () => confirmationRate({ ...plan, replicationN: 0 }),
  ])("is refused: %s", (call) => {
    expect(call).toThrow(StatisticsInputError);
  });
});
