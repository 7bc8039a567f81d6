import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { normal } from "../../stats/index.ts";
import { screening } from "./assessment.ts";
import { cycleWith, flawless, LIKELY } from "./flow.test-support.ts";
import { flowOf, speedUp } from "./flow.ts";
import { SCENARIOS } from "./scenarios.ts";
import { WORK_STAGES } from "./stages.ts";
import { agentSuccessOn } from "./work.ts";

const [PEOPLE, IDEAS_AND_CODE, ALL_BUT_REVIEW, SCREENED] = SCENARIOS;
const hours = fc.double({ min: 0.5, max: 80, noNaN: true });
const share = fc.double({ min: 0.05, max: 1, noNaN: true });

describe("a cycle by people who never err", () => {
  it("takes the sum of its stages, a working week at a time", () => {
    fc.assert(
      fc.property(hours, hours, hours, (work, wait, review) => {
        const cycle = {
          ...cycleWith({
            humanSuccess: 1,
            humanHours: work,
            computeHours: wait,
            "review.hours": review,
            hoursPerWeek: 42,
          }),
          compute: { ...LIKELY.compute, slots: 1e6 },
        };
        const flow = flowOf(cycle, PEOPLE);
        expect(flow.latency).toBeCloseTo(7 * (4 * work + wait) + 4 * review, 8);
        expect(flow.sound).toBe(1);
        const { reviewers, acceptSound } = cycle.review;
        expect(flow.results).toBeCloseTo(acceptSound, 12);
        expect(flow.peopleHours).toBeCloseTo((7 * work + reviewers * review) / acceptSound, 8);
        expect(flow.throughput).toBeCloseTo((cycle.people.number * 42) / flow.peopleHours, 8);
      }),
    );
  });

  it("retries what its own checks find wrong, and lets the rest through", () => {
    const cycle = cycleWith({ humanSuccess: 0.5, "people.checkCatches": 0.8, humanHours: 10 });
    const flow = flowOf(cycle, PEOPLE);
    // A chance of 0.4 to try again: 1 / 0.6 tries, and 0.5 / 0.6 of what passes is right.
    expect(flow.stages[0]!.peopleHours).toBeCloseTo(10 / 0.6, 10);
    // Implementation has five pieces, each of the other six stages one.
    expect(flow.sound).toBeCloseTo((5 / 6) ** 11, 10);
  });
});

describe("automation", () => {
  it("of nothing changes nothing", () => {
    const same = speedUp(flowOf(LIKELY, PEOPLE), flowOf(LIKELY, { ...PEOPLE, name: "same" }));
    for (const ratio of Object.values(same)) expect(ratio).toBe(1);
  });

  it("by agents without error or delay reaches Amdahl's bounds", () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...WORK_STAGES]), hours, (automate, review) => {
        const cycle = cycleWith(
          { "review.hours": review, hoursPerHumanHour: 1e-9, checkHours: 0 },
          flawless(),
        );
        const scenario = { ...IDEAS_AND_CODE, automate };
        const base = flowOf(cycle, PEOPLE);
        const found = speedUp(base, flowOf(cycle, scenario));
        expect(found.throughput / found.amdahlThroughput).toBeCloseTo(1, 6);
        expect(found.latency / found.amdahlLatency).toBeCloseTo(1, 6);
        const kept = base.stages
          .filter(({ stage }) => !(automate as string[]).includes(stage))
          .reduce((sum, { peopleHours }) => sum + peopleHours, 0);
        const total = base.stages.reduce((sum, { peopleHours }) => sum + peopleHours, 0);
        expect(found.amdahlThroughput).toBeCloseTo(total / kept, 6);
      }),
    );
  });

  it("never beats Amdahl's bound while papers get no better", () => {
    fc.assert(
      fc.property(share, hours, share, (success, horizon, catches) => {
        const cycle = cycleWith({
          humanSuccess: 1,
          horizonHours: horizon,
          "agent.checkCatches": catches,
          hoursPerHumanHour: success,
        });
        const base = flowOf(cycle, PEOPLE);
        for (const scenario of [IDEAS_AND_CODE, ALL_BUT_REVIEW]) {
          const found = speedUp(base, flowOf(cycle, scenario));
          expect(found.throughput).toBeLessThanOrEqual(found.amdahlThroughput * (1 + 1e-9));
        }
      }),
    );
  });

  it("pays the more the longer the agents' horizon", () => {
    const base = flowOf(LIKELY, PEOPLE);
    const at = (horizonHours: number) =>
      speedUp(base, flowOf(cycleWith({ horizonHours }), ALL_BUT_REVIEW)).throughput;
    const found = [1, 4, 16, 64, 256].map(at);
    expect(found).toEqual(found.toSorted((a, b) => a - b));
    expect(at(1)).toBeLessThan(at(256) / 5);
  });

  it("of ideas and code alone is far from 100 times, whatever the agents", () => {
    const base = flowOf(LIKELY, PEOPLE);
    const found = speedUp(base, flowOf(cycleWith({ horizonHours: 1e12 }), IDEAS_AND_CODE));
    expect(found.throughput).toBeLessThan(3);
  });

  it("ends projects whose pieces fail for good, or leaves them to people", () => {
    const cycle = cycleWith({ horizonHours: 1e-9, "agent.checkCatches": 1, computeHours: 0 });
    const one = { ...ALL_BUT_REVIEW, automate: ["planning"] as const };
    const left = flowOf(cycle, one);
    expect(left.finished).toBeLessThan(1e-4);
    const taken = flowOf(cycle, { ...one, fallback: "people" });
    const byPeople = flowOf(cycle, PEOPLE);
    expect(taken.results).toBeCloseTo(byPeople.results, 3);
    expect(taken.peopleHours).toBeCloseTo(byPeople.peopleHours, 1);
  });

  it("by agents that can do nothing brings nothing", () => {
    const cycle = cycleWith({ horizonHours: 1e-300, "agent.checkCatches": 1 });
    const flow = flowOf(cycle, ALL_BUT_REVIEW);
    expect([flow.finished, flow.throughput, flow.latency > 0]).toEqual([0, 0, true]);
    expect(speedUp(flowOf(cycle, PEOPLE), flow).throughput).toBe(0);
    expect(flow.peopleHours).toBe(Infinity);
  });

  it("names what is scarce", () => {
    expect(flowOf(LIKELY, PEOPLE).bottleneck).toEqual({ pool: "people", stage: "implementation" });
    expect(flowOf(LIKELY, ALL_BUT_REVIEW).bottleneck).toEqual({ pool: "people", stage: "review" });
    const oneSlot = { ...LIKELY, compute: { ...LIKELY.compute, slots: 1 } };
    expect(flowOf(oneSlot, SCREENED).bottleneck).toEqual({ pool: "compute", stage: "execution" });
    const oneAgent = { ...LIKELY, agent: { ...LIKELY.agent, number: 1 } };
    expect(flowOf(oneAgent, SCREENED).bottleneck.pool).toBe("agents");
  });
});

