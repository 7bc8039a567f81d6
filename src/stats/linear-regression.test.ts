import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ConvergenceError, StatisticsInputError } from "./errors.ts";
import { fitLinear } from "./linear-regression.ts";
import { createRandom } from "./random.ts";
import { relativeError } from "./relative-error.ts";

const x1 = [0.5, 1.2, 2.1, 2.9, 4.2, 5.1, 5.8, 7.3, 8.0, 9.4, 10.1, 11.7];
const x2 = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8];
const y = [1.1, 2.3, 2.0, 4.1, 3.8, 7.9, 5.2, 8.8, 9.9, 8.1, 12.5, 14.0];
const predictors = [x1, x2];

const near = (actual: readonly number[], expected: readonly number[], tolerance = 1e-11) =>
  expected.forEach((value, i) => {
    expect(relativeError(actual[i]!, value)).toBeLessThan(tolerance);
  });

describe("Longley's data (1967), the certified values of NIST", () => {
  const columns = [
    [
      83, 88.5, 88.2, 89.5, 96.2, 98.1, 99, 100, 101.2, 104.6, 108.4, 110.8, 112.6, 114.2, 115.7,
      116.9,
    ],
    [
      234289, 259426, 258054, 284599, 328975, 346999, 365385, 363112, 397469, 419180, 442769,
      444546, 482704, 502601, 518173, 554894,
    ],
    [
      2356, 2325, 3682, 3351, 2099, 1932, 1870, 3578, 2904, 2822, 2936, 4681, 3813, 3931, 4806,
      4007,
    ],
    [
      1590, 1456, 1616, 1650, 3099, 3594, 3547, 3350, 3048, 2857, 2798, 2637, 2552, 2514, 2572,
      2827,
    ],
    [
      107608, 108632, 109773, 110929, 112075, 113270, 115094, 116219, 117388, 118734, 120445,
      121950, 123366, 125368, 127852, 130081,
    ],
    Array.from({ length: 16 }, (_, i) => 1947 + i),
  ];
  const employed = [
    60323, 61122, 60171, 61187, 63221, 63639, 64989, 63761, 66019, 67857, 68169, 66513, 68655,
    69564, 69331, 70551,
  ];
  const fit = fitLinear({ y: employed, predictors: columns });

  it("hold to 9 digits although the columns are nearly dependent", () => {
    near(
      fit.terms.map((term) => term.estimate),
      [
        -3482258.63459582, 15.0618722713733, -0.035819179292591, -2.02022980381683,
        -1.03322686717359, -0.0511041056535807, 1829.15146461355,
      ],
      1e-9,
    );
    near(
      fit.terms.map((term) => term.standardError),
      [
        890420.383607373, 84.9149257747669, 0.0334910077722432, 0.488399681651699,
        0.214274163161675, 0.22607320006937, 455.478499142212,
      ],
      1e-9,
    );
    expect(fit.rSquared).toBeCloseTo(0.995479004577296, 12);
    expect(Math.sqrt(fit.residualVariance)).toBeCloseTo(304.854073561965, 8);
  });
});

