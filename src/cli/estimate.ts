import { availableParallelism } from "node:os";
import type { RunRecord, StudyDefinition, StudyView } from "../study/index.ts";

/**
 * Seconds of wall time that a study's remaining runs will take, from the runs that have ended and
 * the shares of those under way. Null while nothing is known that an estimate could rest on.
 */
export function estimateSeconds(
  definition: StudyDefinition,
  view: StudyView,
  fractions: ReadonlyMap<string, number>,
  parallel = availableParallelism(),
): number | null {
  const expected = (condition: string): number | null => {
    const same = view.runs.filter((run) => run.status === "ok" && run.condition === condition);
    return same.length > 0 ? mean(same.map((run) => run.wallSeconds)) : null;
  };
  const known = definition.conditions.flatMap((condition) => expected(condition.id) ?? []);
  if (known.length === 0) return null;
  const fallback = mean(known);
  let work = 0;
  for (const [seeds, original] of [
    [definition.seeds.original, true],
    [definition.seeds.replication, false],
  ] as const) {
    for (const condition of definition.conditions) {
      const runs = view.runs.filter(
        (run) => (run.role === "original") === original && run.condition === condition.id,
      );
      const each = expected(condition.id) ?? fallback;
      const open = runs.filter((run: RunRecord) => run.status === "running");
      work +=
        Math.max(0, seeds - runs.filter((run) => run.status === "ok").length - open.length) * each;
      for (const run of open) work += each * (1 - (fractions.get(run.id) ?? 0));
    }
  }
  return work / parallel;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
