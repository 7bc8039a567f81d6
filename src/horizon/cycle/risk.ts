import { Fault } from "../../record/index.ts";
import { correlation, createRandom, type Interval } from "../../stats/index.ts";
import { quantileOrNever } from "../quantile.ts";
import { type CycleFlow, flowOf, type SpeedUp, speedUp } from "./flow.ts";
import { reviewAllowance, withFlawlessAgents } from "./review.ts";
import type { Scenario } from "./scenarios.ts";
import { type Cycle, type CycleRanges, mapCycle, quantitiesOf, type Range } from "./stages.ts";

export interface RiskOptions {
  readonly seed: number;
  /** What speed-ups are counted against. */
  readonly base: Scenario;
  /** 1,000. */
  readonly draws?: number;
  /** Of the intervals; 0.8. */
  readonly level?: number;
  /** The speed-up whose chance is asked for; 100. */
  readonly target?: number;
}

/** One quantity of a tornado chart: what it alone does to the speed-up in results. */
export interface TornadoBar {
  readonly name: string;
  readonly source: string;
  /** Its 10 % and 90 % quantiles, and the speed-up at each with all else at its likeliest. */
  readonly low: number;
  readonly high: number;
  readonly atLow: number;
  readonly atHigh: number;
  /** Spearman's rank correlation with the speed-up over the draws, all quantities varying. */
  readonly rankCorrelation: number;
}

/** A scenario over the ranges of its quantities. Estimates are medians of the draws. */
export interface CycleRisk {
  readonly scenario: Scenario;
  readonly speedUp: { readonly [Key in keyof SpeedUp]: Interval };
  /** Per result. */
  readonly peopleHours: Interval;
  readonly reviewHours: Interval;
  readonly dollars: Interval;
  /** Calendar hours without queues. */
  readonly latency: Interval;
  readonly resultsPerWeek: Interval;
  readonly target: number;
  /** Hours of all reviewers together that a paper may take so that people allow the target. */
  readonly reviewAllowance: Interval;
  /** The speed-up in results if no agent ever failed: what the review of papers alone allows. */
  readonly flawlessSpeedUp: Interval;
  /** Share of draws in which the speed-up in results reaches the target. */
  readonly reachesTarget: number;
  /** Share of draws in which each stage is what the scarcest pool works on most. */
  readonly bottlenecks: Readonly<Record<string, number>>;
  /** The widest bar first. */
  readonly tornado: readonly TornadoBar[];
}

/**
 * Monte Carlo over the ranges of a cycle, quantities independent of one another; every scenario
 * and the base see the same draws.
 */
export function cycleRisk(
  ranges: CycleRanges,
  scenarios: readonly Scenario[],
  options: RiskOptions,
): CycleRisk[] {
  const { seed, base, draws = 1000 } = options;
  const root = createRandom(seed);
  const cycles = Array.from({ length: draws }, (_, draw) => {
    const random = root.fork(`draw ${draw}`);
    return mapCycle(ranges, (range) => rangeQuantile(range, random.float()));
  });
  const bases = cycles.map((cycle) => flowOf(cycle, base));
  return scenarios.map((scenario) => {
    const flows = cycles.map((cycle) => flowOf(cycle, scenario));
    const ratios = flows.map((flow, draw) => speedUp(bases[draw]!, flow));
    return riskOf(ranges, scenario, options, { cycles, bases, flows, ratios });
  });
}

/**
 * The speed-up with some quantities set, by their places such as "agent.horizonHours", and all else
 * at its likeliest: for what-ifs, and for a figure of the speed-up against the horizon.
 */
export function speedUpAt(
  ranges: CycleRanges,
  values: Readonly<Record<string, number>>,
  base: Scenario,
  scenario: Scenario,
): SpeedUp {
  const places = quantitiesOf(ranges);
  const unknown = Object.keys(values).find((name) => !places.has(name));
  if (unknown !== undefined) {
    throw new Fault(
      "cycle",
      `there is no quantity "${unknown}"`,
      `Choose one of: ${[...places.keys()].join(", ")}`,
    );
  }
  const cycle = mapCycle(ranges, ({ likely }, name) => values[name] ?? likely);
  return speedUp(flowOf(cycle, base), flowOf(cycle, scenario));
}

/**
 * The quantile of a range: triangular with its mode at the likeliest value; in logarithms where
 * all of it is above 0, as most of these quantities are known to a factor.
 */
