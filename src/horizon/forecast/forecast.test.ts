import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { correlation, quantile } from "../../stats/index.ts";
import { countsOf, early2025 } from "../bootstrap/bootstrap.test-support.ts";
import { dayOf } from "../dates.ts";
import { hasOracle, oracleFile, readOracle, suiteOf } from "../suite.test-support.ts";
import { drawPublished } from "../trend/published-draws.ts";
import type { HorizonPoint } from "../trend/sota.ts";
import { oracleTrend, paperFrontier } from "../trend/trend.test-support.ts";
import { fitTrend } from "../trend/trend.ts";
import { dateQuantiles, drawDates } from "./dates.ts";
import type { UncertaintySource } from "./forecast.ts";
import { forecastPublished } from "./published.ts";
import { forecastSuite, humanTimeError } from "./suite.ts";

const points: HorizonPoint[] = [0, 100, 250, 400, 700, 800, 900].map((day, index) => ({
  agent: `a${index}`,
  releaseDate: 19_000 + day,
  horizon: 4 * 2 ** (day / 150),
  low: 2 * 2 ** (day / 150),
  high: 12 * 2 ** (day / 150),
}));
const exponential = [{ shape: "exponential", weight: 1 }] as const;
const YEAR = 365.25;

describe("dates drawn for a milestone", () => {
  const base = { milestones: [4 * 2 ** 8], draws: 50, seed: 3, shapes: exponential };

  it("are all the trend's own where nothing varies", () => {
    const { dates } = drawDates(points, base);
    for (const date of dates[0]!) expect(date).toBeCloseTo(19_000 + 8 * 150, 6);
  });

  it("follow each draw's horizons, and leave out what is no horizon", () => {
    const horizons = new Map(
      points.map(({ agent, horizon }, i) => [agent, [horizon, 2 * horizon, i < 3 ? horizon : NaN]]),
    );
    const { dates } = drawDates(points, { ...base, draws: 3, horizons });
    expect(dates[0]![0]).toBeCloseTo(19_000 + 8 * 150, 6);
    expect(dates[0]![1]).toBeCloseTo(19_000 + 7 * 150, 6);
    expect(dates[0]![2]).toBeCloseTo(19_000 + 8 * 150, 6);
  });

  it("are never where growth has stopped, and undetermined where agents are too few", () => {
    const flat = new Map(points.map(({ agent }, i) => [agent, [10 - i, i === 0 ? 5 : NaN]]));
    const { dates } = drawDates(points, { ...base, draws: 2, horizons: flat });
    expect(dates[0]![0]).toBe(Infinity);
    expect(dates[0]![1]).toBeNaN();
    expect(dateQuantiles(dates[0]!)).toMatchObject({ never: 1, undetermined: 0.5, q50: Infinity });
  });

  it("count never as later than every date", () => {
    const dates = [1, 2, 3, 4, 5, 6, 7, 8, Infinity, Infinity, NaN];
    const { q10, q50, q90, never, undetermined } = dateQuantiles(dates);
    expect([q10, q50, q90, never]).toEqual([1.9, 5.5, Infinity, 0.2]);
    expect(undetermined).toBeCloseTo(1 / 11, 12);
  });

  it("take shapes as often as they weigh", () => {
    const shapes = [
      { shape: "exponential", weight: 3 },
      { shape: "quadratic", weight: 1 },
    ] as const;
    const drawn = drawDates(points, { ...base, draws: 4000, shapes }).shapes;
    const share = drawn.filter((index) => index === 1).length / 4000;
    // Four standard errors.
    expect(Math.abs(share - 0.25)).toBeLessThan(0.028);
  });

  it("follow from the seed", () => {
    const drawing = { ...base, resampleAgents: true, milestones: [1e5] };
    const noisy = points.map((each, i) => ({
      ...each,
      horizon: each.horizon * (1 + 0.3 * (i % 3)),
    }));
    const first = drawDates(noisy, drawing).dates[0];
    expect(drawDates(noisy, drawing).dates[0]).toEqual(first);
    expect(drawDates(noisy, { ...drawing, seed: 4 }).dates[0]).not.toEqual(first);
  });
});

