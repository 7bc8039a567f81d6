import { describe, expect, it } from "vitest";
import { chiSquare, createRandom, type Random } from "../../stats/index.ts";
import { drawBinomial } from "../bootstrap/binomial.ts";
import { countsOf, early2025 } from "../bootstrap/bootstrap.test-support.ts";
import {
  credibleInterval,
  familyHorizons,
  fitBayes,
  marginalHorizons,
  simulateRuns,
  simulateTasks,
  typicalHorizons,
} from "../index.ts";
import { hasOracle } from "../suite.test-support.ts";
import { runChain } from "./chain.ts";
import { type BayesData, dataOf, layoutOf, membersOf, PRIORS, posteriorOf } from "./model.ts";

const FULL = process.env.GLASSHOUSE_FULL === "1";
const SEED = 4181;
const PATIENCE = FULL ? 3_600_000 : 120_000;
const NOISE = { betweenPeople: 0.68, ofEstimates: Math.log(3) };

const model = { families: 30, tasksPerFamily: 2, log2Minutes: [-2, 10], familySd: 1, taskSd: 1 };
const agents = [
  { agent: "8 min", minutes: 8, slope: -1 },
  { agent: "1 h", minutes: 60, slope: -0.7 },
  { agent: "4 h", minutes: 240, slope: -1.2 },
];
const known = (runs = 5) => {
  const random = createRandom(SEED);
  const tasks = simulateTasks({ ...model, log2Minutes: [-2, 10] }, random);
  return simulateRuns(tasks, agents, runs, random);
};

describe("the Bayesian fit", () => {
  it("has the gradient that finite differences give", () => {
    const suite = known();
    const tasks = suite.tasks.map((task, i) => ({ ...task, baselines: i % 3 }));
    const data = dataOf({ ...suite, tasks }, NOISE);
    const { dimension, logDensity } = posteriorOf(data);
    const random = createRandom(SEED);
    const [gradient, unused] = [new Float64Array(dimension), new Float64Array(dimension)];
    for (let round = 0; round < 3; round++) {
      const position = Float64Array.from({ length: dimension }, () => random.normal());
      logDensity(position, gradient);
      for (let i = 0; i < dimension; i++) {
        const beside = (by: number) => logDensity(position.with(i, position[i]! + by), unused);
        const slope = (beside(1e-5) - beside(-1e-5)) / 2e-5;
        expect(Math.abs(slope - gradient[i]!) / (1 + Math.abs(slope))).toBeLessThan(1e-6);
      }
    }
  });

  it("finds the horizons that made the runs, and says how sure it is", async () => {
    const suite = known();
    const fit = await fitBayes(suite, { seed: SEED });
    expect(
      fit.warnings.filter((warning) => !/diverged/.test(warning)),
      `seed ${SEED}`,
    ).toEqual([]);
    expect(fit.divergences).toBeLessThan(10);
    agents.forEach(({ minutes, slope }, index) => {
      const agent = fit.agents[index]!;
      const typical = credibleInterval(typicalHorizons(agent, 0.5), 0.999);
      expect(typical.low).toBeLessThan(minutes);
      expect(typical.high).toBeGreaterThan(minutes);
      expect(typical.high / typical.low).toBeLessThan(50);
      const steepness = credibleInterval(agent.steepness, 0.999);
      expect(steepness.low).toBeLessThan(-slope);
      expect(steepness.high).toBeGreaterThan(-slope);
    });
  });

  it("sets the horizon over all tasks below the typical task's, but for one half", async () => {
    const fit = await fitBayes(known(), { seed: SEED, draws: 100, warmup: 100, workers: 1 });
    const agent = fit.agents[1]!;
    const middle = marginalHorizons(fit, agent, 0.5);
    typicalHorizons(agent, 0.5).forEach((typical, draw) => {
      expect(middle[draw]! / typical).toBeCloseTo(1, 6);
    });
    const marginal = marginalHorizons(fit, agent, 0.8);
    typicalHorizons(agent, 0.8).forEach((typical, draw) => {
      expect(marginal[draw]!).toBeLessThan(typical);
    });
    const family = fit.families[0]!;
    const own = familyHorizons(fit, agent, [family.family], 0.5);
    expect(own[7]! / typicalHorizons(agent, 0.5)[7]!).toBeCloseTo(2 ** -family.effect[7]!, 10);
  });

  it("holds an agent that always failed by what is believed beforehand", async () => {
    const suite = known();
    const none = { agent: "hopeless", runs: suite.agents[0]!.runs, scores: new Float64Array(1000) };
    const fit = await fitBayes(
      { tasks: suite.tasks, agents: [...suite.agents, none] },
      { seed: SEED, draws: 200, warmup: 300, workers: 1 },
    );
    const { high } = credibleInterval(typicalHorizons(fit.agents[3]!, 0.5));
    expect(high).toBeLessThan(8);
  });

  it("follows from the seed, whatever the number of threads", async () => {
    const options = { seed: SEED, chains: 3, draws: 20, warmup: 40 };
    const alone = await fitBayes(known(), { ...options, workers: 1 });
    expect(await fitBayes(known(), { ...options, workers: 2 })).toEqual(alone);
  });

  it("refuses a suite without runs", async () => {
    await expect(fitBayes({ tasks: [], agents: [] }, { seed: 1 })).rejects.toThrow(
      /the suite has no runs/,
    );
  });

  it.skipIf(!hasOracle)("converges on METR's file of February 2025", async () => {
    const fit = await fitBayes(countsOf(early2025()), { seed: SEED, warmup: 400, draws: 300 });
    expect(fit.divergences, `seed ${SEED}`).toBeLessThan(10);
    for (const { quantity, rHat, bulkEss } of fit.convergence) {
      expect(rHat, `seed ${SEED}, ${quantity}`).toBeLessThan(1.04);
      expect(bulkEss, `seed ${SEED}, ${quantity}`).toBeGreaterThan(100);
    }
  });
});

