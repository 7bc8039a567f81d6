import type { Command } from "commander";
import { wholeNumber } from "../numbers.ts";
import { globalOptions } from "../output.ts";
import type { CurveCommand, ParetoCommand } from "../protocol/curve.ts";
import type { SimulateCommand } from "../protocol/protocol.ts";
import { CURVE_BUDGETS } from "./choices.ts";
import { addFigureOption } from "./figure-option.ts";
import { addWorldOptions, protocolName, share, shares } from "./world-options.ts";

/** `glasshouse protocol …`: control protocols, tried before they guard anything. */
export function addProtocol(program: Command): void {
  const group = program
    .command("protocol")
    .description("simulate control protocols: safety against usefulness");
  addSimulate(group);
  addCurve(group);
  addPareto(group);
  addPublished(group);
}

function addSimulate(group: Command): void {
  addWorldOptions(group.command("simulate"))
    .option("--protocol <name>", "one of them; may be given again", protocolName)
    .option("--budget <share>", "share of honest steps that may be audited", share, 0.01)
    .option("--per <unit>", "what the budget is a share of: step or trajectory", "step")
    .description("what protocols keep safe and what they cost, with intervals")
    .action(async (file: string | undefined, options: SimulateCommand, command: Command) => {
      const { simulateProtocols } = await import("../protocol/protocol.ts");
      await simulateProtocols(file, options, globalOptions(command));
    });
}

function addPublished(group: Command): void {
  group
    .command("published")
    .option("--seed <n>", "seed of all that is drawn", wholeNumber("--seed"), 1)
    .option("--trajectories <n>", "in each repetition", wholeNumber("--trajectories"), 100)
    .option("--repetitions <n>", "at least 2", wholeNumber("--repetitions"), 10)
    .description("whether published orderings of protocols come out of the simulator")
    .action(
      async (
        options: { seed: number; trajectories: number; repetitions: number },
        command: Command,
      ) => {
        const { publishedOrderings } = await import("../protocol/protocol.ts");
        await publishedOrderings(options, globalOptions(command));
      },
    );
}

/** `protocol curve`: safety against the audit budget. */
export function addCurve(group: Command): void {
  addFigureOption(addWorldOptions(group.command("curve")))
    .option("--protocol <name>", "one of them; may be given again", protocolName)
    .option("--budgets <shares>", "with commas between", shares, [...CURVE_BUDGETS])
    .option("--per <unit>", "what the budgets are shares of: step or trajectory", "step")
    .description("safety against the audit budget, with intervals")
    .action(async (file: string | undefined, options: CurveCommand, command: Command) => {
      const { protocolCurve } = await import("../protocol/curve.ts");
      await protocolCurve(file, options, globalOptions(command));
    });
}

/** `protocol pareto`: the settings that no other beats in safety, usefulness and cost. */
export function addPareto(group: Command): void {
  addWorldOptions(group.command("pareto"))
    .option("--budgets <shares>", "with commas between", shares, [0.003, 0.01, 0.04])
    .option("--per <unit>", "what the budgets are shares of: step or trajectory", "step")
    .option("--useful <share>", "usefulness that has to be kept", share, 0.95)
    .description("protocol settings that none beats in safety, usefulness and cost")
    .action(async (file: string | undefined, options: ParetoCommand, command: Command) => {
      const { protocolPareto } = await import("../protocol/curve.ts");
      await protocolPareto(file, options, globalOptions(command));
    });
}
