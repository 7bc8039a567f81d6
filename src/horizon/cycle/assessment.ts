import { normal } from "../../stats/index.ts";

/**
 * The chances that a sound and a flawed paper get past an assessment that keeps a share of papers
 * out. Its scores are normal with equal spread (the binormal ROC curve), so that its AUC tells all.
 */
export function screening(
  auc: number,
  soundShare: number,
  screenOut: number,
): { readonly sound: number; readonly flawed: number } {
  if (screenOut === 0) return { sound: 1, flawed: 1 };
  const gap = Math.SQRT2 * normal.quantile(auc);
  let [low, high] = [-12, 12 + gap];
  for (let step = 0; step < 80; step++) {
    const middle = (low + high) / 2;
    const out = soundShare * normal.cdf(middle - gap) + (1 - soundShare) * normal.cdf(middle);
    if (out < screenOut) low = middle;
    else high = middle;
  }
  return { sound: normal.survival(low - gap), flawed: normal.survival(low) };
}
