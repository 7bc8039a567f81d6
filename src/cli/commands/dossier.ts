import type { Command } from "commander";
import type { DossierCommand } from "../dossier.ts";
import { wholeNumber } from "../numbers.ts";
import { globalOptions } from "../output.ts";

/** `glasshouse dossier`: what an agent's runs show of it over time. */
export function addDossier(program: Command): void {
  program
    .command("dossier")
    .argument("[agent]", "part of an agent's or a model's name; without it, all")
    .option(
      "--from <paths...>",
      "files, folders or globs of transcripts; the lab's own sessions else",
    )
    .option("--page <file>", "where to put a page for a browser")
    .option("--seed <n>", "seed of all that is drawn", wholeNumber("--seed"), 1)
    .description("an agent's track record: explained, kept its word, incidents, changes")
    .action(async (agent: string | undefined, options: DossierCommand, command: Command) => {
      const { showDossiers } = await import("../dossier.ts");
      await showDossiers(agent, options, globalOptions(command));
    });
}
