import { Fault } from "../../record/index.ts";
import { createRandom, type Random } from "../../stats/index.ts";
import { drawsOf, horizonInterval } from "../bootstrap/bootstrap.ts";
import { type FitOptions, horizonAt, METHODS } from "../curve/fit.ts";
import type { Suite, Task } from "../suite.ts";
import { type Categories, splitSuite } from "./categories.ts";
import { type Difficulty, fitDifficulty } from "./difficulty.ts";
import { sharedSlopeHorizons } from "./shared-slope.ts";
import { type Design, simulateStudies } from "./simulate.ts";

/** How long new tasks are. */
export const NEW_LENGTHS = {
  "as now": "like the category's tasks of today",
  "around the horizon": "between a quarter and four times the agent's horizon",
  spread: "evenly, on a log scale, from 1 minute to four times the horizon",
} as const;
export type NewLengths = keyof typeof NEW_LENGTHS;

export interface PowerPlanOptions extends FitOptions {
  readonly agent: string;
  readonly category: string;
  /** The ratio of the 95 % interval's upper end to its lower end that is wanted; above 1. */
  readonly width: number;
  /** Runs of each new task; as many as the category's tasks have now. */
  readonly runs?: number;
  readonly seed: number;
  /** Simulated studies of each design; 400. */
  readonly studies?: number;
  /** Bootstrap draws to check the simulation by; 1,000. */
  readonly draws?: number;
}

/** What it takes to know one category's 50 % horizon so well. */
export interface PowerPlan {
  readonly agent: string;
  readonly category: string;
  readonly width: number;
  readonly runs: number;
  /** What the simulation takes for true. */
  readonly horizon: number;
  readonly difficulty: Difficulty;
  /** The tasks there are. */
  readonly now: {
    readonly tasks: number;
    /** Ratio of the interval's ends: in repeated simulated studies, and by the bootstrap. */
    readonly simulatedWidth: number;
    readonly bootstrapWidth: number;
    /** The same tasks with endless runs: what runs alone can do. */
    readonly endlessRunsWidth: number;
  };
  readonly options: readonly {
    readonly lengths: NewLengths;
    /** More tasks, each of a family of its own; Infinity where 4,096 do not suffice. */
    readonly tasks: number;
    /** The simulated width that they give. */
    readonly simulatedWidth: number;
    /** What one skilled human needs to do each of the new tasks once. */
    readonly humanHours: number;
    /** Widths along the way. */
    readonly steps: readonly { readonly tasks: number; readonly simulatedWidth: number }[];
  }[];
}

/**
 * How many more tasks a category needs, by simulation: steepness and the spreads of family and task
 * difficulty are estimated from the agent's runs on the whole suite; studies with as many tasks as
 * there are and more are simulated, all categories with one slope, and each is given METR's
 * estimator. The width is that of the estimates' middle 95 %.
 *
 * It assumes new tasks to be as unlike one another as those of today, each of a family of its own,
 * and their lengths known. The bootstrap of the real data stands beside the simulated width of
 * today's tasks as a check: where the two are far apart, do not trust the plan.
 */
export function planPower(
  suite: Suite,
  categories: Categories,
  options: PowerPlanOptions,
): PowerPlan {
  const { agent, category, width, method, weighting = "inverse-sqrt-family", seed } = options;
  const { studies = 400, draws = 1000 } = options;
  if (!(width > 1)) {
    throw new Fault("power plan", `the width is ${width}`, "Give a ratio above 1, such as 4");
  }
  const measured = sharedSlopeHorizons(suite, categories, { method, weighting, seed, draws });
  const target = measured.findIndex((each) => each.category === category);
  if (target < 0) {
    const known = measured.map((each) => each.category).join(", ");
    throw new Fault(`category "${category}"`, "no task is of it", `There are: ${known}`);
  }
  const interval = horizonInterval(drawsOf(measured[target]!.draws, agent), 0.5);
  const today = designOfToday(suite, categories, agent, measured.length);
  const log2Horizons = measured.map(({ draws: of }) => log2HorizonOf(of.agents, agent));
  if (!Number.isFinite(log2Horizons[target]!)) {
    throw new Fault(
      `${agent}, ${category}`,
      "the agent has no curve there",
      "Plan for an agent that succeeds at some tasks and fails at others",
    );
  }
  const difficulty = fitDifficulty(
    today.tasks,
    today,
    [...today.category].map((c) => log2Horizons[c]!),
  );
  const own = [...today.category.keys()].filter((task) => today.category[task] === target);
  const runs = options.runs ?? Math.max(1, Math.round(mean(own.map((task) => today.runs[task]!))));
  const random = createRandom(seed);
  const estimator = { ridge: METHODS[method].ridge, weighting };
  const widthOf = (design: Design, label: string) =>
    middleWidth(
      simulateStudies(design, log2Horizons, difficulty, target, estimator, {
        studies,
        random: random.fork(label),
      }),
    );
  const endless = { ...today, runs: today.runs.map((each) => (each > 0 ? Infinity : 0)) };
  return {
    ...{ agent, category, width, runs, difficulty },
    horizon: 2 ** log2Horizons[target]!,
    now: {
      tasks: own.length,
      simulatedWidth: widthOf(today, "now"),
      bootstrapWidth: interval.high / interval.low,
      endlessRunsWidth: widthOf({ ...endless, runs: Array.from(endless.runs) }, "now"),
    },
    options: (Object.keys(NEW_LENGTHS) as NewLengths[]).map((lengths) => {
      const pool = newLengths(
        lengths,
        own.map((task) => today.tasks[task]!),
        log2Horizons[target]!,
        random,
      );
      const grown = (tasks: number) => withNewTasks(today, pool.slice(0, tasks), target, runs);
      const found = fewestTasks((tasks) => widthOf(grown(tasks), `${lengths} ${tasks}`), width);
      const hours = pool.slice(0, found.tasks === Infinity ? 0 : found.tasks);
      return {
        lengths,
        ...found,
        humanHours:
          found.tasks === Infinity ? Infinity : hours.reduce((sum, each) => sum + each, 0) / 60,
      };
    }),
  };
}

