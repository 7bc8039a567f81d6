/**
 * Deals groups to folds, the largest first, each to the fold that holds the fewest so far, so that no
 * group stands in two. Returns each one's fold; the same for the same groups.
 */
export function groupFolds(groups: readonly (string | number)[], folds: number): readonly number[] {
  const sizes = new Map<string | number, number>();
  for (const group of groups) sizes.set(group, (sizes.get(group) ?? 0) + 1);
  const order = [...sizes].sort(([, a], [, b]) => b - a);
  const loads = new Array<number>(folds).fill(0);
  const foldOf = new Map<string | number, number>();
  for (const [group, size] of order) {
    const fold = loads.indexOf(Math.min(...loads));
    loads[fold]! += size;
    foldOf.set(group, fold);
  }
  return groups.map((group) => foldOf.get(group)!);
}
