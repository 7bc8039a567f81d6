import { HUMAN } from "../suite.ts";

/** An agent's horizon at the day it came out. */
export interface HorizonPoint {
  readonly agent: string;
  /** Days since 1970-01-01. */
  readonly releaseDate: number;
  /** Minutes: the task length at which the agent succeeds with the chance in question. */
  readonly horizon: number;
  /** The same at a chance of one half, which decides who holds a record, where `horizon` is for another. */
  readonly atHalf?: number;
  /** Ends of the horizon's 95 % interval, in minutes, where published. */
  readonly low?: number;
  readonly high?: number;
  /** Where the numbers come from: a paper, a page, a file. */
  readonly source?: string;
}

export interface SotaRule {
  /** First release date that counts, in days since 1970-01-01. */
  readonly from?: number;
  /** First release date that no longer counts. */
  readonly before?: number;
  /** Minutes above which a horizon is too uncertain to be in a trend; METR's site uses 16 hours. */
  readonly cap?: number;
  /**
   * `window-first`, as METR's code has it: only agents inside the window compete, so the maximum
   * starts anew at `from` and the first agent after it is always in. `record-first`, as the
   * `is_sota` flag of METR's site has it: an agent must beat everything that came out before it.
   */
  readonly order?: "window-first" | "record-first";
}

/**
 * The agents that were state of the art on the day they came out, by date: no agent of that day or
 * before has a longer horizon (ties stay). Humans never count. The cap is applied last: a horizon
 * above it still is a record that others must beat. Both are settled at a chance of one half, also for
 * horizons at another, as METR has it.
 */
export function stateOfTheArt(
  points: readonly HorizonPoint[],
  { from = -Infinity, before = Infinity, cap = Infinity, order = "window-first" }: SotaRule = {},
): HorizonPoint[] {
  const inWindow = ({ releaseDate }: HorizonPoint) => from <= releaseDate && releaseDate < before;
  const agents = points.filter(({ agent }) => agent !== HUMAN);
  const found = order === "window-first" ? records(agents.filter(inWindow)) : records(agents);
  return found.filter((point) => inWindow(point) && halfHorizon(point) <= cap);
}

function records(points: readonly HorizonPoint[]): HorizonPoint[] {
  const byDate = [...points].sort(
    (a, b) =>
      a.releaseDate - b.releaseDate ||
      halfHorizon(a) - halfHorizon(b) ||
      (a.agent < b.agent ? -1 : 1),
  );
  return byDate.filter(
    (point) =>
      !byDate.some(
        (other) =>
          other.releaseDate <= point.releaseDate && halfHorizon(other) > halfHorizon(point),
      ),
  );
}

function halfHorizon({ atHalf, horizon }: HorizonPoint): number {
  return atHalf ?? horizon;
}
