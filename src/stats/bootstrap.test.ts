import { describe, expect, it } from "vitest";
import { bootstrap } from "./bootstrap.ts";
import { StatisticsInputError } from "./errors.ts";
import { createRandom } from "./random.ts";
import { mean, quantile } from "./summary.ts";

const values = [2.1, 3.4, 1.9, 5.6, 4.4, 3.8, 2.7, 9.5, 1.2, 2.2];

describe("the bootstrap of independent rows", () => {
  it("matches a reference of 200,000 resamples, for both kinds of interval", () => {
    const plan = { rows: values, statistic: mean, draws: 40_000 };
    const bca = bootstrap({ ...plan, random: createRandom(1) });
    expect(Math.abs(bca.low - 2.63)).toBeLessThan(0.03);
    expect(Math.abs(bca.high - 5.73)).toBeLessThan(0.06);
    const plain = bootstrap({ ...plan, random: createRandom(1), method: "percentile" });
    expect(Math.abs(plain.low - 2.44)).toBeLessThan(0.03);
    expect(Math.abs(plain.high - 5.25)).toBeLessThan(0.04);
    expect(plain.estimate).toBeCloseTo(mean(values), 14);
    // The mean's bootstrap variance is known: the population variance over n.
    const population = mean(values.map((x) => (x - mean(values)) ** 2));
    expect(plain.standardError).toBeCloseTo(Math.sqrt(population / 10), 1);
    expect(Math.abs(plain.bias)).toBeLessThan(0.02);
  });

  it("is the same for the same seed, and its draws are the interval's", () => {
    const once = bootstrap({ rows: values, statistic: mean, random: createRandom(2), draws: 200 });
    const again = bootstrap({ rows: values, statistic: mean, random: createRandom(2), draws: 200 });
    expect(again).toEqual(once);
    const plain = bootstrap({
      rows: values,
      statistic: mean,
      random: createRandom(2),
      draws: 200,
      method: "percentile",
      level: 0.8,
    });
    expect(plain.low).toBe(quantile(plain.draws, 0.1));
    expect(plain.draws).toHaveLength(200);
  });

  it("skips resamples that give no number, and says how many", () => {
    const slope = (rows: readonly number[]) => (rows.includes(9.5) ? mean(rows) : Number.NaN);
    const result = bootstrap({
      rows: values,
      statistic: slope,
      random: createRandom(3),
      draws: 500,
    });
    expect(result.skipped).toBeGreaterThan(100);
    expect(result.draws).toHaveLength(500 - result.skipped);
  });
});

describe("the hierarchical bootstrap", () => {
  const clustered = (random: ReturnType<typeof createRandom>, clusters = 25) =>
    Array.from({ length: clusters }, (_, family) => {
      const shared = random.normal();
      return Array.from({ length: 8 }, (_, i) => ({
        family,
        task: `${family}/${i % 2}`,
        value: shared + 0.3 * random.normal(),
      }));
    }).flat();
  const average = (rows: readonly { value: number }[]) => mean(rows.map((row) => row.value));

  it("holds the truth for clustered rows, where ignoring the clusters does not", () => {
    const random = createRandom(4);
    let nested = 0;
    let naive = 0;
    const trials = 120;
    for (let trial = 0; trial < trials; trial++) {
      const rows = clustered(random);
      const plan = { rows, statistic: average, draws: 200, level: 0.9 };
      const levels = [(row: { family: number }) => row.family, (row: { task: string }) => row.task];
      const right = bootstrap({ ...plan, random: random.fork(`nested ${trial}`), levels });
      const wrong = bootstrap({ ...plan, random: random.fork(`naive ${trial}`) });
      if (right.low <= 0 && 0 <= right.high) nested += 1;
      if (wrong.low <= 0 && 0 <= wrong.high) naive += 1;
    }
    expect(nested / trials).toBeGreaterThan(0.9 - 4 * Math.sqrt(0.09 / trials));
    expect(naive / trials).toBeLessThan(0.65);
  });

  it("keeps whole groups together where told to", () => {
    const rows = clustered(createRandom(5), 6);
    // A row must come as often as its family does: never a different number of times within it.
    const whole = bootstrap({
      rows,
      statistic: (sample) => {
        const counts = new Map<number, Set<number>>();
        for (const row of sample) {
          const times = sample.filter((other) => other === row).length;
          counts.set(row.family, (counts.get(row.family) ?? new Set()).add(times));
        }
        const varied = new Set([...counts.values()].flatMap((times) => [...times])).size > 1;
        return [...counts.values()].every((times) => times.size === 1) ? (varied ? 2 : 1) : 0;
      },
      random: createRandom(6),
      levels: [(row) => row.family],
      resampleRows: false,
      draws: 30,
      method: "percentile",
    });
    expect(whole.draws[0]).toBeGreaterThanOrEqual(1);
    expect(whole.draws.at(-1)).toBe(2);
  });

  it("corrects a skewed statistic: BCa covers a variance better than percentiles do", () => {
    const random = createRandom(7);
    const trials = 120;
    const spread = (rows: readonly number[]) => {
      const centre = rows.reduce((sum, x) => sum + x, 0) / rows.length;
      return rows.reduce((sum, x) => sum + (x - centre) ** 2, 0) / (rows.length - 1);
    };
    const covered = { bca: 0, percentile: 0 };
    for (let trial = 0; trial < trials; trial++) {
      const rows = Array.from({ length: 20 }, () => random.normal());
      for (const method of ["bca", "percentile"] as const) {
        const { low, high } = bootstrap({
          rows,
          statistic: spread,
          random: random.fork(`${trial}`),
          draws: 300,
          level: 0.9,
          method,
        });
        if (low <= 1 && 1 <= high) covered[method] += 1;
      }
    }
    expect(covered.bca).toBeGreaterThan(covered.percentile);
    expect(covered.bca / trials).toBeGreaterThan(0.75);
  });
});

describe("bad input", () => {
  const random = createRandom(8);
  it.each([
    ["no rows", () => bootstrap({ rows: [] as number[], statistic: mean, random })],
    ["one draw", () => bootstrap({ rows: values, statistic: mean, random, draws: 1 })],
    ["no statistic", () => bootstrap({ rows: values, statistic: () => Number.NaN, random })],
    [
      "a statistic that most resamples lack",
      () =>
        bootstrap({
          rows: values,
          statistic: (rows) => (new Set(rows).size === 10 ? 1 : Number.NaN),
          random,
          draws: 100,
        }),
    ],
  ])("%s is refused", (_, call) => {
    expect(call).toThrow(StatisticsInputError);
  });
});
