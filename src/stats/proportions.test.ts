import { describe, expect, it } from "vitest";
import { binomial } from "./distributions.ts";
import { StatisticsInputError } from "./errors.ts";
import { binomialTest, clopperPearson, wilson } from "./proportions.ts";

describe("known answers", () => {
  it.each([
    [3, 20, 0.03207093718554477, 0.37892682654529564, 0.05236874589621662, 0.3604188647407569],
    [0, 10, 0, 0.30849710781876294, 0, 0.27753279986288926],
    [10, 10, 0.6915028921812371, 1, 0.7224672001371109, 1],
    [50, 400, 0.09421851468658603, 0.16145865943060575, 0.09611512323676381, 0.1610190975139586],
  ])("%i of %i", (successes, trials, exactLow, exactHigh, wilsonLow, wilsonHigh) => {
    expect(clopperPearson(successes, trials).low).toBeCloseTo(exactLow, 12);
    expect(clopperPearson(successes, trials).high).toBeCloseTo(exactHigh, 12);
    expect(wilson(successes, trials).low).toBeCloseTo(wilsonLow, 12);
    expect(wilson(successes, trials).high).toBeCloseTo(wilsonHigh, 12);
  });

  it.each([
    [3, 20, 0.22041826738070913, 0.10708680450373087],
    [0, 10, 0.0388396033, 0.028247524900000005],
    [10, 10, 5.9049e-6, 1],
  ])("the exact test of %i of %i against 0.3", (successes, trials, two, less) => {
    expect(binomialTest(successes, trials, { null: 0.3 }).p).toBeCloseTo(two, 12);
    expect(binomialTest(successes, trials, { null: 0.3, alternative: "less" }).p).toBeCloseTo(
      less,
      12,
    );
  });

  it("18 of 20 against 1/2, one-sided: 211 in 2^20", () => {
    const test = binomialTest(18, 20, { alternative: "greater" });
    expect(test.p).toBeCloseTo(211 / 2 ** 20, 15);
  });
});

describe("coverage, summed exactly over all outcomes", () => {
  const coverage = (
    interval: (k: number, n: number) => { low: number; high: number },
    n: number,
    truth: number,
  ) => {
    let covered = 0;
    for (let k = 0; k <= n; k++) {
      const { low, high } = interval(k, n);
      if (low <= truth && truth <= high) covered += binomial(n, truth).density(k);
    }
    return covered;
  };

  it("Clopper-Pearson never falls below its level", () => {
    for (const truth of [0.001, 0.03, 0.2, 0.5, 0.77, 0.99]) {
      for (const n of [5, 23, 60]) {
        expect(coverage(clopperPearson, n, truth)).toBeGreaterThanOrEqual(0.95);
      }
    }
  });

  it("Wilson is near its level on average", () => {
    const truths = Array.from({ length: 99 }, (_, i) => (i + 1) / 100);
    const average = truths.reduce((sum, truth) => sum + coverage(wilson, 30, truth), 0) / 99;
    expect(Math.abs(average - 0.95)).toBeLessThan(0.01);
  });
});

describe("bad input", () => {
  it.each([
    () => clopperPearson(5, 4),
    () => clopperPearson(-1, 4),
    () => wilson(1.5, 4),
    () => wilson(0, 0),
    () => binomialTest(1, 2, { null: 1.1 }),
    () => clopperPearson(1, 2, 95),
  ])("is refused: %s", (call) => {
    expect(call).toThrow(StatisticsInputError);
  });
});
