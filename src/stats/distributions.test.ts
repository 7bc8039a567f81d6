import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  beta,
  binomial,
  chiSquare,
  type Distribution,
  fisherF,
  logGamma,
  normal,
  studentT,
} from "./distributions.ts";
import { StatisticsInputError } from "./errors.ts";
import { noncentralT } from "./noncentral-t.ts";
import { relativeError } from "./relative-error.ts";

// Expected values were computed with 50 digits by direct quadrature or hypergeometric series.
const exact = (actual: number, expected: number) =>
  expect(relativeError(actual, expected)).toBeLessThan(1e-12);

describe("tails hold 12 digits", () => {
  it.each([
    [0.001, 0.49960105778608893],
    [0.5, 0.3085375387259869],
    [1.96, 0.024997895148220435],
    [2, 0.02275013194817921],
    [3.7, 0.00010779973347738834],
    [8, 6.220960574271784e-16],
    [20, 2.7536241186062337e-89],
    [37.5, 4.605353009581955e-308],
    [-1, 0.8413447460685429],
    [-5, 0.9999997133484281],
  ])("normal beyond %f", (x, survival) => {
    exact(normal.survival(x), survival);
    exact(normal.cdf(-x), survival);
  });

  it.each([
    [0.5, 1, 0.35241638234956674],
    [2.5, 0.7, 0.1598521813406369],
    [2.228, 10, 0.02500588590855569],
    [12, 4, 0.00013821427425148649],
    [40, 30, 6.863022597203201e-28],
    [1e-5, 3, 0.4999963244740306],
    [-1.5, 6, 0.907859631929259],
    [5, 1000, 3.3836281823243153e-7],
    [1e20, 2.5, 7.193397190831722e-51],
    [2.5, 1e5, 0.006210459596279523],
  ])("Student t beyond %f at %f degrees of freedom", (t, df, survival) => {
    exact(studentT(df).survival(t), survival);
    exact(studentT(df).cdf(-t), survival);
  });

  it.each([
    [2, 10, 1, 0.8076115625303752, 0.19238843746962475],
    [1.7, 19, 3.5, 0.039509933020178904, 0.9604900669798211],
    [-3, 5, 2, 6.73318853123727e-5, 0.9999326681146876],
    [10, 3, 1, 0.9946573119957187, 0.005342688004281286],
    [0.5, 50, 6, 1.94689856601541e-8, 0.9999999805310144],
    [30, 8, 2, 0.9999998899226256, 1.1007737439824028e-7],
    [1, 1.5, -0.5, 0.8865889613712539, 0.11341103862874613],
    [0, 7, 2, 0.02275013194817921, 0.9772498680518208],
  ])("noncentral t about %f (df %f, ncp %f)", (t, df, ncp, cdf, survival) => {
    exact(noncentralT(df, ncp).cdf(t), cdf);
    exact(noncentralT(df, ncp).survival(t), survival);
  });

  it.each([
    [0.001, 1, 0.025227120630039613, 0.9747728793699604],
    [3.84, 1, 0.9499564787512949, 0.0500435212487051],
    [1, 30, 1.461050092443922e-17, 1],
    [200, 30, 1, 4.952733529003191e-27],
    [0.5, 0.2, 0.8955592438575556, 0.10444075614244439],
    [1100, 1000, 0.9853855918737048, 0.014614408126295194],
    [1e6, 1000001, 0.49990596838132373, 0.5000940316186763],
  ])("chi-square about %f at %f degrees of freedom", (x, df, cdf, survival) => {
    exact(chiSquare(df).cdf(x), cdf);
    exact(chiSquare(df).survival(x), survival);
  });

  it.each([
    [1, 1, 1, 0.5, 0.5],
    [3.5, 4, 20, 0.9746147691335587, 0.025385230866441275],
    [0.01, 7, 3, 4.130422101383355e-6, 0.9999958695778987],
    [50, 2, 9, 0.9999866441340419, 1.3355865958049654e-5],
    [1.2, 150, 90, 0.8267056263668228, 0.1732943736331772],
    [1e8, 3, 5, 1, 7.305533803957431e-20],
  ])("F about %f at %f and %f degrees of freedom", (x, df1, df2, cdf, survival) => {
    exact(fisherF(df1, df2).cdf(x), cdf);
    exact(fisherF(df1, df2).survival(x), survival);
  });

  it.each([
    [0.1, 2, 3, 0.0523, 0.9477],
    [0.99, 8, 0.3, 0.49276522465278494, 0.5072347753472151],
    [0.02, 50, 60, 1.1984835762738262e-54, 1],
    [0.7, 300, 120, 0.2556302037908948, 0.7443697962091052],
    [1e-9, 0.4, 7, 0.0006060550962971506, 0.9993939449037028],
  ])("beta about %f with shapes %f and %f", (x, a, b, cdf, survival) => {
    exact(beta(a, b).cdf(x), cdf);
    exact(beta(a, b).survival(x), survival);
  });

  it.each([
    [3, 10, 0.3, 0.266827932, 0.6496107184, 0.3503892816],
    [0, 20, 0.05, 0.3584859224085422, 0.3584859224085422, 0.6415140775914577],
    [60, 100, 0.5, 0.010843866711637987, 0.9823998998911476, 0.017600100108852407],
    [5, 1000, 0.02, 4.915464597611884e-5, 6.400906688293038e-5, 0.999935990933117],
    [999, 1000, 0.99, 0.00043607320616826517, 0.9999568287525893, 4.317124741065825e-5],
  ])("binomial about %i of %i at %f", (k, n, p, probability, cdf, survival) => {
    exact(binomial(n, p).density(k), probability);
    exact(binomial(n, p).cdf(k), cdf);
    exact(binomial(n, p).survival(k), survival);
  });

  it.each([
    [1e-10, 23.025850929882736],
    [0.5, 0.5723649429247001],
    [0.999999, 5.77216487368967e-7],
    [1.5, -0.12078223763524522],
    [2.000001, 4.2278465756543323e-7],
    [2.5, 0.2846828704729192],
    [10, 12.801827480081469],
    [123.456, 469.60554712992945],
    [1e10, 220258509288.81058],
  ])("log Γ(%f)", (z, expected) => {
    // Beside the zeros at 1 and 2 the argument's own rounding is worth 1e-10.
    const tolerance = Math.abs(expected) < 1e-5 ? 1e-9 : 1e-14;
    expect(relativeError(logGamma(z), expected)).toBeLessThan(tolerance);
  });
});

