import type { Candidate } from "./decision.ts";

/** The chance of an audit, given the score of a step. */
export type AuditRule = (score: number) => number;

export const auditNever: AuditRule = () => 0;

/** Audits every step whose score is above the threshold. */
export function auditAbove(threshold: number): AuditRule {
  return (score) => (score > threshold ? 1 : 0);
}

/** Audits a share of all steps, whatever their score. */
export function auditShare(share: number): AuditRule {
  return () => share;
}

/**
 * Audits with a chance that grows with the score, and never with less than `floor`, so that what
 * audits find can be weighted by 1 / chance into unbiased rates (Horvitz and Thompson 1952).
 */
export function auditInProportion(scale: number, floor: number): AuditRule {
  return (score) => Math.min(1, Math.max(floor, scale * score));
}

/**
 * The lowest threshold at which the share of `scores` above it is at most `budget`. Infinity at a
 * budget of 0, and -Infinity at 1.
 *
 * @param scores of honest work: of all steps for a budget in steps, the maximum of each trajectory
 * for a budget in trajectories
 */
export function thresholdAtBudget(scores: readonly number[], budget: number): number {
  if (budget <= 0) return Infinity;
  const allowed = Math.floor(budget * scores.length + 1e-9);
  if (allowed >= scores.length) return -Infinity;
  return Float64Array.from(scores)
    .sort()
    .at(-1 - allowed)!;
}

/** How several scores become one. */
export type Statistic = "first" | "max" | "mean" | "min";

export function statisticOf(statistic: Statistic, scores: readonly number[]): number {
  switch (statistic) {
    case "first":
      return scores[0]!;
    case "max":
      return Math.max(...scores);
    case "min":
      return Math.min(...scores);
    case "mean":
      return scores.reduce((sum, score) => sum + score, 0) / scores.length;
  }
}

/**
 * The suspicion of a candidate: the maximum over the monitors that count, all by default. Infinity
 * where one of them is silent or gives no number.
 */
export function suspicionOf({ suspicions }: Candidate, monitors?: readonly string[]): number {
  const scores =
    monitors === undefined
      ? suspicions.map(({ score }) => score)
      : monitors.map((name) => suspicions.find(({ monitor }) => monitor === name)?.score);
  if (scores.length === 0) return Infinity;
  return Math.max(
    ...scores.map((score) => (score === undefined || !(score <= 1) ? Infinity : score)),
  );
}
