import type { Command } from "commander";
import { globalOptions } from "../output.ts";
import type { ShowOptions } from "../show.ts";

export function addShow(program: Command): void {
  program
    .command("show")
    .argument("[study]", "a study's id or name; without it, the whole lab")
    .option("--claims", "every claim with its value and status")
    .option("--runs", "every run, with what became of it")
    .option("--run <id>", "the log of one run")
    .option("--article", "the article as text")
    .option("--plan", "the frozen plan as JSON")
    .description("show what is on record")
    .action(async (study: string | undefined, options: ShowOptions, command: Command) => {
      const { show } = await import("../show.ts");
      await show(study, options, globalOptions(command));
    });
}
