import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom, fitLinear } from "../../stats/index.ts";
import { dayOf, isoDate } from "../dates.ts";
import { hasOracle, readOracle } from "../suite.test-support.ts";
import { regress } from "./regression.ts";
import { type HorizonPoint, stateOfTheArt } from "./sota.ts";
import {
  certified,
  oracleTrend,
  paperFrontier,
  publishedFits,
  siteOfJanuary2026,
  siteResults,
} from "./trend.test-support.ts";
import { dateOf, fitTrend, horizonOn } from "./trend.ts";

const exponential = (days: readonly number[], doubling: number, scatter: readonly number[] = []) =>
  days.map(
    (day, index): HorizonPoint => ({
      agent: `a${index}`,
      releaseDate: day,
      horizon: 2 ** (day / doubling) * Math.exp(scatter[index] ?? 0),
    }),
  );

describe("the trend of horizons", () => {
  it("finds the doubling time of exact growth, and when it reaches a length", () => {
    const trend = fitTrend(exponential([0, 100, 250, 700], 100));
    expect(trend.doubling.estimate).toBeCloseTo(100, 9);
    expect(trend.rSquared).toBeCloseTo(1, 12);
    expect(dateOf(trend, 1024)).toBeCloseTo(1000, 7);
    expect(horizonOn(trend, 1000)).toBeCloseTo(1024, 6);
  });

  it("never arrives where horizons shrink", () => {
    const trend = fitTrend(exponential([0, 100, 250, 700], -100));
    expect(trend.doubling.estimate).toBe(Infinity);
    expect(dateOf(trend, 1024)).toBe(Infinity);
    expect(isoDate(dateOf(trend, 1024))).toBe("never");
  });

  it("has an interval that holds the truth as often as it says", () => {
    const seed = 20260301;
    console.log(`trend coverage: seed ${seed}`);
    const random = createRandom(seed);
    const days = [0, 60, 110, 200, 260, 300, 420, 500];
    let held = 0;
    const trials = 1000;
    for (let trial = 0; trial < trials; trial++) {
      const scatter = days.map(() => 0.4 * random.normal());
      const { doubling } = fitTrend(exponential(days, 120, scatter));
      if (doubling.low <= 120 && 120 <= doubling.high) held += 1;
    }
    // Four standard errors of a share of 0.95 in 1,000.
    expect(Math.abs(held / trials - 0.95)).toBeLessThan(0.028);
  });

  it("does not depend on the order of the agents or the unit of time", () => {
    const sample = fc.array(
      fc.record({
        day: fc.integer({ min: 17_000, max: 21_000 }),
        ln: fc.double({ min: -3, max: 8, noNaN: true }),
      }),
      { minLength: 4, maxLength: 12 },
    );
    fc.assert(
      fc.property(sample, fc.double({ min: 0.1, max: 60, noNaN: true }), (rows, unit) => {
        fc.pre(new Set(rows.map(({ day }) => day)).size > 2);
        const points = rows.map(({ day, ln }, index) => ({
          agent: `a${index}`,
          releaseDate: day,
          horizon: Math.exp(ln),
        }));
        const straight = fitTrend(points);
        const turned = fitTrend(
          points.toReversed().map((each) => ({ ...each, horizon: each.horizon * unit })),
        );
        expect(turned.slope).toBeCloseTo(straight.slope, 9);
        expect(turned.residual).toBeCloseTo(straight.residual, 9);
      }),
    );
  });

  it("weighs by error and scatter so that equal errors weigh the same", () => {
    const scatter = [0.3, -0.2, 0.1, -0.4, 0.2];
    const points = exponential([0, 100, 200, 300, 400], 100, scatter).map((each) => ({
      ...each,
      low: each.horizon / 2,
      high: each.horizon * 2,
    }));
    expect(fitTrend(points, { weights: "by-error" }).slope).toBeCloseTo(fitTrend(points).slope, 12);
  });

  it("trusts well-measured agents more than others when weighed by error", () => {
    const scatter = [0, 0, 0, 0, 1];
    const points = exponential([0, 100, 200, 300, 400], 100, scatter).map((each, index) => ({
      ...each,
      low: each.horizon / (index === 4 ? 50 : 1.01),
      high: each.horizon * (index === 4 ? 50 : 1.01),
    }));
    const weighed = fitTrend(points, { weights: "by-error" }).doubling.estimate;
    expect(Math.abs(weighed - 100)).toBeLessThan(
      Math.abs(fitTrend(points).doubling.estimate - 100) / 20,
    );
  });

  it("has an honest interval when weighed by error, agents scattering beyond their errors", () => {
    const seed = 20260302;
    const random = createRandom(seed);
    const days = [0, 60, 110, 200, 260, 300, 420, 500];
    const trials = 600;
    let held = 0;
    for (let trial = 0; trial < trials; trial++) {
      const errors = days.map(() => 0.1 + 0.6 * random.float());
      const scatter = errors.map((error) => error * random.normal() + 0.3 * random.normal());
      const points = exponential(days, 120, scatter).map((point, i) => ({
        ...point,
        low: point.horizon * Math.exp(-1.96 * errors[i]!),
        high: point.horizon * Math.exp(1.96 * errors[i]!),
      }));
      const { doubling } = fitTrend(points, { weights: "by-error" });
      if (doubling.low <= 120 && 120 <= doubling.high) held += 1;
    }
    console.log(`trend by error: seed ${seed}, held ${held} of ${trials}`);
    expect(held / trials).toBeGreaterThan(0.91);
    expect(held / trials).toBeLessThan(0.98);
  });

  it("says why it cannot be fitted", () => {
    expect(() => fitTrend(exponential([0, 100], 100))).toThrow(/2 points.*needs 3/);
    expect(() => fitTrend(exponential([5, 5, 5], 100))).toThrow(/two dates/);
    const [first, ...rest] = exponential([0, 100, 200], 100);
    expect(() => fitTrend([{ ...first!, horizon: Number.NaN }, ...rest])).toThrow(/a0.*NaN/);
    expect(() => fitTrend([{ ...first!, horizon: -1 }, ...rest])).toThrow(/a0.*-1 minutes/);
    expect(() => fitTrend([{ ...first!, horizon: Infinity }, ...rest])).toThrow(/a0.*Infinity/);
    expect(() => fitTrend([first!, ...rest], { weights: "by-error" })).toThrow(/no interval/);
  });
});

