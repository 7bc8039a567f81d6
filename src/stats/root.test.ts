import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findRoot, solvePositive } from "./root.ts";

describe("findRoot", () => {
  it("finds roots to the last bits, of flat and steep functions alike", () => {
    expect(findRoot((x) => x ** 3 - 2, 0, 4)).toBeCloseTo(Math.cbrt(2), 15);
    expect(findRoot((x) => Math.exp(50 * x) - 2, -10, 10)).toBeCloseTo(Math.LN2 / 50, 16);
    expect(findRoot((x) => 1e-9 - x, 0, 1e8)).toBeCloseTo(1e-9, 22);
    expect(findRoot((x) => x - 3, 3, 5)).toBe(3);
    expect(findRoot((x) => (x < 0.3 ? -1 : 1), 0, 1)).toBeCloseTo(0.3, 15);
  });

  it("stays inside its bracket and takes few steps", () => {
    const roots = fc.integer({ min: 1, max: 5000 }).map((thousandths) => thousandths / 1000);
    fc.assert(
      fc.property(roots, fc.double({ min: 0.1, max: 10, noNaN: true }), (root, steepness) => {
        let steps = 0;
        const found = findRoot(
          (x) => {
            steps += 1;
            expect(Math.abs(x)).toBeLessThanOrEqual(6);
            return Math.tanh(steepness * (x - root));
          },
          -6,
          6,
        );
        expect(Math.abs(found - root)).toBeLessThan(1e-13);
        expect(steps).toBeLessThan(80);
      }),
    );
  });
});

describe("solvePositive", () => {
  it("finds roots many powers of ten away from its start", () => {
    fc.assert(
      fc.property(fc.double({ min: -250, max: 250, noNaN: true }), (exponent) => {
        const root = 10 ** exponent;
        const found = solvePositive((x) => [3 * Math.log(x / root), 3], 1, 1);
        expect(Math.abs(found / root - 1)).toBeLessThan(1e-14);
      }),
    );
  });
});
