import type { Command } from "commander";
import { globalOptions } from "./output.ts";
import { withLab } from "./run.ts";

export function addReplicate(program: Command): void {
  program
    .command("replicate")
    .argument("<study>", "a study's id or name")
    .description("replicate a study once more, with seeds never used before")
    .action(async (study: string, _options: unknown, command: Command) => {
      await withLab(globalOptions(command), (lab, events) => lab.replicate(study, events));
    });
}
