import { type Command, InvalidArgumentError, Option } from "commander";
import { addRunOptions } from "./run-options.ts";

/** Adds the options of `HistoryOptions`. */
export function addHistoryOptions(command: Command): Command {
  return addRunOptions(command)
    .option("--dates <file>", "release dates of the agents in files of runs (YAML: agent: date)")
    .option("--success <q>", "the chance of success that defines the horizon", chance, 0.5)
    .option("--from <date>", "first release date that counts")
    .option("--before <date>", "first release date that no longer counts")
    .option(
      "--cap <time>",
      "leave out agents whose 50 % horizon is above this, such as 16h",
      humanTime("--cap"),
    )
    .addOption(
      new Option(
        "--who <rule>",
        "state of the art in the window, state of the art over all time, or all agents",
      )
        .choices(["window-first", "record-first", "all"])
        .default("window-first"),
    )
    .option("--without <name>", "leave this agent out; may be given several times", collect);
}

/** What the files may be, for the help of a command. */
export const HISTORY_FILES = `
Without a FILE: METR's published horizons, which ship with the lab.
FILE is either published horizons or runs (see \`glasshouse horizon fit --help\`), told apart by content:
  METR's benchmark results                      YAML
  a table of horizons                           CSV: agent, release_date, p50 in minutes
                                                (p50_low, p50_high, p80, p80_low, p80_high)
  runs                                          with --dates for when their agents came out
`;

/** Parses human time such as "90min", "16h" or "100 h", into minutes. */
export function humanTime(option: string): (text: string) => number {
  return (text) => {
    const [, amount, unit] = /^(\d+(?:\.\d+)?)\s?(min|h)$/.exec(text.trim()) ?? [];
    const minutes = Number(amount) * (unit === "h" ? 60 : 1);
    if (minutes > 0) return minutes;
    throw new InvalidArgumentError(`${option} takes a time such as 90min or 16h.`);
  };
}

/** Parses a chance of success. */
export function chance(text: string): number {
  const value = Number(text);
  if (value > 0 && value < 1) return value;
  throw new InvalidArgumentError("--success takes a chance between 0 and 1, such as 0.8.");
}

function collect(text: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), text];
}
