import { describe, expect, it } from "vitest";
import { cycleWith, LIKELY } from "./flow.test-support.ts";
import { flowOf } from "./flow.ts";
import { erlangWait } from "./queue.ts";
import { SCENARIOS } from "./scenarios.ts";
import { simulateCycle } from "./simulate.ts";
import { HOURS_A_WEEK } from "./work.ts";

const SEED = 31;
const [PEOPLE, IDEAS_AND_CODE, ALL_BUT_REVIEW, SCREENED] = SCENARIOS;

describe("a simulated cycle", () => {
  it.each([PEOPLE, IDEAS_AND_CODE, ALL_BUT_REVIEW, SCREENED])(
    "does without queues what it should on average: $name",
    (scenario) => {
      console.log(`cycle simulation: seed ${SEED}`);
      const options = { seed: SEED, load: 0.01, projects: 600, service: "mean" } as const;
      const found = simulateCycle(LIKELY, scenario, options);
      const flow = flowOf(LIKELY, scenario);
      // Six standard errors: eight repetitions, whose 95 % interval reaches 2.36 of them.
      const near = ({ estimate, high }: typeof found.latency, expected: number) => {
        expect(Math.abs(estimate - expected)).toBeLessThan((6 / 2.36) * (high - estimate));
      };
      near(found.latency, flow.latency);
      near(found.resultsPerWeek, 0.01 * flow.throughput);
      for (const { hours } of found.waits) expect(hours).toBeLessThan(1);
    },
  );

  it("keeps the scarce pool as busy as it is told", () => {
    const found = simulateCycle(LIKELY, ALL_BUT_REVIEW, { seed: SEED, load: 0.7, projects: 800 });
    expect(found.utilisation.people).toBeGreaterThan(0.63);
    expect(found.utilisation.people).toBeLessThan(0.77);
    expect(found.utilisation.agents).toBeLessThan(0.1);
  });

  it("waits for its one reviewer as an M/M/1 queue, where nothing else takes a person", () => {
    const cycle = {
      ...cycleWith({ humanSuccess: 1, computeHours: 0, hoursPerHumanHour: 1e-6 }),
      people: { ...LIKELY.people, number: 1, hoursPerWeek: HOURS_A_WEEK },
      review: { ...LIKELY.review, reviewers: 1, hours: 2 },
    };
    const options = { seed: SEED, load: 0.75, projects: 4000, service: "exponential" } as const;
    const { waits } = simulateCycle(cycle, ALL_BUT_REVIEW, options);
    const expected = erlangWait(0.75 / 2, 2, 1);
    const found = waits.find(({ label }) => label === "review")!.hours;
    expect(Math.abs(found / expected - 1)).toBeLessThan(0.2);
  });

  it("lets papers wait the longer for reviewers the more are begun", () => {
    const waits = [0.4, 0.7, 0.9].map((load) => {
      const found = simulateCycle(LIKELY, ALL_BUT_REVIEW, { seed: SEED, load, projects: 600 });
      return found.waits.find(({ label }) => label === "review")!.hours;
    });
    expect(waits[0]).toBeLessThan(waits[1]!);
    expect(waits[1]).toBeLessThan(waits[2]!);
  });

  it("follows from its seed, and refuses a load that never settles", () => {
    const options = { seed: SEED, projects: 100, repetitions: 2 };
    const found = simulateCycle(LIKELY, PEOPLE, options);
    expect(simulateCycle(LIKELY, PEOPLE, options)).toEqual(found);
    expect(() => simulateCycle(LIKELY, PEOPLE, { ...options, load: 1 })).toThrow(/between 0 and 1/);
    expect(() => simulateCycle(LIKELY, PEOPLE, { ...options, repetitions: 1 })).toThrow(
      /from 2 on/,
    );
    const hopeless = cycleWith({ horizonHours: 1e-300, "agent.checkCatches": 1 });
    expect(() => simulateCycle(hopeless, ALL_BUT_REVIEW, options)).toThrow(/before reviewers/);
  });
});
