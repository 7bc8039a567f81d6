import type { Command } from "commander";
import type { FitCommand } from "../horizon/fit.ts";
import { globalOptions } from "../output.ts";
import { addFigureOption } from "./figure-option.ts";
import { addRunOptions, chances, RUN_FILES } from "./run-options.ts";

export function addHorizonFit(group: Command): void {
  addFigureOption(addRunOptions(group.command("fit")))
    .argument("<file...>", "files of runs, see below")
    .option("--quantile <q...>", "chances of success; 0.5 and 0.8", chances)
    .option("--like-metr", "draw bit for bit as METR's code does; its seed is 42")
    .option("--curves", "compare other shapes of the success curve too")
    .option("--bayes", "fit all agents at once by Bayes too; takes a minute")
    .option("--out <file>", "write the table to a .csv or .json file too")
    .description("each agent's time horizon: how long a task it does with a given chance")
    .addHelpText("after", RUN_FILES)
    .action(async (files: string[], options: FitCommand, command: Command) => {
      const { horizonFit } = await import("../horizon/fit.ts");
      await horizonFit(files, options, globalOptions(command));
    });
}
