import type { Command } from "commander";
import { wholeNumber } from "../numbers.ts";
import { globalOptions } from "../output.ts";

export function addVerify(program: Command): void {
  program
    .command("verify")
    .argument("[study]", "a study's id or name; without it, the whole lab")
    .option(
      "--rerun <n>",
      "make this many random runs again and compare every byte",
      wholeNumber("--rerun"),
    )
    .option("--seed <n>", "choose the runs to make again by this seed", wholeNumber("--seed"))
    .description("derive everything again from the record, and say what does not hold")
    .action(
      async (
        study: string | undefined,
        options: { rerun?: number; seed?: number },
        command: Command,
      ) => {
        const { verify } = await import("../verify.ts");
        await verify(study, options, globalOptions(command));
      },
    );
}
