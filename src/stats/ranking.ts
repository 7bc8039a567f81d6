import { normal } from "./distributions.ts";
import { ConvergenceError, StatisticsInputError } from "./errors.ts";
import { requireCount, requireFraction } from "./input.ts";
import { cholesky, choleskyInverse, choleskySolve } from "./linear-algebra.ts";
import type { Interval } from "./summary.ts";

/** One comparison of two items, or several with the same outcome. */
export interface Comparison {
  readonly first: string;
  readonly second: string;
  readonly outcome: "first" | "second" | "tie";
  /** How often; 1. */
  readonly count?: number;
}

/** An item's strength on the log scale; strengths sum to 0. */
export interface Strength extends Interval {
  readonly item: string;
  readonly standardError: number;
  readonly comparisons: number;
}

/** A fitted ranking. */
export interface Ranking {
  /** Strongest first. */
  readonly strengths: readonly Strength[];
  /** Davidson's ν: how readily equals tie; 0 where there are no ties. */
  readonly tieReadiness: number;
  readonly logLikelihood: number;
  /** P(first wins), P(tie), P(second wins). */
  probabilities(first: string, second: string): { win: number; tie: number; loss: number };
  /** The log strength of one item less another's, with its interval. */
  difference(first: string, second: string): Interval;
}

/**
 * The Bradley-Terry model with ties as Davidson extended it (1970): with strengths π,
 * P(first wins) : P(tie) : P(second wins) = π₁ : ν √(π₁ π₂) : π₂. Maximum likelihood by Newton's
 * method, with Wald intervals from the information matrix.
 *
 * A finite optimum exists only where every item is linked to every other by wins or ties in both
 * directions (Ford 1957); otherwise a `ConvergenceError` names two groups. A `ridge` λ adds
 * -λ/2 Σ (log strength)², which always has one.
 */
export function bradleyTerry(
  comparisons: readonly Comparison[],
  options: { readonly level?: number; readonly ridge?: number } = {},
): Ranking {
  const { level = 0.95, ridge = 0 } = options;
  requireFraction("bradleyTerry(level)", level);
  if (!(ridge >= 0 && ridge < Infinity)) refuse("ridge", `the penalty is ${ridge}`);
  const { items, pairs } = tabulate(comparisons);
  if (ridge === 0) requireConnected(items, pairs);
  const ties = pairs.some((pair) => pair.ties > 0);
  const fit = maximise(items.length, pairs, ties, ridge);

  const m = items.length;
  const width = m + (ties ? 1 : 0);
  const place = (item: string) => {
    const index = items.indexOf(item);
    if (index < 0) refuse("item", `there is no item ${JSON.stringify(item)}`);
    return index;
  };
  const reach = normal.upperQuantile((1 - level) / 2);
  const interval = (estimate: number, variance: number): Interval => {
    const margin = reach * Math.sqrt(Math.max(0, variance));
    return { estimate, low: estimate - margin, high: estimate + margin, level };
  };
  const cov = (i: number, j: number) => fit.covariance[i * width + j]!;
  const strengths = items.map((item, i) => ({
    item,
    ...interval(fit.theta[i]!, cov(i, i)),
    standardError: Math.sqrt(Math.max(0, cov(i, i))),
    comparisons: pairs.reduce(
      (sum, pair) => sum + (pair.i === i || pair.j === i ? pair.wins + pair.losses + pair.ties : 0),
      0,
    ),
  }));
  const tieReadiness = ties ? Math.exp(fit.theta[m]!) : 0;
  return {
    strengths: strengths.sort((a, b) => b.estimate - a.estimate),
    tieReadiness,
    logLikelihood: fit.logLikelihood,
    probabilities: (first, second) => {
      const gap = fit.theta[place(first)]! - fit.theta[place(second)]!;
      const [win, tie, loss] = outcomes(gap, ties ? fit.theta[m]! : -Infinity);
      return { win, tie, loss };
    },
    difference: (first, second) => {
      const i = place(first);
      const j = place(second);
      return interval(fit.theta[i]! - fit.theta[j]!, cov(i, i) + cov(j, j) - 2 * cov(i, j));
    },
  };
}

/** All comparisons of one pair, i < j. */
interface Pair {
  readonly i: number;
  readonly j: number;
  wins: number;
  ties: number;
  losses: number;
}

function tabulate(comparisons: readonly Comparison[]): { items: string[]; pairs: Pair[] } {
  const items = [...new Set(comparisons.flatMap(({ first, second }) => [first, second]))].sort();
  if (items.length < 2) refuse("comparisons", `there are ${items.length} items`);
  const index = new Map(items.map((item, i) => [item, i]));
  const pairs = new Map<string, Pair>();
  for (const { first, second, outcome, count = 1 } of comparisons) {
    requireCount("bradleyTerry(count)", count, 0);
    if (first === second) refuse("comparisons", `${JSON.stringify(first)} meets itself`);
    const a = index.get(first)!;
    const b = index.get(second)!;
    const [i, j] = a < b ? [a, b] : [b, a];
    const pair = pairs.get(`${i} ${j}`) ?? { i, j, wins: 0, ties: 0, losses: 0 };
    pairs.set(`${i} ${j}`, pair);
    if (outcome === "tie") pair.ties += count;
    else if ((outcome === "first") === a < b) pair.wins += count;
    else pair.losses += count;
  }
  return { items, pairs: [...pairs.values()] };
}

