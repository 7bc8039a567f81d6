import { readFile } from "node:fs/promises";
import {
  type CycleFlow,
  type CycleRanges,
  type CycleRisk,
  cycleRisk,
  DEFAULT_CYCLE,
  flowOf,
  likelyCycle,
  type ReviewLoad,
  readCycle,
  reviewLoad,
  SCENARIOS,
  type Scenario,
  speedUpAt,
  waterfallFigure,
  withStageTimes,
  writeCycle,
} from "../../horizon/index.ts";
import { stageTimes } from "../../lab/index.ts";
import { Fault, writeDurably } from "../../record/index.ts";
import { drawFigure, type FigureOption } from "../figure.ts";
import { cleanLine, type GlobalOptions, paint, print, printJson } from "../output.ts";
import { estimateTable, wrapped } from "../screen.ts";
import { type Column, table } from "../table.ts";
import { duration, factor, percent } from "./words.ts";

export interface CycleCommand extends FigureOption {
  readonly scenario: string;
  readonly target: number;
  readonly draws: number;
  readonly seed: number;
  readonly set?: Readonly<Record<string, number>>;
  readonly write?: string;
  readonly fromLab?: boolean;
}

export async function horizonCycle(
  file: string | undefined,
  options: CycleCommand,
  global: GlobalOptions,
): Promise<void> {
  const { json } = global;
  const given = await rangesOf(file);
  const ranges = options.fromLab ? withStageTimes(given, await stageTimes(global)) : given;
  if (options.write !== undefined) {
    await writeDurably(options.write, writeCycle(ranges));
    if (json) printJson({ written: options.write });
    else print(`All quantities are in ${options.write}; give it back as FILE.`);
    return;
  }
  const result = measure(ranges, options);
  const alone = flowOf(likelyCycle(ranges), SCENARIOS[0]);
  await drawFigure(options, () => waterfallFigure([alone, result.flow]));
  if (json) printJson({ ...result, target: options.target, seed: options.seed });
  else print(text(result, options));
}

async function rangesOf(file: string | undefined): Promise<CycleRanges> {
  if (file === undefined) return DEFAULT_CYCLE;
  const given = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new Fault(file, `it cannot be read (${error.code})`, "Check the name");
  });
  return readCycle(given, file, DEFAULT_CYCLE);
}

interface CycleResult {
  readonly risks: readonly CycleRisk[];
  /** The scenario that is looked at closely: at likely values, over draws, and its review. */
  readonly flow: CycleFlow;
  readonly risk: CycleRisk;
  readonly review: ReviewLoad;
  /** The speed-up in results with the quantities of --set. */
  readonly whatIf: number | null;
}

function measure(ranges: CycleRanges, options: CycleCommand): CycleResult {
  const { target, draws, seed, set } = options;
  if (draws < 2) throw new Fault("--draws", `${draws} are too few`, "Give at least 2");
  const scenario = scenarioOf(options.scenario);
  const [base] = SCENARIOS;
  const risks = cycleRisk(ranges, SCENARIOS, { seed, base, draws, target });
  const likely = likelyCycle(ranges);
  return {
    risks,
    flow: flowOf(likely, scenario),
    risk: risks.find((each) => each.scenario.name === scenario.name)!,
    review: reviewLoad(likely, scenario, { base, target }),
    whatIf: set ? speedUpAt(ranges, set, base, scenario).throughput : null,
  };
}

function scenarioOf(name: string): Scenario {
  const found = SCENARIOS.find((each) => each.name === name);
  if (found) return found;
  throw new Fault(
    `--scenario "${name}"`,
    "there is no such scenario",
    `There are: ${SCENARIOS.map((each) => `"${each.name}"`).join(", ")}`,
  );
}

