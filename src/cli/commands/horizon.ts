import type { Command } from "commander";
import { print } from "../output.ts";
import { addHorizonCategories } from "./horizon-categories.ts";
import { addHorizonCompare } from "./horizon-compare.ts";
import { addHorizonCycle } from "./horizon-cycle.ts";
import { addHorizonFit } from "./horizon-fit.ts";
import { addHorizonForecast } from "./horizon-forecast.ts";
import { addHorizonTrend } from "./horizon-trend.ts";
import { refuseUnknown } from "./unknown-command.ts";

/** `glasshouse horizon …`: how long a task AI agents can do, and where that leads. */
export function addHorizon(program: Command): void {
  const group = program
    .command("horizon")
    .argument("[command...]")
    .usage("<command> [options]")
    .description("measure and forecast how long a task AI agents can do")
    .action((words: readonly string[]) => {
      if (words.length === 0) print(group.helpInformation());
      else refuseUnknown(group, words);
    });
  for (const add of [
    addHorizonFit,
    addHorizonTrend,
    addHorizonForecast,
    addHorizonCompare,
    addHorizonCategories,
    addHorizonCycle,
  ]) {
    add(group);
  }
}