/** P(win), P(tie), P(loss) from the gap of log strengths and log ν. */
function outcomes(gap: number, logNu: number): [number, number, number] {
  const half = Math.abs(gap) / 2;
  // All divided by the stronger side's weight, so that nothing overflows.
  const weak = Math.exp(-2 * half);
  const tie = Math.exp(logNu - half);
  const total = 1 + weak + tie;
  return gap >= 0 ? [1 / total, tie / total, weak / total] : [weak / total, tie / total, 1 / total];
}

interface Fit {
  readonly theta: Float64Array;
  readonly covariance: Float64Array;
  readonly logLikelihood: number;
}

function maximise(m: number, pairs: readonly Pair[], ties: boolean, ridge: number): Fit {
  const width = m + (ties ? 1 : 0);
  let theta = new Float64Array(width);
  let now = evaluate(theta, m, pairs, ties, ridge);
  for (let iteration = 0; iteration < 100; iteration++) {
    const factor = cholesky(now.information, width);
    if (!factor) break;
    const step = choleskySolve(factor, width, now.score);
    const settled = step.every((move) => Math.abs(move) < 1e-8);
    let next = theta.map((value, i) => value + step[i]!);
    let after = evaluate(next, m, pairs, ties, ridge);
    const enough = now.objective - 1e-12 * Math.abs(now.objective);
    for (let halving = 1; !settled && !(after.objective >= enough) && halving < 60; halving++) {
      next = theta.map((value, i) => value + step[i]! * 2 ** -halving);
      after = evaluate(next, m, pairs, ties, ridge);
    }
    theta = next;
    now = after;
    if (settled) {
      const final = cholesky(now.information, width);
      if (!final) break;
      const covariance = choleskyInverse(final, width);
      // The rank-one part that fixed the sum of the strengths is taken out again.
      for (let i = 0; i < m; i++) {
        for (let j = 0; j < m; j++) covariance[i * width + j]! -= 1 / (m * (ridge + m * GAUGE));
      }
      return { theta, covariance, logLikelihood: now.logLikelihood };
    }
  }
  throw new ConvergenceError(
    "bradleyTerry",
    "the likelihood has no finite maximum",
    "add a ridge, or comparisons (ties alone, or none at all between some, leave it flat)",
  );
}

/** The weight of (Σ log strengths)²/2, which pins the sum of the strengths at 0. */
const GAUGE = 1;

function evaluate(
  theta: Float64Array,
  m: number,
  pairs: readonly Pair[],
  ties: boolean,
  ridge: number,
) {
  const width = theta.length;
  const score = new Float64Array(width);
  const information = new Float64Array(width * width);
  let logLikelihood = 0;
  const add = (i: number, j: number, value: number) => {
    information[i * width + j]! += value;
  };
  for (const { i, j, wins, ties: tied, losses } of pairs) {
    const [win, tie, loss] = outcomes(theta[i]! - theta[j]!, ties ? theta[m]! : -Infinity);
    const n = wins + tied + losses;
    if (wins > 0) logLikelihood += wins * Math.log(win);
    if (tied > 0) logLikelihood += tied * Math.log(tie);
    if (losses > 0) logLikelihood += losses * Math.log(loss);
    // In the gap of log strengths a win counts 1/2, a loss -1/2, a tie 0.
    const slope = (wins - losses) / 2 - (n * (win - loss)) / 2;
    const spread = n * ((win + loss) / 4 - ((win - loss) / 2) ** 2);
    score[i]! += slope;
    score[j]! -= slope;
    add(i, i, spread);
    add(j, j, spread);
    add(i, j, -spread);
    add(j, i, -spread);
    if (ties) {
      const shared = -n * tie * ((win - loss) / 2);
      score[m]! += tied - n * tie;
      add(m, m, n * tie * (1 - tie));
      add(i, m, shared);
      add(m, i, shared);
      add(j, m, -shared);
      add(m, j, -shared);
    }
  }
  let sum = 0;
  for (let i = 0; i < m; i++) sum += theta[i]!;
  let penalty = (GAUGE * sum * sum) / 2;
  for (let i = 0; i < m; i++) {
    penalty += (ridge * theta[i]! ** 2) / 2;
    score[i]! -= ridge * theta[i]! + GAUGE * sum;
    add(i, i, ridge);
    for (let j = 0; j < m; j++) add(i, j, GAUGE);
  }
  return { objective: logLikelihood - penalty, logLikelihood, score, information };
}

/** Every item must reach every other along wins and ties; if not, no finite strengths exist. */
function requireConnected(items: readonly string[], pairs: readonly Pair[]): void {
  const reachable = (forwards: boolean) => {
    const seen = new Set([0]);
    const queue = [0];
    for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
      for (const { i, j, wins, ties, losses } of pairs) {
        const [down, up] = forwards ? [wins, losses] : [losses, wins];
        const next = at === i && down + ties > 0 ? j : at === j && up + ties > 0 ? i : at;
        if (!seen.has(next)) {
          seen.add(next);
          queue.push(next);
        }
      }
    }
    return seen;
  };
  for (const forwards of [true, false]) {
    const seen = reachable(forwards);
    if (seen.size === items.length) continue;
    const inside = items.filter((_, i) => seen.has(i));
    const outside = items.filter((_, i) => !seen.has(i));
    const verb = forwards ? "beat or tied" : "lost to or tied";
    throw new ConvergenceError(
      "bradleyTerry(comparisons)",
      `none of ${inside.join(", ")} ever ${verb} any of ${outside.join(", ")}`,
      "compare the two groups more, or add a ridge",
    );
  }
}

function refuse(argument: string, reason: string): never {
  throw new StatisticsInputError(
    `bradleyTerry(${argument})`,
    reason,
    "give comparisons of at least two different items",
  );
}