describe.skipIf(!hasOracle)("against METR's trends", () => {
  /** Every figure of an oracle entry, from the points it was made from. */
  const agree = (name: string, points: readonly HorizonPoint[], relative = 1e-9) => {
    const oracle = oracleTrend(name);
    const trend = fitTrend(points);
    expect([...trend.agents].sort()).toEqual([...oracle.agents].sort());
    const figures = [
      [trend.doubling.estimate, oracle.doubling_days],
      [trend.slope, oracle.slope_ln_per_day],
      [trend.intercept, oracle.intercept_ln_at_epoch1970],
      [trend.rSquared, oracle.r2],
      [trend.slopeError, oracle.slope_se],
    ] as const;
    for (const [ours, theirs] of figures) {
      expect(Math.abs(ours / theirs - 1)).toBeLessThan(relative);
    }
    expect(isoDate(dateOf(trend, 167 * 60))).toBe(oracle.date_167h);
    expect(isoDate(dateOf(trend, 40 * 60))).toBe(oracle.date_40h);
    return trend;
  };
  const from = (date: string, points: readonly HorizonPoint[], before = "2099-01-01") =>
    points.filter((each) => each.releaseDate >= dayOf(date) && each.releaseDate < dayOf(before));

  it("the paper's headline: 11 models, doubling in 212.96 days, one work-month on 2029-10-18", () => {
    const trend = agree("paper_headline_2019_2025_frontier11", paperFrontier());
    expect(trend.doubling.estimate).toBeCloseTo(212.96, 2);
    expect(trend.rSquared).toBeCloseTo(0.9812, 4);
  });

  it("2024-2025: 6 models, 122.26 days", () => {
    const points = from("2024-01-01", paperFrontier());
    const trend = agree("paper_2024_2025_frontier (after 2024-01-01, to 2025-02-24)", points);
    expect(trend.doubling.estimate).toBeCloseTo(122.26, 2);
  });

  it("other windows of April 2025", () => {
    const all = publishedFits();
    const early = from("2019-01-01", all, "2025-02-25");
    const o3 = all.filter(({ agent }) => agent === "o3");
    const o4 = all.filter(({ agent }) => agent === "o4-mini");
    agree("paper_all14_no_exclusion", early);
    agree("paper_only_2024", from("2024-01-01", paperFrontier(), "2025-01-01"));
    const since2023 = agree("paper_from_2023", from("2023-01-01", paperFrontier()));
    expect(since2023.doubling.estimate).toBeCloseTo(212.58, 2);
    const withO3 = agree("april2025_2019_on_with_o3", [...paperFrontier(), ...o3]);
    expect(withO3.doubling.estimate).toBeCloseTo(206.89, 2);
    agree("april2025_2024_on_with_o3_o4mini", [
      ...from("2024-01-01", paperFrontier()),
      ...o3,
      ...o4,
    ]);
  });

  it("the 80 % horizon: 212.76 days from 2020, 211.91 in all", () => {
    const points = paperFrontier("p80");
    const since2020 = agree("paper_headline_p80_after2020", from("2020-01-01", points));
    expect(since2020.doubling.estimate).toBeCloseTo(212.76, 2);
    const all = agree("paper_headline_p80_all", points);
    expect(all.doubling.estimate).toBeCloseTo(211.91, 2);
  });

  it.each([
    ["th1.0_sota_rule_2019_to_2025-02-25", "2019-01-01", "2025-02-25", 212.96],
    ["th1.0_sota_rule_2023_to_2025-02-25", "2023-01-01", "2025-02-25", 212.58],
    ["th1.0_sota_rule_2024_to_2025-02-25", "2024-01-01", "2025-02-25", 110.68],
    ["th1.0_sota_rule_only_2024", "2024-01-01", "2025-01-01", 104.89],
    ["th1.0_sota_rule_2019_on", "2019-01-01", "2099-01-01", 206.89],
    ["th1.0_sota_rule_2024_on", "2024-01-01", "2099-01-01", 105.21],
  ])("METR's rule for the state of the art: %s", (name, start, end, days) => {
    const oracle = readOracle(
      (all: { trends: Record<string, { sota_agents: string[]; doubling_days: number }> }) =>
        all.trends[name]!,
    );
    const found = stateOfTheArt(publishedFits(), { from: dayOf(start), before: dayOf(end) });
    expect(found.map(({ agent }) => agent)).toEqual(oracle.sota_agents);
    const { doubling } = fitTrend(found);
    expect(Math.abs(doubling.estimate / oracle.doubling_days - 1)).toBeLessThan(1e-9);
    expect(doubling.estimate).toBeCloseTo(days, 2);
  });

  it.each([
    ["benchmark_results_1_0.yaml", "th1.0_yaml_from_2019-01-01", 195.823],
    ["benchmark_results_1_0.yaml", "th1.0_yaml_from_2023-01-01", 165.251],
    ["benchmark_results_1_0.yaml", "th1.0_yaml_from_2024-01-01", 131.596],
    ["benchmark_results_1_1_2026-02-19.yaml", "th1.1_yaml_2026-02-19_from_2019-01-01", 188.657],
    ["benchmark_results_1_1_2026-02-19.yaml", "th1.1_yaml_2026-02-19_from_2023-01-01", 128.12],
    ["benchmark_results_1_1_2026-02-19.yaml", "th1.1_yaml_2026-02-19_from_2024-01-01", 102.841],
  ])("METR's site: %s, %s", (file, name, days) => {
    const points = siteResults(file);
    const rule = { from: dayOf(name.slice(-10)), order: "record-first" } as const;
    const trend = agree(name, stateOfTheArt(points, rule));
    expect(trend.doubling.estimate).toBeCloseTo(days, 3);
  });

  it.each([
    ["th1.1_yaml_2026-01-30_from_2019-01-01", 196.475],
    ["th1.1_yaml_2026-01-30_from_2023-01-01", 130.801],
    ["th1.1_yaml_2026-01-30_from_2024-01-01", 96.774],
  ])("METR's site of 2026-01-30: %s", (name, days) => {
    const rule = { from: dayOf(name.slice(-10)), order: "record-first" } as const;
    const trend = agree(name, stateOfTheArt(siteOfJanuary2026(), rule));
    expect(trend.doubling.estimate).toBeCloseTo(days, 3);
  });

  it("the site's own flag is the record-first rule", () => {
    for (const file of ["benchmark_results_1_0.yaml", "benchmark_results_1_1_2026-02-19.yaml"]) {
      const points = siteResults(file);
      const found = stateOfTheArt(points, { order: "record-first" });
      const flagged = points.filter(({ isSota }) => isSota).map(({ agent }) => agent);
      expect(found.map(({ agent }) => agent).sort()).toEqual(flagged.sort());
    }
  });

  it.each([
    ["benchmark_results_1_0.yaml", "2024-01-01", 122.524],
    ["benchmark_results_1_1_2026-02-19.yaml", "2024-01-01", 99.781],
  ])("METR's rule on its site: %s from %s", (file, start, days) => {
    const found = stateOfTheArt(siteResults(file), { from: dayOf(start) });
    expect(fitTrend(found).doubling.estimate).toBeCloseTo(days, 3);
  });

  it.each([
    ["th1.1_site_2026-05-08_from_2023 (cap 16h)", "site_p50", "2023-01-01", 960, 128.744],
    ["th1.1_certified_from_2023 (cap 16h)", "exact", "2023-01-01", 960, 128.74034183],
    ["th1.1_certified_from_2024 (cap 16h)", "exact", "2024-01-01", 960, 104.7036],
    ["th1.1_site_from_2023_with_Mythos", "site_p50", "2023-01-01", Infinity, 124.766],
    ["th1.1_site_from_2024_with_Mythos", "site_p50", "2024-01-01", Infinity, 103.095],
  ] as const)("May 2026: %s", (name, kind, start, cap, days) => {
    const rule = { from: dayOf(start), cap, order: "record-first" } as const;
    const trend = agree(name, stateOfTheArt(certified(kind), rule));
    const digits = String(days).split(".")[1]!.length;
    expect(trend.doubling.estimate).toBeCloseTo(days, digits);
  });

  it.each([
    ["th1.1_site_p80_from_2023 (cap 16h)", "2023-01-01"],
    ["th1.1_site_p80_from_2024 (cap 16h)", "2024-01-01"],
  ])("May 2026 at 80 %%: %s", (name, start) => {
    const rule = { from: dayOf(start), cap: 960, order: "record-first" } as const;
    const frontier = new Set(stateOfTheArt(certified(), rule).map(({ agent }) => agent));
    agree(
      name,
      certified("site_p80").filter(({ agent }) => frontier.has(agent)),
    );
  });

  it("SWE-bench Verified, the paper's table: 69.70 days", () => {
    const { rows, doubling_days, r2 } = readOracle(
      (all: {
        extra: {
          swe_bench_paper_table_trend: {
            rows: [string, string, number][];
            doubling_days: number;
            r2: number;
          };
        };
      }) => all.extra.swe_bench_paper_table_trend,
    );
    const trend = fitTrend(
      rows.map(([date, agent, horizon]) => ({ agent, releaseDate: dayOf(date), horizon })),
    );
    expect(Math.abs(trend.doubling.estimate / doubling_days - 1)).toBeLessThan(1e-9);
    expect(trend.rSquared).toBeCloseTo(r2, 10);
    expect(trend.doubling.estimate).toBeCloseTo(69.7, 2);
  });
});

