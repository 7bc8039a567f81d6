import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "./random.ts";
import { correlation, mean, meanInterval, median, quantile, variance } from "./summary.ts";

const numbers = fc.double({ min: -1e6, max: 1e6, noNaN: true });

describe("mean and variance", () => {
  it("are exact where the values are equal, whatever their rounding", () => {
    fc.assert(
      fc.property(numbers, fc.integer({ min: 2, max: 40 }), (value, n) => {
        const values = new Array<number>(n).fill(value);
        expect(mean(values) === value).toBe(true);
        expect(variance(values)).toBe(0);
      }),
    );
  });

  it("keep their digits far from zero", () => {
    expect(variance([1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16])).toBe(30);
    expect(mean([1e16, 1, -1e16])).toBeCloseTo(1 / 3, 15);
  });

  it("move with the values: a shift leaves the variance, a scale squares into it", () => {
    fc.assert(
      fc.property(fc.array(numbers, { minLength: 2, maxLength: 30 }), (values) => {
        const scaled = variance(values.map((x) => 4 * x));
        expect(scaled).toBeCloseTo(16 * variance(values), -Math.log10(scaled * 1e-9 + 1e-9));
      }),
    );
  });
});

describe("quantiles of type 7", () => {
  it("match R and NumPy", () => {
    const values = [3, 1, 4, 1, 5, 9, 2, 6];
    expect([0.1, 0.25, 0.5].map((p) => quantile(values, p))).toEqual([1, 1.75, 3.5]);
    expect(quantile(values, 0.9)).toBeCloseTo(6.9, 14);
    expect(median([5, 1, 3])).toBe(3);
    expect(quantile([7], 0.3)).toBe(7);
  });

  it("lie between the extremes and grow with p", () => {
    const fractions = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(numbers, { minLength: 1 }), fractions, fractions, (values, p, q) => {
        const low = quantile(values, Math.min(p, q));
        const high = quantile(values, Math.max(p, q));
        expect(low).toBeLessThanOrEqual(high + 1e-9);
        expect(quantile(values, 0) - Math.min(...values)).toBe(0);
        expect(quantile(values, 1) - Math.max(...values)).toBe(0);
      }),
    );
  });
});

describe("the t interval of a mean", () => {
  it("holds the truth as often as its level says", () => {
    const random = createRandom(11);
    let held = 0;
    for (let trial = 0; trial < 4000; trial++) {
      const { low, high } = meanInterval(
        Array.from({ length: 5 }, () => 2 + 3 * random.normal()),
        0.9,
      );
      if (low <= 2 && 2 <= high) held += 1;
    }
    expect(Math.abs(held / 4000 - 0.9)).toBeLessThan(4 * Math.sqrt((0.9 * 0.1) / 4000));
  });
});

describe("correlation", () => {
  it("matches the textbook", () => {
    const a = [2.1, 3.4, 1.9, 5.6, 4.4, 3.8, 2.7];
    const b = [1.2, 2.8, 2.0, 3.9, 3.1, 2.2, 2.5];
    expect(correlation(a, b)).toBeCloseTo(0.881901635263519, 13);
    expect(correlation(a, a)).toBe(1);
  });
});

describe("bad input", () => {
  it.each([
    ["no values", () => mean([]), "mean(values): there are 0 values; give at least 1"],
    ["a missing value", () => variance([1, Number.NaN]), "value 1 is NaN"],
    ["one value", () => meanInterval([1]), "give at least 2"],
    ["p outside", () => quantile([1], 1.1), "quantile(p)"],
    ["no variation", () => correlation([1, 1], [1, 2]), "its values are all equal"],
    ["unequal lengths", () => correlation([1, 2], [1, 2, 3]), "the lengths differ: 2 and 3"],
  ])("names %s", (_, call, message) => {
    expect(call).toThrow(message);
  });
});
