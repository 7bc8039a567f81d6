import { median, normal, variance } from "../../stats/index.ts";

/** Whether chains have come to one distribution, and what their draws are worth. */
export interface Convergence {
  /** Below 1.01 where the chains agree in place and in spread. */
  readonly rHat: number;
  /** Independent draws that would tell the centre as well. */
  readonly bulkEss: number;
}

/**
 * The rank-normalised split R-hat, the worse of that of the draws and that of their distances from
 * the median, and the bulk effective sample size (Vehtari, Gelman, Simpson, Carpenter and Bürkner
 * 2021, "Rank-normalization, folding, and localization").
 *
 * @param chains each chain's draws of one quantity, equally many, at least 4
 */
export function convergenceOf(chains: readonly Float64Array[]): Convergence {
  const halves = chains.flatMap(split);
  const centre = median(Float64Array.from(halves.flatMap((half) => [...half])));
  const folded = halves.map((half) => half.map((value) => Math.abs(value - centre)));
  const ranked = normalScores(halves);
  return {
    rHat: Math.max(potentialReduction(ranked), potentialReduction(normalScores(folded))),
    bulkEss: effectiveSize(ranked),
  };
}

/** A drift within a chain shows as a difference between its halves. */
function split(chain: Float64Array): Float64Array[] {
  const half = Math.floor(chain.length / 2);
  return [chain.subarray(0, half), chain.subarray(chain.length - half)];
}

function normalScores(chains: readonly Float64Array[]): Float64Array[] {
  const length = chains[0]!.length;
  const all = Float64Array.from(chains.flatMap((chain) => [...chain]));
  const order = [...all.keys()].sort((a, b) => all[a]! - all[b]!);
  const scores = new Float64Array(all.length);
  for (let from = 0; from < order.length; ) {
    let to = from + 1;
    while (to < order.length && all[order[to]!] === all[order[from]!]) to += 1;
    // Equal values share the mean of their ranks.
    const rank = (from + 1 + to) / 2;
    const score = normal.quantile((rank - 3 / 8) / (all.length + 1 / 4));
    for (; from < to; from++) scores[order[from]!] = score;
  }
  return chains.map((_, chain) => scores.subarray(chain * length, (chain + 1) * length));
}

function potentialReduction(chains: readonly Float64Array[]): number {
  const { within, total } = variances(chains);
  // Draws that never move: one place for all chains, or each its own.
  if (within === 0) return total === 0 ? 1 : Number.POSITIVE_INFINITY;
  return Math.sqrt(total / within);
}

function variances(chains: readonly Float64Array[]) {
  const n = chains[0]!.length;
  const within = chains.reduce((sum, chain) => sum + variance(chain), 0) / chains.length;
  const means = chains.map((chain) => chain.reduce((sum, each) => sum + each, 0) / n);
  const between = chains.length > 1 ? variance(means) : 0;
  return { within, total: ((n - 1) / n) * within + between };
}

function effectiveSize(chains: readonly Float64Array[]): number {
  const draws = chains.length * chains[0]!.length;
  const { within, total } = variances(chains);
  if (within === 0) return draws;
  const correlation = (lag: number) => {
    const covariance = chains.reduce((sum, chain) => sum + autocovariance(chain, lag), 0);
    return 1 - (within - covariance / chains.length) / total;
  };
  // Geyer's initial monotone sequence: pairs of lags, while positive, never growing.
  let time = -1;
  let before = Infinity;
  for (let lag = 0; lag + 1 < chains[0]!.length; lag += 2) {
    const pair = Math.min(before, correlation(lag) + correlation(lag + 1));
    if (pair <= 0) break;
    time += 2 * pair;
    before = pair;
  }
  return draws / Math.max(time, 1 / Math.log10(draws));
}

function autocovariance(chain: Float64Array, lag: number): number {
  const n = chain.length;
  const mean = chain.reduce((sum, each) => sum + each, 0) / n;
  let product = 0;
  for (let i = lag; i < n; i++) product += (chain[i]! - mean) * (chain[i - lag]! - mean);
  // Unbiased at lag 0, as `variance` is.
  return product / (n - 1);
}