/**
 * Simulation-based calibration (Talts et al. 2018, arXiv:1804.06788): truths drawn from the prior
 * have uniform ranks among the posterior's draws, if model, gradient and sampler are all right.
 */
describe("calibration by simulation", () => {
  const STUDIES = FULL ? 400 : 24;
  const RANKS = 40;
  const THIN = 5;
  const data = smallSuite();
  const at = layoutOf(data);
  const quantities: Record<string, (q: Float64Array) => number> = {
    ability: (q) => q[at.ability]!,
    "ln steepness": (q) => q[at.hyper]! + Math.exp(q[at.hyper + 1]!) * q[at.steepness]!,
    residual: (q) => q[at.residual + 2]!,
    centre: (q) => q[at.hyper]!,
    "spread of steepness": (q) => q[at.hyper + 1]!,
    "spread of families": (q) => q[at.hyper + 2]!,
    "spread of tasks": (q) => q[at.hyper + 3]!,
    "ability above the first task": (q) => q[at.ability + 1]! - q[at.residual]!,
  };

  it(
    "ranks truths evenly among their posterior's draws",
    () => {
      const ranks = new Map(Object.keys(quantities).map((name) => [name, [] as number[]]));
      for (let study = 0; study < STUDIES; study++) {
        const random = createRandom(SEED).fork(`study ${study}`);
        const truth = fromPrior(data, random);
        const { positions } = runChain({
          data: { ...data, cellScore: scoresOf(data, truth, random) },
          ...{ seed: random.uint32(), chain: 0, warmup: 200, draws: (RANKS - 1) * THIN },
          acceptance: 0.95,
        });
        for (const [name, value] of Object.entries(quantities)) {
          const draws = Array.from({ length: RANKS - 1 }, (_, draw) => {
            const from = draw * THIN * at.dimension;
            return value(positions.subarray(from, from + at.dimension));
          });
          ranks.get(name)!.push(draws.filter((draw) => draw < value(truth)).length);
        }
      }
      const bins = FULL ? 20 : 4;
      for (const [name, found] of ranks) {
        const counts = new Array<number>(bins).fill(0);
        for (const rank of found) counts[Math.floor((rank * bins) / RANKS)]!++;
        const expected = STUDIES / bins;
        const statistic = counts.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
        const pValue = chiSquare(bins - 1).survival(statistic);
        if (FULL) console.log(`${name}: p ${pValue.toFixed(3)}, ${counts.join(" ")}`);
        expect(pValue, `seed ${SEED}, ${name}: ${counts.join(" ")}`).toBeGreaterThan(1e-3);
      }
    },
    PATIENCE,
  );
});

function smallSuite(): BayesData {
  const familyOf = Int32Array.of(0, 0, 0, 1, 1, 1, 2, 2, 3, 3, 4, 5);
  const cells = [0, 1, 2].flatMap((agent) => [...familyOf.keys()].map((task) => [agent, task]));
  return {
    ...{ agents: 3, families: ["a", "b", "c", "d", "e", "f"], familyOf },
    length: Float64Array.from({ length: 12 }, (_, i) => i),
    lengthVariance: Float64Array.from({ length: 12 }, (_, i) => [0.2, 1, 2.5][i % 3]!),
    cellAgent: Int32Array.from(cells, ([agent]) => agent!),
    cellTask: Int32Array.from(cells, ([, task]) => task!),
    cellScore: none(),
    cellRuns: new Float64Array(cells.length).fill(6),
  };
}

function none(): Float64Array {
  return new Float64Array(0);
}

function fromPrior(data: BayesData, random: Random): Float64Array {
  const at = layoutOf(data);
  const q = new Float64Array(at.dimension);
  q[at.hyper] = PRIORS.logSteepness.mean + PRIORS.logSteepness.sd * random.normal();
  [PRIORS.steepnessSpread, PRIORS.familySpread, PRIORS.taskSpread].forEach(({ sd }, index) => {
    q[at.hyper + 1 + index] = Math.log(Math.abs(sd * random.normal()));
  });
  for (let agent = 0; agent < data.agents; agent++) {
    q[at.ability + agent] = PRIORS.ability.mean + PRIORS.ability.sd * random.normal();
    q[at.steepness + agent] = random.normal();
  }
  for (const members of membersOf(data)) {
    const effect = Math.exp(q[at.hyper + 2]!) * random.normal();
    for (const task of members) {
      const sd = Math.sqrt(data.lengthVariance[task]! + Math.exp(2 * q[at.hyper + 3]!));
      q[at.residual + task] = effect + sd * random.normal();
    }
  }
  return q;
}

function scoresOf(data: BayesData, q: Float64Array, random: Random): Float64Array {
  const at = layoutOf(data);
  return Float64Array.from(data.cellAgent, (agent, cell) => {
    const task = data.cellTask[cell]!;
    const steepness = Math.exp(
      q[at.hyper]! + Math.exp(q[at.hyper + 1]!) * q[at.steepness + agent]!,
    );
    const gap = q[at.ability + agent]! - data.length[task]! - q[at.residual + task]!;
    const chance = 1 / (1 + Math.exp(-steepness * gap));
    const runs = data.cellRuns[cell]!;
    return chance > 0 && chance < 1 ? drawBinomial(random, runs, chance) : runs * chance;
  });
}
