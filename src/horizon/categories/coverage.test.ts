import { describe, expect, it } from "vitest";
import { createRandom } from "../../stats/index.ts";
import { horizonInterval } from "../bootstrap/bootstrap.ts";
import { simulateRuns, simulateTasks } from "../bootstrap/simulated-suite.ts";
import { sharedSlopeHorizons } from "./shared-slope.ts";

const SEED = 7;
const full = process.env.GLASSHOUSE_FULL === "1";
const STUDIES = full ? 400 : 40;
console.log(`coverage of categories: seed ${SEED}, ${STUDIES} studies`);

/** A horizon that both categories have, in minutes. */
const TRUTH = 256;

/**
 * How often the 95 % interval of a category of so many families held the true horizon. Its tasks
 * take 45 minutes or more; another category, twice as large, has short ones too.
 */
function coverage(families: number, familySd: number, taskSd: number): number {
  const root = createRandom(SEED).fork(`${families} ${familySd}`);
  let held = 0;
  for (let study = 0; study < STUDIES; study++) {
    const random = root.fork(`study ${study}`);
    const spread = { familySd, taskSd };
    const parts = {
      few: { families, tasksPerFamily: 1.5, log2Minutes: [5.5, 10.5], ...spread },
      many: { families: 2 * families, tasksPerFamily: 2.5, log2Minutes: [0, 10], ...spread },
    } as const;
    const tasks = Object.entries(parts).flatMap(([name, model]) =>
      simulateTasks(model, random.fork(name)).map((task) => ({
        ...task,
        id: `${name} ${task.id}`,
        family: `${name} ${task.family}`,
      })),
    );
    const agent = { agent: "able", minutes: TRUTH, slope: -1.3 };
    const suite = simulateRuns(tasks, [agent], 6, random.fork("runs"));
    const categories = {
      list: Object.keys(parts).map((name) => ({ name, meaning: "simulated" })),
      ofFamily: new Map(
        tasks.map(({ family }) => [family, { category: family.split(" ")[0]!, because: "so" }]),
      ),
    };
    const options = { method: "metr-2026", seed: study, draws: 300 } as const;
    const [few] = sharedSlopeHorizons(suite, categories, options);
    const { low, high } = horizonInterval(few!.draws.agents[0]!, 0.5);
    if (low < TRUTH && TRUTH < high) held += 1;
  }
  return held / STUDIES;
}

describe("the interval of a category's horizon, with one slope", () => {
  it.each([
    [12, 1.2, 1.6],
    [30, 1.2, 1.6],
    [12, 2.9, 2.5],
  ])(
    "of %d families with spreads %d and %d holds the truth nearly as often as it says",
    (families, familySd, taskSd) => {
      const share = coverage(families, familySd, taskSd);
      console.log(`${families} families, spreads ${familySd} and ${taskSd}: ${share}`);
      // With 400 studies it was 0.94, 0.96 and 0.94; three standard errors below, at either size.
      expect(share).toBeGreaterThan(0.935 - 3 * Math.sqrt((0.935 * 0.065) / STUDIES));
    },
  );
});
