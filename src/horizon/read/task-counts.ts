import { z } from "zod";
import { familyOf, minutesProblem, type RowProblem, type Run } from "./run.ts";

const count = z.int().nonnegative();

/**
 * METR's per-task counts, as its site publishes them: an agent's name, and under `tasks` each task
 * with its human minutes, runs and successes. What else stands there, such as rounded weights, is
 * not needed.
 */
export const taskCountsSchema = z.record(
  z.string().min(1),
  z.object({
    tasks: z.array(
      z.object({
        task_id: z.string().min(1),
        task_family: z.string().min(1).optional(),
        human_minutes: z.number(),
        n_successes: count,
        n_runs: count,
      }),
    ),
  }),
);
export type TaskCounts = z.infer<typeof taskCountsSchema>;

/** One agent's runs at one task; its `score` is the number of successes. */
export interface CountedTask {
  readonly run: Omit<Run, "id">;
  readonly runs: number;
  /** Counted from 1 within the agent. */
  readonly row: number;
  readonly problem: RowProblem | null;
}

/** The counts as rows, agent by agent. */
export function countedTasks(counts: TaskCounts): CountedTask[] {
  return Object.entries(counts).flatMap(([agent, { tasks }]) =>
    tasks.map((task, index): CountedTask => {
      const { task_id, task_family, human_minutes, n_successes, n_runs } = task;
      return {
        run: {
          agent,
          task: task_id,
          family: task_family ?? familyOf(task_id),
          minutes: human_minutes,
          score: n_successes,
        },
        runs: n_runs,
        row: index + 1,
        problem:
          minutesProblem("human_minutes", human_minutes) ??
          (n_successes > n_runs
            ? {
                column: "n_successes",
                reason: "there are more successes than runs",
                found: `${n_successes} of ${n_runs}`,
              }
            : null),
      };
    }),
  );
}
