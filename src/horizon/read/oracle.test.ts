import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { fitHorizon, horizonAt, type Suite } from "../index.ts";
import { hasOracle, oracleFile, readOracle } from "../suite.test-support.ts";
import { readSuite } from "./read-suite.ts";

/** METR's estimator on a file: its own run of it, and the exact optimum of the same objective. */
interface OracleFits {
  readonly agents: Readonly<
    Record<
      string,
      {
        readonly n_runs: number;
        readonly n_tasks: number;
        readonly average: number;
        readonly p50: number;
        readonly p80: number;
        readonly exact_slope?: number;
        readonly exact_intercept?: number;
        readonly exact_p50?: number;
        readonly exact_p80?: number;
      }
    >
  >;
}

/**
 * Variants of METR's estimator, and the horizons it prints more than 5e-3 away from its own
 * optimum: scikit-learn stops at a gradient of 1e-4, which is short of it for weak agents.
 */
const variants = [
  ["early2025", { method: "metr-2025" }, "binarized", ["GPT-4 0314 p80"]],
  ["early2025_eq", { method: "metr-2025", weighting: "equal" }, "binarized", ["Claude 3 Opus p80"]],
  ["early2025_cont", { method: "metr-2025" }, "continuous", []],
  [
    "early2025_1e5",
    { method: "metr-2026" },
    "binarized",
    ["gpt-3.5-turbo-instruct p50", "gpt-3.5-turbo-instruct p80"],
  ],
] as const;

describe.skipIf(!hasOracle)("METR's run file of February 2025", () => {
  describe.each(variants)("as %s", (variant, options, score, stoppedShort) => {
    let suite: Suite;
    beforeAll(async () => {
      const path = fileURLToPath(oracleFile("metr_runs_2025-02-27.jsonl"));
      suite = (await readSuite([path], { score })).suite;
    });

    it("gives every agent METR's curve", () => {
      const { agents } = readOracle(
        (oracle: { metr_code_runs: Record<string, OracleFits> }) => oracle.metr_code_runs[variant]!,
      );
      expect(suite.agents.map(({ agent }) => agent).sort()).toEqual(Object.keys(agents).sort());
      const beyond: string[] = [];
      for (const outcomes of suite.agents) {
        const theirs = agents[outcomes.agent]!;
        const fit = fitHorizon(suite.tasks, outcomes, options);
        const [p50, p80] = [horizonAt(fit, 0.5), horizonAt(fit, 0.8)];
        const off = (mine: number, exact: number) => Math.abs(mine / exact - 1);
        expect([fit.runs, fit.tasks]).toEqual([theirs.n_runs, theirs.n_tasks]);
        expect(fit.averageScore).toBeCloseTo(theirs.average, 5);
        if (theirs.exact_slope === undefined) {
          expect([fit.status, p50]).toEqual(["all-failed", theirs.p50]);
          continue;
        }
        expect(off(fit.slope, theirs.exact_slope)).toBeLessThan(1e-9);
        expect(off(fit.intercept, theirs.exact_intercept!)).toBeLessThan(1e-9);
        expect(off(p50, theirs.exact_p50!)).toBeLessThan(1e-9);
        expect(off(p80, theirs.exact_p80!)).toBeLessThan(1e-9);
        // METR prints six decimals, so horizons far below a second have no digits left.
        if (theirs.p50 > 1e-3 && off(p50, theirs.p50) > 5e-3) beyond.push(`${outcomes.agent} p50`);
        if (theirs.p80 > 1e-3 && off(p80, theirs.p80) > 5e-3) beyond.push(`${outcomes.agent} p80`);
      }
      expect(beyond).toEqual(stoppedShort);
    });
  });
});
