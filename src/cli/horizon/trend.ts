import type { Chart } from "../../charts/index.ts";
import {
  backtest,
  compareWithTrend,
  type DoublingDraws,
  dateOf,
  doublingInterval,
  drawTrends,
  fitGrowth,
  fitTrend,
  GROWTH_SHAPES,
  type GrowthFit,
  growthDate,
  type HorizonPoint,
  type HorizonsByDraw,
  horizonOn,
  isoDate,
  MILESTONES,
  type ShapeBacktest,
  type Trend,
  type TrendBreak,
  type TrendComparison,
  testForBreak,
  trendDraws,
  trendFigure,
} from "../../horizon/index.ts";
import { Fault } from "../../record/index.ts";
import { drawFigure, type FigureOption } from "../figure.ts";
import { cleanLine, type GlobalOptions, paint, print, printJson } from "../output.ts";
import { estimateTable, wrapped } from "../screen.ts";
import { table } from "../table.ts";
import {
  chosen,
  type History,
  type HistoryOptions,
  readHistory,
  ruleOf,
  windowOf,
} from "./history.ts";
import { duration, durationRange, factor, percent } from "./words.ts";

export interface TrendCommand extends HistoryOptions, FigureOption {
  readonly shapes?: boolean;
  readonly bend?: boolean;
}

export async function horizonTrend(
  files: string[],
  options: TrendCommand,
  global: GlobalOptions,
): Promise<void> {
  const { json } = global;
  const history = await readHistory(files, options);
  const result = measure(history, options);
  await drawFigure(options, () => figureOf(history, result, options));
  if (json) printJson(jsonOf(result, options));
  else print(text(result, options));
}

/** With a band from joint draws, or from published intervals where there are no runs. */
function figureOf(history: History, { points, trend }: TrendResult, options: TrendCommand): Chart {
  const joint = history.draws ? trendDraws(points, history.draws) : null;
  const draws = joint
    ? Array.from(joint.slope, (slope, draw) => ({ slope, intercept: joint.intercept[draw]! }))
    : drawTrends(points, { draws: 1000, seed: options.seed });
  return trendFigure({
    ...{ points: history.points, fitted: points.map(({ agent }) => agent), trend },
    draws: draws.filter(({ slope }) => Number.isFinite(slope)),
    until: points.at(-1)!.releaseDate + 2 * 365,
    success: percent(options.success),
  });
}

interface TrendResult {
  readonly points: readonly HorizonPoint[];
  readonly trend: Trend;
  /** Over joint draws, where there were runs to draw from. */
  readonly drawn: DoublingDraws | null;
  readonly shapes: readonly { readonly fit: GrowthFit; readonly test: ShapeBacktest | null }[];
  readonly bend: TrendBreak | null;
  /** The newest agent against the trend of those before it, on joint draws. */
  readonly newest: TrendComparison | null;
}

function measure(history: History, options: TrendCommand): TrendResult {
  const points = chosen(history.points, options);
  const trend = fitTrend(points);
  const drawn = history.draws ? doublingInterval(trendDraws(points, history.draws)) : null;
  return {
    points,
    trend,
    drawn,
    shapes: options.shapes ? shapesOf(history.points, points, options) : [],
    bend: options.bend ? testForBreak(points, { seed: options.seed }) : null,
    newest: history.draws ? compareNewest(points, history.draws) : null,
  };
}

function compareNewest(
  points: readonly HorizonPoint[],
  draws: HorizonsByDraw,
): TrendComparison | null {
  const newest = points.at(-1)!;
  const before = points.filter(({ releaseDate }) => releaseDate < newest.releaseDate);
  return faultless(() => compareWithTrend(newest, before, draws));
}

/** Every shape that the points determine, with its back-test where there are agents enough. */
function shapesOf(
  all: readonly HorizonPoint[],
  points: readonly HorizonPoint[],
  options: TrendCommand,
): TrendResult["shapes"] {
  const fits = GROWTH_SHAPES.flatMap((shape) => faultless(() => fitGrowth(points, shape)) ?? []);
  const shapes = fits.map(({ shape }) => shape);
  const history = options.who === "all" ? points : all;
  const tests = faultless(() => backtest(history, { shapes }, ruleOf(options)));
  return fits.map((fit) => ({
    fit,
    test: tests?.find(({ shape }) => shape === fit.shape) ?? null,
  }));
}

/** Null where there are too few points for what was asked. */
function faultless<T>(work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    if (error instanceof Fault) return null;
    throw error;
  }
}

