import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { normal } from "./distributions.ts";
import { StatisticsInputError } from "./errors.ts";
import { createRandom } from "./random.ts";
import { mannWhitney } from "./rank-tests.ts";
import { auroc, compareAuroc, operatingPoint, partialAuroc, rocCurve, tprAtFpr } from "./roc.ts";

const positives = [0.9, 0.8, 0.8, 0.7, 0.55, 0.5, 0.4, 0.35];
const negatives = [0.7, 0.6, 0.5, 0.45, 0.4, 0.3, 0.3, 0.2, 0.1, 0.05];
const scores = [...positives, ...negatives];
const labels = [...positives.map(() => true), ...negatives.map(() => false)];
const rival = [
  0.6, 0.95, 0.4, 0.8, 0.7, 0.3, 0.2, 0.5, 0.5, 0.2, 0.6, 0.3, 0.45, 0.1, 0.25, 0.3, 0.05, 0.4,
];

describe("AUROC", () => {
  it("and DeLong's error match the sums over all pairs", () => {
    const area = auroc(scores, labels);
    expect(area.estimate).toBeCloseTo(0.81875, 14);
    expect(area.standardError).toBeCloseTo(0.10037751163119078, 13);
    expect(area.low).toBeCloseTo(0.81875 - 1.959963984540054 * 0.10037751163119078, 12);
    expect(area.high).toBe(1);
    expect(area).toMatchObject({ positives: 8, negatives: 10 });
  });

  it("is the Mann-Whitney statistic and the area under the curve", () => {
    const lists = fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.boolean()), {
      minLength: 2,
      maxLength: 40,
    });
    fc.assert(
      fc.property(lists, (list) => {
        const own = list.map(([score]) => score);
        const truth = list.map(([, label]) => label);
        fc.pre(truth.includes(true) && truth.includes(false));
        const area = auroc(own, truth).estimate;
        const a = own.filter((_, i) => truth[i]);
        const b = own.filter((_, i) => !truth[i]);
        expect(area).toBeCloseTo(mannWhitney(a, b, { method: "normal" }).estimate, 12);
        expect(partialAuroc(own, truth, 1)).toBeCloseTo(area, 12);
        const opposite = own.map((score) => -score);
        expect(auroc(opposite, truth).estimate).toBeCloseTo(1 - area, 12);
      }),
    );
  });

  it("of separated scores has an honest interval all the same", () => {
    const perfect = auroc([3, 4, 5, 1, 2], [true, true, true, false, false]);
    expect(perfect).toMatchObject({ estimate: 1, high: 1, standardError: 0 });
    expect(perfect.low).toBeCloseTo(Math.sqrt(0.025), 12);
  });

  it("has intervals that hold the truth", () => {
    const random = createRandom(141);
    const truth = normal.cdf(1 / Math.SQRT2);
    const trials = 600;
    let held = 0;
    for (let trial = 0; trial < trials; trial++) {
      const own = Array.from({ length: 100 }, (_, i) => random.normal() + (i < 40 ? 1 : 0));
      const { low, high } = auroc(
        own,
        own.map((_, i) => i < 40),
      );
      if (low <= truth && truth <= high) held += 1;
    }
    expect(Math.abs(held / trials - 0.95)).toBeLessThan(0.01 + 4 * Math.sqrt(0.0475 / trials));
  });
});

describe("two detectors on the same cases", () => {
  it("are compared by DeLong's paired test", () => {
    const difference = compareAuroc(scores, rival, labels);
    expect(difference.estimate).toBeCloseTo(0.04375, 13);
    expect(difference.standardError).toBeCloseTo(0.11177566641794001, 13);
    expect(difference.statistic).toBeCloseTo(0.3914089837444089, 12);
    expect(difference.p).toBeCloseTo(0.6954949528852545, 12);
  });

  it("a detector does not differ from itself", () => {
    expect(compareAuroc(scores, scores, labels)).toMatchObject({ estimate: 0, p: 1 });
  });
});

describe("the curve", () => {
  it("steps through every score once, from nothing to everything", () => {
    const points = rocCurve(scores, labels);
    expect(points).toHaveLength(new Set(scores).size + 1);
    expect(points[0]).toEqual({ threshold: Infinity, falsePositiveRate: 0, truePositiveRate: 0 });
    expect(points.at(-1)).toEqual({ threshold: 0.05, falsePositiveRate: 1, truePositiveRate: 1 });
    expect(points[3]).toEqual({ threshold: 0.7, falsePositiveRate: 0.1, truePositiveRate: 0.5 });
  });

  it.each([
    [0.1, 0.7039473684210527],
    [0.25, 0.7178571428571429],
    [0.5, 0.7583333333333333],
  ])("has the standardised partial area up to %f that others give", (most, area) => {
    expect(partialAuroc(scores, labels, most, true)).toBeCloseTo(area, 13);
  });

  it("of a perfect detector has partial area 1, standardised or not", () => {
    const [own, truth] = [
      [1, 2, 3, 4],
      [false, false, true, true],
    ];
    expect(partialAuroc(own, truth, 0.3)).toBeCloseTo(1, 14);
    expect(partialAuroc(own, truth, 0.3, true)).toBeCloseTo(1, 14);
  });
});

describe("one threshold", () => {
  it("fixed beforehand has exact rates", () => {
    const point = operatingPoint(scores, labels, 0.5);
    expect(point.truePositiveRate).toMatchObject({ estimate: 0.75 });
    expect(point.falsePositiveRate).toMatchObject({ estimate: 0.3 });
    expect(point.falsePositiveRate.low).toBeCloseTo(0.06673951117773447, 12);
  });

  it("set by a false positive rate is the lowest that keeps it", () => {
    const point = tprAtFpr(scores, labels, 0.2);
    expect(point).toMatchObject({ threshold: 0.55, falsePositiveRate: 0.2, estimate: 0.625 });
    expect(point.low).toBeLessThan(0.625);
    expect(point.high).toBeGreaterThan(0.625);
    // Ten negatives cannot show a rate of 1 in 1,000.
    expect(tprAtFpr(scores, labels, 0.001).low).toBe(0);
  });

  it("set by a false positive rate has an interval that holds the truth at least as often as it says", () => {
    const random = createRandom(142);
    const trials = 400;
    for (const [most, m] of [
      [0.05, 400],
      [0.2, 60],
    ] as const) {
      const truth = normal.survival(normal.upperQuantile(most) - 1.5);
      let held = 0;
      for (let trial = 0; trial < trials; trial++) {
        const own = Array.from({ length: 2 * m }, (_, i) => random.normal() + (i < m ? 1.5 : 0));
        const { low, high } = tprAtFpr(
          own,
          own.map((_, i) => i < m),
          most,
          0.9,
        );
        if (low <= truth && truth <= high) held += 1;
      }
      expect(held / trials).toBeGreaterThan(0.9);
    }
  });
});

describe("bad input", () => {
  it.each([
    () => auroc([1, 2], [true, true]),
    () => auroc([1, Number.NaN], [true, false]),
    () => auroc([1, 2], [true]),
    () => partialAuroc([1, 2], [true, false], 0),
    () => tprAtFpr([1, 2], [true, false], 1.5),
    () => compareAuroc([1, 1, 2, 2], [2, 2, 1, 1], [false, false, true, true]),
    () => auroc([1, 2], [true, false], 95),
  ])("is refused: %s", (call) => {
    expect(call).toThrow(StatisticsInputError);
  });
});