const MOST_TASKS = 4096;

/** Doubles the tasks until the width is reached, then closes in on the fewest that reach it. */
function fewestTasks(widthAt: (tasks: number) => number, wanted: number) {
  const steps: { tasks: number; simulatedWidth: number }[] = [];
  const at = (tasks: number) => {
    const simulatedWidth = widthAt(tasks);
    steps.push({ tasks, simulatedWidth });
    return simulatedWidth;
  };
  let high = 0;
  let reached = at(0);
  let low = 0;
  while (!(reached <= wanted) && high < MOST_TASKS) {
    low = high;
    high = high === 0 ? 8 : high * 2;
    reached = at(high);
  }
  if (!(reached <= wanted)) return { tasks: Infinity, simulatedWidth: reached, steps };
  // Simulation is not exact: closer than an eighth would be false precision.
  while (high - low > Math.max(1, high / 8)) {
    const middle = Math.round((low + high) / 2);
    const width = at(middle);
    if (width <= wanted) [high, reached] = [middle, width];
    else low = middle;
  }
  return {
    tasks: high,
    simulatedWidth: reached,
    steps: steps.sort((a, b) => a.tasks - b.tasks),
  };
}

interface Today extends Design {
  readonly runs: Float64Array;
  readonly scores: Float64Array;
}

/** The agent's attempted tasks, category by category. */
function designOfToday(suite: Suite, categories: Categories, agent: string, count: number): Today {
  const parts = splitSuite(suite, categories).map(({ suite: part }, c) => {
    const outcomes = part.agents.find((each) => each.agent === agent);
    const at = [...part.tasks.keys()].filter((task) => (outcomes?.runs[task] ?? 0) > 0);
    return at.map((task) => ({
      ...{ c, task: part.tasks[task]! },
      ...{ runs: outcomes!.runs[task]!, score: outcomes!.scores[task]! },
    }));
  });
  const cells = parts.flat();
  return {
    tasks: cells.map(({ task }) => task),
    runs: Float64Array.from(cells, (cell) => cell.runs),
    scores: Float64Array.from(cells, (cell) => cell.score),
    category: Uint8Array.from(cells, ({ c }) => c),
    categories: count,
  };
}

function withNewTasks(
  today: Today,
  minutes: readonly number[],
  category: number,
  runs: number,
): Design {
  const added = minutes.map(
    (each, index): Task => ({ id: `new/${index}`, family: `new ${index}`, minutes: each }),
  );
  return {
    tasks: [...today.tasks, ...added],
    runs: [...today.runs, ...added.map(() => runs)],
    category: Uint8Array.of(...today.category, ...added.map(() => category)),
    categories: today.categories,
  };
}

/** Minutes of as many new tasks as could be wanted; fewer are always the first of more. */
function newLengths(
  lengths: NewLengths,
  own: readonly Task[],
  log2Horizon: number,
  random: Random,
): number[] {
  const stream = random.fork(`lengths ${lengths}`);
  const between = (low: number, high: number) => 2 ** (low + (high - low) * stream.float());
  const draw = {
    "as now": () => own[stream.integer(own.length)]!.minutes,
    "around the horizon": () => between(log2Horizon - 2, log2Horizon + 2),
    spread: () => between(0, Math.max(1, log2Horizon + 2)),
  }[lengths];
  return Array.from({ length: MOST_TASKS }, draw);
}

/** Ratio of the ends of the middle 95 %. Studies without a curve count as both too low and too high. */
function middleWidth(log2: Float64Array): number {
  const told = log2.filter((each) => !Number.isNaN(each)).sort();
  const lost = (log2.length - told.length) / 2;
  const at = (p: number) => {
    const index = Math.round(p * (log2.length - 1) - lost);
    return index < 0 ? -Infinity : index >= told.length ? Infinity : told[index]!;
  };
  return 2 ** (at(0.975) - at(0.025));
}

function log2HorizonOf(
  agents: readonly { readonly agent: string; readonly fit: Parameters<typeof horizonAt>[0] }[],
  agent: string,
): number {
  const found = agents.find((each) => each.agent === agent);
  return found ? Math.log2(horizonAt(found.fit, 0.5)) : Number.NaN;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
