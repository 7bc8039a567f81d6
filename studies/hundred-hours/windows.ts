import type { Json } from "../../src/experiments/index.ts";
import {
  dayOf,
  type HorizonPoint,
  horizonsOnBothSuites,
  publishedHorizons,
  stateOfTheArt,
} from "../../src/horizon/index.ts";

/** A condition's parameters: which of the published horizons its trend goes through. */
export interface Parameters {
  readonly table: "time-horizons" | "same-models" | "swe-bench";
  /** First year of the window. */
  readonly from: number;
  /** The chance of success that the horizons are for. */
  readonly success: 0.5 | 0.8;
  /** Longer horizons are left out of the trend; METR's site leaves out those above 16 hours. */
  readonly capHours: number;
  /** The length of a safety project, whose date is asked for. */
  readonly hours: number;
}

/** A window of published horizons. */
export interface Window extends Parameters {
  /** Models that were state of the art when they came out: those that the trend goes through. */
  readonly frontier: readonly HorizonPoint[];
  /** All models of the same table and time. */
  readonly everyone: readonly HorizonPoint[];
}

export function windowOf(parameters: { readonly [name: string]: Json }): Window {
  const given = parameters as unknown as Parameters;
  const from = dayOf(`${given.from}-01-01`);
  if (given.table !== "time-horizons") {
    const { metr, sweBench } = horizonsOnBothSuites();
    const six = given.table === "swe-bench" ? sweBench : metr;
    return { ...given, frontier: six, everyone: six };
  }
  const table = publishedHorizons(given.success);
  const rule = { from, cap: given.capHours * 60, order: "record-first" } as const;
  return {
    ...given,
    frontier: stateOfTheArt(table, rule),
    everyone: table.filter(({ releaseDate }) => releaseDate >= from),
  };
}

/** Curves of up to five models of a window, from the two horizons that are published of each. */
export function curvesOf({ frontier }: Window) {
  const [half, most] = [publishedHorizons(0.5), publishedHorizons(0.8)];
  const both = half.flatMap((fifty) => {
    const eighty = most.find(({ agent }) => agent === fifty.agent);
    if (!eighty || !frontier.some(({ agent }) => agent === fifty.agent)) return [];
    const slope = Math.log(4) / (Math.log2(eighty.horizon) - Math.log2(fifty.horizon));
    return [{ agent: fifty.agent, slope, intercept: -slope * Math.log2(fifty.horizon) }];
  });
  const step = Math.max(1, (both.length - 1) / 4);
  const chosen = [0, 1, 2, 3, 4].map((index) => both[Math.round(index * step)]);
  return chosen.filter((curve) => curve !== undefined);
}
