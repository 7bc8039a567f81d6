import { describe, expect, it } from "vitest";
import { cohensD, cohensDPaired } from "./effect-size.ts";
import { createRandom } from "./random.ts";

const a = [2.1, 3.4, 1.9, 5.6, 4.4, 3.8, 2.7];
const b = [1.2, 2.8, 2.0, 3.9, 3.1, 2.2, 2.5];
const c = [7.5, 1.1, 3.3, 9.2];

describe("Cohen's d", () => {
  it("of two samples, with the noncentral t interval", () => {
    const d = cohensD(a, c);
    expect(d.estimate).toBeCloseTo(-0.7732414229380672, 12);
    expect(d.low).toBeCloseTo(-2.0316243892960166, 9);
    expect(d.high).toBeCloseTo(0.5241700511721133, 9);
    expect(d.hedgesG).toBeCloseTo(d.estimate * (1 - 3 / 35), 14);
  });

  it("of pairs", () => {
    const d = cohensDPaired(a, b);
    expect(d.estimate).toBeCloseTo(1.2809625720467532, 12);
    expect(d.low).toBeCloseTo(0.23092435734159797, 9);
    expect(d.high).toBeCloseTo(2.2795160199872995, 9);
  });

  it("holds the true effect as often as its level says", () => {
    const random = createRandom(51);
    const trials = 300;
    let held = 0;
    for (let trial = 0; trial < trials; trial++) {
      const x = Array.from({ length: 8 }, () => 0.8 + random.normal());
      const y = Array.from({ length: 8 }, () => random.normal());
      const { low, high } = cohensD(x, y, 0.8);
      if (low <= 0.8 && 0.8 <= high) held += 1;
    }
    expect(Math.abs(held / trials - 0.8)).toBeLessThan(4 * Math.sqrt((0.8 * 0.2) / trials));
  });

  it("refuses values that do not vary", () => {
    expect(() => cohensD([1, 1], [2, 2])).toThrow("the values do not vary");
  });
});
