import type { Command } from "commander";
import { wholeNumber } from "../numbers.ts";
import { globalOptions } from "../output.ts";
import type { ProbeCommand } from "../probe.ts";

/** `glasshouse probe`: how much linear probes see in a model's activations. */
export function addProbe(program: Command): void {
  program
    .command("probe")
    .argument("<activations>", ".safetensors, .npy or .parquet: a row a step, by layer")
    .option("--labels <file>", "JSON lines of {label, task, trajectory}, one a row")
    .option("--transfer <activations>", "another set: how well the best probe carries over")
    .option("--transfer-labels <file>", "the labels of that set")
    .option("--top <n>", "layers to show", wholeNumber("--top"), 10)
    .option("--seed <n>", "of the bootstrap", wholeNumber("--seed"), 1)
    .description("measure linear probes on a model's activations or embeddings, layer by layer")
    .action(async (file: string, options: ProbeCommand, command: Command) => {
      const { probe } = await import("../probe.ts");
      await probe(file, options, globalOptions(command));
    });
}