describe("the regression of the loops", () => {
  it("is the one of the stats room, less its tests", () => {
    const row = fc.tuple(
      fc.double({ min: -5, max: 5, noNaN: true }),
      fc.double({ min: 17_000, max: 21_000, noNaN: true }),
      fc.double({ min: 0.1, max: 10, noNaN: true }),
    );
    fc.assert(
      fc.property(fc.array(row, { minLength: 4, maxLength: 20 }), (rows) => {
        const [y, days, weights] = [0, 1, 2].map((i) => rows.map((each) => each[i]!));
        fc.pre(Math.max(...days!) - Math.min(...days!) > 1);
        const slow = fitLinear({ y: y!, predictors: [days!], weights: weights! });
        const fast = regress([y!.map(() => 1), days!], y!, weights)!;
        const slope = slow.terms[1]!;
        expect(Math.abs(fast.coefficients[1]! - slope.estimate)).toBeLessThan(
          1e-7 * (Math.abs(slope.estimate) + slope.standardError) + 1e-12,
        );
        expect(fast.squares).toBeCloseTo(slow.residualVariance * slow.df, 6);
      }),
    );
  });

  it("has no answer where columns depend on one another or points are too few", () => {
    expect(
      regress(
        [
          [1, 1, 1],
          [2, 2, 2],
        ],
        [1, 2, 3],
      ),
    ).toBeNull();
    expect(regress([[1], [2]], [1])).toBeNull();
  });
});
