import type { Command } from "commander";
import { globalOptions } from "../output.ts";

export function addStudies(program: Command): void {
  program
    .command("studies")
    .description("list the studies that ship with the lab")
    .action(async (_options: unknown, command: Command) => {
      const { listStudies } = await import("../studies.ts");
      await listStudies(globalOptions(command));
    });
}
