import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { StatisticsInputError } from "./errors.ts";
import { createRandom } from "./random.ts";
import { oneSampleT, pairedT, welchT } from "./t-tests.ts";

const a = [2.1, 3.4, 1.9, 5.6, 4.4, 3.8, 2.7];
const b = [1.2, 2.8, 2.0, 3.9, 3.1, 2.2, 2.5];
const c = [7.5, 1.1, 3.3, 9.2];

describe("known answers", () => {
  it("one sample, two-sided, against 3", () => {
    const test = oneSampleT(a, { null: 3, level: 0.9 });
    expect(test.statistic).toBeCloseTo(0.8314041596674437, 13);
    expect(test.p).toBeCloseTo(0.4375741157834134, 13);
    expect([test.df, test.n]).toEqual([6, 7]);
    expect(test.low).toBeCloseTo(2.4460059418809124, 12);
    expect(test.high).toBeCloseTo(4.382565486690515, 12);
  });

  it("one sample, one-sided, with the interval that goes with it on request", () => {
    const test = oneSampleT(a, { null: 3, alternative: "greater", interval: "one-sided" });
    expect(test.p).toBeCloseTo(0.2187870578917067, 13);
    expect(test.low).toBeCloseTo(2.4460059418809132, 12);
    expect(test.high).toBe(Infinity);
    const plain = oneSampleT(a, { null: 3, alternative: "greater" });
    expect(Number.isFinite(plain.high)).toBe(true);
  });

  it("paired, against 0 and against 0.5", () => {
    const test = pairedT(a, b);
    expect(test.statistic).toBeCloseTo(3.3891084044173674, 12);
    expect(test.p).toBeCloseTo(0.014691776821654812, 13);
    expect(test.low).toBeCloseTo(0.24623495256050398, 12);
    expect(test.high).toBeCloseTo(1.5251936188680677, 12);
    const shifted = pairedT(a, b, { null: 0.5, alternative: "less" });
    expect(shifted.statistic).toBeCloseTo(1.4759020470849826, 12);
    expect(shifted.p).toBeCloseTo(0.9047872385065049, 12);
  });

  it("Welch, with Satterthwaite's degrees of freedom", () => {
    const test = welchT(a, c);
    expect(test.statistic).toBeCloseTo(-0.9644428021482707, 13);
    expect(test.df).toBeCloseTo(3.435397564335696, 12);
    expect(test.p).toBeCloseTo(0.3976930219990966, 12);
    expect(test.low).toBeCloseTo(-7.583067437091568, 11);
    expect(test.high).toBeCloseTo(3.861638865662998, 11);
    expect(test.n).toBe(11);
  });

  it("Sleep data of Student (1908): t = -4.0621 with p = 0.002833 paired, df 17.776 by Welch", () => {
    const first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];
    const second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
    expect(pairedT(first, second).statistic).toBeCloseTo(-4.0621, 4);
    expect(pairedT(first, second).p).toBeCloseTo(0.002833, 6);
    expect(welchT(first, second).df).toBeCloseTo(17.776, 3);
    expect(welchT(first, second).p).toBeCloseTo(0.07939, 5);
  });
});

describe("relations that always hold", () => {
  const samples = fc.array(fc.double({ min: -100, max: 100, noNaN: true }), {
    minLength: 3,
    maxLength: 12,
  });

  it("one-sided p values sum to 1 and the smaller is half the two-sided one", () => {
    fc.assert(
      fc.property(samples, samples, (x, y) => {
        const two = welchT(x, y);
        fc.pre(!two.degenerate);
        const greater = welchT(x, y, { alternative: "greater" }).p;
        const less = welchT(x, y, { alternative: "less" }).p;
        expect(greater + less).toBeCloseTo(1, 12);
        expect(two.p).toBeCloseTo(2 * Math.min(greater, less), 12);
      }),
    );
  });

  it("the interval at 1 - p ends at the null value", () => {
    fc.assert(
      fc.property(samples, (x) => {
        const test = oneSampleT(x, { null: 1 });
        fc.pre(!test.degenerate && test.p > 1e-6 && test.p < 1 - 1e-6);
        const { low, high } = oneSampleT(x, { null: 1, level: 1 - test.p });
        const edge = test.statistic > 0 ? low : high;
        expect(edge).toBeCloseTo(1, 7);
      }),
    );
  });

  it("swapping the groups mirrors Welch's answer", () => {
    fc.assert(
      fc.property(samples, samples, (x, y) => {
        expect(welchT(y, x).estimate + welchT(x, y).estimate).toBe(0);
        expect(welchT(y, x).p).toBeCloseTo(welchT(x, y).p, 12);
      }),
    );
  });
});

describe("under the null", () => {
  it("p is uniform: Welch rejects 5 % at level 0.05, with unequal variances and sizes", () => {
    const random = createRandom(21);
    const trials = 6000;
    let rejected = 0;
    for (let trial = 0; trial < trials; trial++) {
      const x = Array.from({ length: 20 }, () => random.normal());
      const y = Array.from({ length: 10 }, () => 4 * random.normal());
      if (welchT(x, y).p <= 0.05) rejected += 1;
    }
    expect(Math.abs(rejected / trials - 0.05)).toBeLessThan(4 * Math.sqrt((0.05 * 0.95) / trials));
  });
});

describe("values that do not vary", () => {
  it("give p by side, the estimate as the interval, and say so", () => {
    const test = oneSampleT([2, 2, 2], { null: 1 });
    expect(test).toMatchObject({ degenerate: true, p: 0, low: 2, high: 2, statistic: Infinity });
    expect(oneSampleT([2, 2, 2], { null: 1, alternative: "less" }).p).toBe(1);
    expect(oneSampleT([2, 2, 2], { null: 2 })).toMatchObject({ p: 1, statistic: 0 });
    expect(oneSampleT([2, 2, 2], { null: 2, alternative: "greater" }).p).toBe(1);
    expect(welchT([1, 1], [3, 3, 3])).toMatchObject({ degenerate: true, p: 0, df: 3 });
  });

  it("see through rounding: differences of 0.2 that differ in the last bit", () => {
    const test = pairedT([0.3, 0.5, 0.9], [0.1, 0.3, 0.7], { null: 0.2 });
    expect(test).toMatchObject({ degenerate: true, p: 1 });
  });

  it("are told from values that vary a little", () => {
    expect(oneSampleT([1, 1, 1 + 1e-9]).degenerate).toBe(false);
  });
});

describe("bad input", () => {
  it.each([
    ["one value", () => oneSampleT([1])],
    ["a missing value", () => welchT([1, Number.NaN], [1, 2])],
    ["an infinite value", () => welchT([1, 2], [1, Infinity])],
    ["unequal lengths", () => pairedT([1, 2], [1, 2, 3])],
    ["a level of 95", () => oneSampleT(a, { level: 95 })],
    ["a null of NaN", () => oneSampleT(a, { null: Number.NaN })],
  ])("%s is refused", (_, call) => {
    expect(call).toThrow(StatisticsInputError);
  });
});
