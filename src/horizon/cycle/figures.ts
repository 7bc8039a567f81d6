import type { Chart } from "../../charts/index.ts";
import type { CycleFlow } from "./flow.ts";
import { speedUpAt, type TornadoBar } from "./risk.ts";
import type { Scenario } from "./scenarios.ts";
import { type CycleRanges, STAGES } from "./stages.ts";

/** What each stage adds to the hours that people spend on one result, under two ways of working. */
export function waterfallFigure(flows: readonly [base: CycleFlow, other: CycleFlow]): Chart {
  const names = [...STAGES, "total"];
  const half = 0.36;
  return {
    title: "Hours of people for one result, stage by stage",
    x: { label: "Hours of people for one result", scale: "linear" },
    y: { label: "", scale: "names", names },
    height: 90 + 40 * names.length,
    layers: flows.map((flow, series) => {
      const hours = stageHours(flow);
      const offset = (series - 0.5) * half;
      let sum = 0;
      const bars = hours.map((each, at) => {
        const from = sum;
        sum += each;
        return { at: at + offset, from, to: sum };
      });
      const total = { at: names.length - 1 + offset, from: 0, to: sum, name: `${round(sum)} h` };
      return {
        kind: "bars",
        series,
        label: flow.scenario.name,
        along: "x",
        width: half,
        bars: [...bars, total],
      };
    }),
  };
}

/** How far each quantity alone moves the speed-up from `centre`, where all are at their likeliest; the widest first. */
export function tornadoFigure(bars: readonly TornadoBar[], centre: number, most = 12): Chart {
  const shown = bars.slice(0, most);
  return {
    title: "How far each quantity moves the speed-up",
    x: { label: "Speed-up in results a week", scale: "log" },
    y: { label: "", scale: "names", names: shown.map(({ name }) => name.replace("stages.", "")) },
    height: 90 + 26 * shown.length,
    layers: [
      ...(["low", "high"] as const).map(
        (end, series) =>
          ({
            kind: "bars",
            series,
            label: `at its ${end === "low" ? "10 %" : "90 %"} quantile`,
            along: "x",
            bars: shown.map(({ atLow, atHigh }, at) => ({
              at,
              from: centre,
              to: end === "low" ? atLow : atHigh,
            })),
          }) as const,
      ),
      { kind: "rule", axis: "x", at: centre },
    ],
  };
}

/** The speed-up in results as agents' horizons grow, for several ways of working. */
export function speedUpFigure(
  ranges: CycleRanges,
  base: Scenario,
  scenarios: readonly Scenario[],
): Chart {
  const hours = Array.from({ length: 49 }, (_, index) => 2 ** (index / 4 - 1));
  return {
    title: "The speed-up against agents' time horizon",
    x: { label: "Agents' 50 % time horizon", scale: "minutes" },
    y: { label: "Speed-up in results a week", scale: "log" },
    layers: [
      ...scenarios.map(
        (scenario, series) =>
          ({
            kind: "line",
            series,
            label: scenario.name,
            points: hours.map((each) => ({
              x: each * 60,
              y: speedUpAt(ranges, { "agent.horizonHours": each }, base, scenario).throughput,
            })),
          }) as const,
      ),
      { kind: "rule", axis: "y", at: 100, label: "100 times" },
    ],
  };
}

function stageHours({ stages, results }: CycleFlow): number[] {
  return STAGES.map(
    (stage) => (stages.find((each) => each.stage === stage)?.peopleHours ?? 0) / results,
  );
}

function round(value: number): string {
  return value >= 10 ? value.toFixed(0) : value.toPrecision(2);
}