describe("horizons drawn from published intervals", () => {
  it("have the interval's ends and the estimate as their quantiles", () => {
    const drawn = drawPublished(points, { draws: 40_000, seed: 9 }).get("a3")!;
    const { low, horizon, high } = points[3]!;
    expect(quantile(drawn, 0.5) / horizon).toBeCloseTo(1, 1);
    expect(quantile(drawn, 0.025) / low!).toBeCloseTo(1, 1);
    expect(quantile(drawn, 0.975) / high!).toBeCloseTo(1, 1);
  });

  it("refuse a correlation that is none", () => {
    expect(() => drawPublished(points, { draws: 1, seed: 1, correlation: 1.1 })).toThrow(/0 to 1/);
  });

  it("share as much of their errors as they are told", () => {
    const ln = (drawn: ArrayLike<number>) => Array.from(drawn, Math.log);
    const symmetric = points.map((each) => ({
      ...each,
      low: each.horizon / 3,
      high: each.horizon * 3,
    }));
    for (const rho of [0, 0.6, 1]) {
      const drawn = drawPublished(symmetric, { draws: 20_000, seed: 5, correlation: rho });
      expect(correlation(ln(drawn.get("a0")!), ln(drawn.get("a1")!))).toBeCloseTo(rho, 1);
    }
  });
});

describe("a forecast", () => {
  const options = { name: "made up", seed: 11, draws: 2000 };
  const width = ({ q10, q90 }: { q10: number; q90: number }) => q90 - q10;

  it("tells each source of uncertainty alone, and all together", () => {
    const scattered = points.map((each, i) => ({
      ...each,
      horizon: each.horizon * [1, 1.2, 0.9][i % 3]!,
    }));
    const forecast = forecastPublished(scattered, options);
    expect(forecast.sources.map(({ source }) => source)).toEqual([
      "agents",
      "horizons",
      "shape",
      "all",
    ]);
    const { doubling, ...trend } = fitTrend(scattered);
    expect(doubling.estimate).toBeGreaterThan(0);
    expect(forecast.central[0]).toBeCloseTo(
      (Math.log(167 * 60) - trend.intercept) / trend.slope,
      6,
    );
    const [, horizons, , all] = forecast.sources.map(({ milestones }) => milestones[0]!);
    expect(width(all!)).toBeGreaterThan(width(horizons!));
    expect(all!.byShape.map(({ shape }) => shape)).toEqual(
      forecast.shapes.map(({ shape }) => shape),
    );
  });

  it("says where it took a horizon as exact, and which shapes it could not fit", () => {
    const few = points.slice(0, 4).map(({ low: _low, ...each }) => each);
    const { notes, shapes } = forecastPublished(few, options);
    expect(notes.join()).toMatch(/No interval, taken as exact: a0, a1, a2, a3/);
    expect(notes.join()).toMatch(/Too few agents for the piecewise shape/);
    expect(shapes.map(({ shape }) => shape)).not.toContain("piecewise");
  });

  it("refuses milestones that are none", () => {
    expect(() => forecastPublished(points, { ...options, milestones: [0] })).toThrow(/0 minutes/);
  });

  it("takes an estimate of a task's length for half a timed run", () => {
    const task = { id: "a/1", family: "a", minutes: 10 };
    expect(humanTimeError({ ...task, baselines: 4 })).toBeCloseTo(0.34, 12);
    expect(humanTimeError(task)).toBeCloseTo(0.68 * Math.SQRT2, 12);
  });

  it("can be made from runs, with every source alone", async () => {
    const tasks = Array.from({ length: 24 }, (_, i) => [`f${i % 8}/t${i}`, 2 ** (i / 2)] as const);
    const outcomes = [3, 5, 7, 9].map((log, index) => [
      `m${index}`,
      tasks.map(([, minutes], i) => {
        const chance = 1 / (1 + Math.exp(Math.log2(minutes) - log));
        return [Math.min(5, Math.max(0, Math.round(5 * chance + ((i % 3) - 1)))), 5] as const;
      }),
    ]);
    const dates = new Map([0, 1, 2, 3].map((i) => [`m${i}`, 19_000 + 200 * i]));
    const forecast = await forecastSuite(
      suiteOf(tasks, { ...Object.fromEntries(outcomes), undated: outcomes[0]![1] }),
      dates,
      {
        ...options,
        draws: 400,
        method: "metr-2026",
        shapes: ["exponential"],
        milestones: [10_020],
      },
    );
    const bySource = Object.fromEntries(
      forecast.sources.map(({ source, milestones }) => [source, milestones[0]!]),
    ) as Record<UncertaintySource, (typeof forecast.sources)[0]["milestones"][0]>;
    expect(forecast.points.map(({ agent }) => agent)).toEqual(["m0", "m1", "m2", "m3"]);
    for (const source of ["tasks", "runs", "human times", "method"] as const) {
      expect(width(bySource[source])).toBeGreaterThan(0);
      expect(width(bySource[source])).toBeLessThan(width(bySource.all));
    }
    expect(width(bySource.shape)).toBe(0);
    expect(forecast.notes.join()).toMatch(/No release date, left out: undated/);
    expect(forecast.notes.join()).toMatch(/24 of 24 task lengths/);
  });
});

