import { type BayesData, layoutOf, membersOf, PRIORS } from "./model.ts";

/**
 * The Fisher information of the posterior about `q`, prior and all, row by row: how sharply each
 * direction is known. The spreads' part is that of as many normals as they spread, which is rough
 * but positive; what is sampled does not depend on it, only the speed.
 */
export function informationAt(data: BayesData, q: Float64Array): Float64Array {
  const at = layoutOf(data);
  const n = at.dimension;
  const information = new Float64Array(n * n);
  const add = (i: number, j: number, value: number) => {
    information[i * n + j]! += value;
    if (i !== j) information[j * n + i]! += value;
  };
  const spread = Math.exp(q[at.hyper + 1]!);
  data.cellAgent.forEach((a, cell) => {
    const t = data.cellTask[cell]!;
    const z = q[at.steepness + a]!;
    const steepness = Math.exp(q[at.hyper]! + spread * z);
    const gap = q[at.ability + a]! - data.length[t]! - q[at.residual + t]!;
    const e = Math.exp(-Math.abs(steepness * gap));
    const weight = (data.cellRuns[cell]! * e) / (1 + e) ** 2;
    const logit = steepness * gap;
    const by = [
      [at.ability + a, steepness],
      [at.residual + t, -steepness],
      [at.steepness + a, logit * spread],
      [at.hyper, logit],
      [at.hyper + 1, logit * spread * z],
    ] as const;
    by.forEach(([i, di], first) => {
      for (const [j, dj] of by.slice(first)) add(i, j, weight * di * dj);
    });
  });
  for (let a = 0; a < data.agents; a++) {
    add(at.ability + a, at.ability + a, PRIORS.ability.sd ** -2);
    add(at.steepness + a, at.steepness + a, 1);
  }
  const familyVariance = Math.exp(2 * q[at.hyper + 2]!);
  const taskVariance = Math.exp(2 * q[at.hyper + 3]!);
  for (const members of membersOf(data)) {
    const weights = members.map((t) => 1 / (data.lengthVariance[t]! + taskVariance));
    const precision = weights.reduce((sum, weight) => sum + weight, 0);
    const shared = familyVariance / (1 + familyVariance * precision);
    members.forEach((t, i) => {
      add(at.residual + t, at.residual + t, weights[i]!);
      members.slice(0, i + 1).forEach((other, j) => {
        add(at.residual + t, at.residual + other, -shared * weights[i]! * weights[j]!);
      });
      add(at.hyper + 3, at.hyper + 3, 2 * (taskVariance * weights[i]!) ** 2);
    });
    add(at.hyper + 2, at.hyper + 2, 2 * (shared * precision) ** 2);
  }
  add(at.hyper, at.hyper, PRIORS.logSteepness.sd ** -2);
  for (let i = 1; i <= 3; i++) add(at.hyper + i, at.hyper + i, 1);
  return information;
}
