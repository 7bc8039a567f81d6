import { diagnose } from "../lab/index.ts";
import { EXIT, type GlobalOptions, paint, print, printJson } from "./output.ts";

export async function doctor(global: GlobalOptions): Promise<void> {
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
}
