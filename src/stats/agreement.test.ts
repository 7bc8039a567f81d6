import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { krippendorffAlpha, type Rating, splitHalf } from "./agreement.ts";
import { StatisticsInputError } from "./errors.ts";
import { createRandom } from "./random.ts";

const _ = null;
/** The example of Krippendorff (2011): four observers, twelve units, ratings missing. */
const observers: Rating[][] = [
  [1, 2, 3, 3, 2, 1, 4, 1, 2, _, _, _],
  [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, _, 3],
  [_, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, _],
  [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, _],
];
const units = observers[0]!.map((_, unit) => observers.map((ratings) => ratings[unit]));

describe("Krippendorff's alpha", () => {
  it.each([
    ["nominal", 0.743],
    ["ordinal", 0.815],
    ["interval", 0.849],
    ["ratio", 0.797],
  ] as const)("%s: the published %f", (scale, alpha) => {
    expect(krippendorffAlpha(units, scale).alpha).toBeCloseTo(alpha, 3);
    expect(krippendorffAlpha(units, scale)).toMatchObject({ units: 11, ratings: 40 });
  });

  it("takes words where they have no order", () => {
    const words = [
      ["yes", "yes"],
      ["no", "no"],
      ["yes", "no"],
      ["no", "no"],
    ];
    const numbers = words.map((unit) => unit.map((word) => (word === "yes" ? 1 : 0)));
    const { alpha } = krippendorffAlpha(words, "nominal");
    expect(alpha).toBeCloseTo(krippendorffAlpha(numbers, "nominal").alpha, 14);
    expect(() => krippendorffAlpha(words, "interval")).toThrow("is given words");
  });

  it("is 1 for perfect agreement and about 0 for random ratings", () => {
    expect(
      krippendorffAlpha(
        [
          [1, 1, 1],
          [2, 2],
          [3, 3],
        ],
        "interval",
      ).alpha,
    ).toBe(1);
    const random = createRandom(131);
    const noise = Array.from({ length: 4000 }, () => [random.integer(5), random.integer(5)]);
    expect(Math.abs(krippendorffAlpha(noise, "ordinal").alpha)).toBeLessThan(0.05);
  });

  it("does not see the order of raters or units, nor a shift or scale of an interval", () => {
    const tables = fc.array(
      fc.array(fc.option(fc.integer({ min: 1, max: 5 }), { nil: null }), {
        minLength: 2,
        maxLength: 4,
      }),
      { minLength: 3, maxLength: 10 },
    );
    fc.assert(
      fc.property(tables, (table) => {
        const given = table
          .map((unit) => unit.filter((r) => r !== null))
          .filter((u) => u.length > 1);
        fc.pre(new Set(given.flat()).size > 1);
        const { alpha } = krippendorffAlpha(table, "interval");
        const turned = [...table].reverse().map((unit) => [...unit].reverse());
        expect(krippendorffAlpha(turned, "interval").alpha).toBeCloseTo(alpha, 12);
        const moved = table.map((unit) => unit.map((r) => (r === null ? null : 3 * r - 7)));
        expect(krippendorffAlpha(moved, "interval").alpha).toBeCloseTo(alpha, 12);
        expect(alpha).toBeLessThanOrEqual(1);
      }),
    );
  });

  it.each([
    [
      "ratings that are all the same",
      [
        [2, 2],
        [2, 2],
      ],
    ],
    ["no unit with two ratings", [[1], [2, null]]],
  ])("of %s is refused: there is no chance to compare with", (_, table) => {
    expect(() => krippendorffAlpha(table, "interval")).toThrow(StatisticsInputError);
  });
});

describe("split halves", () => {
  it("recover the reliability that ratings were made with", () => {
    const random = createRandom(132);
    // One rating correlates 0.5 with another; a mean of two correlates 2/3 with another such mean.
    const table = Array.from({ length: 3000 }, () => {
      const truth = random.normal();
      return Array.from({ length: 4 }, () => truth + random.normal());
    });
    const result = splitHalf(table, { random: createRandom(133), repeats: 5 });
    expect(Math.abs(result.correlation - 2 / 3)).toBeLessThan(0.03);
    expect(Math.abs(result.reliability - 0.8)).toBeLessThan(0.03);
    expect(result.selection).toBeGreaterThan(0.9);
  });

  it("of noise are at chance", () => {
    const random = createRandom(134);
    const table = Array.from({ length: 2000 }, () => [random.normal(), random.normal(), null]);
    const result = splitHalf(table, { random, repeats: 5 });
    expect(Math.abs(result.correlation)).toBeLessThan(0.08);
    expect(Math.abs(result.selection - 0.5)).toBeLessThan(0.05);
  });

  it("refuse too few units", () => {
    expect(() => splitHalf([[1, 2], [1], [2]], { random: createRandom(1) })).toThrow(
      StatisticsInputError,
    );
  });
});
