import { readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";

const CLI = resolve(import.meta.dirname, "..");

describe("the command line, before a command runs", () => {
  it("has loaded no room and no package but the one that reads arguments", () => {
    const { files, packages } = loadedBy(join(CLI, "index.ts"));
    expect([...files].filter((file) => relative(CLI, file).startsWith(".."))).toEqual([]);
    expect([...packages].filter((name) => !name.startsWith("node:"))).toEqual(["commander"]);
    expect(files.size).toBeGreaterThan(20);
  });
});

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
