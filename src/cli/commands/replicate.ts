import type { Command } from "commander";
import { globalOptions } from "../output.ts";

export function addReplicate(program: Command): void {
  program
    .command("replicate")
    .argument("<study>", "a study's id or name")
    .description("replicate a study once more, with seeds never used before")
    .action(async (study: string, _options: unknown, command: Command) => {
      const { replicate } = await import("../replicate.ts");
      await replicate(study, globalOptions(command));
    });
}