export function rangeQuantile({ low, likely, high }: Range, p: number): number {
  if (!(high > low)) return likely;
  if (low > 0) {
    const logs = { low: Math.log(low), likely: Math.log(likely), high: Math.log(high) };
    return Math.exp(triangular(logs, p));
  }
  return triangular({ low, likely, high }, p);
}

function triangular({ low, likely, high }: Omit<Range, "source">, p: number): number {
  const width = high - low;
  const below = (likely - low) / width;
  return p < below
    ? low + Math.sqrt(p * width * (likely - low))
    : high - Math.sqrt((1 - p) * width * (high - likely));
}

/** Parallel arrays. */
interface Draws {
  readonly cycles: readonly Cycle[];
  readonly bases: readonly CycleFlow[];
  readonly flows: readonly CycleFlow[];
  readonly ratios: readonly SpeedUp[];
}

function riskOf(
  ranges: CycleRanges,
  scenario: Scenario,
  { base, level = 0.8, target = 100 }: RiskOptions,
  { cycles, bases, flows, ratios }: Draws,
): CycleRisk {
  const interval = (values: readonly number[]) => {
    const at = (p: number) => quantileOrNever(values, p);
    return { estimate: at(0.5), low: at((1 - level) / 2), high: at((1 + level) / 2), level };
  };
  const ofRatio = (key: keyof SpeedUp) => interval(ratios.map((each) => each[key]));
  const ofFlow = (key: "peopleHours" | "reviewHours" | "dollars" | "latency" | "throughput") =>
    interval(flows.map((each) => each[key]));
  const flawless = cycles.map((cycle, draw) => {
    const flow = flowOf(withFlawlessAgents(cycle), scenario);
    return speedUp(bases[draw]!, flow).throughput;
  });
  const allowances = flows.map((flow, draw) => reviewAllowance(bases[draw]!, flow, target));
  const results = ratios.map(({ throughput }) => throughput);
  const stages = flows.map(({ bottleneck }) => `${bottleneck.pool}: ${bottleneck.stage}`);
  return {
    scenario,
    speedUp: {
      throughput: ofRatio("throughput"),
      acceptedThroughput: ofRatio("acceptedThroughput"),
      latency: ofRatio("latency"),
      amdahlThroughput: ofRatio("amdahlThroughput"),
      amdahlLatency: ofRatio("amdahlLatency"),
    },
    peopleHours: ofFlow("peopleHours"),
    reviewHours: ofFlow("reviewHours"),
    dollars: ofFlow("dollars"),
    latency: ofFlow("latency"),
    resultsPerWeek: ofFlow("throughput"),
    target,
    reviewAllowance: interval(allowances),
    flawlessSpeedUp: interval(flawless),
    reachesTarget: results.filter((each) => each >= target).length / results.length,
    bottlenecks: Object.fromEntries(
      [...new Set(stages)].map((stage) => [
        stage,
        stages.filter((each) => each === stage).length / stages.length,
      ]),
    ),
    tornado: tornadoOf(ranges, scenario, base, cycles, results),
  };
}

function tornadoOf(
  ranges: CycleRanges,
  scenario: Scenario,
  base: Scenario,
  cycles: readonly Cycle[],
  results: readonly number[],
): TornadoBar[] {
  const drawn = cycles.map(quantitiesOf);
  const resultRanks = ranks(results);
  const resultsVary = new Set(results).size > 1;
  return [...quantitiesOf(ranges)]
    .filter(([, range]) => range.high > range.low)
    .map(([name, range]) => {
      const [low, high] = [rangeQuantile(range, 0.1), rangeQuantile(range, 0.9)];
      const values = drawn.map((each) => each.get(name)!);
      return {
        ...{ name, source: range.source, low, high },
        atLow: speedUpAt(ranges, { [name]: low }, base, scenario).throughput,
        atHigh: speedUpAt(ranges, { [name]: high }, base, scenario).throughput,
        rankCorrelation: resultsVary ? correlation(ranks(values), resultRanks) : 0,
      };
    })
    .sort((a, b) => swing(b) - swing(a));
}

function swing({ atLow, atHigh }: TornadoBar): number {
  return Math.abs(atHigh - atLow);
}

/** Ranks; values that are the same share the middle of theirs. */
function ranks(values: readonly number[]): number[] {
  const order = [...values.keys()].sort((a, b) => values[a]! - values[b]!);
  const found = new Array<number>(values.length);
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to < order.length && values[order[to]!] === values[order[from]!]) to += 1;
    for (let at = from; at < to; at++) found[order[at]!] = (from + to - 1) / 2;
    from = to;
  }
  return found;
}
