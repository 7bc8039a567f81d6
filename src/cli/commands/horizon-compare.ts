import type { Command } from "commander";
import type { CompareCommand } from "../horizon/compare.ts";
import { globalOptions } from "../output.ts";
import { chance } from "./history-options.ts";
import { addRunOptions, RUN_FILES } from "./run-options.ts";

export function addHorizonCompare(group: Command): void {
  addRunOptions(group.command("compare"))
    .argument("<file...>", "files of runs, see below")
    .option("--with <agent>", "compare with this agent; the one with the longest horizon")
    .option("--success <q>", "the chance of success that defines the horizon", chance, 0.5)
    .description("agents side by side on the same draws of tasks, so that what they share cancels")
    .addHelpText("after", RUN_FILES)
    .action(async (files: string[], options: CompareCommand, command: Command) => {
      const { horizonCompare } = await import("../horizon/compare.ts");
      await horizonCompare(files, options, globalOptions(command));
    });
}
