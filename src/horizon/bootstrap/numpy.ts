import type { NumpyRandom } from "./numpy-random.ts";
import type { BootstrapTable } from "./table.ts";

/** A run of the data: agent, the task's place among the agent's, the run's place among the task's. */
export type Visit = (agent: number, row: number, run: number) => void;

/**
 * Draws runs one by one and in the order of METR's code, so that the same seed gives its very
 * draws: pairs of task and agent sorted by "task|||agent", and for each as many uniform numbers as
 * all copies of the task have runs.
 */
export function drawScoresLikeMetr(
  table: BootstrapTable,
  copies: Int32Array,
  random: NumpyRandom,
  scores: readonly Float64Array[],
): void {
  for (const each of scores) each.fill(0);
  visitDrawnRuns(table, copies, random, (agent, row, run) => {
    const own = table.agents[agent]!;
    // Counts stand for their successes first and then their failures.
    scores[agent]![row]! += own.perRun ? own.perRun[row]![run]! : Number(run < own.scores[row]!);
  });
}

/** Calls `visit` with each drawn run. */
export function visitDrawnRuns(
  { agents, metrOrder, levels }: BootstrapTable,
  copies: Int32Array,
  random: NumpyRandom,
  visit: Visit,
): void {
  const drawsRuns = levels.includes("runs");
  for (const [agent, row] of metrOrder ?? []) {
    const { runs, tasks } = agents[agent]!;
    const n = runs[row]!;
    const count = n * copies[tasks[row]!]!;
    for (let i = 0; i < count; i++) {
      // The copies of a task hold the same runs one after the other.
      const at = drawsRuns ? Math.floor(random.float() * count) : i;
      visit(agent, row, at % n);
    }
  }
}
