import type { Command } from "commander";
import { Fault } from "../record/index.ts";
import { addHorizonCategories } from "./horizon-categories.ts";
import { addHorizonCompare } from "./horizon-compare.ts";
import { addHorizonCycle } from "./horizon-cycle.ts";
import { addHorizonFit } from "./horizon-fit.ts";
import { addHorizonForecast } from "./horizon-forecast.ts";
import { addHorizonTrend } from "./horizon-trend.ts";
import { print } from "./output.ts";

/** `glasshouse horizon …`: how long a task AI agents can do, and where that leads. */
export function addHorizon(program: Command): void {
  const group = program
    .command("horizon")
    .argument("[command]")
    .usage("<command> [options]")
    .description("measure and forecast how long a task AI agents can do")
    .action((name: string | undefined) => {
      if (name === undefined) print(group.helpInformation());
      else {
        const known = group.commands.map((command) => command.name()).join(", ");
        throw new Fault(`horizon ${name}`, "there is no such command", `There are: ${known}`);
      }
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
