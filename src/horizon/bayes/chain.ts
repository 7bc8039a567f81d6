import { createRandom } from "../../stats/index.ts";
import { informationAt } from "./information.ts";
import { type BayesData, layoutOf, posteriorOf } from "./model.ts";
import { type Chain, type ChainOptions, sampleChain } from "./nuts.ts";
import { whiten } from "./whiten.ts";

export interface ChainJob extends ChainOptions {
  readonly data: BayesData;
  readonly seed: number;
  /** Which of the chains; each has a random stream and a start of its own. */
  readonly chain: number;
}

/** Runs one chain, from a start that is drawn wider than the posterior. */
export function runChain({ data, seed, chain, ...options }: ChainJob): Chain {
  const random = createRandom(seed).fork(`chain ${chain}`);
  const at = layoutOf(data);
  const start = Float64Array.from({ length: at.dimension }, () => random.float() * 2 - 1);
  const middle = data.length.reduce((sum, x) => sum + x, 0) / data.length.length;
  for (let agent = 0; agent < data.agents; agent++) {
    start[at.ability + agent] = middle + 3 * (random.float() * 2 - 1);
  }
  const posterior = posteriorOf(data);
  const pilot = sampleChain(posterior, start, random, { warmup: PILOT, draws: PILOT });
  const centre = meanOf(pilot.positions, at.dimension);
  const white = whiten(posterior, centre, informationAt(data, centre));
  const chained = sampleChain(white, new Float64Array(at.dimension), random, options);
  const positions = new Float64Array(chained.positions.length);
  for (let from = 0; from < positions.length; from += at.dimension) {
    positions.set(white.restore(chained.positions.subarray(from, from + at.dimension)), from);
  }
  return { ...chained, positions, gradients: pilot.gradients + chained.gradients };
}

/** Transitions to find the posterior, and then to find its middle. Neither is kept. */
const PILOT = 60;

function meanOf(positions: Float64Array, dimension: number): Float64Array {
  const mean = new Float64Array(dimension);
  const draws = positions.length / dimension;
  positions.forEach((value, i) => {
    mean[i % dimension]! += value / draws;
  });
  return mean;
}
