import { readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import type { Command } from "commander";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { commandLine } from "../index.ts";
import { commandsOf, examplesOf } from "./examples.ts";

const CLI = resolve(import.meta.dirname, "..");

describe("the command line, before a command runs", () => {
  it("has loaded no room and no package but the one that reads arguments", () => {
    const { files, packages } = loadedBy(join(CLI, "index.ts"));
    expect([...files].filter((file) => relative(CLI, file).startsWith(".."))).toEqual([]);
    expect([...packages].filter((name) => !name.startsWith("node:"))).toEqual(["commander"]);
    expect(files.size).toBeGreaterThan(20);
  });
});

describe("the help of a command", () => {
  const ways = [...commandsOf(commandLine())].filter(
    ([, command]) => command.commands.length === 0,
  );

  it.each(ways.map(([path]) => path))("%s: has an example that its options allow", async (path) => {
    const examples = examplesOf(path);
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) {
      const [program, ran] = inert();
      await program.parseAsync(wordsOf(example).slice(1), { from: "user" });
      expect(ran).toEqual([path]);
      const [, command] = [...commandsOf(program)].find(([each]) => each === path)!;
      expect(helpOf(command)).toContain(example);
    }
  });
});

/** The command line whose commands do nothing but say that they ran. */
function inert(): readonly [Command, string[]] {
  const program = commandLine();
  const ran: string[] = [];
  for (const [path, command] of commandsOf(program)) {
    command.exitOverride().action(() => {
      ran.push(path);
    });
  }
  return [program, ran];
}

function helpOf(command: Command): string {
  let help = "";
  command.configureOutput({
    writeOut: (text) => {
      help += text;
    },
  });
  command.outputHelp();
  return help;
}

/** Words as a shell reads them, without what follows a redirection. */
function wordsOf(line: string): readonly string[] {
  const words: readonly string[] = line.match(/'[^']*'|"[^"]*"|\S+/g) ?? [];
  const end = words.indexOf(">");
  return (end < 0 ? words : words.slice(0, end)).map((word) =>
    word.replace(/^(['"])(.*)\1$/, "$2"),
  );
}

/** What a file loads as soon as it is loaded itself; types and dynamic imports load nothing. */
function loadedBy(start: string) {
  const files = new Set<string>();
  const packages = new Set<string>();
  const load = (file: string) => {
    if (files.has(file)) return;
    files.add(file);
    for (const specifier of staticImports(readFileSync(file, "utf8"))) {
      if (specifier.startsWith(".")) load(resolve(dirname(file), specifier));
      else packages.add(specifier);
    }
  };
  load(start);
  return { files, packages };
}

function staticImports(text: string): readonly string[] {
  const { statements } = ts.createSourceFile("a.ts", text, ts.ScriptTarget.ES2023);
  return statements.flatMap((statement) => {
    const isType =
      (ts.isImportDeclaration(statement) && statement.importClause?.isTypeOnly) ||
      (ts.isExportDeclaration(statement) && statement.isTypeOnly);
    if (isType || !(ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement)))
      return [];
    const { moduleSpecifier } = statement;
    return moduleSpecifier && ts.isStringLiteral(moduleSpecifier) ? [moduleSpecifier.text] : [];
  });
}
