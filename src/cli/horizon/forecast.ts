import {
  type DateQuantiles,
  type Forecast,
  forecastFigure,
  forecastPublished,
  forecastSuite,
  type GrowthShape,
  isoDate,
  type MilestoneForecast,
  readCategories,
  type Suite,
  splitSuite,
} from "../../horizon/index.ts";
import { Fault } from "../../record/index.ts";
import { drawFigure, type FigureOption } from "../figure.ts";
import { cleanLine, type GlobalOptions, paint, print, printJson } from "../output.ts";
import { wrapped } from "../screen.ts";
import { table } from "../table.ts";
import { type HistoryOptions, readHistory, ruleOf } from "./history.ts";
import { duration, percent } from "./words.ts";

export interface ForecastCommand extends HistoryOptions, FigureOption {
  readonly name: string;
  readonly milestone?: readonly number[];
  readonly shape?: readonly GrowthShape[];
  readonly shapeWeights: "equal" | "back-test";
  readonly correlation: number;
  readonly category?: string;
  readonly categories?: string;
}

export async function horizonForecast(
  files: string[],
  options: ForecastCommand,
  global: GlobalOptions,
): Promise<void> {
  const { json } = global;
  const forecast = await make(files, options);
  await drawFigure(options, () => forecastFigure(forecast, 0, FIGURE_SOURCES));
  if (json) printJson(jsonOf(forecast));
  else print(text(forecast));
}

/** Shapes of growth alone are too few for a density. */
const FIGURE_SOURCES = ["agents", "horizons", "tasks", "runs", "human times", "method", "all"];

async function make(files: readonly string[], options: ForecastCommand): Promise<Forecast> {
  const { name, seed, milestone: milestones, shape: shapes, shapeWeights, correlation } = options;
  // A forecast from runs draws for each source of doubt; its own draws are all that are needed.
  const history = await readHistory(files, { ...options, draws: 0 });
  const given = {
    ...{ name, seed, shapeWeights, rule: ruleOf(options) },
    ...(options.draws > 0 ? { draws: options.draws } : {}),
    ...(milestones ? { milestones } : {}),
    ...(shapes ? { shapes } : {}),
  };
  if (!history.runs) {
    if (options.category !== undefined) {
      throw new Fault(
        `--category "${options.category}"`,
        "published horizons are of all tasks together",
        "Give files of runs and their --dates",
      );
    }
    return forecastPublished(history.points, { ...given, correlation });
  }
  const { releaseDates } = history.runs;
  const suite = await categoryOnly(history.runs.suite, options);
  const dates = new Map(
    history.points.map(({ agent }) => [agent, releaseDates.get(agent)!] as const),
  );
  const { method, weighting, success } = options;
  const title = options.category ?? name;
  return forecastSuite(suite, dates, { ...given, name: title, method, weighting, success });
}

async function categoryOnly(
  suite: Suite,
  { category, categories }: ForecastCommand,
): Promise<Suite> {
  if (category === undefined) return suite;
  const parts = splitSuite(suite, await readCategories(categories));
  const found = parts.find((part) => part.category === category);
  if (found) return found.suite;
  throw new Fault(
    `--category "${category}"`,
    "no task is of this category",
    `There are: ${parts.map((part) => part.category).join(", ")}`,
  );
}

function text(forecast: Forecast): string {
  const { name, points, sources, central, shapes, notes } = forecast;
  const all = sources.at(-1)!.milestones;
  return [
    paint("bold", `Forecast: ${cleanLine(name)}, from ${points.length} agents`),
    ...all.flatMap((milestone, row) => [
      "",
      milestoneText(forecast, milestone, row, central[row]!),
    ]),
    "",
    paint(
      "dim",
      wrapped(
        `Each source stands alone, the others held at their estimates; "all" has them together. Shapes: ${shapes.map(({ shape, weight }) => `${shape} ${percent(Math.round(weight * 100) / 100)}`).join(", ")}.`,
      ),
    ),
    ...notes.map((note) => paint("dim", wrapped(`${cleanLine(note)}.`))),
  ].join("\n");
}

function milestoneText(
  { sources }: Forecast,
  all: MilestoneForecast,
  row: number,
  central: number,
): string {
  const right = "right" as const;
  const rows = sources.map(({ source, milestones }) => {
    const { q10, q50, q90, never } = milestones[row]!;
    const cells = [source, ...[q10, q50, q90].map(isoDate), never > 0 ? percentOf(never) : ""];
    return source === "all" ? cells.map((cell) => paint("bold", cell)) : cells;
  });
  const byShape = all.byShape.map(({ shape, q10, q50, q90, never }) => [
    paint("dim", `  given ${shape}`),
    ...[q10, q50, q90].map((date) => paint("dim", isoDate(date))),
    paint("dim", never > 0 ? percentOf(never) : ""),
  ]);
  return [
    `${paint("bold", duration(all.minutes))}: ${isoDate(all.q50)} [${isoDate(all.q10)}, ${isoDate(all.q90)}], 80 % interval; the exponential line alone says ${isoDate(central)}`,
    table(
      [
        { title: "Doubt from" },
        { title: "10 %" },
        { title: "50 %" },
        { title: "90 %" },
        { title: "Never", align: right },
      ],
      [...rows, ...byShape],
    ),
  ]
    .map((part, index) => (index === 0 ? wrapped(part) : part))
    .join("\n");
}

function percentOf(part: number): string {
  return part < 0.01 ? "< 1 %" : percent(Math.round(part * 100) / 100);
}

function jsonOf(forecast: Forecast): object {
  const dated = (day: number) => (Number.isFinite(day) ? isoDate(day) : null);
  const summary = ({ q10, q50, q90, never, undetermined }: DateQuantiles) => ({
    ...{ q10: dated(q10), q50: dated(q50), q90: dated(q90) },
    ...{ never, undetermined },
  });
  return {
    name: forecast.name,
    points: forecast.points.map((point) => ({ ...point, releaseDate: dated(point.releaseDate) })),
    shapes: forecast.shapes,
    sources: forecast.sources.map(({ source, milestones }) => ({
      source,
      milestones: milestones.map(({ byShape, ...milestone }) => ({
        minutes: milestone.minutes,
        ...summary(milestone),
        byShape: byShape.map((each) => ({ shape: each.shape, ...summary(each) })),
      })),
    })),
    central: forecast.central.map(dated),
    notes: forecast.notes,
  };
}
