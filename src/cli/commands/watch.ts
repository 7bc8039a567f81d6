import type { Command } from "commander";
import { between0and1 } from "../numbers.ts";
import { globalOptions } from "../output.ts";
import type { WatchCommand } from "../watch.ts";

/** `glasshouse watch`: follow agents at work. */
export function addWatch(program: Command): void {
  program
    .command("watch")
    .argument("[paths...]", "files or folders of sessions; else those of agents on this machine")
    .option("--above <suspicion>", "from where on a step is shown, 0 to 1", between0and1("--above"))
    .option("--past", "show what was there before as well")
    .description("follow live sessions and show what the monitors find, until Ctrl-C")
    .action(async (paths: readonly string[], options: WatchCommand, command: Command) => {
      const { watch } = await import("../watch.ts");
      await watch(paths, options, globalOptions(command));
    });
}
