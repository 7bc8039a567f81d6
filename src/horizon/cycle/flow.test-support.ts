import { DEFAULT_CYCLE } from "./defaults.ts";
import { type Cycle, likelyCycle, mapCycle } from "./stages.ts";

export const LIKELY = likelyCycle(DEFAULT_CYCLE);

/** The likeliest default cycle with some quantities set, by their places. */
export function cycleWith(values: Readonly<Record<string, number>>, cycle = LIKELY): Cycle {
  return mapCycle(cycle, (value, name) => {
    const key = Object.keys(values).find((each) => name === each || name.endsWith(`.${each}`));
    return key === undefined ? value : values[key]!;
  });
}

/** Nobody errs, all papers pass, and compute and agents are never short. */
export function flawless(cycle: Cycle = LIKELY): Cycle {
  const perfect = cycleWith(
    {
      humanSuccess: 1,
      acceptSound: 1,
      horizonHours: Number.MAX_VALUE,
      horizonFactor: 1,
      computeHours: 0,
    },
    cycle,
  );
  return { ...perfect, compute: { ...perfect.compute, slots: 1e9 } };
}
