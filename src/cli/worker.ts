import type { Command } from "commander";
import { openLab } from "../lab/index.ts";
import { wholeNumber } from "./numbers.ts";
import { globalOptions, print, printJson } from "./output.ts";

export function addWorker(program: Command): void {
  program
    .command("worker")
    .option("--until-idle", "leave when no study has anything left to do")
    .option(
      "--heartbeat <ms>",
      "how often to tell the others that this worker lives",
      wholeNumber("--heartbeat"),
      2000,
    )
    .description(
      "make runs for a shared lab (--database postgres://…), and take over from dead workers",
    )
    .action(async (options: { untilIdle?: boolean; heartbeat: number }, command: Command) => {
      const global = globalOptions(command);
      const controller = new AbortController();
      const stop = () => controller.abort();
      process.on("SIGINT", stop).on("SIGTERM", stop);
      const lab = await openLab(global, { clock: () => new Date(), signal: controller.signal });
      try {
        if (!global.json)
          print(
            `Worker ${process.pid} is ready (${lab.sandbox.name}). Ctrl-C stops it; its runs go on elsewhere.`,
          );
        await lab.work({
          untilIdle: options.untilIdle ?? false,
          heartbeatMs: options.heartbeat,
          onStep: (study, step) => {
            if (!global.json) print(`  ${study}: ${step}`);
          },
        });
        if (global.json) printJson({ stopped: true });
      } finally {
        await lab.close();
        process.off("SIGINT", stop).off("SIGTERM", stop);
      }
    });
}
