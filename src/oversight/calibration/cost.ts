import type { CostPerThousand } from "./card-schema.ts";
import type { Labelled } from "./rows.ts";

/** What a monitor's work is paid with. */
export interface MonitorPrices {
  readonly currency: string;
  readonly perMillionInputTokens: number;
  readonly perMillionOutputTokens: number;
  readonly perCpuHour: number;
}

/** What a thousand steps take, over the steps whose cost is known; null where none is. */
export function costPerThousand(
  rows: readonly Pick<Labelled, "cost">[],
  prices?: MonitorPrices,
): CostPerThousand | null {
  const costs = rows.flatMap(({ cost }) => (cost ? [cost] : []));
  if (costs.length === 0) return null;
  const sum = (of: "calls" | "cpuSeconds" | "inputTokens" | "outputTokens") =>
    (costs.reduce((total, cost) => total + (cost[of] ?? 0), 0) / costs.length) * 1000;
  const used = {
    calls: sum("calls"),
    cpuSeconds: sum("cpuSeconds"),
    inputTokens: sum("inputTokens"),
    outputTokens: sum("outputTokens"),
  };
  return {
    steps: costs.length,
    ...used,
    price: prices
      ? {
          amount:
            (used.inputTokens / 1e6) * prices.perMillionInputTokens +
            (used.outputTokens / 1e6) * prices.perMillionOutputTokens +
            (used.cpuSeconds / 3600) * prices.perCpuHour,
          currency: prices.currency,
        }
      : null,
  };
}
