import { StatisticsInputError } from "./errors.ts";
import { requireFraction, requireProbability } from "./input.ts";
import { type Gamma, gammaAt, requireGamma } from "./spending.ts";

/**
 * How a lab spends its error budget over a stream of hypotheses that never ends.
 *
 * - `online-fallback`: the chance of any false rejection, ever, stays at most alpha, however the
 *   p values depend on each other (Tian and Ramdas 2021). A rejected hypothesis passes its level on
 *   to the next in line.
 * - `alpha-spending`: the same promise, and nothing is passed on (Bonferroni over the stream).
 * - `lord++`: the expected share of false rejections stays at most alpha for independent p values
 *   (Ramdas, Yang, Wainwright and Jordan 2017). Rejections earn level for later hypotheses.
 * - `e-lond`: the same promise for e-values that depend on each other in any way (Xu and Ramdas
 *   2024). It takes e-values only.
 */
export const budgetPolicies = ["online-fallback", "alpha-spending", "lord++", "e-lond"] as const;
export type BudgetPolicy = (typeof budgetPolicies)[number];

/** A place in the stream: reserved before its data, decided once or never. */
export interface BudgetEntry {
  readonly id: string;
  /** The level it was decided at, and how; null until then. */
  readonly decision: { readonly level: number; readonly rejected: boolean } | null;
}

/** The budget as a fold of reservations and decisions; plain data that JSON can carry. */
export interface BudgetState {
  readonly policy: BudgetPolicy;
  readonly alpha: number;
  readonly gamma: Gamma;
  /** In the order of reservation. */
  readonly entries: readonly BudgetEntry[];
}

/**
 * What a hypothesis is decided on: a p value, an e-value (a p policy takes 1/e), or, when a ledger
 * is folded again, the decision that is on record.
 */
export type Evidence =
  | { readonly p: number }
  | { readonly e: number }
  | { readonly rejected: boolean };

/** The budget after a decision, the decision, and the level it was made at. */
export interface BudgetDecision {
  readonly state: BudgetState;
  readonly rejected: boolean;
  readonly level: number;
}

/**
 * A fresh budget.
 *
 * @param alpha the error rate promised for the whole stream, between 0 and 1.
 * @param gamma how alpha is spread over places 1, 2, 3, …; sums to at most 1.
 */
export function openBudget(
  policy: string,
  alpha: number,
  gamma: Gamma = "log-squared",
): BudgetState {
  const known = budgetPolicies.find((candidate) => candidate === policy);
  if (known === undefined) {
    throw new StatisticsInputError(
      "openBudget(policy)",
      `there is no policy ${JSON.stringify(policy)}`,
      `choose one of ${budgetPolicies.join(", ")}`,
    );
  }
  requireFraction("openBudget(alpha)", alpha);
  requireGamma(gamma);
  return { policy: known, alpha, gamma, entries: [] };
}

/** Gives a hypothesis the next place in the stream. Do it before its data exist. */
export function reserve(state: BudgetState, hypothesisId: string): BudgetState {
  if (state.entries.some((entry) => entry.id === hypothesisId)) {
    throw new StatisticsInputError(
      "reserve(hypothesisId)",
      `${JSON.stringify(hypothesisId)} has a place already`,
      "every hypothesis is reserved once",
    );
  }
  return { ...state, entries: [...state.entries, { id: hypothesisId, decision: null }] };
}

/**
 * The level at which a hypothesis may be rejected now: reject where p ≤ level, or e ≥ 1/level. Of
 * a decided hypothesis, the level it was decided at. Hypotheses that are not decided yet pass
 * nothing on, which can only lower the level: decisions may come in any order, or never.
 */
export function allowance(state: BudgetState, hypothesisId: string): number {
  const index = placeOf(state, hypothesisId);
  const decided = state.entries[index]!.decision;
  if (decided) return decided.level;
  const { policy, alpha } = state;
  const own = alpha * gammaAt(state.gamma, index + 1);
  if (policy === "alpha-spending") return own;
  if (policy === "online-fallback") {
    const before = state.entries[index - 1]?.decision;
    return own + (before?.rejected ? before.level : 0);
  }
  if (policy === "e-lond") return own * (1 + rejectedPlaces(state).length);
  return earnedLevel(state, index);
}

/** Decides a reserved hypothesis, once, at its level of this moment. */
export function decide(
  state: BudgetState,
  hypothesisId: string,
  evidence: Evidence,
): BudgetDecision {
  const index = placeOf(state, hypothesisId);
  if (state.entries[index]!.decision) {
    throw new StatisticsInputError(
      "decide(hypothesisId)",
      `${JSON.stringify(hypothesisId)} is decided already`,
      "a decision is final: reserve a place for the new study",
    );
  }
  const level = allowance(state, hypothesisId);
  const rejected = rejects(state.policy, level, evidence);
  const entries = [...state.entries];
  entries[index] = { id: hypothesisId, decision: { level, rejected } };
  return { state: { ...state, entries }, rejected, level };
}

function rejects(policy: BudgetPolicy, level: number, evidence: Evidence): boolean {
  if ("rejected" in evidence) return evidence.rejected;
  if ("e" in evidence) {
    if (!(evidence.e >= 0)) {
      throw new StatisticsInputError(
        "decide(e)",
        `the e-value is ${evidence.e}`,
        "give a number of at least 0",
      );
    }
    return evidence.e * level >= 1;
  }
  if (policy === "e-lond") {
    throw new StatisticsInputError(
      "decide(p)",
      "the policy e-lond takes e-values",
      "give {e}: an e-process, or the p value turned by a calibrator that the plan names",
    );
  }
  requireProbability("decide(p)", evidence.p);
  return evidence.p <= level;
}

/** LORD++: half of alpha is spread over the stream, and every rejection spreads as much again. */
function earnedLevel(state: BudgetState, index: number): number {
  const { alpha, gamma } = state;
  const start = alpha / 2;
  const earned = rejectedPlaces(state)
    .filter((place) => place < index)
    .map((place, k) => (k === 0 ? alpha - start : alpha) * gammaAt(gamma, index - place));
  return earned.reduce((sum, level) => sum + level, start * gammaAt(gamma, index + 1));
}

function rejectedPlaces(state: BudgetState): number[] {
  return state.entries.flatMap((entry, place) => (entry.decision?.rejected ? [place] : []));
}

function placeOf(state: BudgetState, hypothesisId: string): number {
  const index = state.entries.findIndex((entry) => entry.id === hypothesisId);
  if (index < 0) {
    throw new StatisticsInputError(
      "hypothesisId",
      `${JSON.stringify(hypothesisId)} has no place in the budget`,
      "reserve it first, before its data exist",
    );
  }
  return index;
}
