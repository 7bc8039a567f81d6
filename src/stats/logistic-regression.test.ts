import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ConvergenceError, StatisticsInputError } from "./errors.ts";
import { fitLogistic } from "./logistic-regression.ts";
import { createRandom } from "./random.ts";

const hours = [
  0.5, 0.75, 1, 1.25, 1.5, 1.75, 1.75, 2, 2.25, 2.5, 2.75, 3, 3.25, 3.5, 4, 4.25, 4.5, 4.75, 5, 5.5,
];
const passed = [0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 1, 1, 1, 1, 1];

describe("the optimum, against Newton's method in 30 digits", () => {
  it("plain: hours of study and passing", () => {
    const fit = fitLogistic({ y: passed, predictors: [hours] });
    expect(fit.coefficients[0]).toBeCloseTo(-4.077713431087631, 12);
    expect(fit.coefficients[1]).toBeCloseTo(1.5046454283733335, 12);
    expect(fit.terms[0]!.standardError).toBeCloseTo(1.760994314156471, 11);
    expect(fit.terms[1]!.standardError).toBeCloseTo(0.6287208459453858, 11);
    expect(fit.logLoss).toBeCloseTo(8.029878464344675, 12);
    expect(fit.gradient).toBeLessThan(1e-14);
  });

  it("with a ridge on the slope alone", () => {
    const fit = fitLogistic({ y: passed, predictors: [hours], ridge: 0.7 });
    expect(fit.coefficients[0]).toBeCloseTo(-3.340476015575003, 12);
    expect(fit.coefficients[1]).toBeCloseTo(1.22441216270234, 12);
    expect(fit.logLoss).toBeCloseTo(8.14260346270845, 12);
  });

  it("with weights and soft labels", () => {
    const fit = fitLogistic({
      y: [0.1, 0.5, 0.4, 0.8, 0.95],
      predictors: [[1, 2, 3, 4, 5]],
      weights: [2, 1, 3, 0.5, 1.5],
      ridge: 0.1,
    });
    expect(fit.coefficients[0]).toBeCloseTo(-2.9664409831701195, 12);
    expect(fit.coefficients[1]).toBeCloseTo(0.9958967336976778, 12);
    expect(fit.terms[1]!.standardError).toBeCloseTo(0.7361628718040727, 11);
  });

  it("is reached from anywhere", () => {
    const starts = fc.double({ min: -50, max: 50, noNaN: true });
    const { coefficients } = fitLogistic({ y: passed, predictors: [hours], ridge: 0.01 });
    fc.assert(
      fc.property(starts, starts, (intercept, slope) => {
        const again = fitLogistic({
          y: passed,
          predictors: [hours],
          ridge: 0.01,
          start: [intercept, slope],
        });
        expect(again.coefficients[0]).toBeCloseTo(coefficients[0]!, 11);
        expect(again.coefficients[1]).toBeCloseTo(coefficients[1]!, 11);
      }),
    );
  });
});

describe("equal ways to say the same", () => {
  it("weights are repetitions, shares are split rows, and zero weight is absence", () => {
    const random = createRandom(111);
    const x = Array.from({ length: 30 }, () => random.normal());
    const y = x.map((value) => (random.float() < 1 / (1 + Math.exp(-value)) ? 1 : 0));
    const counts = x.map(() => random.integer(4));
    const weighted = fitLogistic({ y, predictors: [x], weights: counts });
    const repeat = (list: number[]) =>
      list.flatMap((v, i) => new Array<number>(counts[i]!).fill(v));
    const repeated = fitLogistic({ y: repeat(y), predictors: [repeat(x)] });
    expect(weighted.coefficients[1]).toBeCloseTo(repeated.coefficients[1]!, 11);

    const shares = x.map(() => random.float());
    const soft = fitLogistic({ y: shares, predictors: [x] });
    const split = fitLogistic({
      y: [...x.map(() => 1), ...x.map(() => 0)],
      predictors: [[...x, ...x]],
      weights: [...shares, ...shares.map((share) => 1 - share)],
    });
    expect(soft.coefficients[1]).toBeCloseTo(split.coefficients[1]!, 11);
  });

  it("an intercept alone is the logit of the share", () => {
    const fit = fitLogistic({ y: [1, 0, 0, 0], predictors: [] });
    expect(fit.coefficients[0]).toBeCloseTo(Math.log(1 / 3), 13);
  });
});

describe("Wald intervals", () => {
  it("hold the truth about as often as they say", () => {
    const random = createRandom(112);
    const trials = 400;
    let held = 0;
    for (let trial = 0; trial < trials; trial++) {
      const x = Array.from({ length: 300 }, () => random.normal());
      const y = x.map((value) => (random.float() < 1 / (1 + Math.exp(0.5 - value)) ? 1 : 0));
      const { low, high } = fitLogistic({ y, predictors: [x] }).terms[1]!;
      if (low <= 1 && 1 <= high) held += 1;
    }
    expect(Math.abs(held / trials - 0.95)).toBeLessThan(4 * Math.sqrt((0.95 * 0.05) / trials));
  });
});

describe("no finite optimum", () => {
  it.each([
    ["one class", () => fitLogistic({ y: [1, 1, 1], predictors: [[1, 2, 3]], ridge: 1 }), "are 1"],
    [
      "one class with weight",
      () => fitLogistic({ y: [0, 0, 1], predictors: [[1, 2, 3]], weights: [1, 1, 0] }),
      "are 0",
    ],
    [
      "separated classes",
      () => fitLogistic({ y: [0, 0, 1, 1], predictors: [[1, 2, 3, 4]] }),
      "separate the outcomes",
    ],
    [
      "collinear predictors",
      () => fitLogistic({ y: passed, predictors: [hours, hours.map((x) => 2 * x)] }),
      "collinear",
    ],
  ])("%s is an error that says so", (_, call, message) => {
    expect(call).toThrow(ConvergenceError);
    expect(call).toThrow(message);
  });

  it("a ridge makes separated classes fittable", () => {
    const fit = fitLogistic({ y: [0, 0, 1, 1], predictors: [[1, 2, 3, 4]], ridge: 1e-5 });
    expect(fit.coefficients[1]).toBeGreaterThan(1);
    expect(fit.gradient).toBeLessThan(1e-12);
  });
});

describe("outcomes that the predictor all but separates", () => {
  it("are fitted by a weak ridge alone, where hardly any loss is left to compare", () => {
    const weights = [11, 1, 1, 20, 1].map((runs) => runs / 34);
    const fit = fitLogistic({
      y: [1, 0, 0, 0, 0],
      predictors: [[6.076606395855478, 0, 0, 0, 0]],
      ...{ weights, ridge: 1e-5 },
    });
    expect(fit.gradient).toBeLessThan(1e-12);
    expect(fit.coefficients[1]).toBeGreaterThan(3);
  });
});

describe("bad input", () => {
  it.each([
    () => fitLogistic({ y: [0, 2], predictors: [[1, 2]] }),
    () => fitLogistic({ y: [0, 1], predictors: [[1, 2]], ridge: -1 }),
    () => fitLogistic({ y: [0, 1], predictors: [[1]] }),
    () => fitLogistic({ y: [0, 1], predictors: [[1, 2]], start: [1] }),
    () => fitLogistic({ y: [0, 1], predictors: [], intercept: false }),
  ])("is refused: %s", (call) => {
    expect(call).toThrow(StatisticsInputError);
  });
});
