import { HUMAN, type Outcomes, type Suite, type Task } from "../suite.ts";
import type { RowProblem, Run } from "./run.ts";

/** METR prints minutes to three decimals: half a unit of the last one is no contradiction. */
const MINUTES_PRECISION = 5e-4;

/** Counts runs into a suite. */
export interface Tally {
  /** Null where the run was counted, else why not. */
  add(run: Run): RowProblem | null;
  /** Counts `n` runs of an agent at a task, `score` of them successes. */
  addCounts(run: Omit<Run, "id">, n: number): RowProblem | null;
  suite(): Suite;
}

/**
 * Opens a tally. What it keeps grows with tasks times agents, not with runs; only with `keepRuns`
 * each run's score is kept, 8 bytes each, for agents that have one between 0 and 1, or, for
 * "always", for all.
 */
export function openTally(keepRuns: "never" | "fractional" | "always"): Tally {
  const tasks: OpenTask[] = [];
  const taskIndex = new Map<string, number>();
  const agents = new Map<string, OpenOutcomes>();

  function indexOf(run: Omit<Run, "id">): number | RowProblem {
    const known = taskIndex.get(run.task);
    if (known === undefined) {
      const { task, family, minutes, source, isEstimate } = run;
      taskIndex.set(task, tasks.length);
      tasks.push({ id: task, family, minutes, source, isEstimate, humanSuccesses: 0 });
      return tasks.length - 1;
    }
    const task = tasks[known]!;
    if (Math.abs(task.minutes - run.minutes) > MINUTES_PRECISION + 1e-9 * task.minutes) {
      return {
        column: "human_minutes",
        reason: "the minutes contradict an earlier row of the same task",
        found: `${run.minutes} for ${run.task}, before it was ${task.minutes}`,
      };
    }
    if (task.family !== run.family) {
      return {
        column: "task_family",
        reason: "the family contradicts an earlier row of the same task",
        found: `${run.family} for ${run.task}, before it was ${task.family}`,
      };
    }
    task.isEstimate ??= run.isEstimate;
    return known;
  }

  function outcomesOf(agent: string): OpenOutcomes {
    let outcomes = agents.get(agent);
    if (!outcomes) {
      outcomes = { runs: [], scores: [], perRun: keepRuns === "never" ? null : [], mixed: false };
      agents.set(agent, outcomes);
    }
    return outcomes;
  }

  return {
    add(run) {
      const index = indexOf(run);
      if (typeof index !== "number") return index;
      const outcomes = outcomesOf(run.agent);
      count(outcomes, index, 1, run.score);
      if (run.score > 0 && run.score < 1) outcomes.mixed = true;
      if (outcomes.perRun) push(outcomes.perRun, index, run.score);
      if (run.agent === HUMAN && run.score === 1) tasks[index]!.humanSuccesses += 1;
      return null;
    },

    addCounts(run, n) {
      const index = indexOf(run);
      if (typeof index !== "number") return index;
      const outcomes = outcomesOf(run.agent);
      if ((outcomes.runs[index] ?? 0) > 0) {
        return {
          column: "task_id",
          reason: "the task's counts stand twice for one agent",
          found: `${run.task} of ${run.agent}`,
        };
      }
      count(outcomes, index, n, run.score);
      if (outcomes.perRun) {
        for (let at = 0; at < n; at++) push(outcomes.perRun, index, at < run.score ? 1 : 0);
      }
      return null;
    },

    suite: () => ({
      tasks: tasks.map(closeTask),
      agents: [...agents].map(([agent, outcomes]) =>
        closeOutcomes(agent, outcomes, tasks.length, keepRuns === "always"),
      ),
    }),
  };
}

interface OpenTask {
  readonly id: string;
  readonly family: string;
  readonly minutes: number;
  readonly source: string | undefined;
  isEstimate: boolean | undefined;
  humanSuccesses: number;
}

/** By task index; holes where the agent has no run. */
interface OpenOutcomes {
  readonly runs: number[];
  readonly scores: number[];
  readonly perRun: Scores[] | null;
  /** Whether a score lies between 0 and 1. */
  mixed: boolean;
}

interface Scores {
  values: Float64Array;
  length: number;
}

function count({ runs, scores }: OpenOutcomes, index: number, n: number, score: number): void {
  runs[index] = (runs[index] ?? 0) + n;
  scores[index] = (scores[index] ?? 0) + score;
}

function push(perRun: Scores[], index: number, score: number): void {
  perRun[index] ??= { values: new Float64Array(4), length: 0 };
  const row = perRun[index];
  if (row.length === row.values.length) {
    const wider = new Float64Array(row.length * 2);
    wider.set(row.values);
    row.values = wider;
  }
  row.values[row.length++] = score;
}

function closeTask(task: OpenTask): Task {
  const { id, family, minutes, source, isEstimate, humanSuccesses } = task;
  const timed = isEstimate === false && humanSuccesses > 0 ? humanSuccesses : undefined;
  const baselines = isEstimate === true ? 0 : timed;
  return {
    id,
    family,
    minutes,
    ...(baselines === undefined ? {} : { baselines }),
    ...(source === undefined ? {} : { source }),
  };
}

function closeOutcomes(
  agent: string,
  { runs, scores, perRun, mixed }: OpenOutcomes,
  tasks: number,
  always: boolean,
): Outcomes {
  const full = (values: readonly number[]) =>
    Float64Array.from({ length: tasks }, (_, index) => values[index] ?? 0);
  const outcomes = { agent, runs: full(runs), scores: full(scores) };
  if (!perRun || !(mixed || always)) return outcomes;
  const rows = Array.from({ length: tasks }, (_, index) => {
    const row = perRun[index];
    return row ? row.values.slice(0, row.length) : new Float64Array(0);
  });
  return { ...outcomes, perRun: rows };
}