describe("an agent's success on a stage", () => {
  it("is one half where a piece takes as long as its horizon, and follows its slope", () => {
    const cycle = cycleWith({ humanHours: 8, horizonHours: 8, horizonFactor: 1, slope: 0.6 });
    expect(agentSuccessOn(cycle, "writing")).toBeCloseTo(0.5, 12);
    const twice = cycleWith({ humanHours: 16 }, cycle);
    expect(agentSuccessOn(twice, "writing")).toBeCloseTo(1 / (1 + Math.exp(0.6)), 12);
    // Implementation is done in five pieces.
    const five = cycleWith({ humanHours: 40 }, cycle);
    expect(agentSuccessOn(five, "implementation")).toBeCloseTo(0.5, 12);
  });

  it("is on average over projects what it is for the average one", () => {
    fc.assert(
      fc.property(hours, fc.double({ min: 0, max: 0.9, noNaN: true }), (horizon, shared) => {
        const cycle = cycleWith({ horizonHours: horizon, sharedDifficulty: shared });
        const eases = Array.from({ length: 400 }, (_, i) => normal.quantile((i + 0.5) / 400));
        const mean = eases.reduce((sum, z) => sum + agentSuccessOn(cycle, "writing", z), 0) / 400;
        expect(mean).toBeCloseTo(agentSuccessOn(cycle, "writing"), 3);
      }),
    );
  });
});

describe("automated assessment", () => {
  it("keeps out the share it is told to, flawed papers more than sound ones", () => {
    const auc = fc.double({ min: 0.5, max: 0.99, noNaN: true });
    const part = fc.double({ min: 0.02, max: 0.98, noNaN: true });
    fc.assert(
      fc.property(auc, part, part, (discrimination, sound, out) => {
        const pass = screening(discrimination, sound, out);
        expect(sound * pass.sound + (1 - sound) * pass.flawed).toBeCloseTo(1 - out, 9);
        expect(pass.sound).toBeGreaterThanOrEqual(pass.flawed - 1e-9);
      }),
    );
  });

  it("by chance passes both alike, and has the area under its curve that it is told", () => {
    const blind = screening(0.5, 0.3, 0.8);
    expect(blind.sound).toBeCloseTo(blind.flawed, 9);
    let area = 0;
    let last = { sound: 1, flawed: 1 };
    for (let out = 0.002; out < 1; out += 0.002) {
      const pass = screening(0.69, 0.4, out);
      area += ((last.flawed - pass.flawed) * (pass.sound + last.sound)) / 2;
      last = pass;
    }
    expect(area).toBeCloseTo(0.69, 2);
  });

  it("spares reviewers work for each result", () => {
    const found = [0, 0.5, 0.9].map((screenOut) =>
      flowOf(LIKELY, { ...ALL_BUT_REVIEW, screenOut }),
    );
    const loads = found.map(({ reviewHours }) => reviewHours);
    expect(loads).toEqual(loads.toSorted((a, b) => b - a));
    const dollars = found.map((flow) => flow.dollars - flow.peopleHours * 143.61);
    expect(dollars).toEqual(dollars.toSorted((a, b) => a - b));
  });
});
