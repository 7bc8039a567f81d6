import { z } from "zod";

/**
 * A chart as data: axes, and layers drawn one over the other. An experiment may write one as an
 * artifact, so everything in it is checked: numbers are finite, lists are short enough to draw.
 */

const number = z.number();
const label = z.string().max(200);
const list = <T extends z.ZodType>(item: T) => z.array(item).min(1).max(5000);

/**
 * `minutes` is logarithmic, with ticks people use for lengths of work (1 s to 1 year; a working
 * week has 40 hours, a month 167, a year 2,000). `date` counts days since 1970-01-01.
 * `names` places the texts of `names` at 0, 1, 2, …, downwards or to the right.
 */
const axisSchema = z.strictObject({
  label,
  scale: z.enum(["linear", "log", "minutes", "date", "percent", "names"]),
  domain: z.tuple([number, number]).optional(),
  names: z.array(label).max(60).optional(),
});
export type Axis = z.infer<typeof axisSchema>;

/** Layers of one series share its colour, and its place in the legend, which has its first label. */
const shared = { label: label.optional(), series: z.number().int().min(0).max(20).optional() };

const layerSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("line"),
    ...shared,
    dashed: z.boolean().default(false),
    points: list(z.strictObject({ x: number, y: number })),
  }),
  z.strictObject({
    kind: z.literal("band"),
    ...shared,
    points: list(z.strictObject({ x: number, low: number, high: number })),
  }),
  /** Dots, with an interval across (`left`, `right`) or along (`low`, `high`), and a name beside them. */
  z.strictObject({
    kind: z.literal("points"),
    ...shared,
    points: list(
      z.strictObject({
        x: number,
        y: number,
        low: number.optional(),
        high: number.optional(),
        left: number.optional(),
        right: number.optional(),
        name: label.optional(),
        /** Drawn hollow: shown, but not part of what was fitted. */
        hollow: z.boolean().optional(),
      }),
    ),
  }),
  /** Bars from one value to another, at a place of the other axis. */
  z.strictObject({
    kind: z.literal("bars"),
    ...shared,
    /** Whether bars lie along x (places on y) or stand along y (places on x). */
    along: z.enum(["x", "y"]),
    bars: list(z.strictObject({ at: number, from: number, to: number, name: label.optional() })),
    /** How wide a bar is, in units of the axis it stands on. */
    width: number.positive().default(0.7),
  }),
  /** A line across the whole chart, at a value of one axis. */
  z.strictObject({
    kind: z.literal("rule"),
    ...shared,
    axis: z.enum(["x", "y"]),
    at: number,
  }),
]);
export type Layer = z.infer<typeof layerSchema>;

export const chartSchema = z.strictObject({
  /** What it shows, for those who cannot see it; no part of the drawing. */
  title: label.optional(),
  x: axisSchema,
  y: axisSchema,
  height: z.number().min(120).max(1200).default(360),
  layers: z.array(layerSchema).min(1).max(120),
});

/** A chart as it is written: what has a default may be left out. */
export type Chart = z.input<typeof chartSchema>;
/** A chart as it is drawn. */
export type CheckedChart = z.infer<typeof chartSchema>;
