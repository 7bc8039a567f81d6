import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "./random.ts";
import { mannWhitney, midranks } from "./rank-tests.ts";

const a = [2.1, 3.4, 1.9, 5.6, 4.4, 3.8, 2.7];
const b = [1.2, 2.8, 2.0, 3.9, 3.1, 2.2, 2.5];

describe("Mann-Whitney", () => {
  it("matches exact tables", () => {
    expect(mannWhitney(a, b)).toMatchObject({ statistic: 33, method: "exact", n: 14 });
    expect(mannWhitney(a, b).p).toBeCloseTo(0.31759906759906764, 13);
    expect(mannWhitney(a, b, { alternative: "greater" }).p).toBeCloseTo(0.15879953379953382, 13);
    expect(mannWhitney(a, b, { alternative: "less" }).p).toBeCloseTo(0.8703379953379953, 13);
  });

  it("counts exactly with ties too, as enumeration of all 462 deals does", () => {
    const x = [1, 2, 2, 3, 5, 5];
    const y = [2, 4, 5, 5, 6];
    expect(mannWhitney(x, y, { alternative: "less" }).p).toBeCloseTo(0.11688311688311688, 13);
    expect(mannWhitney(x, y, { alternative: "greater" }).p).toBeCloseTo(0.9285714285714286, 13);
  });

  it("approximates with corrections for ties and continuity", () => {
    const x = [1, 2, 2, 3, 5, 5];
    const y = [2, 4, 5, 5, 6];
    expect(mannWhitney(x, y, { method: "normal" }).p).toBeCloseTo(0.2200499729299179, 12);
    expect(mannWhitney(a, b, { method: "normal" }).p).toBeCloseTo(0.30668506590418065, 12);
  });

  it("agrees with its approximation at the size where it switches", () => {
    const random = createRandom(31);
    for (let trial = 0; trial < 20; trial++) {
      const x = Array.from({ length: 20 }, () => Math.round(3 * random.normal()));
      const y = Array.from({ length: 20 }, () => Math.round(3 * random.normal() + 1));
      const exact = mannWhitney(x, y, { method: "exact" }).p;
      const normal = mannWhitney(x, y, { method: "normal" }).p;
      expect(Math.abs(exact - normal)).toBeLessThan(0.02);
    }
  });

  it("estimates the probability of superiority", () => {
    expect(mannWhitney([2, 3], [0, 1]).estimate).toBe(1);
    expect(mannWhitney([1, 1], [1, 1]).estimate).toBe(0.5);
    expect(mannWhitney([1, 1], [1, 1]).p).toBe(1);
    expect(mannWhitney([1, 1], [1, 1], { method: "normal" }).p).toBe(1);
  });
});

describe("midranks", () => {
  it("share ranks among ties and always sum to n (n + 1) / 2", () => {
    expect([...midranks([10, 20, 10, 5])]).toEqual([2.5, 4, 2.5, 1]);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5 })), (values) => {
        const sum = midranks(values).reduce((total, rank) => total + rank, 0);
        expect(sum).toBe((values.length * (values.length + 1)) / 2);
      }),
    );
  });
});
