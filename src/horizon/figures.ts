import type { Chart } from "../charts/index.ts";
import { quantile } from "../stats/index.ts";
import { type HorizonFit, successAt } from "./curve/fit.ts";
import type { Forecast } from "./forecast/forecast.ts";
import type { HorizonPoint } from "./trend/sota.ts";
import { horizonOn } from "./trend/trend.ts";
import type { TrendLine } from "./trend/weighted-draws.ts";

const LEVEL = 0.95;
const MILESTONE_RULES = [
  { at: 100 * 60, label: "100 h" },
  { at: 167 * 60, label: "1 work-month" },
] as const;

export interface TrendFigure {
  /** Every horizon to show. */
  readonly points: readonly HorizonPoint[];
  /** Names of those that the trend goes through; others are hollow. */
  readonly fitted: readonly string[];
  /** The trend, and equally likely ones for its band. */
  readonly trend: TrendLine;
  readonly draws: readonly TrendLine[];
  /** Last day that the trend is drawn to. */
  readonly until: number;
  /** Such as "50 %". */
  readonly success: string;
}

/** Horizons against release dates on a log axis, with intervals, the trend and its 95 % band. */
export function trendFigure({ points, fitted, trend, draws, until, success }: TrendFigure): Chart {
  const inTrend = new Set(fitted);
  const dates = points.map(({ releaseDate }) => releaseDate);
  const from = Math.min(
    ...points.filter(({ agent }) => inTrend.has(agent)).map(({ releaseDate }) => releaseDate),
  );
  const days = steps(from, until, 60);
  const band = days.map((day) => {
    const minutes = draws.map((line) => horizonOn(line, day)).filter(Number.isFinite);
    return {
      x: day,
      low: quantile(minutes, (1 - LEVEL) / 2),
      high: quantile(minutes, (1 + LEVEL) / 2),
    };
  });
  const shortest = Math.min(...points.map(({ horizon, low }) => low ?? horizon));
  return {
    title: `${success} time horizons against release dates, with their trend`,
    x: { label: "Release date", scale: "date", domain: [Math.min(...dates) - 60, until] },
    y: {
      label: `${success} time horizon, in human working time`,
      scale: "minutes",
      domain: [shortest / 1.3, 40_080],
    },
    height: 430,
    layers: [
      { kind: "band", series: 0, points: band.map((at) => clip(at)) },
      {
        kind: "line",
        series: 0,
        label: "Trend with its 95 % band",
        points: days
          .map((day) => ({ x: day, y: horizonOn(trend, day) }))
          .filter(({ y }) => y < 40_080 && y > shortest / 1.3),
      },
      {
        kind: "points",
        series: 1,
        label: "Models with 95 % intervals; hollow: not in the trend",
        points: points.map(({ agent, releaseDate, horizon, low, high }) => ({
          x: releaseDate,
          y: horizon,
          name: agent,
          hollow: !inTrend.has(agent),
          ...(low !== undefined && high !== undefined ? { low, high } : {}),
        })),
      },
      ...MILESTONE_RULES.map((rule) => ({ kind: "rule", axis: "y", ...rule }) as const),
    ],
  };

  function clip({ x, low, high }: { x: number; low: number; high: number }) {
    const inside = (minutes: number) => Math.min(40_080, Math.max(shortest / 1.3, minutes));
    return { x, low: inside(low), high: inside(high) };
  }
}

/** How likely each agent is to succeed on tasks of growing length; a dot where its chance is half. */
export function successCurvesFigure(
  fits: readonly Pick<HorizonFit, "agent" | "slope" | "intercept">[],
): Chart {
  const lengths = steps(Math.log2(1 / 60), Math.log2(40_080), 120).map((log) => 2 ** log);
  return {
    title: "The chance of success against task length",
    x: { label: "Task length, in human working time", scale: "minutes" },
    y: { label: "Chance of success", scale: "percent", domain: [0, 1] },
    layers: fits.map((fit, series) => ({
      kind: "line",
      series,
      label: fit.agent,
      dashed: series % 2 === 1,
      points: lengths.map((minutes) => ({ x: minutes, y: successAt(fit, minutes) })),
    })),
  };
}

/** An estimate of one group with its interval. */
export interface ForestRow {
  readonly name: string;
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

/** Estimates under one another with their intervals, such as horizons by category. */
export function forestFigure(
  rows: readonly ForestRow[],
  axis: { readonly label: string; readonly scale: "minutes" | "linear" | "log" },
): Chart {
  return {
    title: `${axis.label}, with intervals`,
    x: axis,
    y: { label: "", scale: "names", names: rows.map(({ name }) => name) },
    height: 90 + 34 * rows.length,
    layers: [
      {
        kind: "points",
        points: rows.map(({ estimate, low, high }, y) => ({
          x: estimate,
          y,
          left: low,
          right: high,
        })),
      },
    ],
  };
}

/** When a milestone is reached: the density of dates, for each source of doubt that is named. */
export function forecastFigure(
  forecast: Forecast,
  milestone: number,
  sources: readonly string[],
): Chart {
  const rows = forecast.sources.filter(({ source }) => sources.includes(source));
  const drawn = rows.map(({ source, milestones }) => ({
    source,
    dates: Array.from(milestones[milestone]!.dates).filter(Number.isFinite),
  }));
  const all = drawn.flatMap(({ dates }) => dates);
  const [from, to] = [quantile(all, 0.005), quantile(all, 0.975)];
  const days = steps(from, to, 120);
  return {
    title: "When a milestone is reached, by source of doubt",
    x: {
      label: `Date on which ${hours(rows[0]!.milestones[milestone]!.minutes)} is reached`,
      scale: "date",
    },
    y: { label: "Density, per year", scale: "linear" },
    layers: drawn.map(({ source, dates }, series) => ({
      kind: "line",
      series,
      label: source === "all" ? "all sources of doubt" : source,
      dashed: source !== "all",
      points: density(dates, days).map((y, at) => ({ x: days[at]!, y })),
    })),
  };
}

/** A Gaussian kernel density, per year, with Silverman's bandwidth (1986, section 3.4.2). */
function density(dates: readonly number[], at: readonly number[]): number[] {
  const spread = (quantile(dates, 0.75) - quantile(dates, 0.25)) / 1.349;
  const width = 0.9 * Math.max(spread, 1) * dates.length ** -0.2;
  const scale = 365.25 / (dates.length * width * Math.sqrt(2 * Math.PI));
  return at.map(
    (day) =>
      scale * dates.reduce((sum, date) => sum + Math.exp(-0.5 * ((day - date) / width) ** 2), 0),
  );
}

function steps(from: number, to: number, count: number): number[] {
  return Array.from({ length: count + 1 }, (_, index) => from + ((to - from) * index) / count);
}

function hours(minutes: number): string {
  return `${Math.round(minutes / 60)} h`;
}
