/** The stages of a research cycle, in order. Review is by people: it is what the lab leaves to them. */
export const WORK_STAGES = [
  "literature",
  "ideation",
  "planning",
  "implementation",
  "execution",
  "analysis",
  "writing",
] as const;
export type WorkStage = (typeof WORK_STAGES)[number];
export const STAGES = [...WORK_STAGES, "review"] as const;
export type Stage = (typeof STAGES)[number];

/** A quantity that is not known well. Between `low` and `high` it most likely is `likely`. */
export interface Range {
  readonly low: number;
  readonly likely: number;
  readonly high: number;
  /** A public source, or "assumed" and why. */
  readonly source: string;
}

/**
 * A research cycle. `T` is what its quantities are: ranges where they are written down, numbers
 * where the cycle is computed. All hours are of work, not of the calendar, but compute's.
 */
export interface CycleOf<T> {
  readonly stages: Readonly<Record<WorkStage, StageOf<T>>>;
  readonly review: {
    /** Reviews a paper gets. */
    readonly reviewers: number;
    /** Of one reviewer, for one paper. */
    readonly hours: T;
    /** The chance that a paper is accepted whose stages all went right, and one where one did not. */
    readonly acceptSound: T;
    readonly acceptFlawed: T;
  };
  readonly agent: {
    /** Human hours of the task that the agent completes with a chance of one half. */
    readonly horizonHours: T;
    /** How much its logit falls with each doubling of a task's length; above 0. */
    readonly slope: T;
    /**
     * Share of the variance of difficulty that all pieces of a project have in common, 0 to below 1:
     * the higher, the more a project goes right or wrong as a whole.
     */
    readonly sharedDifficulty: T;
    /** Hours that an agent works where a person would work one. */
    readonly hoursPerHumanHour: T;
    readonly dollarsPerHumanHour: T;
    /** Share of failed attempts that automatic checks find. */
    readonly checkCatches: T;
    /** Discrimination of automated assessment: chance that it ranks a sound paper over a flawed one. */
    readonly assessmentAuc: T;
    /** How many work at once. */
    readonly number: number;
  };
  readonly people: {
    readonly number: number;
    readonly hoursPerWeek: T;
    readonly dollarsPerHour: T;
    /** Share of failed attempts, their own or an agent's, that a person's check finds. */
    readonly checkCatches: T;
  };
  readonly compute: {
    /** Runs at once. */
    readonly slots: number;
    readonly dollarsPerHour: T;
  };
}

export interface StageOf<T> {
  /** What a skilled person needs to do it once. */
  readonly humanHours: T;
  /** Wall hours of an attempt that nobody can speed up. */
  readonly computeHours: T;
  /** Pieces that are done and checked one by one, each so much shorter. */
  readonly parts: number;
  /** Chance that a person's attempt at a piece is right. */
  readonly humanSuccess: T;
  /** The agent's horizon here over its horizon elsewhere: messy work is harder for its length. */
  readonly horizonFactor: T;
  /** How often an agent may try a piece. */
  readonly attempts: number;
  /** A person's hours to check one attempt at the whole stage. */
  readonly checkHours: T;
}

export type CycleRanges = CycleOf<Range>;
export type Cycle = CycleOf<number>;

/** The most likely value of every quantity. */
export function likelyCycle(ranges: CycleRanges): Cycle {
  return mapCycle(ranges, ({ likely }) => likely);
}

/** A cycle with each quantity replaced; `name` is its place, such as "review.hours". */
export function mapCycle<T, U>(cycle: CycleOf<T>, to: (value: T, name: string) => U): CycleOf<U> {
  const map = (value: unknown, name: string): unknown => {
    if (FIXED.has(name.split(".").at(-1)!)) return value;
    if (isGroup(value, name)) {
      return Object.fromEntries(
        Object.entries(value).map(([key, each]) => [key, map(each, name ? `${name}.${key}` : key)]),
      );
    }
    return to(value as T, name);
  };
  return map(cycle, "") as CycleOf<U>;
}

/** Every quantity by its place. */
export function quantitiesOf<T>(cycle: CycleOf<T>): ReadonlyMap<string, T> {
  const found = new Map<string, T>();
  mapCycle(cycle, (value, name) => found.set(name, value));
  return found;
}

/** Whole numbers that a user sets and nothing varies. */
const FIXED: ReadonlySet<string> = new Set(["parts", "attempts", "reviewers", "number", "slots"]);
const GROUPS: ReadonlySet<string> = new Set(["", "stages", "review", "agent", "people", "compute"]);

function isGroup(value: unknown, name: string): value is Readonly<Record<string, unknown>> {
  return GROUPS.has(name) || /^stages\.\w+$/.test(name);
}
