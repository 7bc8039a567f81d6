import type { Command } from "commander";
import { atLeastOne, between0and1, wholeNumber } from "../numbers.ts";
import { globalOptions } from "../output.ts";
import type { ScanCommand } from "../scan/scan.ts";
import { addJudgeOptions } from "./judge-options.ts";

/** `glasshouse scan`: what the monitors see in transcripts. */
export function addScan(program: Command): void {
  const command = program
    .command("scan")
    .argument("<paths...>", "files, folders or globs of transcripts, in any known format")
    .option(
      "--out <folder>",
      "keep results there: a stopped scan goes on, and only what changed is scanned again",
    )
    .option("--workers", "let the workers of a shared lab scan (--database postgres://…)")
    .option("--threads <n>", "threads at most", atLeastOne("--threads"))
    .option("--top <n>", "transcripts to show", wholeNumber("--top"), 5)
    .option(
      "--above <suspicion>",
      "from where on a transcript counts, 0 to 1",
      between0and1("--above"),
    )
    .option("--scout <folder>", "write the results there as Inspect Scout keeps them")
    .option("--otel <file>", "write the results as OpenTelemetry evaluation events")
    .description("let the monitors read transcripts, and show what they find");
  addJudgeOptions(command).action(
    async (paths: readonly string[], options: ScanCommand, command: Command) => {
      const { scan } = await import("../scan/scan.ts");
      await scan(paths, options, globalOptions(command));
    },
  );
}
