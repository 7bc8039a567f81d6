import type { HorizonFit } from "../curve/fit.ts";
import { runWeights, type Weighting } from "../curve/weights.ts";
import type { Suite } from "../suite.ts";

/** What may be drawn anew, from the outermost level in. */
export type Level = "families" | "tasks" | "runs";

/** All that a draw needs, in arrays that threads can be sent. */
export interface BootstrapTable {
  /**
   * The tasks that any agent attempted, by family, both sorted by name; by nothing, where families
   * are not a level. Indices into `x`.
   */
  readonly groups: readonly Int32Array[];
  readonly levels: readonly Level[];
  /** log2 of each task's human minutes. */
  readonly x: Float64Array;
  /** Standard deviation of the error in `x`, drawn anew with each draw. */
  readonly noise?: Float64Array;
  /** One of them is used in each draw. */
  readonly ridges: readonly number[];
  readonly agents: readonly AgentTable[];
  readonly seed: number;
  /**
   * Where draws are to be METR's bit for bit: pairs of an agent and one of its tasks, as indices
   * into `agents` and into the agent's arrays, in the order in which METR's code comes to them.
   */
  readonly metrOrder?: readonly (readonly [agent: number, row: number])[];
}

/** An agent's attempted tasks, by name. The arrays are parallel. */
export interface AgentTable {
  readonly agent: string;
  readonly tasks: Int32Array;
  readonly runs: Float64Array;
  readonly scores: Float64Array;
  /** Each run's score, where counts do not tell. */
  readonly perRun?: readonly Float64Array[];
  /** What one run weighs, for each of the weightings that a draw may use. */
  readonly weights: readonly Float64Array[];
  /** Where Newton's method starts: the curve of the data themselves. Absent if there is none. */
  readonly start?: { readonly intercept: number; readonly slope: number };
}

export interface TableOptions extends Pick<BootstrapTable, "levels" | "ridges" | "seed"> {
  readonly likeMetr: boolean;
  readonly weightings: readonly Weighting[];
  readonly lengthNoise?: Float64Array;
}

/** Lays out a suite for drawing; `fits` are its agents' own curves, in their order. */
export function layOut(
  suite: Suite,
  fits: readonly HorizonFit[],
  { weightings, lengthNoise, likeMetr, ...options }: TableOptions,
): BootstrapTable {
  const { tasks, agents } = suite;
  const attempts = attemptsOf(suite);
  return {
    ...options,
    ...(likeMetr && { metrOrder: metrOrderOf(suite, attempts) }),
    groups: groupsOf(suite, options.levels.includes("families")),
    x: Float64Array.from(tasks, ({ minutes }) => Math.log2(minutes)),
    ...(lengthNoise && { noise: lengthNoise.map((sd) => sd / Math.LN2) }),
    agents: agents.map((outcomes, index) => {
      const attempted = attempts[index]!;
      const at = (values: ArrayLike<number>) =>
        Float64Array.from(attempted, (task) => values[task]!);
      const { status, intercept, slope } = fits[index]!;
      return {
        agent: outcomes.agent,
        tasks: attempted,
        runs: at(outcomes.runs),
        scores: at(outcomes.scores),
        ...(outcomes.perRun && {
          perRun: Array.from(attempted, (task) => outcomes.perRun![task]!),
        }),
        weights: weightings.map((weighting) => at(runWeights(tasks, outcomes, weighting))),
        // A separated curve is so steep that Newton's method would leave it the wrong way.
        ...(status === "fitted" && { start: { intercept, slope } }),
      };
    }),
  };
}

function groupsOf({ tasks, agents }: Suite, byFamily: boolean): Int32Array[] {
  const attempted = [...tasks.keys()].filter((task) => agents.some(({ runs }) => runs[task]! > 0));
  attempted.sort((a, b) => compare(tasks[a]!.id, tasks[b]!.id));
  if (!byFamily) return [Int32Array.from(attempted)];
  const families = new Map<string, number[]>();
  for (const task of attempted) {
    const { family } = tasks[task]!;
    const members = families.get(family);
    if (members) members.push(task);
    else families.set(family, [task]);
  }
  return [...families.keys()].sort(compare).map((name) => Int32Array.from(families.get(name)!));
}

/** Each agent's attempted tasks by name, so that draws do not depend on the order of a file. */
function attemptsOf({ tasks, agents }: Suite): Int32Array[] {
  const order = Int32Array.from(tasks.keys()).sort((a, b) => compare(tasks[a]!.id, tasks[b]!.id));
  return agents.map(({ runs }) => order.filter((task) => runs[task]! > 0));
}

function metrOrderOf({ tasks, agents }: Suite, attempts: readonly Int32Array[]) {
  const pairs = agents.flatMap(({ agent }, index) =>
    Array.from(attempts[index]!, (task, row) => ({
      name: `${tasks[task]!.id}|||${agent}`,
      pair: [index, row] as const,
    })),
  );
  return pairs.sort((a, b) => compare(a.name, b.name)).map(({ pair }) => pair);
}

/** By code, not by language: the order must be the same everywhere. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
