import type { Row } from "./rows.ts";
import type { RowProblem, Run } from "./run.ts";

/**
 * What the annotators of SWE-bench Verified could answer for how long a fix takes an engineer who
 * knows the code base, with the geometric mean of the answer's bounds in minutes, as METR has it
 * (arXiv:2503.14499, section 5.2): 1 to 15, 15 to 60, 60 to 240, and 240 to 960.
 */
export const DIFFICULTY_MINUTES: ReadonlyMap<string, number> = new Map([
  ["<15 min fix", Math.sqrt(1 * 15)],
  ["15 min - 1 hour", Math.sqrt(15 * 60)],
  ["1-4 hours", Math.sqrt(60 * 240)],
  [">4 hours", Math.sqrt(240 * 960)],
]);

/** An instance and its minutes, from a row with the columns `instance_id` and `difficulty`. */
export function difficultyOf({ cells }: Row): { instance: string; minutes: number } | RowProblem {
  const instance = instanceOf(cells);
  if (typeof instance !== "string") return instance;
  const minutes = minutesOf(cells.difficulty);
  return typeof minutes === "number" ? { instance, minutes } : minutes;
}

/**
 * An outcome on SWE-bench: a row with `instance_id` (or `instance`), `model` and `resolved`. The
 * minutes come from its own `difficulty` column or from annotations read before. The family is the
 * repository. One row a model and instance, unless a column `run_id` tells attempts apart.
 */
export function outcomeOf(
  { cells }: Row,
  minutesOfInstance: ReadonlyMap<string, number>,
): Run | RowProblem {
  const instance = instanceOf(cells);
  if (typeof instance !== "string") return instance;
  const model = cells.model ?? cells.agent;
  if (typeof model !== "string" || model === "") {
    return { column: "model", reason: "the row names no model" };
  }
  const score = RESOLVED.get(String(cells.resolved).trim().toLowerCase());
  if (score === undefined) {
    const found = String(cells.resolved);
    return { column: "resolved", reason: "the outcome is neither true nor false", found };
  }
  const minutes =
    cells.difficulty === undefined ? minutesOfInstance.get(instance) : minutesOf(cells.difficulty);
  if (minutes === undefined) {
    return {
      column: "instance_id",
      reason: "no annotation says how hard the instance is; give the annotations file too",
      found: instance,
    };
  }
  if (typeof minutes !== "number") return minutes;
  const attempt = cells.run_id === undefined ? "" : `\t${String(cells.run_id)}`;
  return {
    id: `${model}\t${instance}${attempt}`,
    task: instance,
    family: repositoryOf(instance),
    minutes,
    agent: model,
    score,
    source: "SWE-bench",
    // Annotators guessed how long a fix takes; nobody was timed.
    isEstimate: true,
  };
}

const RESOLVED: ReadonlyMap<string, number> = new Map([
  ["true", 1],
  ["1", 1],
  ["false", 0],
  ["0", 0],
]);

/** "astropy__astropy-11693" is of the repository "astropy__astropy". */
function repositoryOf(instance: string): string {
  return instance.replace(/-\d+$/, "");
}

function instanceOf(cells: Row["cells"]): string | RowProblem {
  const instance = cells.instance_id ?? cells.instance;
  if (typeof instance === "string" && instance !== "") return instance;
  return { column: "instance_id", reason: "the row names no instance" };
}

function minutesOf(difficulty: unknown): number | RowProblem {
  const minutes = typeof difficulty === "string" ? DIFFICULTY_MINUTES.get(difficulty.trim()) : null;
  if (minutes) return minutes;
  const known = [...DIFFICULTY_MINUTES.keys()].map((each) => `"${each}"`).join(", ");
  return {
    column: "difficulty",
    reason: `the difficulty is none of ${known}`,
    found: String(difficulty),
  };
}
