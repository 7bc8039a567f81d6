import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import { globalOptions } from "../output.ts";
import type { RunCommand } from "../run.ts";
import { FIRST_STUDY } from "./choices.ts";
import { nearest } from "./nearest.ts";

/** Those that ship with the lab. */
const STUDIES = resolve(import.meta.dirname, "../../../studies");

export function addRun(program: Command): void {
  program.hook("preSubcommand", refuseSlip);
  program
    .command("run", { isDefault: true })
    .argument("[study]", "a registered study's name, or a folder with a study.yaml", FIRST_STUDY)
    .option(
      "--new-plan",
      "freeze a new plan where the study's files have changed; charges the error budget again",
    )
    .option(
      "--data <id=folder>",
      "where data lie that the study asks for; may be given again",
      dataFolder,
      {},
    )
    .description("run a study through the whole cycle; reuses what is on record")
    .action(async (study: string, options: RunCommand, command: Command) => {
      const { run } = await import("../run.ts");
      await run(study, options, globalOptions(command));
    });
}

/** What is no command is a study's name, unless it looks like a command that was mistyped. */
function refuseSlip(program: Command): void {
  const [typed = ""] = program.args;
  const names = program.commands.map((command) => command.name());
  if (names.includes(typed) || existsSync(typed) || existsSync(join(STUDIES, typed))) return;
  const meant = nearest(typed, names);
  if (meant !== undefined)
    program.error(`${typed}: there is no such command. Did you mean ${meant}?`);
}

function dataFolder(text: string, before: Readonly<Record<string, string>>) {
  const [, id, folder] = /^([\w-]+)=(.+)$/s.exec(text) ?? [];
  if (id === undefined || folder === undefined)
    throw new InvalidArgumentError("Give it as ID=FOLDER.");
  return { ...before, [id]: folder };
}
