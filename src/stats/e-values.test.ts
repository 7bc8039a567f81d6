import { describe, expect, it } from "vitest";
import { averageOfE, eToP, productOfE, pToE } from "./e-values.ts";
import { StatisticsInputError } from "./errors.ts";
import { integrate } from "./quadrature.ts";
import { createRandom } from "./random.ts";

describe("calibrators", () => {
  it("have mean 1 over uniform p values, so that they give e-values", () => {
    // In u = -ln p the integral of e(p) dp is one of e(exp(-u)) exp(-u).
    const total = (calibrate: (p: number) => number) =>
      integrate((u) => calibrate(Math.exp(-u)) * Math.exp(-u), 0, 700, 400);
    expect(total((p) => pToE(p, 0.5))).toBeCloseTo(1, 10);
    expect(total((p) => pToE(p, 0.2))).toBeCloseTo(1, 10);
    // The mixture's tail is 1/u²: beyond 700 there is 1/700 left.
    expect(total((p) => pToE(p)) + 1 / 700).toBeCloseTo(1, 10);
  });

  it("fall as p grows, and are 1/2 at 1", () => {
    expect(pToE(0.01)).toBeCloseTo(
      (1 - 0.01 + 0.01 * Math.log(0.01)) / (0.01 * Math.log(0.01) ** 2),
      12,
    );
    expect(pToE(0.01)).toBeGreaterThan(pToE(0.02));
    expect(pToE(1)).toBe(0.5);
    expect(pToE(1 - 1e-7)).toBeCloseTo(0.5, 7);
    expect(pToE(0)).toBe(Infinity);
  });

  it("never make evidence stronger: 1/e is at least p", () => {
    for (const p of [1e-10, 0.001, 0.05, 0.5, 1]) {
      expect(eToP(pToE(p))).toBeGreaterThanOrEqual(p);
      expect(eToP(pToE(p, 0.3))).toBeGreaterThanOrEqual(p);
    }
  });
});

describe("combination", () => {
  it("multiplies and averages", () => {
    expect(productOfE([2, 3, 4])).toBeCloseTo(24, 12);
    expect(productOfE([0, Infinity])).toBe(0);
    expect(averageOfE([1, 2, 6])).toBeCloseTo(3, 14);
  });

  it("of independent null evidence reaches 1/alpha at most as often as alpha", () => {
    const random = createRandom(81);
    const trials = 5000;
    let products = 0;
    let averages = 0;
    for (let trial = 0; trial < trials; trial++) {
      const es = Array.from({ length: 3 }, () => pToE(random.float(), 0.5));
      if (productOfE(es) >= 10) products += 1;
      const p = random.float();
      if (averageOfE([pToE(p), pToE(p, 0.5), pToE(1 - p)]) >= 10) averages += 1;
    }
    const bound = 0.1 + 4 * Math.sqrt((0.1 * 0.9) / trials);
    expect(products / trials).toBeLessThan(bound);
    expect(averages / trials).toBeLessThan(bound);
  });
});

describe("bad input", () => {
  it.each([
    () => pToE(1.1),
    () => pToE(0.5, 1),
    () => eToP(-1),
    () => productOfE([]),
    () => averageOfE([1, Number.NaN]),
  ])("is refused: %s", (call) => {
    expect(call).toThrow(StatisticsInputError);
  });
});