function text(result: CycleResult, options: CycleCommand): string {
  const { risk, flow, review, whatIf } = result;
  const { target, draws, seed, set } = options;
  const times = factor(target);
  return [
    paint("bold", "The research cycle by who does what, against people doing all of it"),
    "",
    scenarioTable(result.risks, target),
    "",
    paint("bold", cleanLine(flow.scenario.name)),
    "",
    stageTable(flow),
    "",
    wrapped(
      `Most in the way: ${flow.bottleneck.stage} (${flow.bottleneck.pool}). Results come ${factor(review.speedUp)} times as fast at the likeliest values, and ${factor(review.flawlessSpeedUp)} times if no agent ever failed.`,
    ),
    wrapped(
      review.hoursPerPaper > 0
        ? `For ${times} times, all reviewers together may take ${duration(review.hoursPerPaper * 60)} a paper.`
        : `For ${times} times there is no time left to review: other work of people alone takes more than ${duration(review.budget * 60)} a result.`,
    ),
    ...(whatIf === null || !set
      ? []
      : [
          wrapped(
            `With ${Object.entries(set)
              .map(([name, value]) => `${name} = ${value}`)
              .join(", ")}: ${factor(whatIf)} times as fast.`,
          ),
        ]),
    "",
    tornadoTable(risk),
    "",
    paint(
      "dim",
      wrapped(
        `Results faster: times as many a week, from the same people. First try: the chance that an agent's first attempt is right. Medians and 80 % intervals over ${draws} draws from the quantities' ranges, seed ${seed}. Most ranges are assumed: \`glasshouse horizon cycle --write my-cycle.yaml\` writes all of them with their sources.`,
      ),
    ),
  ].join("\n");
}

const right = "right" as const;

function scenarioTable(risks: readonly CycleRisk[], target: number): string {
  return estimateTable(
    [
      { title: "Done by agents" },
      { title: "Results faster", align: right },
      { title: "Verdict sooner", align: right },
      { title: "People a result", align: right },
      { title: `${factor(target)} × reached`, align: right },
    ],
    risks.map(({ scenario, speedUp, peopleHours, reachesTarget }) => [
      cleanLine(scenario.name === "people" ? "nothing" : scenario.name),
      times(speedUp.throughput),
      times(speedUp.latency),
      {
        main: duration(peopleHours.estimate * 60),
        range: `[${hours(peopleHours.low)}, ${hours(peopleHours.high)}]`,
      },
      percent(Math.round(reachesTarget * 1000) / 1000),
    ]),
  );
}

function stageTable({ stages }: CycleFlow): string {
  const columns: Column[] = [
    { title: "Stage" },
    { title: "People h", align: right },
    { title: "Agents h", align: right },
    { title: "Compute h", align: right },
    { title: "Calendar h", align: right },
    { title: "Goes on", align: right },
    { title: "First try", align: right },
  ];
  const number = (value: number) => (value === 0 ? "" : value.toFixed(1));
  return table(
    columns,
    stages.map((stage) => [
      stage.stage,
      ...[stage.peopleHours, stage.agentHours, stage.computeHours, stage.latency].map(number),
      percent(Math.round(stage.survives * 100) / 100),
      stage.agentSuccess === null ? "" : percent(Math.round(stage.agentSuccess * 100) / 100),
    ]),
  );
}

/** The quantities that sway the speed-up most, one at a time. */
function tornadoTable({ tornado }: CycleRisk): string {
  const bars = tornado.slice(0, 8);
  return table(
    [
      { title: "What sways it most" },
      { title: "From", align: right },
      { title: "To", align: right },
      { title: "Times as fast", align: right },
      { title: "" },
    ],
    bars.map(({ name, low, high, atLow, atHigh }) => [
      name,
      factor(low),
      factor(high),
      `${factor(atLow)} to ${factor(atHigh)}`,
      bar(bars, atLow, atHigh),
    ]),
  );
}

const BAR = 14;

/** A bar from the lesser to the greater speed-up, on the log scale of all bars. */
function bar(
  bars: readonly { readonly atLow: number; readonly atHigh: number }[],
  atLow: number,
  atHigh: number,
): string {
  const all = bars.flatMap((each) => [each.atLow, each.atHigh]).filter((each) => each > 0);
  const [least, most] = [Math.log(Math.min(...all)), Math.log(Math.max(...all))];
  const at = (value: number) =>
    Math.round((BAR * (Math.log(value) - least)) / Math.max(1e-9, most - least));
  const [from, to] = [Math.min(atLow, atHigh), Math.max(atLow, atHigh)];
  if (!(from > 0)) return "";
  return " ".repeat(at(from)) + paint("cyan", "█".repeat(Math.max(1, at(to) - at(from))));
}

function times({ estimate, low, high }: { estimate: number; low: number; high: number }) {
  return { main: factor(estimate), range: `[${factor(low)}, ${factor(high)}]` };
}

function hours(value: number): string {
  return Number.isFinite(value) ? `${Math.round(value).toLocaleString("en-GB")} h` : "no limit";
}
