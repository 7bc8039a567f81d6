import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fitLogistic } from "../../stats/index.ts";
import { refitCurve } from "./kernel.ts";

const cell = fc.record({
  x: fc.double({ min: -5, max: 12, noNaN: true }),
  n: fc.integer({ min: 1, max: 20 }),
  share: fc.double({ min: 0, max: 1, noNaN: true }).map((share) => Math.round(share * 8) / 8),
});
const start = fc.record({
  intercept: fc.double({ min: -8, max: 8, noNaN: true }),
  slope: fc.double({ min: -3, max: 1, noNaN: true }),
});

describe("the curve's kernel", () => {
  it("finds what the stats room's logistic regression finds, from wherever it starts", () => {
    fc.assert(
      fc.property(
        fc.array(cell, { minLength: 3, maxLength: 40 }),
        start,
        fc.constantFrom(0.1, 1e-5),
        (cells, from, ridge) => {
          const total = cells.reduce((sum, { n }) => sum + n, 0);
          const y = cells.map(({ share }) => share);
          const weights = cells.map(({ n }) => n / total);
          const x = cells.map((each) => each.x);
          fc.pre(y.some((each) => each > 0) && y.some((each) => each < 1));
          const { coefficients } = fitLogistic({ y, predictors: [x], weights, ridge });
          const curve = { ...from };
          refitCurve(
            {
              x: Float64Array.from(x),
              mass: Float64Array.from(weights),
              success: Float64Array.from(weights, (weight, i) => weight * y[i]!),
              count: cells.length,
            },
            ridge,
            curve,
          );
          // What the data decide is the logits; a coefficient alone may be loosely held.
          for (const at of x) {
            const logit = curve.intercept + curve.slope * at;
            const theirs = coefficients[0]! + coefficients[1]! * at;
            expect(Math.abs(logit - theirs)).toBeLessThan(1e-7 * Math.max(1, Math.abs(theirs)));
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it("is NaN where there is no finite curve", () => {
    const data = {
      x: Float64Array.of(1, 2),
      mass: Float64Array.of(0.5, 0.5),
      success: Float64Array.of(0, 0),
      count: 2,
    };
    const curve = { intercept: 0, slope: 0 };
    expect(refitCurve(data, 0.1, curve)).toBe(0);
    expect(curve).toEqual({ intercept: NaN, slope: NaN });
  });
});
