import { Fault } from "../../record/index.ts";
import { fitLinear, studentT } from "../../stats/index.ts";
import { CURVES, type GrowthShape } from "./growth-curves.ts";
import type { HorizonPoint } from "./sota.ts";
import { lnHorizon, requireTrendPoints } from "./trend.ts";

/** Every shape of growth, simplest first. */
export const GROWTH_SHAPES = Object.keys(CURVES) as readonly GrowthShape[];

/** A shape fitted to horizons by release date. */
export interface GrowthFit {
  readonly shape: GrowthShape;
  readonly n: number;
  /** The shape's entries by name, with days counted from 1970-01-01 where they locate one. */
  readonly parameters: Readonly<Record<string, number>>;
  /** Share of variance explained, of ln(minutes); for `linear` of the minutes it is fitted to. */
  readonly rSquared: number;
  /** Of the ln(minutes) under normal scatter, whatever the scale of the fit: so shapes compare. */
  readonly logLikelihood: number;
  /** Akaike's criterion, its correction for few points (Infinity for too few), and Schwarz's. */
  readonly aic: number;
  readonly aicc: number;
  readonly bic: number;
  /** The day from which the fit counts, and the fit itself, for the functions below. */
  readonly origin: number;
  readonly fit: readonly number[];
  readonly points: readonly HorizonPoint[];
}

/** Fits one shape. Throws a Fault where the points do not determine it. */
export function fitGrowth(points: readonly HorizonPoint[], shape: GrowthShape): GrowthFit {
  const curve = CURVES[shape];
  const k = curve.parameters.length;
  requireTrendPoints(points, k + 1);
  const sorted = [...points].sort((a, b) => a.releaseDate - b.releaseDate);
  const n = sorted.length;
  const origin = sorted.at(-1)!.releaseDate;
  const t = sorted.map(({ releaseDate }) => releaseDate - origin);
  const y = sorted.map(lnHorizon);
  const fit = curve.fit(t, y);
  if (!fit) {
    throw new Fault(
      `trend, ${shape}`,
      `${n} points do not determine this shape`,
      "Widen the window, or leave the shape out",
    );
  }
  const inMinutes = shape === "linear";
  const scale = inMinutes ? y.map(Math.exp) : y;
  const predicted = t.map((each) => onScale(shape, fit, each));
  const squares = sum(scale.map((each, i) => (each - predicted[i]!) ** 2));
  const centre = sum(scale) / n;
  // The density of ln(minutes) is that of the minutes times the minutes.
  const jacobian = inMinutes ? sum(y) : 0;
  const logLikelihood = (-n / 2) * (Math.log((2 * Math.PI * squares) / n) + 1) + jacobian;
  const free = k + 1;
  const aic = 2 * free - 2 * logLikelihood;
  return {
    shape,
    n,
    parameters: Object.fromEntries(
      curve.parameters.map((name, i) => [name, fit[i]! + (curve.days.includes(name) ? origin : 0)]),
    ),
    rSquared: 1 - squares / sum(scale.map((each) => (each - centre) ** 2)),
    logLikelihood,
    aic,
    aicc: n > free + 1 ? aic + (2 * free * (free + 1)) / (n - free - 1) : Infinity,
    bic: free * Math.log(n) - 2 * logLikelihood,
    ...{ origin, fit, points: sorted },
  };
}

/** ln(minutes) on a day since 1970-01-01. */
export function growthOn({ shape, fit, origin }: GrowthFit, day: number): number {
  return CURVES[shape].value(fit, day - origin);
}

/** The day on which a shape reaches so many minutes; Infinity where it never does. */
export function growthDate({ shape, fit, origin }: GrowthFit, minutes: number): number {
  return origin + CURVES[shape].dateOf(fit, Math.log(minutes));
}

/** What a new agent's ln(minutes) may be: Student's t about `centre`, so wide, on `df`. */
export interface GrowthPrediction {
  /** On the scale of the fit: ln(minutes), and minutes for `linear`. */
  readonly centre: number;
  readonly scale: number;
  readonly df: number;
}

/**
 * The predictive distribution of an agent that comes out on a day: scatter about the curve and the
 * curve's own error, which is carried over by its derivatives (the delta method). The scale is
 * Infinity where the curve's error is undetermined.
 */
export function predictGrowth(growth: GrowthFit, day: number): GrowthPrediction {
  const { shape, fit, origin, points, n } = growth;
  const t = points.map(({ releaseDate }) => releaseDate - origin);
  const y = points.map((each) => (shape === "linear" ? each.horizon : lnHorizon(each)));
  const df = n - fit.length;
  const gradient = derivatives(shape, fit, day - origin);
  const centre = onScale(shape, fit, day - origin);
  const columns = fit.map((_, j) => t.map((each) => derivatives(shape, fit, each)[j]!));
  const residuals = y.map((each, i) => each - onScale(shape, fit, t[i]!));
  try {
    const error = fitLinear({ y: residuals, predictors: columns, intercept: false });
    const k = fit.length;
    let variance = error.residualVariance;
    for (let i = 0; i < k; i++) {
      for (let j = 0; j < k; j++) {
        variance += gradient[i]! * error.covariance[i * k + j]! * gradient[j]!;
      }
    }
    return { centre, scale: Math.sqrt(variance), df };
  } catch {
    return { centre, scale: Infinity, df };
  }
}

/** An interval of minutes from a prediction. */
export function predictedMinutes(
  shape: GrowthShape,
  { centre, scale, df }: GrowthPrediction,
  level: number,
): readonly [low: number, high: number] {
  const reach = studentT(df).upperQuantile((1 - level) / 2) * scale;
  const minutes = (value: number) => (shape === "linear" ? Math.max(0, value) : Math.exp(value));
  return [minutes(centre - reach), minutes(centre + reach)];
}

function onScale(shape: GrowthShape, fit: readonly number[], t: number): number {
  return shape === "linear" ? fit[0]! + fit[1]! * t : CURVES[shape].value(fit, t);
}

function derivatives(shape: GrowthShape, fit: readonly number[], t: number): number[] {
  return fit.map((value, j) => {
    const step = 1e-5 * Math.max(Math.abs(value), 1e-6);
    const at = (change: number) => onScale(shape, fit.with(j, value + change), t);
    return (at(step) - at(-step)) / (2 * step);
  });
}

function sum(values: readonly number[]): number {
  return values.reduce((total, each) => total + each, 0);
}
