import { beforeAll, describe, expect, it } from "vitest";
import { clopperPearson, confirmationRate, oneSampleT } from "../../src/stats/index.ts";
import type { Instruments } from "../../src/study/execute.ts";
import { memoryLab } from "../../src/study/inline.test-support.ts";
import { type Outcome, runWorld, SPREAD, type World } from "./world.ts";

/**
 * What a lab that anyone may ask for anything must withstand: a thousand hypotheses with nothing in
 * them, and people who look after every seed. And what it must still find.
 */
const full = process.env.GLASSHOUSE_FULL === "1";
const ALPHA = 0.05;

describe("a lab with nothing to find", () => {
  const world: World = {
    salt: 0,
    hypotheses: 20,
    effect: 0,
    smallestEffect: 1,
    seeds: { original: 4, replication: 3 },
    tolerance: 2,
  };
  const studies = full ? 50 : 3;
  let outcomes: readonly Outcome[];

  beforeAll(async () => {
    outcomes = await manyStudies(studies, (salt) => ({ ...world, salt }), await memoryLab());
  }, 1_200_000);

  it("confirms no more than its error budget allows, where naive testing confirms by the dozen", () => {
    const naive = outcomes.filter((outcome) => outcome.claim.value.p! <= ALPHA).length;
    const supported = outcomes.filter((outcome) => outcome.claim.value.p! <= outcome.level).length;
    const confirmed = outcomes.filter((outcome) => outcome.status === "confirmed").length;
    report("fixed seeds", outcomes.length, { naive, supported, confirmed });
    expect(outcomes).toHaveLength(20 * studies);
    expect(confirmed / outcomes.length).toBeLessThanOrEqual(ALPHA);
    // Naive testing errs at its own rate: the data really hold chances to be fooled.
    const { low, high } = clopperPearson(naive, outcomes.length, 0.999);
    expect(low).toBeLessThanOrEqual(ALPHA);
    expect(high).toBeGreaterThanOrEqual(ALPHA);
  });
});

describe("a lab with nothing to find, whose authors look after every seed", () => {
  const world: World = {
    salt: 1000,
    hypotheses: 20,
    effect: 0,
    smallestEffect: 1,
    seeds: { original: 3, replication: 3 },
    tolerance: 2,
    most: full ? 20 : 10,
  };
  const studies = full ? 50 : 2;

  it("confirms no more than its error budget allows, however often they look", async () => {
    const outcomes = await manyStudies(
      studies,
      (salt) => ({ ...world, salt: world.salt + salt }),
      await memoryLab(),
    );
    const naive = outcomes.filter((outcome) =>
      naivelySignificantAtSomePoint(outcome.differences),
    ).length;
    const confirmed = outcomes.filter((outcome) => outcome.status === "confirmed").length;
    report("optional stopping", outcomes.length, { naive, confirmed });
    expect(confirmed / outcomes.length).toBeLessThanOrEqual(ALPHA);
    if (full) expect(naive / outcomes.length).toBeGreaterThan(2 * ALPHA);
  }, 2_400_000);
});

describe("a lab with something to find", () => {
  const world: World = {
    salt: 2000,
    hypotheses: 5,
    effect: 2.2,
    smallestEffect: 2.2,
    seeds: { original: 8, replication: 5 },
    tolerance: 2,
  };
  const studies = full ? 40 : 3;

  it("confirms the smallest effect of interest at the rate that the plan foretold", async () => {
    const outcomes: Outcome[] = [];
    // A lab for each study: the first hypotheses of a lab have the largest shares of the budget.
    for (let salt = 0; salt < studies; salt++) {
      outcomes.push(...(await runWorld({ ...world, salt: world.salt + salt }, await memoryLab())));
    }
    const foretold = outcomes.map(
      (outcome) =>
        confirmationRate({
          effect: world.effect,
          sd: SPREAD * Math.SQRT2,
          alpha: outcome.level,
          n: world.seeds.original,
          replicationN: world.seeds.replication,
          tolerance: world.tolerance,
          direction: "greater",
          null: 0,
        }).rate,
    );
    const expected = foretold.reduce((sum, rate) => sum + rate, 0);
    const spread = Math.sqrt(foretold.reduce((sum, rate) => sum + rate * (1 - rate), 0));
    const confirmed = outcomes.filter((outcome) => outcome.status === "confirmed").length;
    report("planted effect", outcomes.length, {
      foretold: Math.round(10 * expected) / 10,
      confirmed,
    });
    // Four standard deviations: a lab that confirms at the planned rate fails this once in 16,000 times.
    expect(Math.abs(confirmed - expected)).toBeLessThan(4 * spread);
    expect(confirmed).toBeGreaterThan(outcomes.length / 2);
  }, 1_200_000);
});

async function manyStudies(
  count: number,
  worldOf: (salt: number) => World,
  lab: Instruments,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (let salt = 0; salt < count; salt++) outcomes.push(...(await runWorld(worldOf(salt), lab)));
  return outcomes;
}

/** What those do who test after every seed and stop when they like what they see. */
function naivelySignificantAtSomePoint(differences: readonly number[]): boolean {
  return differences.some(
    (_, index) =>
      index >= 1 &&
      oneSampleT(differences.slice(0, index + 1), { alternative: "greater" }).p <= ALPHA,
  );
}

function report(what: string, hypotheses: number, counts: Record<string, number>): void {
  const parts = Object.entries(counts).map(([name, count]) => `${name} ${count}`);
  console.log(`null lab, ${what}: ${hypotheses} hypotheses; ${parts.join(", ")}`);
}
