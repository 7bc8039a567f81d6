import { ConvergenceError, fitLogistic } from "../../stats/index.ts";
import type { Outcomes, Suite, Task } from "../suite.ts";
import { runWeights, type Weighting } from "./weights.ts";

/** METR's estimator as of a year: they differ in the ridge on the slope, where weights sum to 1. */
export const METHODS = {
  /** The paper (arXiv:2503.14499), Time Horizon 1.0, and 1.1 until March 2026. */
  "metr-2025": { ridge: 0.1 },
  /** METR's site since March 2026, which calls the stronger ridge a mistake. */
  "metr-2026": { ridge: 1e-5 },
} as const;
export type Method = keyof typeof METHODS;

export interface FitOptions {
  readonly method: Method;
  /** "inverse-sqrt-family", as METR's headline figures have it. */
  readonly weighting?: Weighting;
}

/**
 * How an agent's success falls with task length:
 * logit P(success) = intercept + slope · log2(human minutes).
 */
export interface HorizonFit {
  readonly agent: string;
  /**
   * `fitted`: a curve. `all-failed` and `all-succeeded`: every score the same, so the horizon is 0
   * or beyond the tasks. `separated`: every success on a shorter task than every failure; the
   * ridge alone decides the slope, and the horizon lies somewhere between two tasks.
   * `one-length`: attempted tasks all have one length, so there is no curve.
   */
  readonly status: "fitted" | "separated" | "all-failed" | "all-succeeded" | "one-length";
  readonly slope: number;
  readonly intercept: number;
  /** Σ weight · score. */
  readonly averageScore: number;
  /** Σ weight · log loss, in nats a run; the mean where weights sum to 1. */
  readonly logLoss: number;
  /** The largest entry of the objective's gradient at the optimum. */
  readonly gradient: number;
  readonly tasks: number;
  readonly runs: number;
  /** Minutes of the shortest and of the longest task attempted. */
  readonly range: readonly [number, number];
  /** What a reader of the horizon should know, in plain sentences. */
  readonly warnings: readonly string[];
}

/** Fits each agent of a suite. */
export function fitSuite(suite: Suite, options: FitOptions): HorizonFit[] {
  return suite.agents.map((outcomes) => fitHorizon(suite.tasks, outcomes, options));
}

/** Fits one agent by exact Newton steps. Scores between 0 and 1 count as soft labels. */
export function fitHorizon(
  tasks: readonly Task[],
  outcomes: Outcomes,
  { method, weighting = "inverse-sqrt-family" }: FitOptions,
): HorizonFit {
  const { agent, runs, scores } = outcomes;
  const weights = runWeights(tasks, outcomes, weighting);
  const at = [...tasks.keys()].filter((index) => runs[index]! > 0);
  const minutes = at.map((index) => tasks[index]!.minutes);
  const share = at.map((index) => scores[index]! / runs[index]!);
  const mass = at.map((index) => weights[index]! * runs[index]!);
  const averageScore = share.reduce((sum, each, index) => sum + each * mass[index]!, 0);
  const range = [least(minutes), most(minutes)] as const;
  const base = {
    agent,
    averageScore,
    tasks: at.length,
    runs: runs.reduce((sum, n) => sum + n, 0),
    range,
  };
  const without = (status: HorizonFit["status"], warning: string): HorizonFit => ({
    ...base,
    ...{ status, slope: Number.NaN, intercept: Number.NaN, logLoss: 0, gradient: 0 },
    warnings: [warning],
  });

  if (share.every((each) => each === 0)) {
    return without("all-failed", "No run succeeded: the horizon is reported as 0");
  }
  if (share.every((each) => each === 1)) {
    return without(
      "all-succeeded",
      `Every run succeeded: the horizon lies beyond the longest task, ${length(range[1])}`,
    );
  }
  if (range[0] === range[1]) {
    return without("one-length", `All tasks take ${length(range[0])}: there is no curve to fit`);
  }
  const logMinutes = minutes.map(Math.log2);
  try {
    const fit = fitLogistic({
      y: share,
      predictors: [logMinutes],
      weights: mass,
      ridge: METHODS[method].ridge,
    });
    const [intercept, slope] = fit.coefficients as unknown as [number, number];
    const isSeparated = separates(minutes, share);
    const curve = { slope, intercept, logLoss: fit.logLoss, gradient: fit.gradient };
    const status = isSeparated ? "separated" : "fitted";
    return { ...base, status, ...curve, warnings: warningsOf(curve, range, isSeparated) };
  } catch (error) {
    if (!(error instanceof ConvergenceError)) throw error;
    return without("separated", "Task length separates successes from failures: no finite curve");
  }
}

/** The task length, in minutes, at which a fitted agent succeeds with probability `q`. */
export function horizonAt(
  fit: Pick<HorizonFit, "status" | "slope" | "intercept">,
  q: number,
): number {
  if (fit.status === "all-failed") return 0;
  if (fit.status === "all-succeeded") return Number.POSITIVE_INFINITY;
  return 2 ** ((Math.log(q / (1 - q)) - fit.intercept) / fit.slope);
}

/** The chance of success on a task of so many minutes. */
export function successAt(
  { slope, intercept }: Pick<HorizonFit, "slope" | "intercept">,
  minutes: number,
): number {
  return 1 / (1 + Math.exp(-(intercept + slope * Math.log2(minutes))));
}

/** Whether a length parts the tasks into those that always went one way and those the other. */
function separates(minutes: readonly number[], share: readonly number[]): boolean {
  if (share.some((each) => each > 0 && each < 1)) return false;
  const of = (score: number) => minutes.filter((_, index) => share[index] === score);
  const [failed, succeeded] = [of(0), of(1)];
  return most(succeeded) < least(failed) || most(failed) < least(succeeded);
}

function warningsOf(
  curve: { readonly slope: number; readonly intercept: number },
  [shortest, longest]: readonly [number, number],
  isSeparated: boolean,
): string[] {
  const warnings: string[] = [];
  if (isSeparated) {
    warnings.push("Task length separates successes from failures: only the ridge sets the slope");
  }
  if (curve.slope >= 0) {
    warnings.push("Success does not fall with task length: the horizon has no meaning");
    return warnings;
  }
  const p50 = 2 ** (-curve.intercept / curve.slope);
  if (p50 > longest) warnings.push(`The horizon lies beyond the longest task, ${length(longest)}`);
  if (p50 < shortest)
    warnings.push(`The horizon lies below the shortest task, ${length(shortest)}`);
  return warnings;
}

/** A length of work in a sentence: "0.5 min", "45 min", "6.9 h". */
function length(minutes: number): string {
  return minutes < 60
    ? `${Number(minutes.toPrecision(2))} min`
    : `${Number((minutes / 60).toPrecision(2))} h`;
}

/** The smallest and the largest of numbers, of which there may be more than a call takes arguments. */
function least(values: readonly number[]): number {
  return values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
}

function most(values: readonly number[]): number {
  return values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
}
