import { readFileSync } from "node:fs";
import { oracleFile } from "../suite.test-support.ts";
import { HUMAN, type Outcomes, type Suite, type Task } from "../suite.ts";

/** METR's published counts of two agents of Time Horizon 1.1. */
export function twoAgents(): Suite {
  const file = JSON.parse(
    readFileSync(oracleFile("task_results_1_1_two_agents.json"), "utf8"),
  ) as Record<string, { tasks: readonly Record<string, string | number>[] }>;
  const agents = Object.entries(file);
  return {
    tasks: agents[0]![1].tasks.map((row) => ({
      id: String(row.task_id),
      family: String(row.task_family),
      minutes: Number(row.human_minutes),
    })),
    agents: agents.map(([agent, { tasks }]) => ({
      agent,
      runs: Float64Array.from(tasks, (row) => Number(row.n_runs)),
      scores: Float64Array.from(tasks, (row) => Number(row.n_successes)),
    })),
  };
}

/** METR's runs of February 2025, with each run's score. */
export function early2025(score: "score_binarized" | "score" = "score_binarized"): Suite {
  const rows = readFileSync(oracleFile("metr_runs_2025-02-27.jsonl"), "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, string | number>);
  const tasks = new Map<string, Task>();
  for (const row of rows) {
    const id = String(row.task_id);
    tasks.set(id, { id, family: String(row.task_family), minutes: Number(row.human_minutes) });
  }
  const agents = [...new Set(rows.map((row) => String(row.alias)))];
  return {
    tasks: [...tasks.values()],
    agents: agents.map((agent): Outcomes => {
      const own = rows.filter((row) => row.alias === agent);
      const perRun = [...tasks.keys()].map((id) =>
        Float64Array.from(
          own.filter((row) => row.task_id === id),
          (row) => Number(row[score]),
        ),
      );
      return {
        agent: agent === "human" ? HUMAN : agent,
        runs: Float64Array.from(perRun, (scores) => scores.length),
        scores: Float64Array.from(perRun, (scores) => scores.reduce((sum, each) => sum + each, 0)),
        perRun,
      };
    }),
  };
}

/** The suite with counts alone. */
export function countsOf({ tasks, agents }: Suite): Suite {
  return { tasks, agents: agents.map(({ agent, runs, scores }) => ({ agent, runs, scores })) };
}