describe("standard errors", () => {
  it("classical, with t tests and intervals", () => {
    const { terms, df } = fitLinear({ y, predictors });
    near(
      terms.map((term) => term.estimate),
      [-0.3184112453301058, 0.9846921592840416, 0.3128165474011787],
    );
    near(
      terms.map((term) => term.standardError),
      [0.7561722372315189, 0.1141110180224597, 0.16492137271604151],
    );
    near(
      terms.map((term) => term.p),
      [0.6835720816814339, 1.2029131439169024e-5, 0.09035465312015546],
    );
    near([terms[1]!.low, terms[1]!.high], [0.7265551025103394, 1.2428292160577439]);
    expect(df).toBe(9);
  });

  it.each([
    ["HC0", [0.6089130100128851, 0.10512606745846212, 0.13337774270742042]],
    ["HC1", [0.703112180488009, 0.12138912669197972, 0.15401135131206764]],
    ["HC2", [0.7029721352248617, 0.12365102881035159, 0.15945952110918077]],
    ["HC3", [0.813639392910919, 0.1463576077502241, 0.19319664594394642]],
  ] as const)("%s", (errors, expected) => {
    near(
      fitLinear({ y, predictors, errors }).terms.map((term) => term.standardError),
      expected,
    );
  });

  it("cluster-robust, tested with one degree of freedom less than clusters", () => {
    const clusters = [1, 1, 1, 2, 2, 3, 3, 3, 4, 4, 5, 5];
    const { terms, df } = fitLinear({ y, predictors, errors: { clusters } });
    near(
      terms.map((term) => term.standardError),
      [0.48405251558370455, 0.11594787749715219, 0.19663883235388419],
    );
    near(
      terms.map((term) => term.p),
      [0.5465949914361671, 0.001054111264874718, 0.18685977898460948],
    );
    expect(df).toBe(4);
  });

  it("weighted", () => {
    const weights = [1, 2, 1, 1, 3, 1, 2, 1, 1, 1, 2, 1];
    const { terms, rSquared } = fitLinear({ y, predictors, weights });
    near(
      terms.map((term) => term.estimate),
      [-0.3795865119725568, 1.0401461971116923, 0.2312465344922387],
    );
    near(
      terms.map((term) => term.standardError),
      [0.8178642607447073, 0.1284857256036469, 0.18962639428023692],
    );
    near([rSquared], [0.9219857799791646]);
    const robust = fitLinear({ y, predictors, weights, errors: "HC3" });
    near(
      robust.terms.map((term) => term.standardError),
      [1.1169896148578928, 0.18211125450484641, 0.25253691623597607],
    );
  });

  it("cluster-robust intervals hold the truth where the classical ones do not", () => {
    const random = createRandom(101);
    const trials = 400;
    let robust = 0;
    let classical = 0;
    for (let trial = 0; trial < trials; trial++) {
      const clusters = Array.from({ length: 200 }, (_, i) => Math.floor(i / 10));
      const shared = Array.from({ length: 20 }, () => random.normal());
      const treated = clusters.map((cluster) => cluster % 2);
      const outcome = clusters.map((cluster) => shared[cluster]! + random.normal());
      const covers = (errors: "classical" | { clusters: number[] }) => {
        const term = fitLinear({ y: outcome, predictors: [treated], errors }).terms[1]!;
        return term.low <= 0 && 0 <= term.high;
      };
      if (covers({ clusters })) robust += 1;
      if (covers("classical")) classical += 1;
    }
    expect(robust / trials).toBeGreaterThan(0.95 - 4 * Math.sqrt((0.95 * 0.05) / trials) - 0.01);
    expect(classical / trials).toBeLessThan(0.75);
  });
});

describe("the fit", () => {
  it("leaves residuals that no column can explain", () => {
    const values = fc.array(fc.double({ min: -10, max: 10, noNaN: true }), {
      minLength: 12,
      maxLength: 12,
    });
    fc.assert(
      fc.property(values, (outcome) => {
        const { residuals } = fitLinear({ y: outcome, predictors });
        for (const column of [new Array<number>(12).fill(1), x1, x2]) {
          const product = column.reduce((sum, x, i) => sum + x * residuals[i]!, 0);
          expect(Math.abs(product)).toBeLessThan(1e-10);
        }
      }),
    );
  });

  it("without an intercept goes through the origin", () => {
    const { terms } = fitLinear({ y: [2, 4, 6.1], predictors: [[1, 2, 3]], intercept: false });
    expect(terms).toHaveLength(1);
    expect(terms[0]!.estimate).toBeCloseTo((2 + 8 + 18.3) / 14, 13);
  });
});

describe("bad input", () => {
  it.each([
    [
      "a copy of a column",
      () => fitLinear({ y, predictors: [x1, x1] }),
      "predictors[1] is zero or a combination",
    ],
    ["a constant", () => fitLinear({ y, predictors: [x1.map(() => 3)] }), "predictors[0]"],
    [
      "too few observations",
      () => fitLinear({ y: [1, 2], predictors: [[1, 2]] }),
      "2 observations for 2",
    ],
    [
      "a short column",
      () => fitLinear({ y, predictors: [[1, 2]] }),
      "the lengths differ: 12 and 2",
    ],
    [
      "a missing value",
      () => fitLinear({ y: [1, Number.NaN, 2], predictors: [] }),
      "value 1 is NaN",
    ],
    [
      "a negative weight",
      () => fitLinear({ y, predictors, weights: y.map(() => -1) }),
      "weight 0 is -1",
    ],
    [
      "one cluster",
      () => fitLinear({ y, predictors, errors: { clusters: y.map(() => "a") } }),
      "give at least two",
    ],
  ])("%s is named", (_, call, message) => {
    expect(call).toThrow(message);
    expect(call).toThrow(StatisticsInputError);
    expect(call).not.toThrow(ConvergenceError);
  });
});
