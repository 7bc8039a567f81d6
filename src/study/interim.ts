// INTERIM: replaced by ../stats once it has landed.
import { studentT } from "../stats/index.ts";
export interface TResult {
  estimate: number;
  low: number;
  high: number;
  level: number;
  p: number;
  n: number;
}
export function mean(v: readonly number[]): number {
  return v.reduce((a, b) => a + b, 0) / v.length;
}
function variance(v: readonly number[]): number {
  const m = mean(v);
  return v.reduce((a, b) => a + (b - m) ** 2, 0) / (v.length - 1);
}
export function oneSample(
  v: readonly number[],
  null_: number,
  dir: "greater" | "less",
  level: number,
): TResult {
  const n = v.length;
  const m = mean(v);
  const se = Math.sqrt(variance(v) / n);
  const df = n - 1;
  return finish(m, se, df, n, null_, dir, level);
}
export function welch(
  a: readonly number[],
  b: readonly number[],
  null_: number,
  dir: "greater" | "less",
  level: number,
): TResult {
  const va = variance(a) / a.length;
  const vb = variance(b) / b.length;
  const se = Math.sqrt(va + vb);
  const df = (va + vb) ** 2 / (va ** 2 / (a.length - 1) + vb ** 2 / (b.length - 1));
  return finish(mean(a) - mean(b), se, df, Math.min(a.length, b.length), null_, dir, level);
}
function finish(
  m: number,
  se: number,
  df: number,
  n: number,
  null_: number,
  dir: "greater" | "less",
  level: number,
): TResult {
  const t = studentT(df);
  const q = t.quantile(0.5 + level / 2);
  const z = se === 0 ? Math.sign(m - null_) * Infinity : (m - null_) / se;
  return {
    estimate: m,
    low: m - q * se,
    high: m + q * se,
    level,
    p: se === 0 ? ((dir === "greater" ? z : -z) > 0 ? 0 : 1) : t.cdf(dir === "greater" ? -z : z),
    n,
  };
}
export interface BudgetState {
  policy: string;
  alpha: number;
  order: string[];
  rejected: Record<string, boolean>;
}
export function openBudget(policy: string, alpha: number): BudgetState {
  return { policy, alpha, order: [], rejected: {} };
}
export function reserve(s: BudgetState, id: string): BudgetState {
  return s.order.includes(id) ? s : { ...s, order: [...s.order, id] };
}
export function allowance(s: BudgetState, id: string): number {
  const i = s.order.indexOf(id);
  let level = 0;
  for (let k = 0; k <= i; k++) {
    const g = 6 / Math.PI ** 2 / (k + 1) ** 2;
    level = s.alpha * g + (k > 0 && s.rejected[s.order[k - 1]!] ? level : 0);
  }
  return level;
}
export function decide(
  s: BudgetState,
  id: string,
  x: { p: number },
): { state: BudgetState; rejected: boolean; level: number } {
  const level = allowance(s, id);
  const rejected = x.p <= level;
  return { state: { ...s, rejected: { ...s.rejected, [id]: rejected } }, rejected, level };
}
