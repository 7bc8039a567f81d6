import { studentT } from "./distributions.ts";
import { StatisticsInputError } from "./errors.ts";
import { requirePositive, requireSameLength, requireSample } from "./input.ts";
import { logNormalSurvival } from "./normal.ts";
import { logIntegratePeak } from "./quadrature.ts";
import { exponentialGap, logIncompleteBeta } from "./special-functions.ts";
import type { Alternative } from "./t-tests.ts";

/** What an anytime-valid t test asks. Fix it before the data. */
export interface TProcessOptions {
  /** The mean under the null hypothesis, in the data's unit; 0. */
  readonly null?: number;
  /** "greater" (the default): the null says the mean is at most `null`; "less" mirrors it. */
  readonly alternative?: Alternative;
  /**
   * The standard deviation τ of the half-normal mixture over standardised effects; 1. Set it near
   * the effect you expect: that decides how soon the process grows, never whether it is valid.
   */
  readonly scale?: number;
  /** A standardised effect d0 ≥ 0 that the null still allows: its mean is null + d0 σ; 0. */
  readonly effectNull?: number;
}

/** The process after n observations. Everything it needs of the past is in it; plain data. */
export interface TProcess {
  readonly options: Required<TProcessOptions>;
  readonly n: number;
  readonly mean: number;
  /** Σ (x - mean)². */
  readonly squares: number;
  /** log of the e-value now. */
  readonly logE: number;
  /** The e-value now; `Infinity` where it is beyond 1.8e308. */
  readonly e: number;
  /** The anytime-valid p value: 1 over the largest e so far, at most 1. It never grows. */
  readonly p: number;
}

/**
 * The anytime-valid t test of all values in turn: an e-process for the mean of normal data with
 * unknown variance, so that one may look after every observation and stop at will. Reject at level
 * alpha as soon as p ≤ alpha: under the null the chance that this ever happens is at most alpha.
 *
 * For each effect δ the process compares the likelihoods of the scale-invariant part of the data
 * (right Haar prior on σ: Lai 1976; Pérez-Ortiz, Lardy, de Heide and Grünwald 2022) and mixes over
 * δ with a half-normal. At `effectNull` 0 the mixture has the closed form
 * 2 (1 + nτ²)^(-1/2) (1 - r²τ²/(1 + nτ²))^(-n/2) T_n(√n r τ / √(1 + nτ² - r²τ²)), r = Σx/√Σx²,
 * where T_n is the cdf of Student's t. It is a martingale at the edge of the null, in the
 * filtration of scale-invariant statistics. Inside the null it lies below: there the same noise
 * gives, at every n at once, a smaller t statistic, and the process grows with that statistic.
 * E[e] ≤ 1 thus holds at stopping times that do not depend on the data's unit.
 */
export function tProcess(values: ArrayLike<number>, options: TProcessOptions = {}): TProcess {
  requireSample("tProcess(values)", values, 0);
  let process = openTProcess(options);
  for (let i = 0; i < values.length; i++) process = observe(process, values[i]!);
  return process;
}

/** The paired form: the process of the differences a[i] - b[i]. */
export function pairedTProcess(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  options: TProcessOptions = {},
): TProcess {
  requireSameLength("pairedTProcess(a, b)", a.length, b.length);
  return tProcess(
    Float64Array.from(a, (value, i) => value - b[i]!),
    options,
  );
}

/** A process that has seen nothing: e = 1. */
export function openTProcess(options: TProcessOptions = {}): TProcess {
  const full = { null: 0, alternative: "greater" as const, scale: 1, effectNull: 0, ...options };
  requireSample("tProcess(null)", [full.null], 1);
  requirePositive("tProcess(scale)", full.scale);
  if (!(full.effectNull >= 0 && full.effectNull < Infinity)) {
    throw new StatisticsInputError(
      "tProcess(effectNull)",
      `the effect is ${full.effectNull}`,
      "give a number of at least 0; its direction is that of the alternative",
    );
  }
  if (full.effectNull > 0 && full.alternative === "two-sided") {
    throw new StatisticsInputError(
      "tProcess(effectNull)",
      "a two-sided process tests one point",
      'choose the alternative "greater" or "less", or leave effectNull at 0',
    );
  }
  return { options: full, n: 0, mean: 0, squares: 0, logE: 0, e: 1, p: 1 };
}

/** The process after one more observation (Welford's update of the moments). */
export function observe(process: TProcess, value: number): TProcess {
  requireSample("observe(value)", [value], 1);
  const n = process.n + 1;
  const gap = value - process.mean;
  const mean = process.mean + gap / n;
  const squares = process.squares + gap * (value - mean);
  const logE = logEValue(n, mean, squares, process.options);
  const e = Math.exp(logE);
  return { options: process.options, n, mean, squares, logE, e, p: Math.min(process.p, 1 / e) };
}

/**
 * log of the mixture e-value from n, the mean and Σ (x - mean)². Where every value equals the null
 * exactly the scale-invariant part says nothing, and the e-value is 1.
 */
export function logEValue(
  n: number,
  mean: number,
  squares: number,
  options: Required<TProcessOptions>,
): number {
  const { alternative, scale, effectNull } = options;
  const shift = (alternative === "less" ? -1 : 1) * (mean - options.null);
  const total = squares + n * shift * shift;
  if (total === 0) return 0;
  const r = (n * shift) / Math.sqrt(total);
  // n - r² without cancellation.
  const spread = (n * squares) / total;
  if (effectNull > 0) return logMixtureAbove(n, r, spread, scale, effectNull);
  const growth = Math.log1p(n * scale ** 2);
  const rest = 1 + scale ** 2 * spread;
  const logPoint = -0.5 * growth - (n / 2) * (Math.log(rest) - growth);
  if (alternative === "two-sided") return logPoint;
  return Math.LN2 + logPoint + logStudentCdf((Math.sqrt(n) * r * scale) / Math.sqrt(rest), n);
}

/**
 * The mixture over δ = d0 + |N(0, τ²)| against δ = d0, by quadrature over w = √n e^u, where w is
 * Σx² to the root over σ: the integral over δ is Gaussian and done by hand.
 */
function logMixtureAbove(
  n: number,
  r: number,
  spread: number,
  scale: number,
  effectNull: number,
): number {
  const a = n + scale ** -2;
  const root = Math.sqrt(n);
  const nullPart = (u: number) =>
    (-n / 2) * exponentialGap(2 * u) + effectNull * r * root * Math.exp(u);
  const mixed = (u: number) => {
    const pull = r * root * Math.exp(u) - n * effectNull;
    return nullPart(u) + (pull * pull) / (2 * a) + logNormalSurvival(-pull / Math.sqrt(a));
  };
  const lowest = -Math.log(2 + effectNull) - 12;
  const highest = Math.log(2 + effectNull) + 0.5 * Math.log1p((n * scale ** 2) / (1 + spread)) + 6;
  const weight = Math.LN2 - Math.log(scale * Math.sqrt(a));
  return (
    weight + logIntegratePeak(mixed, lowest, highest) - logIntegratePeak(nullPart, lowest, highest)
  );
}

/** log P(T ≤ t), finite however far out t lies. */
function logStudentCdf(t: number, df: number): number {
  if (t >= 0) return Math.log(studentT(df).cdf(t));
  const square = t * t;
  return logIncompleteBeta(df / (df + square), df / 2, 0.5, square / (df + square)) - Math.LN2;
}
