import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createRandom, type ExperimentContext, type Json } from "../../src/experiments/index.ts";
import {
  type Cycle,
  cycleRisk,
  DEFAULT_CYCLE,
  flowOf,
  likelyCycle,
  mapCycle,
  rangeQuantile,
  SCENARIOS,
  type Scenario,
  speedUp,
  speedUpFigure,
  tornadoFigure,
  type WorkStage,
  waterfallFigure,
} from "../../src/horizon/index.ts";

const DRAWS = 2000;
const BASE = SCENARIOS[0];

/**
 * Where is the bottleneck of a research cycle once agents do part of it? A condition is a way of
 * working; a run draws every uncertain quantity of the cycle from its range and compares the way of
 * working with people alone. Draw i of a seed is the same world in every condition.
 */
export function experiment({
  condition,
  parameters,
  seed,
  out,
  progress,
}: ExperimentContext): Json {
  const scenario = scenarioOf(condition, parameters);
  const { horizonHours } = parameters;
  const withHorizon = (cycle: Cycle): Cycle =>
    typeof horizonHours === "number"
      ? { ...cycle, agent: { ...cycle.agent, horizonHours } }
      : cycle;
  const root = createRandom(seed);
  const drawn = Array.from({ length: DRAWS }, (_, draw) => {
    const random = root.fork(`draw ${draw}`);
    const cycle = mapCycle(DEFAULT_CYCLE, (range) => rangeQuantile(range, random.float()));
    const base = flowOf(cycle, BASE);
    const flow = flowOf(withHorizon(cycle), scenario);
    return { flow, ratio: speedUp(base, flow) };
  });
  progress(0.6);

  const write = (name: string, chart: object) =>
    writeFileSync(join(out, name), JSON.stringify(chart));
  const likely = likelyCycle(DEFAULT_CYCLE);
  write(
    "waterfall.json",
    waterfallFigure([flowOf(likely, BASE), flowOf(withHorizon(likely), scenario)]),
  );
  if (scenario.automate.length > 0) {
    const [risk] = cycleRisk(DEFAULT_CYCLE, [scenario], { seed, base: BASE, draws: 200 });
    const centre = speedUp(flowOf(likely, BASE), flowOf(likely, scenario)).throughput;
    write("tornado.json", tornadoFigure(risk!.tornado, centre));
    write("horizons.json", speedUpFigure(DEFAULT_CYCLE, BASE, SCENARIOS.slice(1)));
  }

  const measured = (of: (draw: (typeof drawn)[number]) => number) => {
    const draws = drawn.map((draw) => Number(of(draw).toPrecision(6)));
    return { estimate: median(draws), draws };
  };
  return {
    speedUp: measured(({ ratio }) => ratio.throughput),
    accepted: measured(({ ratio }) => ratio.acceptedThroughput),
    latency: measured(({ ratio }) => ratio.latency),
    peopleHours: measured(({ flow }) => flow.peopleHours),
    reviewShare: measured(({ flow }) => flow.reviewHours / flow.peopleHours),
    sound: measured(({ flow }) => flow.results / flow.accepted),
    papers: measured(({ flow }) => flow.reviewed / flow.results),
  };
}

function scenarioOf(name: string, parameters: ExperimentContext["parameters"]): Scenario {
  const { automate, checks, fallback, screenOut } = parameters;
  return {
    name: name.replaceAll("-", " "),
    automate: automate as unknown as readonly WorkStage[],
    checks: checks as Scenario["checks"],
    fallback: fallback as Scenario["fallback"],
    screenOut: screenOut as number,
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2;
}
