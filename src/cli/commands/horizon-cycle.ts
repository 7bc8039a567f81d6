import { type Command, InvalidArgumentError } from "commander";
import type { CycleCommand } from "../horizon/cycle.ts";
import { wholeNumber } from "../numbers.ts";
import { globalOptions } from "../output.ts";
import { SCENARIO } from "./choices.ts";

export function addHorizonCycle(group: Command): void {
  group
    .command("cycle")
    .argument("[file]", "your own quantities (YAML); the rest stays as it is by default")
    .option("--scenario <name>", "the one that is looked at closely", SCENARIO)
    .option("--target <times>", "the speed-up that is asked about", above0, 100)
    .option("--set <quantity=value>", "what if it were so; may be given again", setting)
    .option("--draws <n>", "draws over the ranges of the quantities", wholeNumber("--draws"), 1000)
    .option("--seed <n>", "seed of the draws", wholeNumber("--seed"), 1)
    .option("--write <file>", "write all quantities with their sources to a YAML file, to edit")
    .option("--figure <file>", "draw people's hours by stage into an SVG file too")
    .option("--from-lab", "take the times that this lab's ledger has in place of defaults")
    .description("what automating stages of research does to results, delay and review")
    .action(async (file: string | undefined, options: CycleCommand, command: Command) => {
      const { horizonCycle } = await import("../horizon/cycle.ts");
      await horizonCycle(file, options, globalOptions(command));
    });
}

function above0(text: string): number {
  const value = Number(text);
  if (value > 0 && value < Infinity) return value;
  throw new InvalidArgumentError("--target takes a number above 0, such as 100.");
}

function setting(
  text: string,
  before: Readonly<Record<string, number>> | undefined,
): Readonly<Record<string, number>> {
  const [, name, value] = /^([\w.]+)=(.+)$/.exec(text) ?? [];
  if (name === undefined || value === undefined || !Number.isFinite(Number(value))) {
    throw new InvalidArgumentError("--set takes quantity=value, such as agent.horizonHours=100.");
  }
  return { ...before, [name]: Number(value) };
}
