import { existsSync, readFileSync } from "node:fs";
import type { Outcomes, Suite, Task } from "./suite.ts";

const shared = new URL("../../../shared/data/horizon/", import.meta.url);

/** Whether the real data and the oracle's numbers lie beside the repository. */
export const hasOracle = existsSync(new URL("oracle.json", shared));
if (!hasOracle) console.log("oracle tests skipped: ../shared/data/horizon is not there");

export function oracleFile(name: string): URL {
  return new URL(name, shared);
}

/** What a test picks from the oracle's numbers; it says itself what shape they have. NaN reads as null. */
export function readOracle<T>(pick: (oracle: never) => T): T {
  const text = readFileSync(oracleFile("oracle.json"), "utf8").replace(/: NaN\b/g, ": null");
  return pick(JSON.parse(text) as never);
}

/** A suite from a table: tasks as [id, minutes], and successes of runs per agent. */
export function suiteOf(
  tasks: readonly (readonly [id: string, minutes: number])[],
  agents: Readonly<Record<string, readonly (readonly [successes: number, runs: number])[]>>,
): Suite {
  return {
    tasks: tasks.map(([id, minutes]): Task => ({ id, minutes, family: id.split("/")[0]! })),
    agents: Object.entries(agents).map(
      ([agent, cells]): Outcomes => ({
        agent,
        scores: Float64Array.from(cells, ([successes]) => successes),
        runs: Float64Array.from(cells, ([, runs]) => runs),
      }),
    ),
  };
}
