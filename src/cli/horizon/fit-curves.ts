import {
  type BayesFit,
  compareShapes,
  credibleInterval,
  fitBayes,
  type HorizonInterval,
  marginalHorizons,
  type ShapeComparison,
  type Suite,
  typicalHorizons,
} from "../../horizon/index.ts";
import { cleanLine, paint } from "../output.ts";
import { type Estimate, estimateTable, wrapped } from "../screen.ts";
import { type Column, table } from "../table.ts";
import type { RunOptions } from "./reading.ts";
import { duration, durationRange, percent } from "./words.ts";

const right = "right" as const;

/** Other shapes of the success curve beside the logistic one, by cross-validation over families. */
export function curvesOf(suite: Suite, { method, weighting, seed }: RunOptions): ShapeComparison {
  return compareShapes(suite, { method, weighting, seed });
}

export function curvesText({ scores, agents, leftOut, families }: ShapeComparison): string {
  return [
    paint("bold", "Shapes of the success curve, by what they foretell of families not seen"),
    "",
    table(
      [{ title: "Shape" }, { title: "Log loss", align: right }, { title: "Less logistic's" }],
      scores.map(({ shape, hasFloor, heldOut, difference: { estimate, low, high } }, index) => [
        `${shape}${hasFloor ? " with a floor of chance" : ""}`,
        heldOut.toFixed(4),
        index === 0 ? "" : `${estimate.toFixed(4)} [${low.toFixed(4)}, ${high.toFixed(4)}]`,
      ]),
    ),
    paint(
      "dim",
      wrapped(
        `Nats a run, lower is better; ${agents.length} agents, ${families} families. ${leftOut.length > 0 ? `Left out, without a curve in some fold: ${leftOut.map(cleanLine).join(", ")}.` : ""}`.trim(),
      ),
    ),
  ].join("\n");
}

/** An agent's horizons by the Bayesian fit. */
export interface BayesRow {
  readonly agent: string;
  readonly horizons: readonly {
    readonly quantile: number;
    readonly typical: Omit<HorizonInterval, "usable">;
    readonly marginal: Omit<HorizonInterval, "usable">;
  }[];
}

export async function bayesOf(
  suite: Suite,
  quantiles: readonly number[],
  { seed }: RunOptions,
): Promise<{ readonly rows: readonly BayesRow[]; readonly fit: BayesFit }> {
  const fit = await fitBayes(suite, { seed });
  return {
    fit,
    rows: fit.agents.map((agent) => ({
      agent: agent.agent,
      horizons: quantiles.map((quantile) => ({
        quantile,
        typical: credibleInterval(typicalHorizons(agent, quantile)),
        marginal: credibleInterval(marginalHorizons(fit, agent, quantile)),
      })),
    })),
  };
}

export function bayesText({ rows, fit }: Awaited<ReturnType<typeof bayesOf>>): string {
  const [first] = rows;
  const columns: Column[] = [
    { title: "Agent" },
    ...first!.horizons.flatMap(({ quantile }): Column[] => [
      { title: `${percent(quantile)} typical`, align: right },
      ...(quantile === 0.5 ? [] : [{ title: `${percent(quantile)} of all`, align: right }]),
    ]),
  ];
  const estimate = (interval: { estimate: number; low: number; high: number }): Estimate => ({
    main: duration(interval.estimate),
    range: durationRange(interval),
  });
  const spread = (draws: Float64Array) => 2 ** credibleInterval(draws).estimate;
  return [
    paint("bold", "Bayesian fit: families pooled partially, task lengths not known exactly"),
    "",
    estimateTable(
      columns,
      rows.map(({ agent, horizons }) => [
        paint("bold", cleanLine(agent)),
        // At a half the two are one.
        ...horizons.flatMap(({ quantile, typical, marginal }) =>
          quantile === 0.5 ? [estimate(typical)] : [estimate(typical), estimate(marginal)],
        ),
      ]),
    ),
    "",
    paint(
      "dim",
      wrapped(
        `Typical: on a task as hard as its length says. Of all: that share of tasks, hard and easy, of families not seen. Families are a factor of ${spread(fit.familySpread).toFixed(1)} harder or easier than their length, tasks in them ${spread(fit.taskSpread).toFixed(1)}. Medians and 95 % credible intervals.`,
      ),
    ),
    ...fit.warnings.map((warning) => `${paint("yellow", "*")} ${wrapped(`${warning}.`, "  ")}`),
  ].join("\n");
}
