import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ConvergenceError, StatisticsInputError } from "./errors.ts";
import { createRandom } from "./random.ts";
import { bradleyTerry, type Comparison } from "./ranking.ts";

const table: [string, string, number, number, number][] = [
  ["a", "b", 5, 2, 3],
  ["a", "c", 6, 1, 2],
  ["b", "c", 4, 3, 3],
  ["b", "d", 7, 0, 2],
  ["c", "d", 3, 2, 4],
  ["a", "d", 8, 1, 1],
];
const comparisons: Comparison[] = table.flatMap(([first, second, wins, ties, losses]) => [
  { first, second, outcome: "first" as const, count: wins },
  { first, second, outcome: "tie" as const, count: ties },
  { first, second, outcome: "second" as const, count: losses },
]);
const byName = (list: readonly { item: string; estimate: number; standardError: number }[]) =>
  [...list].sort((x, y) => (x.item < y.item ? -1 : 1));

describe("against the optimum in 30 digits", () => {
  it("with ties (Davidson)", () => {
    const ranking = bradleyTerry(comparisons);
    const strengths = byName(ranking.strengths);
    [0.9164852655980661, 0.28628867849716283, -0.4222868976933953, -0.7804870464018335].forEach(
      (value, i) => {
        expect(strengths[i]!.estimate).toBeCloseTo(value, 12);
      },
    );
    [0.3585027375652953, 0.32638289452607316, 0.3357145708351173, 0.3545728046216018].forEach(
      (value, i) => {
        expect(strengths[i]!.standardError).toBeCloseTo(value, 12);
      },
    );
    expect(Math.log(ranking.tieReadiness)).toBeCloseTo(-0.8516343026702932, 12);
    expect(ranking.logLikelihood).toBeCloseTo(-52.47629992838504, 11);
    const { estimate, low, high } = ranking.difference("a", "d");
    expect(estimate).toBeCloseTo(0.9164852655980661 + 0.7804870464018335, 12);
    expect((high - low) / 2 / 1.959963984540054).toBeCloseTo(0.597372957366229, 11);
    expect(ranking.strengths.map((strength) => strength.item)).toEqual(["a", "b", "c", "d"]);
    expect(ranking.strengths[0]!.comparisons).toBe(29);
  });

  it("without ties (Bradley and Terry)", () => {
    const ranking = bradleyTerry(comparisons.filter(({ outcome }) => outcome !== "tie"));
    expect(byName(ranking.strengths)[0]!.estimate).toBeCloseTo(0.8841351826889716, 12);
    expect(byName(ranking.strengths)[3]!.standardError).toBeCloseTo(0.3444190818101309, 12);
    expect(ranking.tieReadiness).toBe(0);
  });

  it("with a ridge", () => {
    const strengths = byName(bradleyTerry(comparisons, { ridge: 0.5 }).strengths);
    expect(strengths[0]!.estimate).toBeCloseTo(0.8411691124392889, 12);
    expect(strengths[0]!.standardError).toBeCloseTo(0.33653241533478323, 12);
  });
});

describe("the model", () => {
  it("foretells what was seen: expected wins and ties are those observed", () => {
    const ranking = bradleyTerry(comparisons);
    const expected = new Map<string, number>();
    let ties = 0;
    for (const [first, second, wins, tied, losses] of table) {
      const n = wins + tied + losses;
      const { win, tie, loss } = ranking.probabilities(first, second);
      expect(win + tie + loss).toBeCloseTo(1, 14);
      expected.set(first, (expected.get(first) ?? 0) + n * (win + tie / 2) - wins - tied / 2);
      expected.set(second, (expected.get(second) ?? 0) + n * (loss + tie / 2) - losses - tied / 2);
      ties += n * tie - tied;
    }
    for (const gap of expected.values()) expect(gap).toBeCloseTo(0, 10);
    expect(ties).toBeCloseTo(0, 10);
  });

  it("two items without ties: the log odds of the wins", () => {
    const ranking = bradleyTerry([
      { first: "x", second: "y", outcome: "first", count: 30 },
      { first: "x", second: "y", outcome: "second", count: 10 },
    ]);
    expect(ranking.difference("x", "y").estimate).toBeCloseTo(Math.log(3), 12);
    expect(ranking.probabilities("x", "y").win).toBeCloseTo(0.75, 12);
  });

  it("does not see who is named first", () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 18, maxLength: 18 }), (swaps) => {
        const turned = comparisons.map((comparison, i): Comparison => {
          if (!swaps[i]) return comparison;
          const { first, second, outcome } = comparison;
          const mirrored = outcome === "tie" ? outcome : outcome === "first" ? "second" : "first";
          return { ...comparison, first: second, second: first, outcome: mirrored };
        });
        const same = bradleyTerry(turned).strengths[0]!;
        expect(same.estimate).toBeCloseTo(0.9164852655980661, 11);
      }),
      { numRuns: 20 },
    );
  });

  it("recovers true strengths, with intervals that hold them", () => {
    const random = createRandom(151);
    const truth = [1, 0.5, 0, -0.5, -1];
    let held = 0;
    const trials = 100;
    for (let trial = 0; trial < trials; trial++) {
      const games: Comparison[] = [];
      for (let i = 0; i < 5; i++) {
        for (let j = i + 1; j < 5; j++) {
          for (let game = 0; game < 20; game++) {
            const win = 1 / (1 + Math.exp(truth[j]! - truth[i]!));
            const outcome = random.float() < win ? "first" : "second";
            games.push({ first: `${i}`, second: `${j}`, outcome });
          }
        }
      }
      const { low, high } = bradleyTerry(games).difference("0", "4");
      if (low <= 2 && 2 <= high) held += 1;
    }
    expect(held / trials).toBeGreaterThan(0.95 - 4 * Math.sqrt(0.0475 / trials));
  });
});

describe("no finite optimum", () => {
  it("names the group that never beats the other", () => {
    const games: Comparison[] = [
      { first: "a", second: "b", outcome: "first" },
      { first: "b", second: "a", outcome: "first" },
      { first: "a", second: "c", outcome: "first" },
    ];
    expect(() => bradleyTerry(games)).toThrow(ConvergenceError);
    expect(() => bradleyTerry(games)).toThrow(/c/);
    expect(bradleyTerry(games, { ridge: 0.1 }).strengths.at(-1)!.item).toBe("c");
  });

  it("ties alone leave the readiness to tie without bound", () => {
    expect(() => bradleyTerry([{ first: "a", second: "b", outcome: "tie", count: 5 }])).toThrow(
      ConvergenceError,
    );
  });
});

describe("bad input", () => {
  it.each([
    () => bradleyTerry([]),
    () => bradleyTerry([{ first: "a", second: "a", outcome: "tie" }]),
    () => bradleyTerry([{ first: "a", second: "b", outcome: "tie", count: 1.5 }]),
    () => bradleyTerry(comparisons, { ridge: -1 }),
    () => bradleyTerry(comparisons).probabilities("a", "nobody"),
  ])("is refused: %s", (call) => {
    expect(call).toThrow(StatisticsInputError);
  });
});
