import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { StatisticsInputError } from "./errors.ts";
import { benjaminiHochberg, bonferroni, holm } from "./multiplicity.ts";
import { createRandom } from "./random.ts";

const ps = [0.01, 0.04, 0.03, 0.005, 0.5];
const near = (actual: number[], expected: number[]) =>
  actual.forEach((p, i) => {
    expect(p).toBeCloseTo(expected[i]!, 14);
  });

describe("adjusted p values", () => {
  it("match R's p.adjust", () => {
    near(bonferroni(ps), [0.05, 0.2, 0.15, 0.025, 1]);
    near(holm(ps), [0.04, 0.09, 0.09, 0.025, 0.5]);
    near(benjaminiHochberg(ps), [0.025, 0.05, 0.05, 0.025, 0.5]);
  });

  it("order: p ≤ Benjamini-Hochberg ≤ Holm ≤ Bonferroni ≤ 1, and order of the p values is kept", () => {
    const lists = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 20 });
    fc.assert(
      fc.property(lists, (list) => {
        const bh = benjaminiHochberg(list);
        const step = holm(list);
        const single = bonferroni(list);
        list.forEach((p, i) => {
          expect(p).toBeLessThanOrEqual(bh[i]! * (1 + 1e-12));
          expect(bh[i]!).toBeLessThanOrEqual(step[i]! * (1 + 1e-12));
          expect(step[i]!).toBeLessThanOrEqual(single[i]!);
          expect(single[i]!).toBeLessThanOrEqual(1);
          list.forEach((q, j) => {
            if (p < q) expect(step[i]!).toBeLessThanOrEqual(step[j]!);
            if (p < q) expect(bh[i]!).toBeLessThanOrEqual(bh[j]!);
          });
        });
      }),
    );
  });

  it("control what they promise where 15 of 20 nulls hold", () => {
    const random = createRandom(41);
    const trials = 3000;
    let familyErrors = 0;
    let falseShare = 0;
    let holmPower = 0;
    let bonferroniPower = 0;
    for (let trial = 0; trial < trials; trial++) {
      const list = Array.from({ length: 20 }, (_, i) =>
        i < 15 ? random.float() : random.float() ** 8,
      );
      const rejects = (adjusted: number[]) => adjusted.map((p) => p <= 0.1);
      const step = rejects(holm(list));
      if (step.slice(0, 15).some(Boolean)) familyErrors += 1;
      holmPower += step.slice(15).filter(Boolean).length;
      bonferroniPower += rejects(bonferroni(list)).slice(15).filter(Boolean).length;
      const bh = rejects(benjaminiHochberg(list));
      falseShare += bh.slice(0, 15).filter(Boolean).length / Math.max(1, bh.filter(Boolean).length);
    }
    const slack = 4 * Math.sqrt((0.1 * 0.9) / trials);
    expect(familyErrors / trials).toBeLessThan(0.1 + slack);
    expect(falseShare / trials).toBeLessThan(0.1 * 0.75 + slack);
    expect(holmPower).toBeGreaterThan(bonferroniPower);
  });

  it("refuse what is no probability", () => {
    expect(() => holm([0.1, Number.NaN])).toThrow(StatisticsInputError);
    expect(() => holm([0.1, 1.2])).toThrow("entry 1");
  });
});
