import {
  bootstrapHorizons,
  fitSuite,
  type HorizonFit,
  type HorizonInterval,
  horizonAt,
  horizonInterval,
  type Suite,
  successCurvesFigure,
} from "../../horizon/index.ts";
import { Fault } from "../../record/index.ts";
import { drawFigure, type FigureOption } from "../figure.ts";
import { cleanLine, type GlobalOptions, paint, print, printJson } from "../output.ts";
import { estimateTable, wrapped } from "../screen.ts";
import type { Column } from "../table.ts";
import { bayesOf, bayesText, curvesOf, curvesText } from "./fit-curves.ts";
import { tableFormat, writeTable } from "./out.ts";
import { type RunOptions, readRuns } from "./reading.ts";
import { duration, durationRange, percent } from "./words.ts";

export interface FitCommand extends RunOptions, FigureOption {
  readonly quantile?: readonly number[];
  readonly out?: string;
  readonly likeMetr?: boolean;
  readonly curves?: boolean;
  readonly bayes?: boolean;
}

export async function horizonFit(
  files: string[],
  options: FitCommand,
  global: GlobalOptions,
): Promise<void> {
  const { json } = global;
  if (options.out !== undefined) tableFormat(options.out);
  // METR's code draws rows, so their order counts.
  const { suite } = await readRuns(files, options, options.likeMetr ?? false);
  const { quantile: quantiles = [0.5, 0.8] } = options;
  const rows = await fitRows(suite, quantiles, options);
  requireCurve(rows, files);
  if (options.out !== undefined)
    await writeTable(
      options.out,
      rows.map((row) => record(row)),
    );
  const curves = options.curves ? curvesOf(suite, options) : null;
  const bayes = options.bayes ? await bayesOf(suite, quantiles, options) : null;
  await drawFigure(options, () => successCurvesFigure(longest(rows)));
  if (json) {
    printJson({
      ...settings(options),
      agents: rows.map(jsonOf),
      ...(curves ? { curves } : {}),
      ...(bayes ? { bayes: { agents: bayes.rows, warnings: bayes.fit.warnings } } : {}),
    });
    return;
  }
  print(text(rows, quantiles, options));
  if (curves) print(`\n${curvesText(curves)}`);
  if (bayes) print(`\n${bayesText(bayes)}`);
}

/** An agent's curve and its horizons, with intervals where there were draws. */
interface FitRow {
  readonly fit: HorizonFit;
  readonly horizons: readonly (HorizonInterval & { readonly quantile: number })[];
}

async function fitRows(
  suite: Suite,
  quantiles: readonly number[],
  { method, weighting, draws, seed, likeMetr = false }: FitCommand,
): Promise<FitRow[]> {
  const fits = fitSuite(suite, { method, weighting });
  const drawn =
    draws > 0 ? await bootstrapHorizons(suite, { method, weighting, draws, seed, likeMetr }) : null;
  return fits.map((fit, index) => ({
    fit,
    horizons: quantiles.map((quantile) => ({
      quantile,
      ...(drawn
        ? horizonInterval(drawn.agents[index]!, quantile)
        : {
            ...{ estimate: horizonAt(fit, quantile), low: Number.NaN, high: Number.NaN },
            ...{ level: 0.95, usable: 0 },
          }),
    })),
  }));
}

/** The curves of the longest horizons: as many as colours tell apart. */
function longest(rows: readonly FitRow[]): HorizonFit[] {
  return [...rows]
    .filter(({ fit }) => fit.slope < 0)
    .sort((a, b) => a.horizons[0]!.estimate - b.horizons[0]!.estimate)
    .slice(-6)
    .map(({ fit }) => fit);
}

/** A curve needs successes and failures: where no agent has both, there is nothing to report. */
function requireCurve(rows: readonly FitRow[], files: readonly string[]): void {
  if (rows.some(({ fit }) => fit.status === "fitted" || fit.status === "separated")) return;
  const says = [...new Set(rows.map(({ fit }) => fit.warnings[0]))].join("; ");
  throw new Fault(
    `${files.join(", ")}, scores`,
    `no agent has a curve: ${says}`,
    "Give runs with successes and failures, on tasks of several lengths",
  );
}

function text(rows: readonly FitRow[], quantiles: readonly number[], options: FitCommand): string {
  const byHorizon = [...rows].sort((a, b) => a.horizons[0]!.estimate - b.horizons[0]!.estimate);
  const right = "right" as const;
  const columns: Column[] = [
    { title: "Agent" },
    { title: "Tasks", align: right },
    { title: "Runs", align: right },
    ...quantiles.map((q): Column => ({ title: `${percent(q)} horizon`, align: right })),
  ];
  const cells = byHorizon.map(({ fit, horizons }) => [
    paint("bold", cleanLine(fit.agent)) + (fit.warnings.length > 0 ? paint("yellow", " *") : ""),
    `${fit.tasks}`,
    `${fit.runs}`,
    ...horizons.map((each) => ({
      main: duration(each.estimate),
      range: options.draws > 0 ? durationRange(each) : "",
    })),
  ]);
  return [estimateTable(columns, cells), ...notes(byHorizon, options)].join("\n");
}

function notes(rows: readonly FitRow[], { draws, method, weighting, seed }: FitCommand): string[] {
  const lines = rows.flatMap(({ fit, horizons: [first] }) => [
    ...fit.warnings.map((warning) => `${cleanLine(fit.agent)}: ${warning}`),
    ...(draws > 0 && first!.usable > 0 && first!.usable < draws
      ? [`${cleanLine(fit.agent)}: ${draws - first!.usable} of ${draws} draws gave no curve`]
      : []),
  ]);
  const how =
    draws > 0
      ? `; 95 % intervals from ${draws} draws of families, tasks and runs, seed ${seed}`
      : "";
  return [
    "",
    ...lines.map((line) => `${paint("yellow", "*")} ${wrapped(`${line}.`, "  ")}`),
    paint("dim", wrapped(`Human time; ${method}, weighting ${weighting}${how}.`)),
  ];
}

function settings({ method, weighting, score, draws, seed }: FitCommand) {
  return { method, weighting, score, draws, seed, unit: "minutes" };
}

/** Where there is no number, because an agent always failed or succeeded, JSON has null. */
function jsonOf({ fit, horizons }: FitRow): object {
  const { range, ...rest } = fit;
  return { ...rest, shortestTask: range[0], longestTask: range[1], horizons };
}

/** A row of a table: `p50`, `p50_low`, `p50_high` and so on, in minutes. */
function record({ fit, horizons }: FitRow): Record<string, string | number> {
  const { agent, status, tasks, runs, slope, intercept, averageScore, logLoss } = fit;
  const cells: Record<string, string | number> = {
    ...{ agent, status, tasks, runs, slope, intercept },
    ...{ average_score: averageScore, log_loss: logLoss },
  };
  for (const { quantile, estimate, low, high } of horizons) {
    const name = `p${Number((quantile * 100).toFixed(6))}`;
    cells[name] = estimate;
    cells[`${name}_low`] = low;
    cells[`${name}_high`] = high;
  }
  return cells;
}