describe("quantiles", () => {
  it.each([
    [1e-300, 37.0470962993612],
    [1e-20, 9.262340089798407],
    [0.001, 3.0902323061678136],
    [0.025, 1.9599639845400543],
    [0.3, 0.5244005127080408],
  ])("of the normal at %f", (p, x) => {
    exact(normal.upperQuantile(p), x);
    exact(normal.quantile(p), -x);
  });

  it("match the tables", () => {
    expect(studentT(7).upperQuantile(0.025)).toBeCloseTo(2.3646242515927844, 12);
    expect(chiSquare(7).upperQuantile(0.05)).toBeCloseTo(14.067140449340167, 12);
    expect(fisherF(3, 10).upperQuantile(0.05)).toBeCloseTo(3.7082648190468435, 12);
    expect(beta(3, 9).quantile(0.025)).toBeCloseTo(0.06021773417290665, 12);
    expect(binomial(10, 0.3).quantile(0.5)).toBe(3);
    expect(binomial(10, 0.5).quantile(0.623046875)).toBe(5);
    expect(binomial(10, 0.3).upperQuantile(0.05)).toBe(5);
  });

  const shapes = fc.double({ min: 0.3, max: 5000, noNaN: true });
  const tails = fc.double({ min: 1e-12, max: 0.999, noNaN: true });
  it("undo the tails of every continuous distribution", () => {
    fc.assert(
      fc.property(shapes, shapes, tails, (first, second, p) => {
        const distributions: Distribution[] = [
          studentT(first),
          chiSquare(first),
          fisherF(first, second),
          beta(first, second),
        ];
        for (const distribution of distributions) {
          const upper = distribution.upperQuantile(p);
          const lower = distribution.quantile(p);
          // A quantile rounded beside 1 cannot carry its tail: only beta has that edge.
          if (upper < 1 - 1e-3 || upper > 1) {
            expect(relativeError(distribution.survival(upper), p)).toBeLessThan(2e-12);
          }
          if (lower < 1 - 1e-3 || lower > 1) {
            expect(relativeError(distribution.cdf(lower), p)).toBeLessThan(2e-12);
          }
        }
      }),
    );
  });

  it("reach the ends of the support at 0 and 1", () => {
    expect(normal.quantile(0)).toBe(-Infinity);
    expect(studentT(3).quantile(1)).toBe(Infinity);
    expect(chiSquare(3).quantile(0)).toBe(0);
    expect(fisherF(3, 4).upperQuantile(0)).toBe(Infinity);
    expect(beta(3, 4).quantile(1)).toBe(1);
    expect(binomial(5, 0.2).quantile(1)).toBe(5);
  });
});

describe("known relations", () => {
  it("t with infinite degrees of freedom is the normal", () => {
    expect(studentT(Infinity)).toBe(normal);
    exact(studentT(1e15).survival(2.5), normal.survival(2.5));
  });

  it("t squared is F with one degree of freedom, and a normal squared is chi-square", () => {
    exact(fisherF(1, 9).survival(2.5 ** 2), 2 * studentT(9).survival(2.5));
    exact(chiSquare(1).survival(2.5 ** 2), 2 * normal.survival(2.5));
  });

  it("noncentral t with noncentrality 0 is Student's t", () => {
    exact(noncentralT(5, 0).survival(2), studentT(5).survival(2));
    exact(noncentralT(5, 1e-300).survival(2), studentT(5).survival(2));
  });

  it("densities are the slopes of their distribution functions", () => {
    const cases: [Distribution, number][] = [
      [normal, 0.7],
      [studentT(4), 1.3],
      [chiSquare(5), 3],
      [fisherF(4, 7), 1.1],
      [beta(2, 5), 0.3],
    ];
    for (const [distribution, x] of cases) {
      const slope = (distribution.cdf(x + 1e-5) - distribution.cdf(x - 1e-5)) / 2e-5;
      expect(relativeError(distribution.density(x), slope)).toBeLessThan(1e-8);
    }
  });
});

describe("bad input", () => {
  it.each([
    () => studentT(0),
    () => chiSquare(Number.NaN),
    () => fisherF(2, -1),
    () => beta(0, 1),
    () => binomial(2.5, 0.5),
    () => binomial(2, 1.5),
    () => noncentralT(3, Infinity),
    () => normal.quantile(1.2),
    () => studentT(3).quantile(Number.NaN),
  ])("is refused: %s", (call) => {
    expect(call).toThrow(StatisticsInputError);
  });
});
