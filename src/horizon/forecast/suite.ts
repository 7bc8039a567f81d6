import { type BootstrapOptions, bootstrapHorizons, drawnHorizons } from "../bootstrap/bootstrap.ts";
import { type FitOptions, fitSuite, horizonAt, type Method } from "../curve/fit.ts";
import type { Weighting } from "../curve/weights.ts";
import { HUMAN, type Suite, type Task } from "../suite.ts";
import type { HorizonsByDraw } from "../trend/draws.ts";
import { type Forecast, type ForecastOptions, forecast } from "./forecast.ts";

export interface SuiteForecastOptions extends ForecastOptions, FitOptions {
  /** The chance of success that defines the horizon; 0.5. */
  readonly success?: number;
  readonly workers?: number;
}

/**
 * A forecast from runs, in the manner of METR's "multiverse" (arXiv:2503.14499, section 6):
 * families and tasks, runs, human times, and the choice of weighting and ridge, each alone and
 * together with agents and shapes of growth.
 *
 * @param releaseDates days since 1970-01-01; agents without one are left out.
 */
export async function forecastSuite(
  suite: Suite,
  releaseDates: ReadonlyMap<string, number>,
  options: SuiteForecastOptions,
): Promise<Forecast> {
  const { seed, draws = 10_000, success = 0.5 } = options;
  const agents = suite.agents.filter(({ agent }) => releaseDates.has(agent));
  const undated = suite.agents
    .map(({ agent }) => agent)
    .filter((agent) => agent !== HUMAN && !releaseDates.has(agent));
  const dated = { ...suite, agents };
  const history = fitSuite(dated, options)
    .map((fit) => ({
      agent: fit.agent,
      releaseDate: releaseDates.get(fit.agent)!,
      horizon: horizonAt(fit, success),
      atHalf: horizonAt(fit, 0.5),
    }))
    .filter(({ horizon }) => Number.isFinite(horizon) && horizon > 0);
  const lengthNoise = Float64Array.from(suite.tasks, humanTimeError);
  const draw = async (varied: Partial<BootstrapOptions>): Promise<HorizonsByDraw> => {
    const drawn = await bootstrapHorizons(dated, {
      ...options,
      seed,
      draws,
      levels: [],
      ...varied,
    });
    return new Map(drawn.agents.map((each) => [each.agent, drawnHorizons(each, success)]));
  };
  const weightings: readonly Weighting[] = ["equal", "inverse-sqrt-family"];
  const choices = { ridges: RIDGES[options.method], weightings };
  const alone = {
    tasks: await draw({ levels: ["families", "tasks"] }),
    runs: await draw({ levels: ["runs"] }),
    "human times": await draw({ lengthNoise }),
    method: await draw(choices),
  };
  const together = await draw({ levels: ["families", "tasks", "runs"], lengthNoise, ...choices });
  const unknown = suite.tasks.filter(({ baselines }) => baselines === undefined).length;
  return forecast(history, options, alone, together, [
    ...(unknown > 0
      ? [
          `${unknown} of ${suite.tasks.length} task lengths are taken as estimates: nothing says how many humans were timed`,
        ]
      : []),
    ...(undated.length > 0 ? [`No release date, left out: ${undated.join(", ")}`] : []),
  ]);
}

/**
 * Standard deviation of a task's ln(minutes). METR's timed runs of one task scatter by 0.68 (a
 * factor of 2); an estimate counts as half a timed run, as in METR's multiverse.
 */
export function humanTimeError({ baselines = 0 }: Task): number {
  return 0.68 / Math.sqrt(baselines > 0 ? baselines : 0.5);
}

/**
 * The ridges that a draw may have, on the scale where weights sum to 1: METR's set for its
 * multiverse, and for the method since then only weaker ones, as METR calls 0.1 a mistake.
 */
const RIDGES: Readonly<Record<Method, readonly number[]>> = {
  "metr-2025": [0.2, 0.1, 0.05, 0.02, 0.01],
  "metr-2026": [1e-2, 1e-3, 1e-4, 1e-5],
};
