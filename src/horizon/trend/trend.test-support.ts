import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { dayOf } from "../dates.ts";
import { oracleFile, readOracle } from "../suite.test-support.ts";
import type { HorizonPoint } from "./sota.ts";

/** The horizons of METR's own csv of April 2025, with the paper's agents and o3, o4-mini, human. */
export function publishedFits(quantile: "p50" | "p80" = "p50"): HorizonPoint[] {
  const [header, ...rows] = readFileSync(oracleFile("logistic_fits_headline_reg0.1.csv"), "utf8")
    .trim()
    .split("\n")
    .map((line) => line.split(","));
  const column = (name: string) => header!.indexOf(name);
  return rows
    .filter((row) => row[column("release_date")])
    .map((row) => ({
      agent: row[column("agent")]!,
      releaseDate: dayOf(row[column("release_date")]!),
      horizon: Number(row[column(quantile)]),
      low: Number(row[column(`${quantile}q0.025`)]),
      high: Number(row[column(`${quantile}q0.975`)]),
    }));
}

/** The paper left these three out of its trend by hand. */
const LEFT_OUT = ["GPT-4 0125", "Claude 3 Opus", "GPT-4 Turbo"];

/** The 11 frontier models of the paper's headline trend. */
export function paperFrontier(quantile: "p50" | "p80" = "p50"): HorizonPoint[] {
  const before = dayOf("2025-02-25");
  return publishedFits(quantile).filter(
    ({ agent, releaseDate }) => releaseDate < before && !LEFT_OUT.includes(agent),
  );
}

interface Metric {
  readonly estimate: number;
  readonly ci_low: number;
  readonly ci_high: number;
}

/** The horizons of a file of METR's site, with the site's own flag for the state of the art. */
export function siteResults(file: string): readonly (HorizonPoint & { isSota: boolean })[] {
  const { results } = parse(readFileSync(oracleFile(file), "utf8")) as {
    results: Record<
      string,
      { release_date: string | Date; metrics: { is_sota: boolean; p50_horizon_length: Metric } }
    >;
  };
  return Object.entries(results).map(([agent, { release_date, metrics }]) => ({
    agent,
    releaseDate: dayOf(String(release_date)),
    horizon: metrics.p50_horizon_length.estimate,
    low: metrics.p50_horizon_length.ci_low,
    high: metrics.p50_horizon_length.ci_high,
    isSota: metrics.is_sota,
  }));
}

/** METR's site of 2026-01-30, as the oracle holds it. */
export function siteOfJanuary2026(): HorizonPoint[] {
  const results = readOracle(
    (oracle: {
      "published_benchmark_results_1_1_2026_01_30_reg0.1": Record<
        string,
        { release_date: string; p50: [estimate: number, ...rest: number[]] }
      >;
    }) => oracle["published_benchmark_results_1_1_2026_01_30_reg0.1"],
  );
  return Object.entries(results).map(([agent, { release_date, p50 }]) => ({
    agent,
    releaseDate: dayOf(release_date),
    horizon: p50[0],
  }));
}

interface Certified {
  readonly date: string | null;
  readonly p50: number;
  readonly site_p50: readonly [number, number, number] | null;
  readonly site_p80: readonly [number, number, number] | null;
}

/** Time Horizon 1.1 of May 2026: the certified optima, or the site's printed horizons. */
export function certified(kind: "exact" | "site_p50" | "site_p80" = "exact"): HorizonPoint[] {
  const agents = readOracle(
    (oracle: { certified_th1_1_site_2026_05: { agents: Record<string, Certified> } }) =>
      oracle.certified_th1_1_site_2026_05.agents,
  );
  return Object.entries(agents).flatMap(([agent, row]) => {
    if (!row.date) return [];
    const [printed, low, high] = row[kind === "exact" ? "site_p50" : kind]!;
    const horizon = kind === "exact" ? row.p50 : printed;
    return [{ agent, releaseDate: dayOf(row.date), horizon, low, high }];
  });
}

export interface OracleTrend {
  readonly n: number;
  readonly agents: readonly string[];
  readonly slope_ln_per_day: number;
  readonly intercept_ln_at_epoch1970: number;
  readonly doubling_days: number;
  readonly r2: number;
  readonly slope_se: number;
  readonly date_167h: string;
  readonly date_40h: string;
}

/** An entry of the oracle's trends. */
export function oracleTrend(name: string): OracleTrend {
  return readOracle((oracle: { trends: Record<string, OracleTrend> }) => oracle.trends[name]!);
}
