import {
  bootstrapHorizons,
  dayOf,
  drawnHorizons,
  fitSuite,
  type HorizonPoint,
  type HorizonsByDraw,
  HUMAN,
  holdsPublishedHorizons,
  horizonAt,
  horizonInterval,
  publishedHorizons,
  readPublishedHorizons,
  readReleaseDates,
  type SotaRule,
  type Suite,
  stateOfTheArt,
} from "../../horizon/index.ts";
import { Fault } from "../../record/index.ts";
import { type RunOptions, readRuns, warn } from "./reading.ts";

/** What commands that look at horizons over time take. */
export interface HistoryOptions extends RunOptions {
  readonly dates?: string;
  readonly success: number;
  /** Dates as they were typed. */
  readonly from?: string;
  readonly before?: string;
  readonly cap?: number;
  readonly who: "window-first" | "record-first" | "all";
  readonly without?: readonly string[];
}

/** Horizons by release date. */
export interface History {
  readonly points: readonly HorizonPoint[];
  /** Where they come from runs: the runs, when the agents came out, and joint draws if asked for. */
  readonly runs: {
    readonly suite: Suite;
    readonly releaseDates: ReadonlyMap<string, number>;
  } | null;
  readonly draws: HorizonsByDraw | null;
}

/**
 * Reads published horizons, or fits runs. An agent in several files counts as in the first. Without
 * a file: the published horizons that ship with the lab.
 */
export async function readHistory(
  files: readonly string[],
  options: HistoryOptions,
): Promise<History> {
  // A date that is none is said before an hour of work, not after it.
  windowOf(options);
  const isPublished: boolean[] = [];
  for (const file of files) isPublished.push(await holdsPublishedHorizons(file));
  const history = isPublished.every(Boolean)
    ? await publishedHistory(files, options)
    : await fittedHistory(files, isPublished, options);
  const left = options.without ?? [];
  for (const name of left) requireAgent(history.points, name);
  return { ...history, points: history.points.filter(({ agent }) => !left.includes(agent)) };
}

/** The points that a trend goes through. */
export function chosen(points: readonly HorizonPoint[], options: HistoryOptions): HorizonPoint[] {
  const { cap = Infinity, who } = options;
  const { from = -Infinity, before = Infinity } = windowOf(options);
  if (who !== "all") return stateOfTheArt(points, ruleOf(options));
  return points
    .filter(
      ({ agent, releaseDate, horizon, atHalf = horizon }) =>
        agent !== HUMAN && from <= releaseDate && releaseDate < before && atHalf <= cap,
    )
    .sort((a, b) => a.releaseDate - b.releaseDate);
}

export function ruleOf(options: HistoryOptions): SotaRule {
  const { cap, who } = options;
  return {
    ...windowOf(options),
    ...(cap === undefined ? {} : { cap }),
    ...(who === "all" ? {} : { order: who }),
  };
}

/** The release dates that count, in days since 1970-01-01. */
export function windowOf({ from, before }: HistoryOptions): {
  readonly from?: number;
  readonly before?: number;
} {
  return {
    ...(from === undefined ? {} : { from: dayOf(from, "--from") }),
    ...(before === undefined ? {} : { before: dayOf(before, "--before") }),
  };
}

async function publishedHistory(
  files: readonly string[],
  { success, agent: only }: HistoryOptions,
): Promise<History> {
  if (success !== 0.5 && success !== 0.8) {
    throw new Fault(
      `--success ${success}`,
      "horizons are published for 0.5 and 0.8 only",
      "Give one of the two, or files of runs",
    );
  }
  const quantile = success === 0.5 ? "p50" : "p80";
  const given =
    files.length === 0
      ? publishedHorizons(success)
      : (await Promise.all(files.map((file) => readPublishedHorizons(file, quantile)))).flat();
  const byAgent = new Map<string, HorizonPoint>();
  for (const point of given) if (!byAgent.has(point.agent)) byAgent.set(point.agent, point);
  const points = [...byAgent.values()];
  for (const name of only ?? []) requireAgent(points, name);
  return {
    points: only ? points.filter(({ agent }) => only.includes(agent)) : points,
    ...{ runs: null, draws: null },
  };
}

async function fittedHistory(
  files: readonly string[],
  isPublished: readonly boolean[],
  options: HistoryOptions,
): Promise<History> {
  const odd = isPublished.indexOf(true);
  if (odd >= 0) {
    throw new Fault(
      files[odd]!,
      "it holds published horizons, and the other files runs",
      "Give files of one kind",
    );
  }
  if (options.dates === undefined) {
    throw new Fault(
      files.join(", "),
      "runs do not say when their agents came out",
      "Give --dates FILE with lines such as GPT-2: 2019-02-14",
    );
  }
  const releaseDates = await readReleaseDates(options.dates);
  const { suite } = await readRuns(files, options);
  const undated = suite.agents.filter(({ agent }) => agent !== HUMAN && !releaseDates.has(agent));
  if (undated.length > 0) {
    warn(`no release date, so left out: ${undated.map(({ agent }) => agent).join(", ")}`);
  }
  const { method, weighting, draws, seed, success } = options;
  const dated = { ...suite, agents: suite.agents.filter(({ agent }) => releaseDates.has(agent)) };
  const drawn =
    draws > 0 ? await bootstrapHorizons(dated, { method, weighting, draws, seed }) : null;
  const fits = drawn ? drawn.agents.map(({ fit }) => fit) : fitSuite(dated, { method, weighting });
  const points = fits.flatMap((fit, index): HorizonPoint[] => {
    const { estimate, low, high } = drawn
      ? horizonInterval(drawn.agents[index]!, success)
      : { estimate: horizonAt(fit, success), low: Number.NaN, high: Number.NaN };
    if (!(estimate > 0 && estimate < Infinity)) {
      warn(`${fit.agent}: ${fit.warnings[0] ?? "it has no horizon"}; left out`);
      return [];
    }
    const interval = Number.isNaN(low) ? {} : { low, high };
    const releaseDate = releaseDates.get(fit.agent)!;
    const atHalf = success === 0.5 ? {} : { atHalf: horizonAt(fit, 0.5) };
    return [{ agent: fit.agent, releaseDate, horizon: estimate, ...atHalf, ...interval }];
  });
  return {
    points,
    runs: { suite, releaseDates },
    draws: drawn
      ? new Map(drawn.agents.map((each) => [each.agent, drawnHorizons(each, success)]))
      : null,
  };
}

function requireAgent(points: readonly HorizonPoint[], name: string): void {
  if (points.some(({ agent }) => agent === name)) return;
  const known = points.map(({ agent }) => agent).join(", ");
  throw new Fault(`agent "${name}"`, "none of the files has it", `There are: ${known}`);
}

function _day(option: string): (text: string) => number {
  return (text) => dayOf(text, option);
}
