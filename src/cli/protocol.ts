import { readFile } from "node:fs/promises";
import { type Command, InvalidArgumentError, Option } from "commander";
import {
  type Attacker,
  checkOrdering,
  type EpisodeSource,
  PUBLISHED_ORDERINGS,
  readTrajectories,
  recordedEpisodes,
  type SimulationResult,
  STANDARD_PROTOCOLS,
  type StandardProtocol,
  separationOfAuroc,
  simulate,
  syntheticEpisodes,
} from "../oversight/index.ts";
import { Fault } from "../record/index.ts";
import type { Interval } from "../stats/index.ts";
import { estimateTable, wrapped } from "./horizon-screen.ts";
import { wholeNumber } from "./numbers.ts";
import { cleanLine, globalOptions, paint, print, printJson } from "./output.ts";
import { table } from "./table.ts";

/** `glasshouse protocol …`: control protocols, tried before they guard anything. */
export function addProtocol(program: Command): void {
  const group = program
    .command("protocol")
    .description("simulate control protocols: safety against usefulness");
  addSimulate(group);
  addPublished(group);
}

interface SimulateCommand {
  readonly protocol?: readonly StandardProtocol[];
  readonly budget: number;
  readonly per: string;
  readonly auroc: number;
  readonly spread: number;
  readonly context: number;
  readonly steps: number;
  readonly attacker: Attacker;
  readonly trustedWorth: number;
  readonly editedWorth: number;
  readonly seed: number;
  readonly trajectories: number;
  readonly repetitions?: number;
}

function addSimulate(group: Command): void {
  group
    .command("simulate")
    .argument("[file]", "recorded trajectories with scores (JSON lines); else a made-up world")
    .option("--protocol <name>", "one of them; may be given again", protocolName)
    .option("--budget <share>", "share of honest steps that may be audited", share, 0.01)
    .option("--per <unit>", "what the budget is a share of: step or trajectory", "step")
    .option("--auroc <value>", "of the made-up monitor", between0and1, 0.95)
    .option("--spread <times>", "how much attacks' scores vary, beside honest ones", above0, 1)
    .option("--context <share>", "share of a score's variance that the context decides", share, 0.3)
    .option("--steps <n>", "actions in a trajectory", wholeNumber("--steps"), 20)
    .addOption(
      new Option(
        "--attacker <policy>",
        "once, always, random:RATE, late:SHARE or selective:SHARE:FORESIGHT",
      )
        .argParser(attacker)
        .default({ kind: "once" }, "once"),
    )
    .option(
      "--trusted-worth <share>",
      "of the trusted model's step, beside the agent's",
      share,
      0.6,
    )
    .option("--edited-worth <share>", "of a step that the trusted model rewrote", share, 0.8)
    .option("--seed <n>", "seed of all that is drawn", wholeNumber("--seed"), 1)
    .option("--trajectories <n>", "in each repetition", wholeNumber("--trajectories"), 100)
    .option("--repetitions <n>", "10; 200 of recorded ones", wholeNumber("--repetitions"))
    .description("what protocols keep safe and what they cost, with intervals")
    .action(async (file: string | undefined, options: SimulateCommand, command: Command) => {
      const episodes = await episodesOf(file, options);
      const names = options.protocol ?? protocolsFor(episodes);
      const results = names.map((name) => run(name, episodes, options));
      if (globalOptions(command).json) printJson({ world: episodes.name, ...options, results });
      else print(text(results, episodes.name, options));
    });
}

async function episodesOf(
  file: string | undefined,
  options: SimulateCommand,
): Promise<EpisodeSource> {
  const { auroc, spread, context, steps, seed } = options;
  if (file !== undefined) {
    return recordedEpisodes(readTrajectories(await read(file), file), file, seed);
  }
  // The AUROC of two normal distributions is Phi(d' / sqrt(1 + spread^2)).
  const separation = (separationOfAuroc(auroc) / Math.SQRT2) * Math.hypot(1, spread);
  return syntheticEpisodes(
    {
      name: `a made-up world: ${steps} steps, AUROC ${auroc}`,
      steps,
      monitors: [{ name: "monitor", separation, spread }],
      likeness: { trajectory: 0, context, candidate: 0 },
      attacker: options.attacker,
    },
    seed,
  );
}

