import {
  benjaminiHochberg,
  createRandom,
  holm,
  type Interval,
  type Random,
  wilson,
} from "../../stats/index.ts";
import { type ChangePoint, changePoints } from "./change-points.ts";
import { type Comparison, compare } from "./compare.ts";
import { CATEGORIES, type Category, type RunTally, type Share } from "./run.ts";

/** What a dossier follows: each a share of something in every run. */
export const MEASURES = {
  incidents: {
    title: "runs with an incident",
    share: (run: RunTally) => ({ count: run.incident ? 1 : 0, of: 1 }),
  },
  flagged: {
    title: "suspicious steps",
    share: (run: RunTally) => ({ count: Math.min(run.flagged, run.steps), of: run.steps }),
  },
  explained: { title: "actions explained beforehand", share: (run: RunTally) => run.explained },
  kept: { title: "of what it said, done", share: (run: RunTally) => run.saidAndDone },
  readable: { title: "turns with readable reasoning", share: readable },
} as const satisfies Record<string, { title: string; share: (run: RunTally) => Share }>;
export type MeasureName = keyof typeof MEASURES;
export const MEASURE_NAMES = Object.keys(MEASURES) as readonly MeasureName[];

/** A share with its interval; null where there is nothing to count. */
export interface MeasuredShare extends Share {
  readonly interval: Interval | null;
}

export interface MeasureRecord {
  readonly name: MeasureName;
  readonly title: string;
  readonly overall: MeasuredShare;
  readonly weekly: readonly (MeasuredShare & { readonly week: number })[];
  /** Family-wise error over all measures of the agent at most 5 %. */
  readonly changes: readonly ChangePoint[];
  /** The last weeks against all before; p adjusted over the measures (Holm). */
  readonly againstPast: (Comparison & { readonly adjusted: number }) | null;
  /** Against all other agents, within categories; p adjusted over measures and agents (Benjamini and Hochberg). */
  readonly againstPeers: (Comparison & { readonly adjusted: number }) | null;
}

export interface Dossier {
  readonly agent: string;
  readonly models: readonly string[];
  readonly runs: number;
  readonly steps: number;
  /** Milliseconds since 1970 of the first and last run that say when. */
  readonly first?: number;
  readonly last?: number;
  /** Suspicious steps per thousand, as `flagged` measures them: never more than a thousand. */
  readonly perThousand: Interval | null;
  readonly measures: readonly MeasureRecord[];
  readonly categories: readonly {
    readonly category: Category;
    readonly runs: number;
    readonly incidents: MeasuredShare;
  }[];
  readonly visibility: RunTally["visibility"];
}

export interface DossierOptions {
  readonly seed: number;
  /** What "the last weeks" are; 4. */
  readonly recentWeeks?: number;
}

const WEEK = 7 * 24 * 3_600_000;
const FAMILY_ALPHA = 0.05;

/** A fold over runs: one dossier an agent (its name and model together), those with most runs first. */
export function dossiers(runs: readonly RunTally[], options: DossierOptions): readonly Dossier[] {
  const byAgent = new Map<string, RunTally[]>();
  for (const run of runs) {
    const name = agentOf(run);
    byAgent.set(name, [...(byAgent.get(name) ?? []), run]);
  }
  const random = createRandom(options.seed);
  const made = [...byAgent].map(([agent, own]) =>
    dossierOf(agent, own, runs, options, random.fork(agent)),
  );
  return withPeersAdjusted(made).sort((a, b) => b.runs - a.runs || (a.agent < b.agent ? -1 : 1));
}

export function agentOf({ agent, model }: RunTally): string {
  return model === "unknown" ? agent : agent === "unknown" ? model : `${agent} / ${model}`;
}

