import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { actionsOf } from "./actions-of.ts";
import { parseShell } from "./parse-shell.ts";
import { unveiled } from "./shell-unveiled.ts";

describe("a script that hides its programs", () => {
  it.each([
    ["r''m -r\"f\" /x", "rm -rf /x"],
    ["$'\\x63at' /x", "cat /x"],
    ["X=rm; $X -rf /x", "rm -rf /x"],
    ["cat$IFS/x", "cat /x"],
    ["alias l='rm -rf /x'; l", "alias 'l=rm -rf /x'\nrm -rf /x"],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of the shell
    ["X=cat; echo a | ${X} > 'b c'", "echo a | cat >'b c'"],
  ])("comes to plain commands: %s", (script, plain) => {
    expect(unveiled(parseShell(script))).toBe(plain);
  });

  it.each([
    "rm -rf build",
    "'/opt/my tools/run' x",
    "\\ls -l",
    'echo "$HOME"',
    "$UNKNOWN x",
    "for f in *; do echo $f; done",
  ])("is none where nothing is hidden: %s", (script) => {
    expect(unveiled(parseShell(script))).toBeUndefined();
  });

  it.each([
    ['eval "$(echo cm0gL3g= | base64 -d)"', "rm /x"],
    ["echo cm0gL3g= | base64 --decode | sh", "rm /x"],
    ["base64 -d <<< cm0gL3g= | bash", "rm /x"],
    ["echo 726d202f78 | xxd -r -p | sh", "rm /x"],
    ["echo 'x/ mr' | rev | sh", "rm /x"],
    ["python3 -c \"import os; os.system('rm /x')\"", "rm /x"],
    ["node -e \"require('child_process').execSync('rm /x')\"", "rm /x"],
  ])("is decoded where the shell shows how: %s", (command, script) => {
    expect(scriptsOf(command)).toContain(script);
    expect(deletions(command)).toContain("/x");
  });

  it("makes no action fail, whatever it holds", () => {
    const part = fc.constantFrom(
      "rm",
      "''",
      "$X",
      "X=a;",
      "$IFS",
      "alias a=",
      " ",
      "`",
      '"',
      "|",
      "base64 -d",
      "eval ",
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 40 }), (parts) => {
        expect(scriptsOf(parts.join("")).length).toBeGreaterThan(0);
      }),
    );
  });
});

function run(command: string) {
  const call = { kind: "tool-call", tool: "Bash", arguments: { command } } as const;
  return actionsOf({ index: 0, at: { pointer: "" }, ...call });
}

function scriptsOf(command: string): readonly string[] {
  return run(command).flatMap((action) => (action.kind === "run" ? [action.script.text] : []));
}

function deletions(command: string): readonly string[] {
  return run(command).flatMap((action) => (action.kind === "delete" ? [action.path] : []));
}
