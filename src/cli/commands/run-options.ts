import { type Command, InvalidArgumentError, Option } from "commander";
import { wholeNumber } from "../numbers.ts";
import { FIT_METHODS } from "./choices.ts";

/** Adds the options of `RunOptions`. */
export function addRunOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        "--method <name>",
        "metr-2025: ridge 0.1; metr-2026: ridge 1e-5, as METR's site has it",
      )
        .choices(FIT_METHODS)
        .default("metr-2026"),
    )
    .addOption(
      new Option("--weighting <name>", "how tasks weigh: equal, or less in large families")
        .choices(["inverse-sqrt-family", "equal"])
        .default("inverse-sqrt-family"),
    )
    .addOption(
      new Option("--score <column>", "successes, or points from 0 to 1")
        .choices(["binarized", "continuous"])
        .default("binarized"),
    )
    .option("--agent <name>", "only this agent; may be given several times", collect)
    .option("--skip-bad-rows", "leave out rows that cannot be used, and say how many and why")
    .option("--human-time <key>", "Inspect logs: the metadata key with the human minutes")
    .option("--scorer <name>", "Inspect logs: the scorer whose score counts")
    .option(
      "--draws <n>",
      "bootstrap draws for intervals; 0 for none",
      wholeNumber("--draws"),
      1000,
    )
    .option("--seed <n>", "seed of the draws", wholeNumber("--seed"), 1);
}

/** What the files may be, for the help of a command. */
export const RUN_FILES = `
FILE is any of these, told apart by content, gzipped or not; "-" is standard input:
  METR's run files, of any year                 JSON Lines, JSON, CSV
  the lab's own task runs                       run, task, agent, minutes, score (family)
  METR's task counts                            JSON
  SWE-bench outcomes                            CSV: instance, model, resolved;
                                                with its difficulty annotations as another FILE
  Inspect logs                                  JSON, with human_minutes in the metadata
`;

/** Parses chances of success, each given on its own or several with commas. */
export function chances(text: string, before: readonly number[] | undefined): readonly number[] {
  const given = text.split(",").map(Number);
  if (given.some((each) => !(each > 0 && each < 1))) {
    throw new InvalidArgumentError(
      "--quantile takes chances between 0 and 1, such as 0.5 0.8; files come before it.",
    );
  }
  return [...(before ?? []), ...given];
}

function collect(text: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), text];
}
