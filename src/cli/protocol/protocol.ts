import {
  checkOrdering,
  type EpisodeSource,
  PUBLISHED_ORDERINGS,
  type SimulationResult,
  STANDARD_PROTOCOLS,
  type StandardProtocol,
  simulate,
} from "../../oversight/index.ts";
import type { Interval } from "../../stats/index.ts";
import { cleanLine, type GlobalOptions, paint, print, printJson } from "../output.ts";
import { estimateTable, wrapped } from "../screen.ts";
import { table } from "../table.ts";
import {
  episodesOf,
  percent,
  protocolsFor,
  sizeOf,
  termsOf,
  unitOf,
  type WorldOptions,
} from "./world.ts";

export interface SimulateCommand extends WorldOptions {
  readonly protocol?: readonly StandardProtocol[];
  readonly budget: number;
  readonly per: string;
}

export async function simulateProtocols(
  file: string | undefined,
  options: SimulateCommand,
  global: GlobalOptions,
): Promise<void> {
  const episodes = await episodesOf(file, options);
  const all = Object.keys(STANDARD_PROTOCOLS) as StandardProtocol[];
  const names = options.protocol ?? protocolsFor(episodes, all);
  const results = names.map((name) => run(name, episodes, options));
  if (global.json) printJson({ world: episodes.name, ...options, results });
  else print(text(results, episodes.name, options));
}

function run(
  name: StandardProtocol,
  episodes: EpisodeSource,
  options: SimulateCommand,
): SimulationResult {
  const budget = { share: options.budget, per: unitOf(options.per) };
  return simulate(
    { name, protocol: STANDARD_PROTOCOLS[name], episodes, budget, terms: termsOf(options) },
    sizeOf(options, episodes),
  );
}

const right = "right" as const;

function text(
  results: readonly SimulationResult[],
  world: string,
  { budget, per, seed }: SimulateCommand,
): string {
  return [
    estimateTable(
      [
        { title: "Protocol" },
        { title: "Safety", align: right },
        { title: "Useful", align: right },
        { title: "Audited", align: right },
        { title: "Draws", align: right },
        { title: "Cost", align: right },
        { title: "Time", align: right },
      ],
      results.map((result) => [
        result.name,
        estimate(result.safety),
        percent(result.usefulness.estimate),
        percent(result.auditedSteps.estimate),
        result.extraDraws.estimate.toFixed(2),
        result.cost.estimate.toFixed(2),
        result.latency.estimate.toFixed(2),
      ]),
    ),
    "",
    paint(
      "dim",
      wrapped(
        `${cleanLine(world)}. Safety: share of attacking trajectories whose side task failed or was caught in time; 95 % intervals. Useful: worth of honest work beside the agent's alone. Audited: share of honest steps; thresholds were set for ${percent(budget)} of ${per === "step" ? "steps" : "trajectories"} of other honest work. Draws, cost and time are a step's, in those of one action of the agent, at assumed prices. Unit: ${results[0]?.unit ?? ""}. Seed ${seed}.`,
      ),
    ),
  ].join("\n");
}

export async function publishedOrderings(
  options: { seed: number; trajectories: number; repetitions: number },
  global: GlobalOptions,
): Promise<void> {
  const checked = PUBLISHED_ORDERINGS.map((ordering) => checkOrdering(ordering, options));
  if (global.json) return printJson({ ...options, orderings: checked });
  print(
    table(
      [
        { title: "Published", width: 34 },
        { title: "Source", width: 18 },
        { title: "Needs", width: 24 },
        { title: "Points of safety", align: right },
        { title: "Here" },
      ],
      checked.map(({ claim, source, condition, difference, verdict }) => [
        claim,
        source,
        condition,
        points(difference),
        verdict,
      ]),
    ),
  );
}

function estimate(interval: Interval) {
  const { low, high } = interval;
  return {
    main: percent(interval.estimate),
    range: `[${(low * 100).toFixed(1)}, ${(high * 100).toFixed(1)}]`,
  };
}

function points({ estimate: middle, low, high }: Interval): string {
  const [a, b, c] = [middle, low, high].map((value) => (value * 100).toFixed(1));
  return `${a} [${b}, ${c}]`;
}
