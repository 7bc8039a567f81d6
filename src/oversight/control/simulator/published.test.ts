import { describe, expect, it } from "vitest";
import {
  checkOrdering,
  PUBLISHED_MONITORS,
  PUBLISHED_ORDERINGS,
  truePositiveRate,
} from "../../index.ts";

const SEED = 5;
console.log(`published orderings: seed ${SEED}`);

describe("a published ordering comes out of the simulator", () => {
  it.each(PUBLISHED_ORDERINGS.map((ordering) => [ordering.id, ordering] as const))(
    "%s",
    (_id, ordering) => {
      const { verdict, difference } = checkOrdering(ordering, {
        seed: SEED,
        trajectories: 100,
        repetitions: 8,
      });
      expect(verdict, JSON.stringify(difference)).toBe("reproduced");
    },
  );
});

describe("the check of an ordering", () => {
  it("says so when the opposite comes out", () => {
    const { first, second, ...rest } = PUBLISHED_ORDERINGS.find(({ id }) => id === "max-over-min")!;
    const size = { seed: SEED, trajectories: 100, repetitions: 8 };
    const turned = { ...rest, first: second, second: first };
    expect(checkOrdering(turned, size).verdict).toBe("reversed");
    expect(checkOrdering({ ...rest, first, second, expected: "not safer" }, size).verdict).toBe(
      "reversed",
    );
    expect(checkOrdering({ ...rest, first, second: first }, size).verdict).toBe("open");
  });
});

describe("a published monitor", () => {
  it("has the rates that were published", () => {
    expect(truePositiveRate(PUBLISHED_MONITORS["async-control"].monitor, 0.01)).toBeCloseTo(
      0.94,
      10,
    );
    expect(truePositiveRate(PUBLISHED_MONITORS.linuxarena.monitor, 0.01)).toBeCloseTo(0.77, 10);
  });
});
