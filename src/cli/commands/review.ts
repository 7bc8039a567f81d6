import type { Command } from "commander";
import { globalOptions } from "../output.ts";
import type { ReviewOptions } from "../review.ts";

export function addReview(program: Command): void {
  program
    .command("review")
    .argument("[study]", "a study in the queue; without it, the one that waits longest")
    .option("--list", "list what waits for review")
    .option("--article", "print the anonymised article and leave")
    .option("--form <file>", "submit a filled form (JSON) instead of asking")
    .option("--reviewer <name>", "the name your review goes under", "reviewer-1")
    .description("read an anonymised article, fill the form, give a verdict")
    .action(async (name: string | undefined, options: ReviewOptions, command: Command) => {
      const { review } = await import("../review.ts");
      await review(name, options, globalOptions(command));
    });
}