describe.skipIf(!hasOracle)("a forecast from METR's runs of February 2025", () => {
  it("doubts the tasks more than the runs, as METR's multiverse does", async () => {
    const released = parse(readFileSync(oracleFile("release_dates.yaml"), "utf8"), {
      uniqueKeys: false,
    }) as { date: Record<string, string> };
    const dates = new Map(
      Object.entries(released.date).map(([agent, date]) => [agent, dayOf(String(date))]),
    );
    const forecast = await forecastSuite(countsOf(early2025()), dates, {
      ...{ name: "early 2025", seed: 2, draws: 400, method: "metr-2025" },
      rule: { from: dayOf("2023-01-01"), order: "record-first" },
      shapes: ["exponential"],
    });
    expect(forecast.points.map(({ agent }) => agent)).toEqual([
      "GPT-4 0314",
      "Claude 3 Opus",
      "GPT-4o",
      "Claude 3.5 Sonnet (Old)",
      "o1-preview",
      "Claude 3.5 Sonnet (New)",
    ]);
    const width = (source: UncertaintySource) => {
      const found = forecast.sources.find((each) => each.source === source)!.milestones[0]!;
      return found.q90 - found.q10;
    };
    expect(width("tasks")).toBeGreaterThan(width("runs"));
    expect(width("tasks")).toBeGreaterThan(width("human times"));
    expect(width("all")).toBeGreaterThan(width("tasks"));
  });
});

describe.skipIf(!hasOracle)(
  "against published forecasts of a work-month, from the paper's 11 models",
  () => {
    const published = hasOracle
      ? readOracle(
          (oracle: {
            published_167h_extrapolation_2025_03: {
              predicted_date: Record<string, { q10: string; q50: string; q90: string }>;
            };
          }) => oracle.published_167h_extrapolation_2025_03.predicted_date,
        )
      : {};
    const frontier = hasOracle ? paperFrontier() : [];
    const options = { name: "software", seed: 42, shapes: ["exponential"] } as const;

    it("the trend's own date is METR's", () => {
      const { central } = forecastPublished(frontier, { ...options, draws: 10 });
      expect(Math.floor(central[0]!)).toBe(
        dayOf(oracleTrend("paper_headline_2019_2025_frontier11").date_167h),
      );
    });

    // METR's bootstrap on METR's runs, made with its own code: quantiles .025 .1 .5 .9 .975.
    it.each([
      ["horizons", "date_167h_boot_q", "paper_headline_2019_2025_frontier11", 2019, 0.3],
      ["all", "date_167h_boot_and_models_q", "paper_headline_2019_2025_frontier11", 2019, 0.3],
      [
        "all",
        "date_167h_boot_and_models_q",
        "paper_2024_2025_frontier (after 2024-01-01, to 2025-02-24)",
        2024,
        2,
      ],
    ] as const)("%s: near METR's %s of %s", (source, key, name, year, years) => {
      const theirs = readOracle(
        (oracle: { trends: Record<string, Record<typeof key, string[]>> }) =>
          oracle.trends[name]![key],
      ).map((date) => dayOf(date));
      const rule = { from: dayOf(`${year}-01-01`), order: "record-first" } as const;
      const { sources } = forecastPublished(frontier, { ...options, rule });
      const { q10, q50, q90 } = sources.find((each) => each.source === source)!.milestones[0]!;
      expect(Math.abs(q10 - theirs[1]!) / YEAR).toBeLessThan(0.3);
      expect(Math.abs(q50 - theirs[2]!) / YEAR).toBeLessThan(0.2);
      expect(Math.abs(q90 - theirs[3]!) / YEAR).toBeLessThan(years);
    });

    // The multiverse had run-level data of March 2025, a noise model of its own and other ridges;
    // here are only 11 intervals, which hold no errors that agents share. Medians within 4 months.
    it.each([
      ["agents", "Bootstrap (models)", "2019-01-01", 0.4],
      ["horizons", "Bootstrap (tasks)", "2019-01-01", 0.8],
      ["all", "Overall (2019-2025 trend)", "2019-01-01", 0.7],
      ["all", "Overall (2024-2025 trend)", "2024-01-01", 2.5],
    ] as const)("%s: near METR's %s", (source, name, from, years) => {
      const rule = { from: dayOf(from), order: "record-first" } as const;
      const { sources } = forecastPublished(frontier, { ...options, rule });
      const { q10, q50, q90 } = sources.find((each) => each.source === source)!.milestones[0]!;
      const theirs = published[name]!;
      expect(Math.abs(q50 - dayOf(theirs.q50)) / YEAR).toBeLessThan(0.34);
      expect(Math.abs(q10 - dayOf(theirs.q10)) / YEAR).toBeLessThan(0.34);
      expect(Math.abs(q90 - dayOf(theirs.q90)) / YEAR).toBeLessThan(years);
    });
  },
);
