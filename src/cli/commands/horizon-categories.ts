import { type Command, InvalidArgumentError, Option } from "commander";
import type { CategoriesCommand } from "../horizon/categories.ts";
import { wholeNumber } from "../numbers.ts";
import { globalOptions } from "../output.ts";
import { addFigureOption } from "./figure-option.ts";
import { chance } from "./history-options.ts";
import { addRunOptions, RUN_FILES } from "./run-options.ts";

export function addHorizonCategories(group: Command): void {
  addFigureOption(addRunOptions(group.command("categories")))
    .argument("<file...>", "files of runs, see below")
    .option("--categories <file>", "which task family is of which category (YAML); METR's families")
    .addOption(
      new Option(
        "--pool <what>",
        "what categories share: an agent's slope; nothing; or families pooled partially, by Bayes (slow)",
      )
        .choices(["slope", "none", "families"])
        .default("slope"),
    )
    .option("--success <q>", "the chance of success that defines the horizon", chance, 0.5)
    .option("--with <category>", "compare with this category; the first of the list")
    .option("--dates <file>", "release dates of the agents, for growth by category")
    .option(
      "--plan <width>",
      "how many more tasks bring an interval of the category of --with to this ratio of its ends",
      ratio,
    )
    .option("--plan-runs <n>", "runs of each new task; as many as now", wholeNumber("--plan-runs"))
    .description("horizons by field of work, such as AI safety R&D, and how they differ")
    .addHelpText("after", RUN_FILES)
    .action(async (files: string[], options: CategoriesCommand, command: Command) => {
      const { horizonCategories } = await import("../horizon/categories.ts");
      await horizonCategories(files, options, globalOptions(command));
    });
}

function ratio(text: string): number {
  const value = Number(text);
  if (value > 1 && value < Infinity) return value;
  throw new InvalidArgumentError("--plan takes a ratio above 1, such as 4.");
}
