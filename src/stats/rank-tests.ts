import { normal } from "./distributions.ts";
import { requireSample } from "./input.ts";
import type { Alternative } from "./t-tests.ts";

/** The answer of a Mann-Whitney test. */
export interface MannWhitney {
  /** P(A > B) + P(A = B)/2, the probability of superiority, estimated; 1/2 under the null. */
  readonly estimate: number;
  /** The U statistic of the first sample. */
  readonly statistic: number;
  readonly p: number;
  readonly n: number;
  /** "exact" counts all orders of the values, ties as they are; "normal" is the approximation. */
  readonly method: "exact" | "normal";
}

/**
 * The Mann-Whitney (Wilcoxon rank-sum) test that neither sample tends to larger values.
 *
 * Up to 40 values together the p value is exact given the ties: the share of all ways to deal the
 * values into the two groups that are at least as extreme (two-sided: twice the smaller tail, at
 * most 1). Beyond that it is the normal approximation with corrections for ties and continuity.
 */
export function mannWhitney(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  options: { readonly alternative?: Alternative; readonly method?: "exact" | "normal" } = {},
): MannWhitney {
  requireSample("mannWhitney(a)", a, 1);
  requireSample("mannWhitney(b)", b, 1);
  const { alternative = "two-sided" } = options;
  const n = a.length + b.length;
  const method = options.method ?? (n <= 40 ? "exact" : "normal");
  const ranks = midranks([...Array.from(a), ...Array.from(b)]);
  let rankSum = 0;
  for (let i = 0; i < a.length; i++) rankSum += ranks[i]!;
  const statistic = rankSum - (a.length * (a.length + 1)) / 2;
  const { greater, less } =
    method === "exact"
      ? exactTails(ranks, a.length, rankSum)
      : normalTails(ranks, a.length, b.length, statistic);
  const p =
    alternative === "greater"
      ? greater
      : alternative === "less"
        ? less
        : Math.min(1, 2 * Math.min(greater, less));
  return { estimate: statistic / (a.length * b.length), statistic, p, n, method };
}

/** Ranks from 1, tied values sharing the mean of their ranks, in the order given. */
export function midranks(values: ArrayLike<number>): Float64Array {
  const order = Array.from(values, (_, i) => i).sort((i, j) => values[i]! - values[j]!);
  const ranks = new Float64Array(values.length);
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && values[order[end]!] === values[order[start]!]) end++;
    for (let k = start; k < end; k++) ranks[order[k]!] = (start + end + 1) / 2;
    start = end;
  }
  return ranks;
}

interface TwoTails {
  readonly greater: number;
  readonly less: number;
}

/** Counts, by dynamic programming over doubled rank sums, every way to choose the first sample. */
function exactTails(ranks: Float64Array, size: number, observed: number): TwoTails {
  const doubled = Array.from(ranks, (rank) => Math.round(2 * rank));
  const total = doubled.reduce((sum, rank) => sum + rank, 0);
  const ways = Array.from({ length: size + 1 }, () => new Float64Array(total + 1));
  ways[0]![0] = 1;
  doubled.forEach((rank, index) => {
    for (let count = Math.min(size, index + 1); count >= 1; count--) {
      const from = ways[count - 1]!;
      const to = ways[count]!;
      for (let sum = total; sum >= rank; sum--) to[sum]! += from[sum - rank]!;
    }
  });
  const target = Math.round(2 * observed);
  let all = 0;
  let greater = 0;
  let less = 0;
  ways[size]!.forEach((count, sum) => {
    all += count;
    if (sum >= target) greater += count;
    if (sum <= target) less += count;
  });
  return { greater: greater / all, less: less / all };
}

function normalTails(ranks: Float64Array, sizeA: number, sizeB: number, u: number): TwoTails {
  const n = sizeA + sizeB;
  const tied = new Map<number, number>();
  for (const rank of ranks) tied.set(rank, (tied.get(rank) ?? 0) + 1);
  let ties = 0;
  for (const count of tied.values()) ties += count ** 3 - count;
  const spread = Math.sqrt(((sizeA * sizeB) / 12) * (n + 1 - ties / (n * (n - 1))));
  if (!(spread > 0)) return { greater: 1, less: 1 };
  const gap = u - (sizeA * sizeB) / 2;
  return {
    greater: normal.survival((gap - 0.5) / spread),
    less: normal.cdf((gap + 0.5) / spread),
  };
}
