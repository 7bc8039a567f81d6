import { type Command, InvalidArgumentError, Option } from "commander";
import type { ForecastCommand } from "../horizon/forecast.ts";
import { globalOptions } from "../output.ts";
import { SHAPES } from "./choices.ts";
import { addFigureOption } from "./figure-option.ts";
import { addHistoryOptions, HISTORY_FILES, humanTime } from "./history-options.ts";

export function addHorizonForecast(group: Command): void {
  addFigureOption(addHistoryOptions(group.command("forecast")))
    .argument("[file...]", "published horizons, or files of runs, see below")
    .option("--name <words>", "what is forecast, for the title", "time horizon")
    .option("--category <name>", "files of runs: only tasks of this category")
    .option("--categories <file>", "which task family is of which category (YAML)")
    .option("--milestone <time>", "a length to reach, such as 40h; may be given again", milestone)
    .addOption(new Option("--shape <name...>", "shapes that growth may have").choices(SHAPES))
    .addOption(
      new Option("--shape-weights <how>", "equal, or by how well shapes predicted")
        .choices(["equal", "back-test"])
        .default("equal"),
    )
    .option(
      "--correlation <r>",
      "published horizons: the share of error that agents have in common, 0 to 1",
      share,
      0,
    )
    .description("when horizons reach 100 hours and a work-month, and where the doubt comes from")
    .addHelpText("after", HISTORY_FILES)
    .action(async (files: string[], options: ForecastCommand, command: Command) => {
      const { horizonForecast } = await import("../horizon/forecast.ts");
      await horizonForecast(files, options, globalOptions(command));
    });
}

function milestone(text: string, before: readonly number[] | undefined): readonly number[] {
  return [...(before ?? []), humanTime("--milestone")(text)];
}

function share(text: string): number {
  const value = Number(text);
  if (value >= 0 && value <= 1) return value;
  throw new InvalidArgumentError("--correlation takes a number from 0 to 1.");
}
