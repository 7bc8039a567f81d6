import type { Command } from "commander";
import { atLeastOne } from "../numbers.ts";
import { globalOptions } from "../output.ts";

export function addWorker(program: Command): void {
  program
    .command("worker")
    .option("--until-idle", "leave when no study has anything left to do")
    .option(
      "--heartbeat <ms>",
      "how often to tell the others that this worker lives",
      atLeastOne("--heartbeat"),
      2000,
    )
    .description(
      "make runs for a shared lab (--database postgres://…), and take over from dead workers",
    )
    .action(async (options: { untilIdle?: boolean; heartbeat: number }, command: Command) => {
      const { worker } = await import("../worker.ts");
      await worker(options, globalOptions(command));
    });
}
