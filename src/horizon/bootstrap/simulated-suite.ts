import type { Random } from "../../stats/index.ts";
import type { Suite, Task } from "../suite.ts";
import { drawBinomial } from "./binomial.ts";

/** What tasks are made of. Difficulty is in log2 minutes: +1 is as hard as twice the length. */
export interface TaskModel {
  readonly families: number;
  /** Family sizes are geometric with this mean, so that most are small and some large. */
  readonly tasksPerFamily: number;
  /** Lengths are spread evenly over these powers of 2, in minutes. */
  readonly log2Minutes: readonly [low: number, high: number];
  /** How much harder than its length says a whole family is, or a task in it: standard deviations. */
  readonly familySd: number;
  readonly taskSd: number;
}

/** A task with the difficulty that agents meet, in log2 minutes; its length is only a guess at that. */
export interface SimulatedTask extends Task {
  readonly difficulty: number;
}

/** An agent whose chance of success on a task of difficulty d is logistic(slope · (d - log2 minutes)). */
export interface SimulatedAgent {
  readonly agent: string;
  /** The length, in minutes, of the typical task that it does half of the time. */
  readonly minutes: number;
  /** Below 0. */
  readonly slope: number;
}

/** Draws families of tasks. */
export function simulateTasks(model: TaskModel, random: Random): SimulatedTask[] {
  const [low, high] = model.log2Minutes;
  const tasks: SimulatedTask[] = [];
  for (let family = 0; family < model.families; family++) {
    const shift = model.familySd * random.normal();
    // Tasks of a family are about as long as one another.
    const centre = low + (high - low) * random.float();
    const size = geometric(model.tasksPerFamily, random);
    for (let task = 0; task < size; task++) {
      const length = Math.min(high, Math.max(low, centre + random.normal()));
      tasks.push({
        id: `family-${family}/task-${task}`,
        family: `family-${family}`,
        minutes: 2 ** length,
        difficulty: length + shift + model.taskSd * random.normal(),
      });
    }
  }
  return tasks;
}

/** Lets agents do so many runs of each task. With infinite runs, scores are the chances themselves. */
export function simulateRuns(
  tasks: readonly SimulatedTask[],
  agents: readonly SimulatedAgent[],
  runs: number,
  random: Random,
): Suite {
  return {
    tasks,
    agents: agents.map(({ agent, minutes, slope }) => {
      const chances = Float64Array.from(
        tasks,
        ({ difficulty }) => 1 / (1 + Math.exp(-slope * (difficulty - Math.log2(minutes)))),
      );
      if (runs === Infinity) {
        return { agent, runs: new Float64Array(tasks.length).fill(1), scores: chances };
      }
      return {
        agent,
        runs: new Float64Array(tasks.length).fill(runs),
        scores: chances.map((chance) =>
          chance > 0 && chance < 1 ? drawBinomial(random, runs, chance) : Math.round(chance) * runs,
        ),
      };
    }),
  };
}

/** 1, 2, 3, … with the given mean of at least 1. */
function geometric(mean: number, random: Random): number {
  let size = 1;
  while (random.float() > 1 / mean) size += 1;
  return size;
}