/** A recording as a rule has no second sample of a step to draw. */
function protocolsFor(episodes: EpisodeSource): readonly StandardProtocol[] {
  const all = Object.keys(STANDARD_PROTOCOLS) as StandardProtocol[];
  const single = ["none", "trusted only", "monitoring", "ask a person", "defer to trusted"];
  return episodes.recorded ? all.filter((name) => single.includes(name)) : all;
}

function run(
  name: StandardProtocol,
  episodes: EpisodeSource,
  options: SimulateCommand,
): SimulationResult {
  const { budget, per, seed, trajectories, repetitions } = options;
  if (per !== "step" && per !== "trajectory") {
    throw new Fault("--per", `"${cleanLine(per)}" is no unit`, "Give step or trajectory");
  }
  const times = repetitions ?? (episodes.recorded ? 200 : 10);
  const worth = { agent: 1, trusted: options.trustedWorth, edited: options.editedWorth };
  return simulate(
    {
      name,
      protocol: STANDARD_PROTOCOLS[name],
      episodes,
      budget: { share: budget, per },
      terms: { worth },
    },
    { seed, trajectories, repetitions: times },
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

function addPublished(group: Command): void {
  group
    .command("published")
    .option("--seed <n>", "seed of all that is drawn", wholeNumber("--seed"), 1)
    .option("--trajectories <n>", "in each repetition", wholeNumber("--trajectories"), 100)
    .option("--repetitions <n>", "at least 2", wholeNumber("--repetitions"), 10)
    .description("whether published orderings of protocols come out of the simulator")
    .action(
      (options: { seed: number; trajectories: number; repetitions: number }, command: Command) => {
        const checked = PUBLISHED_ORDERINGS.map((ordering) => checkOrdering(ordering, options));
        if (globalOptions(command).json) return printJson({ ...options, orderings: checked });
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
      },
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

function percent(value: number): string {
  return `${Number((value * 100).toPrecision(3))} %`;
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Fault(file, `it cannot be read (${code})`, "Give a file of recorded trajectories");
  }
}

function protocolName(
  given: string,
  before: readonly StandardProtocol[] | undefined,
): readonly StandardProtocol[] {
  if (Object.hasOwn(STANDARD_PROTOCOLS, given))
    return [...(before ?? []), given as StandardProtocol];
  throw new InvalidArgumentError(
    `--protocol takes one of: ${Object.keys(STANDARD_PROTOCOLS).join("; ")}.`,
  );
}

function attacker(given: string): Attacker {
  const [kind, ...numbers] = given.split(":");
  const [first, second] = numbers.map(Number);
  if ((kind === "once" || kind === "always") && numbers.length === 0) return { kind };
  if (numbers.every((text) => text !== "" && Number(text) >= 0 && Number(text) <= 1)) {
    if (kind === "random" && numbers.length === 1) return { kind, rate: first! };
    if (kind === "late" && numbers.length === 1) return { kind, after: first! };
    if (kind === "selective" && numbers.length === 2) {
      return { kind, share: first!, foresight: second! };
    }
  }
  throw new InvalidArgumentError(
    "--attacker takes once, always, random:0.1, late:0.5 or selective:0.3:0.7.",
  );
}

function share(given: string): number {
  const value = Number(given);
  if (given.trim() !== "" && value >= 0 && value <= 1) return value;
  throw new InvalidArgumentError("It takes a share from 0 to 1, such as 0.01.");
}

function between0and1(given: string): number {
  const value = Number(given);
  if (value > 0 && value < 1) return value;
  throw new InvalidArgumentError("It takes a number between 0 and 1, such as 0.95.");
}

function above0(given: string): number {
  const value = Number(given);
  if (value > 0 && value < Infinity) return value;
  throw new InvalidArgumentError("It takes a number above 0, such as 2.");
}
