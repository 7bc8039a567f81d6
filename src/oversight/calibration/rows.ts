/**
 * One step that a monitor scored and whose truth is known. Steps of one trajectory stand in the
 * order in which they happened.
 */
export interface Labelled {
  readonly trajectory: string;
  /** Steps of one task are alike: what is fitted on some of a task's steps is not tested on others. */
  readonly task: string;
  /** Index of the step's first event in its transcript; its position among the rows where absent. */
  readonly event?: number;
  /** Higher is more suspicious; finite. */
  readonly score: number;
  /** Whether the step is what the monitor is to find; of a `coarse` row, whether its trajectory is. */
  readonly label: boolean;
  /** Nobody labelled steps: it is known of the trajectory alone. */
  readonly coarse?: boolean;
  /** Of what the monitor read, in any unit: the baseline that a monitor has to beat. */
  readonly length: number;
  /** What cheaper means say of the step, by name: `REFUSAL_WORDS`, another monitor's score. */
  readonly baselines?: Readonly<Record<string, number>>;
  /** Weights of the single signals that the score was made of. */
  readonly signals?: Readonly<Record<string, number>>;
  /** The trajectory's own score, where it is not the maximum of its steps'; the same in all its rows. */
  readonly trajectoryScore?: number;
  /** As `baselines`, of the trajectory as a whole; the same in all its rows. */
  readonly trajectoryBaselines?: Readonly<Record<string, number>>;
  /** Event from which the trajectory's harm is done; the same in all its rows. */
  readonly harmAt?: number;
  /** What it took to score the step. */
  readonly cost?: StepCost;
}

/** The least that a row has. */
export type ScoredStep = Pick<Labelled, "trajectory" | "task" | "score" | "label" | "length">;

export interface StepCost {
  /** Calls of models. */
  readonly calls?: number;
  readonly cpuSeconds?: number;
  readonly inputTokens?: number;
  readonly outputTokens?: number;
}

/** A trajectory as a scan leaves it: a score a step, and what people said of it. */
export interface ScannedTrajectory {
  readonly id: string;
  readonly task: string;
  /** Whether it holds what the monitor is to find. */
  readonly label: boolean;
  /** Events that do it, where people labelled them; [] says no more than being absent. */
  readonly attackEvents?: readonly number[];
  readonly harmAt?: number;
  /** What the monitor says of it as a whole; the maximum of its steps' scores where absent. */
  readonly score?: number;
  /** What cheaper means say of it as a whole; the maximum of its steps', or their sum, where absent. */
  readonly baselines?: Readonly<Record<string, number>>;
  /** In order, at least one. A step covers the events from its own up to the next step's. */
  readonly steps: readonly (Pick<
    Labelled,
    "score" | "length" | "baselines" | "signals" | "cost"
  > & {
    readonly event: number;
  })[];
}

/** A count of words, which adds up over steps as length does. Other columns are scores. */
export const REFUSAL_WORDS = "refusal words";

/**
 * Rows from scans: a step is an attack where one of the labelled events falls into it; events before
 * the first step count for that one.
 */
export function labelledRows(scans: readonly ScannedTrajectory[]): readonly Labelled[] {
  return scans.flatMap(({ id, task, label, attackEvents, harmAt, score, baselines, steps }) =>
    steps.map((step, at) => {
      const from = at === 0 ? -Infinity : step.event;
      const next = steps[at + 1]?.event ?? Infinity;
      const areLabelled = attackEvents !== undefined && attackEvents.length > 0;
      const attacks = !areLabelled || attackEvents.some((event) => event >= from && event < next);
      return {
        ...step,
        trajectory: id,
        task,
        // Whoever is innocent is so in each step.
        label: label && attacks,
        ...(label && !areLabelled && steps.length > 1 ? { coarse: true } : {}),
        ...(score === undefined ? {} : { trajectoryScore: score }),
        ...(baselines === undefined ? {} : { trajectoryBaselines: baselines }),
        ...(harmAt === undefined ? {} : { harmAt }),
      };
    }),
  );
}

/**
 * One row a trajectory: its own score or the maximum of its steps', labelled if any of its steps is, with the sum of
 * its lengths. Of baselines the maximum as well, but for counts of words, which add up. In the order
 * in which trajectories first occur.
 */
export function byTrajectory(steps: readonly Labelled[]): readonly Labelled[] {
  return [...trajectories(steps).values()].map((rows) => {
    const [{ trajectory, task, trajectoryBaselines }] = rows;
    const ofSteps = columns(rows, ({ baselines }) => baselines);
    const baselines = trajectoryBaselines ? { ...ofSteps, ...trajectoryBaselines } : ofSteps;
    const signals = columns(rows, ({ signals }) => signals);
    return {
      trajectory,
      task,
      score: rows.reduce(
        (most, { score, trajectoryScore }) => Math.max(most, trajectoryScore ?? score),
        -Infinity,
      ),
      label: rows.some(({ label }) => label),
      length: rows.reduce((sum, { length }) => sum + length, 0),
      ...(baselines ? { baselines } : {}),
      ...(signals ? { signals } : {}),
    };
  });
}

/** The rows of each trajectory, in order. */
export function trajectories(
  rows: readonly Labelled[],
): ReadonlyMap<string, readonly [Labelled, ...Labelled[]]> {
  const found = new Map<string, [Labelled, ...Labelled[]]>();
  for (const row of rows) {
    const before = found.get(row.trajectory);
    if (before) before.push(row);
    else found.set(row.trajectory, [row]);
  }
  return found;
}

function columns(
  rows: readonly Labelled[],
  of: (row: Labelled) => Readonly<Record<string, number>> | undefined,
): Readonly<Record<string, number>> | undefined {
  const whole = new Map<string, number>();
  for (const row of rows) {
    for (const [name, value] of Object.entries(of(row) ?? {})) {
      const before = whole.get(name);
      if (before === undefined) whole.set(name, value);
      else whole.set(name, name === REFUSAL_WORDS ? before + value : Math.max(before, value));
    }
  }
  // From entries, so that a name such as __proto__ is a name like any other.
  return whole.size === 0 ? undefined : Object.fromEntries(whole);
}