function dossierOf(
  agent: string,
  own: readonly RunTally[],
  all: readonly RunTally[],
  { recentWeeks = 4 }: DossierOptions,
  random: Random,
): Dossier {
  const times = own.flatMap(({ time }) => time ?? []).sort((a, b) => a - b);
  const steps = own.reduce((sum, run) => sum + run.steps, 0);
  const recent = (times.at(-1) ?? 0) - recentWeeks * WEEK;
  const measures = MEASURE_NAMES.map((name): MeasureRecord => {
    const { title, share } = MEASURES[name];
    const dated = own.flatMap((run) =>
      run.time === undefined ? [] : [{ time: run.time, ...share(run) }],
    );
    const past = own
      .filter(({ time }) => time !== undefined)
      .map((run) => ({ share: share(run), isOurs: run.time! > recent, stratum: run.category }));
    const peers = all.map((run) => ({
      share: share(run),
      isOurs: agentOf(run) === agent,
      stratum: run.category,
    }));
    const draws = random.fork(name);
    return {
      name,
      title,
      overall: measured(own.map(share)),
      weekly: weekly(dated),
      changes: changePoints(dated, {
        random: draws.fork("changes"),
        alpha: FAMILY_ALPHA / MEASURE_NAMES.length,
      }),
      againstPast: comparison(past, draws.fork("past")),
      againstPeers: comparison(peers, draws.fork("peers")),
    };
  });
  return {
    agent,
    models: [...new Set(own.map(({ model }) => model))],
    runs: own.length,
    steps,
    ...(times.length === 0 ? {} : { first: times[0]!, last: times.at(-1)! }),
    perThousand: perThousand(measures.find(({ name }) => name === "flagged")!.overall),
    measures: withPastAdjusted(measures),
    categories: CATEGORIES.flatMap((category) => {
      const inIt = own.filter((run) => run.category === category);
      if (inIt.length === 0) return [];
      return [
        { category, runs: inIt.length, incidents: measured(inIt.map(MEASURES.incidents.share)) },
      ];
    }),
    visibility: visibilityOf(own),
  };
}

function perThousand({ interval }: MeasuredShare): Interval | null {
  if (interval === null) return null;
  const { estimate, low, high, level } = interval;
  return { estimate: estimate * 1000, low: low * 1000, high: high * 1000, level };
}

function comparison(runs: Parameters<typeof compare>[0], random: Random) {
  const found = compare(runs, random);
  return found.difference === null ? null : { ...found, adjusted: found.p };
}

function withPastAdjusted(measures: readonly MeasureRecord[]): readonly MeasureRecord[] {
  const tested = measures.filter(({ againstPast }) => againstPast !== null);
  const adjusted = holm(tested.map(({ againstPast }) => againstPast!.p));
  return measures.map((record) => {
    const at = tested.indexOf(record);
    return at < 0
      ? record
      : { ...record, againstPast: { ...record.againstPast!, adjusted: adjusted[at]! } };
  });
}

function withPeersAdjusted(made: readonly Dossier[]): Dossier[] {
  const ps = made.flatMap(({ measures }) =>
    measures.flatMap(({ againstPeers }) => againstPeers?.p ?? []),
  );
  const adjusted = benjaminiHochberg(ps);
  let next = 0;
  return made.map((dossier) => ({
    ...dossier,
    measures: dossier.measures.map((record) =>
      record.againstPeers === null
        ? record
        : { ...record, againstPeers: { ...record.againstPeers, adjusted: adjusted[next++]! } },
    ),
  }));
}

function weekly(dated: readonly (Share & { readonly time: number })[]): MeasureRecord["weekly"] {
  const weeks = new Map<number, Share[]>();
  for (const { time, count, of } of dated) {
    const week = Math.floor(time / WEEK) * WEEK;
    weeks.set(week, [...(weeks.get(week) ?? []), { count, of }]);
  }
  return [...weeks]
    .sort(([a], [b]) => a - b)
    .map(([week, shares]) => ({ week, ...measured(shares) }));
}

/**
 * A share over runs with Wilson's interval. What happens within one run hangs together, so that the
 * interval is that of as many independent trials as the spread between runs is worth: the variance of
 * the ratio (Cochran 1977, section 6.3) beside the binomial one, the design effect, divides them.
 */
export function measured(runs: readonly Share[]): MeasuredShare {
  const count = runs.reduce((sum, share) => sum + share.count, 0);
  const of = runs.reduce((sum, share) => sum + share.of, 0);
  if (of === 0) return { count, of, interval: null };
  const rate = count / of;
  const used = runs.filter((share) => share.of > 0);
  const squares = used.reduce((sum, share) => sum + (share.count - rate * share.of) ** 2, 0);
  const between = (squares * used.length) / Math.max(1, used.length - 1) / of ** 2;
  const binomial = (rate * (1 - rate)) / of;
  const effect = binomial === 0 ? 1 : Math.max(1, between / binomial);
  const trials = Math.max(1, Math.round(of / effect));
  const { low, high, level } = wilson(Math.round(rate * trials), trials);
  return {
    count,
    of,
    interval: { estimate: rate, low: Math.min(low, rate), high: Math.max(high, rate), level },
  };
}

function readable({ visibility }: RunTally): Share {
  const { raw, summary } = visibility;
  return { count: raw + summary, of: Object.values(visibility).reduce((sum, n) => sum + n, 0) };
}

function visibilityOf(runs: readonly RunTally[]): RunTally["visibility"] {
  const sum = { raw: 0, summary: 0, encrypted: 0, empty: 0, absent: 0 };
  for (const { visibility } of runs) {
    for (const kind of Object.keys(sum) as (keyof typeof sum)[]) sum[kind] += visibility[kind];
  }
  return sum;
}
