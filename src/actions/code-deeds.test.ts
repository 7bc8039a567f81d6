import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deedsInCode } from "./code-deeds.ts";

describe("what executed code does to the machine", () => {
  it.each([
    ["import os\nos.system('ls -l')", "ls -l"],
    [
      "import subprocess as sp\nsp.run(\n    ['rm', '-rf', '/a b'],\n    check=True)",
      "rm -rf '/a b'",
    ],
    ['from subprocess import check_output\ncheck_output("git log", shell=True)', "git log"],
    ["import shutil\nshutil.rmtree('/x')", "rm -rf /x"],
    [
      "const { spawnSync } = require('child_process'); spawnSync('git', ['push', '-f']);",
      "git push -f",
    ],
    ['import os\nos.popen("""cat a\ncat b""")', "cat a\ncat b"],
  ])("%s runs a script", (code, script) => {
    expect(deedsInCode(code).map((deed) => deed.script)).toEqual([script]);
  });

  it.each([
    ["import os\nos.remove('a.txt')", { kind: "delete", path: "a.txt" }],
    ["open('a.txt', 'w').write('x')", { kind: "write", path: "a.txt", append: false }],
    ["with open('a.log', mode='a') as f: pass", { kind: "write", path: "a.log", append: true }],
    ["open('a.txt').read()", { kind: "read", path: "a.txt" }],
    ["from pathlib import Path\nPath('a').write_text('x')", { kind: "write", path: "a" }],
    ["const fs = require('fs'); fs.unlinkSync('a')", { kind: "delete", path: "a" }],
  ])("%s is a deed on a file", (code, body) => {
    expect(deedsInCode(code)).toMatchObject([{ body }]);
  });

  it.each([
    "import os\nos.system(command)",
    "import subprocess\nsubprocess.run([sys.executable, '-m', 'x'])",
    "app.run('0.0.0.0')",
    "import os\nxs.remove(3)",
  ])("is not known, and so is not told: %s", (code) => {
    expect(deedsInCode(code)).toEqual([]);
  });

  it("stands where it says, for any code", () => {
    const part = fc.constantFrom(
      "os.system(",
      "open(",
      "'",
      '"""',
      "[",
      "]",
      ",",
      ")",
      "\\",
      "a",
      "\n",
      "Path(",
      "run(['a'])",
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 60 }), (parts) => {
        const text = `import os, subprocess\n${parts.join("")}`;
        for (const { start, end, script, body } of deedsInCode(text)) {
          expect(start < end && end <= text.length).toBe(true);
          expect(script ?? body).toBeDefined();
        }
      }),
    );
  });

  it("takes time in proportion to the text", () => {
    for (const piece of ["run('", "open(\n", "run(['a',", 'system("\\']) {
      const text = `subprocess ${piece.repeat(20_000)}`;
      expect(deedsInCode(text).length).toBeLessThanOrEqual(200);
    }
  });
});
