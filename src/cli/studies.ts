import type { Command } from "commander";
import { registeredStudies } from "../lab/index.ts";
import { cleanLine, globalOptions, paint, print, printJson } from "./output.ts";
import { table } from "./table.ts";

export function addStudies(program: Command): void {
  program
    .command("studies")
    .description("list the studies that ship with the lab")
    .action(async (_options: unknown, command: Command) => {
      const studies = await registeredStudies();
      if (globalOptions(command).json) {
        printJson(
          studies.map(({ name, folder, source }) => ({
            name,
            folder,
            title: source.definition.title,
            question: source.definition.question,
          })),
        );
        return;
      }
      const rows = studies.map(({ name, source: { definition } }) => [
        paint("bold", name),
        cleanLine(definition.question),
        `${definition.conditions.length * (definition.seeds.original + definition.seeds.replication)}`,
      ]);
      print(
        table(
          [{ title: "Study" }, { title: "Question", width: 60 }, { title: "Runs", align: "right" }],
          rows,
        ),
      );
    });
}
