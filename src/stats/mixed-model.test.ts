import { describe, expect, it } from "vitest";
import { StatisticsInputError } from "./errors.ts";
import { fitLinear } from "./linear-regression.ts";
import { fitMixed } from "./mixed-model.ts";
import { createRandom } from "./random.ts";

const groups = [1, 1, 1, 1, 2, 2, 2, 3, 3, 4, 4, 4, 4, 4, 5, 5, 5, 6, 6, 6];
const x = [
  0.2, 0.5, 0.9, 1.4, 0.3, 0.8, 1.1, 0.7, 1.9, 0.1, 0.6, 1.2, 1.5, 1.8, 0.4, 1.0, 1.7, 0.3, 0.9,
  1.6,
];
const y = [
  2.1, 2.6, 2.9, 3.8, 1.0, 1.9, 2.2, 3.5, 4.9, 0.4, 1.2, 1.9, 2.1, 2.6, 2.8, 3.3, 4.4, 1.7, 2.0,
  3.1,
];

describe("restricted maximum likelihood", () => {
  it("matches the optimum computed in 30 digits", () => {
    const fit = fitMixed({ y, predictors: [x], groups });
    expect(fit.terms[0]!.estimate).toBeCloseTo(1.4916683128793453, 11);
    expect(fit.terms[1]!.estimate).toBeCloseTo(1.2433169672193112, 11);
    expect(fit.terms[0]!.standardError).toBeCloseTo(0.36302542815217953, 10);
    expect(fit.terms[1]!.standardError).toBeCloseTo(0.06094749850047921, 11);
    expect(fit.residualVariance).toBeCloseTo(0.020236610564348237, 12);
    expect(fit.groupVariance).toBeCloseTo(0.7634096831650985, 10);
    expect(fit.logLikelihood).toBeCloseTo(-4.77157911392743, 11);
  });

  it("predicts each group's deviation, shrunken", () => {
    const { groupEffects } = fitMixed({ y, predictors: [x], groups });
    const expected = [0.42304, -0.69727, 1.07774, -1.13868, 0.7172, -0.38206];
    expected.forEach((effect, i) => {
      expect(groupEffects.get(i + 1)).toBeCloseTo(effect, 3);
    });
  });

  it("equals the analysis of variance where groups are balanced", () => {
    const random = createRandom(121);
    const size = 4;
    const cells = Array.from({ length: 12 }, (_, g) => g).flatMap((g) => {
      const shared = 2 * random.normal();
      return Array.from({ length: size }, () => ({ g, value: 5 + shared + random.normal() }));
    });
    const fit = fitMixed({
      y: cells.map((cell) => cell.value),
      predictors: [],
      groups: cells.map((cell) => cell.g),
    });
    const means = Array.from({ length: 12 }, (_, g) =>
      cells.filter((cell) => cell.g === g).reduce((sum, cell) => sum + cell.value / size, 0),
    );
    const grand = means.reduce((sum, mean) => sum + mean / 12, 0);
    const between = (size * means.reduce((sum, mean) => sum + (mean - grand) ** 2, 0)) / 11;
    const within = cells.reduce((sum, cell) => sum + (cell.value - means[cell.g]!) ** 2, 0) / 36;
    expect(fit.residualVariance).toBeCloseTo(within, 10);
    expect(fit.groupVariance).toBeCloseTo((between - within) / size, 10);
    expect(fit.terms[0]!.estimate).toBeCloseTo(grand, 11);
  });

  it("falls back on ordinary least squares where the groups do not differ", () => {
    // Every group has the same values, so that groups differ less than chance would have it.
    const same = { y: [1, 2, 3, 1, 2, 3, 1, 2, 3], predictors: [[1, 2, 4, 1, 2, 4, 1, 2, 4]] };
    const fit = fitMixed({ ...same, groups: ["a", "a", "a", "b", "b", "b", "c", "c", "c"] });
    expect(fit.groupVariance).toBe(0);
    const plain = fitLinear(same);
    expect(fit.terms[1]!.estimate).toBeCloseTo(plain.terms[1]!.estimate, 12);
    expect(fit.terms[1]!.standardError).toBeCloseTo(plain.terms[1]!.standardError, 12);
  });

  it("recovers known variances on average", () => {
    const random = createRandom(122);
    let groupVariance = 0;
    let residualVariance = 0;
    const trials = 60;
    for (let trial = 0; trial < trials; trial++) {
      const labels = Array.from({ length: 120 }, (_, i) => i % 30);
      const shared = Array.from({ length: 30 }, () => Math.SQRT2 * random.normal());
      const predictor = labels.map(() => random.normal());
      const outcome = labels.map((g, i) => 1 + predictor[i]! + shared[g]! + random.normal());
      const fit = fitMixed({ y: outcome, predictors: [predictor], groups: labels });
      groupVariance += fit.groupVariance / trials;
      residualVariance += fit.residualVariance / trials;
    }
    expect(Math.abs(groupVariance - 2)).toBeLessThan(0.3);
    expect(Math.abs(residualVariance - 1)).toBeLessThan(0.08);
  });
});

describe("bad input", () => {
  it.each([
    ["one group", () => fitMixed({ y, predictors: [x], groups: y.map(() => 1) })],
    ["groups of one", () => fitMixed({ y, predictors: [x], groups: y.map((_, i) => i) })],
    ["a missing group", () => fitMixed({ y, predictors: [x], groups: [1, 2] })],
    ["a copy of a column", () => fitMixed({ y, predictors: [x, x], groups })],
    ["a perfect fit", () => fitMixed({ y: x, predictors: [x], groups })],
  ])("%s is refused", (_, call) => {
    expect(call).toThrow(StatisticsInputError);
  });
});
