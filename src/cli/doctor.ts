import type { Command } from "commander";
import { diagnose } from "../lab/index.ts";
import { EXIT, globalOptions, paint, print, printJson } from "./output.ts";

export function addDoctor(program: Command): void {
  program
    .command("doctor")
    .description("say what this machine can do, and what to install for more")
    .action(async (_options: unknown, command: Command) => {
      const global = globalOptions(command);
      const found = await diagnose(global.folder);
      const node = found.find((item) => item.what === "Node.js");
      if (node?.verdict === "no") process.exitCode = EXIT.findings;
      if (global.json) {
        printJson(found);
        return;
      }
      const marks = {
        yes: paint("green", "✔"),
        limited: paint("yellow", "!"),
        no: paint("red", "✘"),
      };
      for (const { what, verdict, detail, remedy } of found) {
        print(`${marks[verdict]} ${what.padEnd(28)} ${detail}`);
        if (remedy) print(`  ${" ".repeat(28)} ${paint("dim", `→ ${remedy}`)}`);
      }
    });
}
