/** One task of a suite. */
export interface Task {
  readonly id: string;
  /** Tasks of a family share a setting, so how agents do on them is not independent. */
  readonly family: string;
  /** What a skilled human needs, in minutes: the geometric mean of baseliners, or an estimate. */
  readonly minutes: number;
  /** Successful timed human runs behind `minutes`; 0 where it is an estimate, absent if unknown. */
  readonly baselines?: number;
  /** The suite it came from, such as "HCAST". */
  readonly source?: string;
}

/** How an agent did on every task of a suite. Both arrays follow `Suite.tasks`. */
export interface Outcomes {
  readonly agent: string;
  /** Runs a task; 0 where the agent has not attempted it. */
  readonly runs: Float64Array;
  /** The sum of the runs' scores, each in 0..1: for scores of 0 and 1, the successes. */
  readonly scores: Float64Array;
  /**
   * Each run's score in the file's order, a row per task. Kept where a score lies between 0 and 1,
   * or where the reader was asked to: only then does the bootstrap need more than counts.
   */
  readonly perRun?: readonly Float64Array[];
}

/** Tasks with known human times, and how agents did on them. */
export interface Suite {
  readonly tasks: readonly Task[];
  readonly agents: readonly Outcomes[];
}

/** The one spelling of a human baseliner among the agents, as METR's files have it. */
export const HUMAN = "human";
