import { isMap, isScalar, parse, parseDocument } from "yaml";
import { z } from "zod";
import { Fault } from "../../record/index.ts";
import { dayOf } from "../dates.ts";
import type { HorizonPoint } from "../trend/sota.ts";
import { csvRows } from "./csv.ts";
import { numberOf } from "./run.ts";
import { openSource, readWhole, type Source } from "./source.ts";

/** A published horizon; `isSota` is the publisher's own word, where it says so. */
export interface PublishedHorizon extends HorizonPoint {
  readonly isSota?: boolean;
}

/** The chances of success for which horizons are published. */
export type PublishedQuantile = "p50" | "p80";

const metricSchema = z.object({
  estimate: z.number().positive(),
  ci_low: z.number().nonnegative().nullish(),
  ci_high: z.number().positive().nullish(),
});

/** METR's site data, `benchmark_results_*.yaml`: what is read of them. */
const benchmarkSchema = z.object({
  results: z.record(
    z.string(),
    z.object({
      release_date: z.coerce.string(),
      metrics: z.object({
        is_sota: z.boolean().optional(),
        p50_horizon_length: metricSchema,
        p80_horizon_length: metricSchema,
      }),
    }),
  ),
});

/**
 * Published horizons with release dates: METR's benchmark results (YAML), or a CSV file with the
 * columns `agent`, `release_date` and `p50` (or `p80`), and, where known, `p50_low` and `p50_high`,
 * or `p50q0.025` and `p50q0.975` as METR names them. Rows without a release date, such as humans,
 * are left out. Minutes. Throws a Fault that names what cannot be used.
 */
export async function readPublishedHorizons(
  path: string,
  quantile: PublishedQuantile = "p50",
): Promise<PublishedHorizon[]> {
  const source = await openSource(path);
  try {
    return isYaml(source) ? await fromYaml(source, quantile) : await fromCsv(source, quantile);
  } finally {
    await source.chunks.return(undefined);
  }
}

/** Whether a file holds published horizons, going by its content, rather than runs. */
export async function holdsPublishedHorizons(path: string): Promise<boolean> {
  const source = await openSource(path);
  await source.chunks.return(undefined);
  if (/^results:/m.test(source.head.toString("utf8"))) return true;
  const [header = ""] = source.head.toString("utf8").split(/\r?\n/, 1);
  const columns = header.split(",");
  return columns.includes("release_date") && (columns.includes("p50") || columns.includes("p80"));
}

/**
 * Release days by agent, in days since 1970-01-01, from METR's `release_dates.yaml` or from plain
 * `agent: date` pairs. An agent may stand twice, as in METR's file, but not with two dates.
 */
export async function readReleaseDates(path: string): Promise<ReadonlyMap<string, number>> {
  const source = await openSource(path);
  const { name } = source;
  const days = new Map<string, number>();
  for (const [agent, date] of datePairs(name, await readWhole(source))) {
    const day = dayOf(date, `${name}, ${agent}`);
    if ((days.get(agent) ?? day) !== day) {
      throw new Fault(`${name}, ${agent}`, "it stands twice, with two dates", "Remove one");
    }
    days.set(agent, day);
  }
  return days;
}

function datePairs(name: string, text: string): (readonly [agent: string, date: string])[] {
  const document = parseDocument(text, { uniqueKeys: false });
  if (document.errors[0]) throw brokenYaml(name, document.errors[0]);
  const nested = document.get("date");
  const map = isMap(nested) ? nested : document.contents;
  const bad = new Fault(
    name,
    "there are no pairs of agent and date",
    "Write lines like GPT-2: 2019-02-14",
  );
  if (!isMap(map)) throw bad;
  return map.items.map(({ key, value }) => {
    if (!isScalar(key) || !isScalar(value)) throw bad;
    return [String(key.value), String(value.value)] as const;
  });
}

function isYaml({ head }: Source): boolean {
  const [line = ""] = head.toString("utf8").trimStart().split("\n", 1);
  return line.startsWith("#") || line.startsWith("---") || /^[\w .-]+:(?:\s|$)/.test(line);
}

async function fromYaml(source: Source, quantile: PublishedQuantile): Promise<PublishedHorizon[]> {
  const { name } = source;
  const { results } = check(name, benchmarkSchema, parseYaml(name, await readWhole(source)));
  return Object.entries(results).map(([agent, { release_date, metrics }]) => {
    const { estimate, ci_low, ci_high } = metrics[`${quantile}_horizon_length`];
    return {
      agent,
      releaseDate: dayOf(release_date, `${name}, results.${agent}.release_date`),
      horizon: estimate,
      ...(quantile === "p50" ? {} : { atHalf: metrics.p50_horizon_length.estimate }),
      ...(ci_low == null || ci_high == null ? {} : { low: ci_low, high: ci_high }),
      ...(metrics.is_sota === undefined ? {} : { isSota: metrics.is_sota }),
      source: name,
    };
  });
}

async function fromCsv(source: Source, quantile: PublishedQuantile): Promise<PublishedHorizon[]> {
  const { name, chunks } = source;
  const points: PublishedHorizon[] = [];
  for await (const rows of csvRows(name, chunks)) {
    for (const row of rows) {
      const place = `${name}, row ${row.number}`;
      if ("broken" in row) throw new Fault(place, row.broken, "Mend the row");
      const { agent, release_date: date } = row.cells as Record<string, string | undefined>;
      if (agent === undefined || date === undefined || row.cells[quantile] === undefined) {
        throw new Fault(
          place,
          `the columns agent, release_date and ${quantile} are not all there`,
          "Add them; p50 and p80 are in minutes",
        );
      }
      if (date === "") continue;
      const horizon = numberOf(row.cells[quantile]);
      if (!(horizon > 0 && horizon < Infinity)) {
        throw new Fault(
          `${place}, column ${quantile}`,
          `the horizon is "${row.cells[quantile]}"`,
          "Give minutes above 0, or leave the row out",
        );
      }
      const atHalf = quantile === "p50" ? Number.NaN : numberOf(row.cells.p50);
      const low = numberOf(row.cells[`${quantile}_low`] ?? row.cells[`${quantile}q0.025`]);
      const high = numberOf(row.cells[`${quantile}_high`] ?? row.cells[`${quantile}q0.975`]);
      points.push({
        agent,
        releaseDate: dayOf(date, `${place}, column release_date`),
        horizon,
        ...(atHalf > 0 ? { atHalf } : {}),
        ...(low >= 0 && high > 0 ? { low, high } : {}),
        source: name,
      });
    }
  }
  return points;
}

function parseYaml(name: string, text: string): unknown {
  try {
    return parse(text) as unknown;
  } catch (error) {
    throw brokenYaml(name, error as Error);
  }
}

function brokenYaml(name: string, error: Error): Fault {
  const [why = ""] = error.message.split("\n");
  return new Fault(name, `not valid YAML (${why.replace(/:$/, "")})`, "Mend the line");
}

function check<T>(name: string, schema: z.ZodType<T>, document: unknown): T {
  const result = schema.safeParse(document);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = issue!.path.join(".");
  throw new Fault(
    path === "" ? name : `${name}, ${path}`,
    issue!.message.replace(/^./, (first) => first.toLowerCase()),
    "Mend the value, or give another file",
  );
}
