import { openLab } from "../lab/index.ts";
import { type GlobalOptions, print, printJson } from "./output.ts";

export async function worker(
  options: { untilIdle?: boolean; heartbeat: number },
  global: GlobalOptions,
): Promise<void> {
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
}