function text(
  { points, trend, drawn, shapes, bend, newest }: TrendResult,
  options: TrendCommand,
): string {
  const { doubling } = trend;
  const byDraws = drawn
    ? `; over draws of tasks and runs ${days(drawn.estimate)} ${daysRange(drawn)}`
    : "";
  const at = (milestone: keyof typeof MILESTONES) => isoDate(dateOf(trend, MILESTONES[milestone]));
  return [
    wrapped(
      `${paint("bold", `${percent(options.success)} horizons double in ${days(doubling.estimate)}`)} ${daysRange(doubling)}${byDraws}`,
    ),
    paint("dim", `${points.length} agents, R² ${trend.rSquared.toFixed(3)}; 95 % intervals`),
    "",
    pointsTable(points, trend),
    "",
    `The line reaches 100 h on ${at("hundred-hours")}, a work-month of 167 h on ${at("work-month")}.`,
    paint("dim", wrapped("`glasshouse horizon forecast` has the uncertainty of such dates.")),
    ...(newest ? [newestText(newest)] : []),
    ...(shapes.length > 0 ? ["", shapesTable(shapes)] : []),
    ...(bend ? ["", bendText(bend)] : []),
  ].join("\n");
}

function pointsTable(points: readonly HorizonPoint[], trend: Trend): string {
  const right = "right" as const;
  return estimateTable(
    [
      { title: "Agent" },
      { title: "Released" },
      { title: "Horizon", align: right },
      { title: "Trend", align: right },
      { title: "Ratio", align: right },
    ],
    points.map((point) => {
      const { agent, releaseDate, horizon, low = Number.NaN, high = Number.NaN } = point;
      const expected = horizonOn(trend, releaseDate);
      return [
        paint("bold", cleanLine(agent)),
        isoDate(releaseDate),
        { main: duration(horizon), range: durationRange({ low, high }) },
        duration(expected),
        (horizon / expected).toFixed(2),
      ];
    }),
  );
}

function shapesTable(shapes: TrendResult["shapes"]): string {
  const best = Math.min(...shapes.map(({ fit }) => fit.aicc));
  const right = "right" as const;
  const month = MILESTONES["work-month"];
  return [
    table(
      [
        { title: "Growth" },
        { title: "R²", align: right },
        { title: "AICc above best", align: right },
        { title: duration(month) },
        { title: "Back-test error, doublings", align: right },
        { title: "Covered", align: right },
      ],
      shapes.map(({ fit, test }) => [
        fit.shape,
        fit.rSquared.toFixed(3),
        Number.isFinite(fit.aicc) ? (fit.aicc - best).toFixed(1) : "–",
        isoDate(growthDate(fit, month)),
        test ? test.error.toFixed(2) : "–",
        test ? `${(test.coverage * 100).toFixed(0)} of ${percent(test.level)}` : "–",
      ]),
    ),
    paint("dim", wrapped("Back-tests fit the agents before a date and predict the next three.")),
  ].join("\n");
}

function newestText({ agent, ratio, p, before }: TrendComparison): string {
  return wrapped(
    `${cleanLine(agent)} is ${factor(ratio.estimate)} [${factor(ratio.low)}, ${factor(ratio.high)}] times as far as the trend of the ${before.length} before it (p = ${p.toPrecision(2)}).`,
  );
}

function bendText({ day, low, high, p, doublingBefore, doublingAfter }: TrendBreak): string {
  return wrapped(
    `Best bend on ${isoDate(day)} [${isoDate(low)}, ${isoDate(high)}]: doubling in ${days(doublingBefore)} before, ${days(doublingAfter)} after. Chance alone makes as good a bend with p = ${p.toPrecision(2)}.`,
  );
}

function days(count: number): string {
  return Number.isFinite(count) ? `${count.toFixed(1)} days` : "never";
}

function daysRange({ low, high }: { readonly low: number; readonly high: number }): string {
  const end = (count: number) => (Number.isFinite(count) ? count.toFixed(1) : "never");
  return `[${end(low)}, ${end(high)}]`;
}

function jsonOf(
  { points, trend, drawn, shapes, bend, newest }: TrendResult,
  options: TrendCommand,
): object {
  const { success, cap, who } = options;
  const { from, before } = windowOf(options);
  const dated = (day: number) => (Number.isFinite(day) ? isoDate(day) : null);
  return {
    success,
    rule: {
      who,
      from: from === undefined ? null : isoDate(from),
      before: before === undefined ? null : isoDate(before),
      capMinutes: cap ?? null,
    },
    points: points.map((point) => ({ ...point, releaseDate: isoDate(point.releaseDate) })),
    trend,
    doublingOverDraws: drawn,
    milestones: Object.values(MILESTONES).map((minutes) => ({
      minutes,
      date: dated(dateOf(trend, minutes)),
    })),
    shapes: shapes.map(({ fit, test }) => ({
      shape: fit.shape,
      parameters: fit.parameters,
      ...{ rSquared: fit.rSquared, aic: fit.aic, aicc: fit.aicc, bic: fit.bic },
      workMonth: dated(growthDate(fit, MILESTONES["work-month"])),
      backtest: test,
    })),
    newest,
    bend: bend && { ...bend, day: dated(bend.day), low: dated(bend.low), high: dated(bend.high) },
  };
}
