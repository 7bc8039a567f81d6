import type { Command } from "commander";
import { addHorizonCategories } from "./horizon-categories.ts";
import { addHorizonCompare } from "./horizon-compare.ts";
import { addHorizonCycle } from "./horizon-cycle.ts";
import { addHorizonFit } from "./horizon-fit.ts";
import { addHorizonForecast } from "./horizon-forecast.ts";
import { addHorizonTrend } from "./horizon-trend.ts";

/** `glasshouse horizon …`: how long a task AI agents can do, and where that leads. */
export function addHorizon(program: Command): void {
  const group = program
    .command("horizon")
    .description("measure and forecast how long a task AI agents can do");
  for (const add of [
    addHorizonFit,
    addHorizonTrend,
    addHorizonForecast,
    addHorizonCompare,
    addHorizonCategories,
    addHorizonCycle,
  ])
    add(group);
}
