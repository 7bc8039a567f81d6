import type { Command } from "commander";
import { globalOptions } from "../output.ts";

export function addDoctor(program: Command): void {
  program
    .command("doctor")
    .description("say what this machine can do, and what to install for more")
    .action(async (_options: unknown, command: Command) => {
      const { doctor } = await import("../doctor.ts");
      await doctor(globalOptions(command));
    });
}
