import {
  bootstrapHorizons,
  type Comparison,
  compareDraws,
  drawsOf,
  type HorizonDraws,
  horizonAt,
} from "../../horizon/index.ts";
import { Fault } from "../../record/index.ts";
import { cleanLine, type GlobalOptions, paint, print, printJson } from "../output.ts";
import { estimateTable, screenWidth, widthOf, wrapped } from "../screen.ts";
import { type RunOptions, readRuns } from "./reading.ts";
import { duration, factor, percent } from "./words.ts";

export interface CompareCommand extends RunOptions {
  readonly success: number;
  readonly with?: string;
}

export async function horizonCompare(
  files: string[],
  options: CompareCommand,
  global: GlobalOptions,
): Promise<void> {
  const { json } = global;
  const { suite } = await readRuns(files, options);
  const { method, weighting, draws, seed } = options;
  if (draws === 0) throw new Fault("--draws 0", "a comparison needs draws", "Leave it out");
  const drawn = await bootstrapHorizons(suite, { method, weighting, draws, seed });
  const result = compareAll(drawn, options);
  if (json) printJson({ method, weighting, draws, seed, success: options.success, ...result });
  else print(text(result, options));
}

interface CompareResult {
  readonly with: string;
  readonly agents: readonly {
    readonly agent: string;
    readonly horizon: number;
    readonly comparison: Comparison;
  }[];
}

function compareAll(drawn: HorizonDraws, { success, with: named }: CompareCommand): CompareResult {
  const curves = drawn.agents
    .filter(({ fit }) => fit.status === "fitted" || fit.status === "separated")
    .sort((a, b) => horizonAt(b.fit, success) - horizonAt(a.fit, success));
  if (curves.length < 2) {
    throw new Fault(
      "comparison",
      `${curves.length} of ${drawn.agents.length} agents have a curve, and it takes two`,
      "Give runs of two agents that both succeed and fail",
    );
  }
  const other = named === undefined ? curves[0]! : drawsOf(drawn, named);
  return {
    with: other.agent,
    agents: curves
      .filter((each) => each !== other)
      .map((each) => ({
        agent: each.agent,
        horizon: horizonAt(each.fit, success),
        comparison: compareDraws(each, other, { success }),
      })),
  };
}

function text(result: CompareResult, { success, draws, seed }: CompareCommand): string {
  // Slopes are left out where the screen is too narrow for them; JSON always has them.
  const full = compareTable(result, true);
  const name = cleanLine(result.with);
  return [
    paint("bold", `Compared with ${name}, at ${percent(success)} success`),
    "",
    widthOf(full) <= screenWidth() ? full : compareTable(result, false),
    "",
    paint(
      "dim",
      wrapped(
        `Ratio: the agent's horizon over ${name}'s. "Longer in": share of draws in which its horizon is the longer. Slope in logits a doubling of length; above 0 falls slower. 95 % intervals from ${draws} joint draws, seed ${seed}. p is two-sided and not corrected for the number of agents.`,
      ),
    ),
  ].join("\n");
}

function compareTable({ agents }: CompareResult, withSlopes: boolean): string {
  const right = "right" as const;
  return estimateTable(
    [
      { title: "Agent" },
      { title: "Horizon", align: right },
      { title: "Ratio", align: right },
      { title: "Longer in", align: right },
      { title: "p", align: right },
      ...(withSlopes ? [{ title: "Slope difference", align: right }] : []),
    ],
    agents.map(({ agent, horizon, comparison }) => {
      const { ratio, slopeDifference: slope, winRate, p, usable } = comparison;
      const slopes = {
        main: signed(slope.estimate),
        range: `[${signed(slope.low)}, ${signed(slope.high)}]`,
      };
      return [
        paint("bold", cleanLine(agent)),
        duration(horizon),
        { main: factor(ratio.estimate), range: `[${factor(ratio.low)}, ${factor(ratio.high)}]` },
        percent(Math.round(winRate * 1000) / 1000),
        p === 0 ? `< ${(2 / usable).toPrecision(1)}` : p.toPrecision(2),
        ...(withSlopes ? [slopes] : []),
      ];
    }),
  );
}

function signed(value: number): string {
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(2)}`;
}
