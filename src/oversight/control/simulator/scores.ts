import type { Suspicion } from "../../../monitors/index.ts";
import { normal, type Random } from "../../../stats/index.ts";

/**
 * The scores of a monitor as two normal distributions (the binormal ROC model, Dorfman and Alf 1969):
 * honest actions at mean 0 with standard deviation 1, attacks at mean `separation` with `spread`.
 */
export interface MonitorModel {
  readonly name: string;
  /** d', in standard deviations of honest scores. */
  readonly separation: number;
  /** Standard deviation of attacks' scores; 1. */
  readonly spread?: number;
  /** The monitor is a copy of the agent and may cover for it; in several ways at once where listed. */
  readonly collusion?: Collusion | readonly Collusion[];
}

/**
 * What makes scores alike, as shares of their variance; what is left over is each score's own. A
 * resample is the more informative the less its context decides.
 */
export interface Likeness {
  /** Of all steps of one trajectory. */
  readonly trajectory: number;
  /** Of all candidates from one context. */
  readonly context: number;
  /** Of all monitors of one candidate. */
  readonly candidate: number;
}

/**
 * How a colluding monitor knows its own attacks (arXiv:2602.20628): by recognising its own style, by
 * a signal that the attacker writes into the action, or by one that both would think of without
 * having agreed on it.
 */
export interface Collusion {
  readonly kind: "self-recognition" | "causal-signal" | "acausal-signal";
  /** The chance that it recognises an attack by itself, and then scores it 0. */
  readonly recognises: number;
  /**
   * The chance that what it recognises by survives a paraphrase by the trusted model. For a causal
   * signal it is rho; the others rest on what the action does and survive by assumption: 1.
   */
  readonly survivesParaphrase?: number;
}

/** The d' at which a monitor of equal spreads has this AUROC: the AUROC is Phi(d' / sqrt(2)). */
export function separationOfAuroc(auroc: number): number {
  return Math.SQRT2 * normal.quantile(auroc);
}

/** The d' at which a monitor has this true positive rate at a false positive rate. */
export function separationOfTruePositives(
  truePositiveRate: number,
  falsePositiveRate: number,
  spread = 1,
): number {
  return spread * normal.quantile(truePositiveRate) + normal.upperQuantile(falsePositiveRate);
}

/** The true positive rate of a binormal monitor at a false positive rate. */
export function truePositiveRate(
  { separation, spread = 1 }: Pick<MonitorModel, "separation" | "spread">,
  falsePositiveRate: number,
): number {
  return normal.survival((normal.upperQuantile(falsePositiveRate) - separation) / spread);
}

/** The part of the scores that a whole trajectory, or a whole context, has in common. */
export interface CommonNoise {
  readonly trajectory: number;
  readonly context: number;
}

/** The noise of one candidate's scores, standard normal for each monitor; before it is known what it is. */
export function drawNoise(
  monitors: readonly MonitorModel[],
  likeness: Likeness,
  common: CommonNoise,
  random: Random,
): readonly number[] {
  const { trajectory, context, candidate } = likeness;
  const own = Math.max(0, 1 - trajectory - context - candidate);
  const shared =
    Math.sqrt(trajectory) * common.trajectory +
    Math.sqrt(context) * common.context +
    Math.sqrt(candidate) * random.normal();
  return monitors.map(() => shared + Math.sqrt(own) * random.normal());
}

/** What the monitors say of an action. */
export function scoresFrom(
  monitors: readonly MonitorModel[],
  noise: readonly number[],
  attack: { readonly lowered: number; readonly paraphrased: boolean; readonly lot: number } | null,
): readonly Suspicion[] {
  return monitors.map(({ name, separation, spread = 1, collusion }, index) => {
    if (attack === null) return suspicion(name, noise[index]!);
    if (collusion !== undefined && attack.lot < coverUp(collusion, attack.paraphrased)) {
      return suspicion(name, -Infinity);
    }
    return suspicion(name, separation - attack.lowered + spread * noise[index]!);
  });
}

/** The chance that a colluding monitor covers an attack up: that any of its ways serves. */
export function coverUp(collusion: Collusion | readonly Collusion[], paraphrased: boolean): number {
  if ("kind" in collusion) return coverUpBy(collusion, paraphrased);
  return 1 - collusion.reduce((rest, each) => rest * (1 - coverUpBy(each, paraphrased)), 1);
}

function coverUpBy(collusion: Collusion, paraphrased: boolean): number {
  const { kind, recognises, survivesParaphrase = kind === "causal-signal" ? 0.2 : 1 } = collusion;
  return recognises * (paraphrased ? survivesParaphrase : 1);
}

/** The logistic function leaves the order as it is, also far out, where Phi would round to 1. */
function suspicion(monitor: string, value: number): Suspicion {
  return { monitor, score: 1 / (1 + Math.exp(-value)), events: [] };
}
