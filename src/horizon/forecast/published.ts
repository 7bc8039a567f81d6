import { drawPublished } from "../trend/published-draws.ts";
import type { HorizonPoint } from "../trend/sota.ts";
import { type Forecast, type ForecastOptions, forecast } from "./forecast.ts";

export interface PublishedForecastOptions extends ForecastOptions {
  /**
   * How much of the error in ln(minutes) any two agents share, 0 to 1; 0, which is the widest. The
   * bootstrap of METR's runs of February 2025 has 0.41 on average over pairs of ten agents.
   */
  readonly correlation?: number;
}

/** A forecast from horizons with published intervals. */
export function forecastPublished(
  history: readonly HorizonPoint[],
  options: PublishedForecastOptions,
): Forecast {
  const { seed, draws = 10_000, correlation = 0 } = options;
  const horizons = drawPublished(history, { draws, seed, correlation });
  const without = history.filter(({ low, high }) => low === undefined || high === undefined);
  return forecast(history, options, { horizons }, horizons, [
    `Horizons are drawn log-normal through their published intervals, with a correlation of ${correlation} between agents`,
    ...(without.length > 0
      ? [`No interval, taken as exact: ${without.map(({ agent }) => agent).join(", ")}`]
      : []),
  ]);
}
