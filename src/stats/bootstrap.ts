import { normal } from "./distributions.ts";
import { StatisticsInputError } from "./errors.ts";
import { requireCount, requireFraction } from "./input.ts";
import type { Random } from "./random.ts";
import { type Interval, sortedQuantile } from "./summary.ts";

/** What a bootstrap resamples, and what it measures. */
export interface BootstrapPlan<Row> {
  readonly rows: readonly Row[];
  /** The number wanted, from a resample. NaN says that this resample does not give one. */
  readonly statistic: (rows: readonly Row[]) => number;
  readonly random: Random;
  /**
   * What a row belongs to, from the outermost level in: [task family, task]. Without levels the
   * rows themselves are independent.
   */
  readonly levels?: readonly ((row: Row) => string | number)[];
  /** Whether rows are drawn anew within their innermost group; true. False keeps groups whole. */
  readonly resampleRows?: boolean;
  /** How many resamples; 2,000. */
  readonly draws?: number;
  /** Confidence level; 0.95. */
  readonly level?: number;
  /** "bca" (the default), or "percentile". */
  readonly method?: "bca" | "percentile";
}

/** A bootstrap interval and what it was made from. */
export interface BootstrapInterval extends Interval {
  readonly method: "bca" | "percentile";
  readonly standardError: number;
  /** The mean of the resamples less the estimate. */
  readonly bias: number;
  /** The statistic of each resample that gave one, ascending. */
  readonly draws: Float64Array;
  /** Resamples that gave no number. */
  readonly skipped: number;
}

/**
 * The hierarchical (clustered) bootstrap: groups of the outermost level are drawn with replacement,
 * then groups within each drawn group, and at last rows (Davison and Hinkley 1997, 3.8). Give the
 * level at which observations are independent, or the interval will be too narrow.
 *
 * "bca" corrects the percentile interval for bias and skewness (Efron 1987); its acceleration comes
 * from leaving out one unit of the outermost level at a time.
 */
export function bootstrap<Row>(plan: BootstrapPlan<Row>): BootstrapInterval {
  const { rows, statistic, random, levels = [], resampleRows = true } = plan;
  const { draws: wanted = 2000, level = 0.95, method = "bca" } = plan;
  requireCount("bootstrap(rows.length)", rows.length, 1);
  requireCount("bootstrap(draws)", wanted, 2);
  requireFraction("bootstrap(level)", level);
  const estimate = statistic(rows);
  if (!Number.isFinite(estimate)) {
    throw new StatisticsInputError(
      "bootstrap(statistic)",
      `the statistic of all rows is ${estimate}`,
      "give rows that have a finite one",
    );
  }
  const units = nest(rows, levels);
  const values: number[] = [];
  for (let draw = 0; draw < wanted; draw++) {
    const value = statistic(resample(units, random, resampleRows));
    if (!Number.isNaN(value)) values.push(value);
  }
  if (values.length < wanted / 2) {
    throw new StatisticsInputError(
      "bootstrap(statistic)",
      `only ${values.length} of ${wanted} resamples gave a number`,
      "use a statistic that small groups allow",
    );
  }
  const draws = Float64Array.from(values).sort();
  const tail = (1 - level) / 2;
  const [below, above] =
    method === "percentile"
      ? [tail, 1 - tail]
      : correctedTails(draws, estimate, leaveOneOut(units, statistic), tail);
  const centre = draws.reduce((sum, value) => sum + value / draws.length, 0);
  const squares = draws.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  return {
    estimate,
    low: sortedQuantile(draws, below),
    high: sortedQuantile(draws, above),
    level,
    method,
    standardError: Math.sqrt(squares / (draws.length - 1)),
    bias: centre - estimate,
    draws,
    skipped: wanted - values.length,
  };
}

/** A group's subgroups, or, innermost, its rows. */
type Unit<Row> = { readonly groups: readonly Unit<Row>[] } | { readonly rows: readonly Row[] };

function nest<Row>(
  rows: readonly Row[],
  levels: readonly ((row: Row) => string | number)[],
): Unit<Row> {
  const [outer, ...inner] = levels;
  if (!outer) return { rows };
  const groups = new Map<string | number, Row[]>();
  for (const row of rows) {
    const group = groups.get(outer(row));
    if (group) group.push(row);
    else groups.set(outer(row), [row]);
  }
  return { groups: [...groups.values()].map((group) => nest(group, inner)) };
}

function resample<Row>(unit: Unit<Row>, random: Random, resampleRows: boolean): Row[] {
  const drawn: Row[] = [];
  const draw = (part: Unit<Row>) => {
    if ("groups" in part) {
      for (let i = 0; i < part.groups.length; i++) {
        draw(part.groups[random.integer(part.groups.length)]!);
      }
    } else if (resampleRows) {
      for (let i = 0; i < part.rows.length; i++) {
        drawn.push(part.rows[random.integer(part.rows.length)]!);
      }
    } else {
      for (const row of part.rows) drawn.push(row);
    }
  };
  draw(unit);
  return drawn;
}

/** The statistic with each outermost unit left out in turn, where it gives a number. */
function leaveOneOut<Row>(unit: Unit<Row>, statistic: (rows: readonly Row[]) => number): number[] {
  const parts = "groups" in unit ? unit.groups.map(rowsOf) : unit.rows.map((row) => [row]);
  const rows = parts.flat();
  let start = 0;
  return parts.flatMap((part) => {
    const end = start + part.length;
    const value = statistic(rows.slice(0, start).concat(rows.slice(end)));
    start = end;
    return Number.isFinite(value) ? [value] : [];
  });
}

function rowsOf<Row>(unit: Unit<Row>): readonly Row[] {
  return "rows" in unit ? unit.rows : unit.groups.flatMap(rowsOf);
}

/** The two tails of Efron's bias-corrected and accelerated interval. */
function correctedTails(
  sorted: Float64Array,
  estimate: number,
  jackknife: readonly number[],
  tail: number,
): [number, number] {
  let below = 0;
  for (const value of sorted) below += value < estimate ? 1 : value === estimate ? 0.5 : 0;
  // Kept inside (0, 1), so that an estimate beyond all resamples still has a finite correction.
  const share = Math.min(Math.max(below, 0.5), sorted.length - 0.5) / sorted.length;
  const bias = normal.quantile(share);
  const centre = jackknife.reduce((sum, value) => sum + value / jackknife.length, 0);
  let squares = 0;
  let cubes = 0;
  for (const value of jackknife) {
    squares += (centre - value) ** 2;
    cubes += (centre - value) ** 3;
  }
  const acceleration = squares > 0 ? cubes / (6 * squares ** 1.5) : 0;
  const corrected = (z: number) => normal.cdf(bias + (bias + z) / (1 - acceleration * (bias + z)));
  const reach = normal.upperQuantile(tail);
  return [corrected(-reach), corrected(reach)];
}
