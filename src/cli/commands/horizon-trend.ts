import type { Command } from "commander";
import type { TrendCommand } from "../horizon/trend.ts";
import { globalOptions } from "../output.ts";
import { addFigureOption } from "./figure-option.ts";
import { addHistoryOptions, HISTORY_FILES } from "./history-options.ts";

export function addHorizonTrend(group: Command): void {
  addFigureOption(addHistoryOptions(group.command("trend")))
    .argument("[file...]", "published horizons, or files of runs, see below")
    .option("--shapes", "compare shapes of growth beside the exponential")
    .option("--bend", "test whether growth changed its pace once")
    .description("how fast horizons grow with release date: the doubling time")
    .addHelpText("after", HISTORY_FILES)
    .action(async (files: string[], options: TrendCommand, command: Command) => {
      const { horizonTrend } = await import("../horizon/trend.ts");
      await horizonTrend(files, options, globalOptions(command));
    });
}
