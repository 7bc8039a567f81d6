import { describe, expect, it, vi } from "vitest";
import { type Coverage, measureCoverage, type TaskModel } from "../index.ts";

const FULL = process.env.GLASSHOUSE_FULL === "1";
const SEED = 953;
const STUDIES = FULL ? 1000 : 60;
const DRAWS = FULL ? 500 : 150;

if (FULL) vi.setConfig({ testTimeout: 3_600_000 });

const agents = [
  { agent: "4 min", minutes: 4, slope: -0.6 },
  { agent: "30 min", minutes: 30, slope: -0.6 },
  { agent: "8 h", minutes: 480, slope: -0.6 },
];
const lengths = { log2Minutes: [-4, 11] } as const;
/** As far as difficulty has been seen to stray from length: 4.7 times a standard deviation. */
const unlike = { ...lengths, familySd: 1.8, taskSd: 1.3 };
const alike = { ...lengths, familySd: 0, taskSd: 0 };
const SIZES = {
  "20 families": { families: 20, tasksPerFamily: 2.3 },
  "36 families, as METR in February 2025": { families: 36, tasksPerFamily: 2.3 },
  "79 families, as Time Horizon 1.1": { families: 79, tasksPerFamily: 2.9 },
} as const;

const coverage = (tasks: TaskModel) =>
  measureCoverage({
    ...{ tasks, agents, runs: 6, studies: STUDIES, draws: DRAWS, seed: SEED },
    method: "metr-2026",
  });

describe.each(Object.keys(SIZES) as (keyof typeof SIZES)[])(
  "nominal intervals of 95 percent with %s",
  (size) => {
    it("hold the horizon of the population that families come from", async () => {
      const found = await coverage({ ...SIZES[size], ...unlike });
      report(`${size}, unlike one another`, found);
      for (const each of found.filter(({ target }) => target === "population")) {
        expectShare(each, 0.93, 0.97);
      }
    });

    it("of METR's kind are too wide where families do not differ, and those of families are not", async () => {
      const found = await coverage({ ...SIZES[size], ...alike });
      report(`${size}, alike`, found);
      for (const each of found.filter(({ target }) => target === "population")) {
        // Families, tasks and runs are each drawn anew, so the runs' noise comes in up to three times.
        if (each.interval === "hierarchical") expectShare(each, 0.95, 1);
        else expectShare(each, 0.93, 0.97);
      }
    });
  },
);

/** That the share lies between the bounds, but for what 9,999 of 10,000 simulations stray by chance. */
function expectShare({ share, studies, ...which }: Coverage, low: number, high: number): void {
  const tolerance = (bound: number) => 3.9 * Math.sqrt((bound * (1 - bound)) / studies);
  const where = `seed ${SEED}, ${JSON.stringify(which)}`;
  expect(share.estimate, where).toBeGreaterThanOrEqual(low - tolerance(low));
  expect(share.estimate, where).toBeLessThanOrEqual(high + tolerance(high));
}

function report(title: string, found: readonly Coverage[]): void {
  const rows = found.map(
    ({ agent, q, interval, target, share, width }) =>
      `  ${agent.padEnd(7)} q ${q} ${interval.padEnd(13)} ${target.padEnd(12)}` +
      ` ${(100 * share.estimate).toFixed(1)} % width x ${width.toFixed(1)}`,
  );
  if (FULL) console.log([`${title}: ${STUDIES} studies of ${DRAWS} draws`, ...rows].join("\n"));
}
