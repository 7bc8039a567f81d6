/** One step that a monitor scored and whose truth is known. */
export interface ScoredStep {
  /** Higher is more suspicious. */
  readonly score: number;
  /** True for what the monitor is to find. */
  readonly label: boolean;
  readonly trajectory: string;
  /** Steps of one task are alike: what is fitted on some of a task's steps is not tested on others. */
  readonly task: string;
  /** Of what the monitor read, in any unit: the baseline that a monitor has to beat. */
  readonly length: number;
}

/**
 * One row a trajectory: the maximum of its scores, labelled if any of its steps is, with the sum of
 * its lengths. In the order in which trajectories first occur.
 */
export function byTrajectory(steps: readonly ScoredStep[]): readonly ScoredStep[] {
  const rows = new Map<string, ScoredStep>();
  for (const step of steps) {
    const before = rows.get(step.trajectory);
    rows.set(step.trajectory, {
      ...step,
      score: Math.max(step.score, before?.score ?? -Infinity),
      label: step.label || (before?.label ?? false),
      length: step.length + (before?.length ?? 0),
    });
  }
  return [...rows.values()];
}
