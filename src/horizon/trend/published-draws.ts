import { Fault } from "../../record/index.ts";
import { createRandom, normal } from "../../stats/index.ts";
import type { HorizonsByDraw } from "./draws.ts";
import type { HorizonPoint } from "./sota.ts";

export interface PublishedDrawing {
  readonly draws: number;
  readonly seed: number;
  /** How much of the error in ln(minutes) any two agents share, 0 to 1; 0. */
  readonly correlation?: number;
}

/**
 * Horizons drawn from their published 95 % intervals, where the runs themselves are not published:
 * ln(minutes) is normal on either side of the estimate, each side so wide that the interval's end
 * is its 2.5 % or 97.5 % quantile. Agents that did the same tasks share part of their errors;
 * intervals do not tell how much, so it is a choice.
 */
export function drawPublished(
  points: readonly HorizonPoint[],
  { draws, seed, correlation = 0 }: PublishedDrawing,
): HorizonsByDraw {
  if (!(correlation >= 0 && correlation <= 1)) {
    throw new Fault("forecast, correlation", `it is ${correlation}`, "Give a number from 0 to 1");
  }
  const root = createRandom(seed);
  const reach = normal.upperQuantile(0.025);
  const shared = root.fork("shared");
  const common = Float64Array.from({ length: draws }, () => shared.normal());
  return new Map(
    points.map(({ agent, horizon, low, high }) => {
      const below = low !== undefined && low > 0 ? Math.log(horizon / low) / reach : 0;
      const above = high !== undefined && high > 0 ? Math.log(high / horizon) / reach : 0;
      const own = root.fork(agent);
      const minutes = common.map((each) => {
        const z = Math.sqrt(correlation) * each + Math.sqrt(1 - correlation) * own.normal();
        return horizon * Math.exp((z < 0 ? below : above) * z);
      });
      return [agent, minutes];
    }),
  );
}
