import { z } from "zod";
import { Fault } from "../record/index.ts";
import { fitLogistic } from "../stats/index.ts";

const probability = z.number().min(0).max(1);
const fitted = {
  format: z.literal("glasshouse.calibrator"),
  version: z.literal(1),
  /** Share of positives among the rows that it was fitted to. */
  baseRate: probability,
};

export const calibratorSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    ...fitted,
    kind: z.literal("isotonic"),
    /** A score has the value of the last `from` at or below it, or else the first value. */
    from: z.array(z.number()).min(1),
    values: z.array(probability).min(1),
  }),
  z.strictObject({
    ...fitted,
    kind: z.literal("logistic"),
    intercept: z.number(),
    slope: z.number(),
  }),
]);

/** What turns a monitor's score into a probability: data, to be kept beside the monitor. */
export type Calibrator = z.infer<typeof calibratorSchema>;
export type CalibratorKind = Calibrator["kind"];

/** Scores with what was true of them. */
type Fitted = readonly { readonly score: number; readonly label: boolean }[];

/** Fits one of either kind. Throws a Fault on no rows, or on a score that is not finite. */
export function fitCalibrator(kind: CalibratorKind, rows: Fitted): Calibrator {
  if (rows.length === 0) throw new Fault("calibrator", "there are no rows", "Give labelled rows");
  const odd = rows.find(({ score }) => !Number.isFinite(score));
  if (odd) throw new Fault("calibrator", `a score is ${odd.score}`, "Give finite scores");
  const positives = rows.filter(({ label }) => label).length;
  const common = {
    format: "glasshouse.calibrator",
    version: 1,
    baseRate: positives / rows.length,
  } as const;
  return kind === "isotonic"
    ? { ...common, kind, ...pooled(rows) }
    : { ...common, kind, ...platt(rows, positives) };
}

/**
 * The probability of a positive. Where positives have another share than in the fit, `baseRate`
 * moves the odds by Bayes' rule, which holds if positives and negatives score as they did then.
 */
export function probabilityOf(calibrator: Calibrator, score: number, baseRate?: number): number {
  const raw =
    calibrator.kind === "logistic"
      ? 1 / (1 + Math.exp(-(calibrator.intercept + calibrator.slope * score)))
      : stepAt(calibrator.from, calibrator.values, score);
  if (baseRate === undefined) return raw;
  const share = calibrator.baseRate;
  const yes = share > 0 ? (raw * baseRate) / share : 0;
  const no = share < 1 ? ((1 - raw) * (1 - baseRate)) / (1 - share) : 0;
  return yes + no > 0 ? yes / (yes + no) : baseRate;
}

/** Reads a calibrator from JSON. Throws a Fault that says what is wrong with it. */
export function readCalibrator(text: string, place: string): Calibrator {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Fault(place, "it is no JSON", "Give a calibrator that was written as JSON");
  }
  const result = calibratorSchema.safeParse(value);
  const problem = result.success ? disorder(result.data) : result.error.issues[0]!.message;
  if (problem !== null) {
    const path = result.success ? "from" : result.error.issues[0]!.path.join(".");
    throw new Fault(place, `${path || "it"}: ${problem}`, "Fit the calibrator anew");
  }
  return result.data!;
}

function disorder(calibrator: Calibrator): string | null {
  if (calibrator.kind === "logistic") return null;
  const { from, values } = calibrator;
  if (from.length !== values.length) return `${from.length} scores have ${values.length} values`;
  const rises = (list: readonly number[]) => list.every((x, i) => i === 0 || x > list[i - 1]!);
  return rises(from) && rises(values) ? null : "scores and values have to rise";
}

/**
 * Isotonic regression by pooling adjacent violators (Ayer et al. 1955): the rising step function
 * nearest to the labels.
 */
function pooled(rows: Fitted): { from: number[]; values: number[] } {
  const blocks: { from: number; sum: number; count: number }[] = [];
  for (const { score, label } of [...rows].sort((a, b) => a.score - b.score)) {
    const last = blocks.at(-1);
    // Equal scores get one value.
    if (last && last.from === score) {
      last.sum += label ? 1 : 0;
      last.count += 1;
    } else blocks.push({ from: score, sum: label ? 1 : 0, count: 1 });
  }
  const merged: typeof blocks = [];
  for (const block of blocks) {
    merged.push(block);
    while (merged.length > 1 && rate(merged.at(-2)!) >= rate(merged.at(-1)!)) {
      const { sum, count } = merged.pop()!;
      merged.at(-1)!.sum += sum;
      merged.at(-1)!.count += count;
    }
  }
  return { from: merged.map(({ from }) => from), values: merged.map(rate) };
}

/**
 * Platt's scaling (2000): a logistic curve fitted to his smoothed targets, which keep it finite
 * where scores separate the labels. One whose slope would fall stays flat at the base rate: a higher
 * score never means a lower probability.
 */
function platt(rows: Fitted, positives: number): { intercept: number; slope: number } {
  const negatives = rows.length - positives;
  const [high, low] = [(positives + 1) / (positives + 2), 1 / (negatives + 2)];
  const scores = rows.map(({ score }) => score);
  const [least, most] = [scores, scores].map((list, i) =>
    list.reduce((a, b) => (i === 0 ? Math.min(a, b) : Math.max(a, b))),
  ) as [number, number];
  const y = rows.map(({ label }) => (label ? high : low));
  const share = y.reduce((sum, value) => sum + value, 0) / y.length;
  const flat = { intercept: Math.log(share / (1 - share)), slope: 0 };
  // On 0..1, whatever the scale of the scores was; scores that differ by rounding alone are equal.
  const scale = 1 / (most - least);
  if (!(scale > 0 && scale * Math.max(Math.abs(least), Math.abs(most)) < 1e9)) return flat;
  const { coefficients } = fitLogistic({
    y,
    predictors: [scores.map((score) => (score - least) * scale)],
  });
  const [intercept, slope] = [coefficients[0]!, coefficients[1]!];
  if (slope <= 0) return flat;
  return { intercept: intercept - slope * least * scale, slope: slope * scale };
}

/** By bisection: a monitor asks at every step. */
function stepAt(from: readonly number[], values: readonly number[], score: number): number {
  let [low, high] = [0, from.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (from[middle]! <= score) low = middle + 1;
    else high = middle;
  }
  return values[Math.max(0, low - 1)]!;
}

function rate({ sum, count }: { readonly sum: number; readonly count: number }): number {
  return sum / count;
}
