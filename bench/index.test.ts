import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";

function bench(...args: string[]) {
  const program = new URL("index.ts", import.meta.url).pathname;
  const command = ["--import", "tsx", program, ...args];
  return spawnSync(process.execPath, command, { encoding: "utf8" });
}

describe("npm run bench", () => {
  it("lists the benchmarks, one a line, ready to be copied", () => {
    const { status, stdout } = bench();
    expect(status).toBe(0);
    expect(stdout.split("\n")).toContain("npm run bench ledger");
    expect(stdout).not.toContain("index");
  });

  it("answers an unknown name in one line that says which there are, with exit code 2", () => {
    for (const name of ["nonsense", "index", "../src/record/lock"]) {
      const { status, stderr, stdout } = bench(name);
      expect(status).toBe(2);
      expect(stdout).toBe("");
      expect(stderr).toMatch(
        /^bench .*: there is no such benchmark\. Choose one of: .*ledger.*\n$/,
      );
    }
  });
});
