import { describe, expect, it } from "vitest";
import {
  type AuditBudget,
  auditShare,
  deferToTrusted,
  monitoring,
  noProtocol,
  type ProtocolFamily,
  pairedDifference,
  resampling,
  type SimulationResult,
  type SyntheticWorld,
  separationOfAuroc,
  separationOfTruePositives,
  simulate,
  syntheticEpisodes,
  type Terms,
  truePositiveRate,
  trustedOnly,
} from "../../index.ts";

const SEED = 11;
console.log(`protocol simulation: seed ${SEED}`);

const SIZE = { seed: SEED, trajectories: 150, repetitions: 8 };
const WORLD: SyntheticWorld = {
  name: "test",
  steps: 8,
  monitors: [{ name: "trusted", separation: separationOfAuroc(0.9) }],
  likeness: { trajectory: 0, context: 0.3, candidate: 0 },
  attacker: { kind: "once" },
};

function run(
  protocol: ProtocolFamily,
  {
    world = {},
    terms = {},
    budget = { share: 0, per: "step" },
  }: { world?: Partial<SyntheticWorld>; terms?: Terms; budget?: AuditBudget } = {},
): SimulationResult {
  const episodes = syntheticEpisodes({ ...WORLD, ...world }, SEED);
  return simulate({ name: "test", protocol, episodes, terms, budget }, SIZE);
}

/** Within six standard errors: the 95 % interval of eight repetitions reaches 2.36 of them. */
function near(found: SimulationResult["safety"], expected: number): void {
  const reach = Math.max(found.high - found.estimate, found.estimate - found.low);
  expect(Math.abs(found.estimate - expected)).toBeLessThan((6 / 2.36) * reach + 1e-12);
}

const monitored: ProtocolFamily = (audit) => monitoring({ audit });

describe("a simulation agrees with the closed form", () => {
  it("of a random audit: caught as often as audited", () => {
    const found = run(() => noProtocol({ audit: auditShare(0.3) }));
    near(found.safety, 0.3);
    near(found.auditedSteps, 0.3);
    near(found.auditedTrajectories, 1 - 0.7 ** 8);
  });

  it("of trusted monitoring: caught at the monitor's true positive rate", () => {
    const separation = separationOfTruePositives(0.7, 0.05);
    const monitors = [{ name: "trusted", separation, spread: 1.4 }];
    const found = run(monitored, { world: { monitors }, budget: { share: 0.05, per: "step" } });
    near(found.safety, truePositiveRate(monitors[0]!, 0.05));
    near(found.auditedSteps, 0.05);
  });

  it("of a budget in trajectories: of independent steps each has its part of it", () => {
    const found = run(monitored, { budget: { share: 0.2, per: "trajectory" } });
    near(found.auditedTrajectories, 0.2);
    const perStep = 1 - 0.8 ** (1 / 8);
    near(found.safety, truePositiveRate(WORLD.monitors[0]!, perStep));
  });

  it("of an attacker with a rate: it attacks at all unless every step passes", () => {
    const found = run(() => noProtocol(), { world: { attacker: { kind: "random", rate: 0.2 } } });
    near(found.sideTask, 1 - 0.8 ** 8);
    near(found.safety, 0.8 ** 8);
  });

  it("of an auditor who misses, and of several attacks that each may be caught", () => {
    const found = run(() => noProtocol({ audit: auditShare(0.3) }), {
      world: { attacker: { kind: "always" } },
      terms: { attacksNeeded: 3, auditMisses: 0.5 },
    });
    near(found.safety, 1 - 0.85 ** 3);
  });

  it("of deferring: trusted work in place of the share above the threshold", () => {
    const found = run((audit, atShare) => deferToTrusted({ audit, deferAbove: atShare(0.1) }), {
      terms: { worth: { agent: 1, trusted: 0.6, edited: 0.8 } },
    });
    near(found.byTrusted, 0.1);
    near(found.usefulness, 1 - 0.1 * 0.4);
    near(found.safety, truePositiveRate(WORLD.monitors[0]!, 0.1));
  });

  it("of a colluding monitor: what it covers up is lost", () => {
    const collusion = { kind: "causal-signal", recognises: 0.6, survivesParaphrase: 0.25 } as const;
    const monitors = [{ ...WORLD.monitors[0]!, collusion }];
    const budget = { share: 0.1, per: "step" } as const;
    const rate = truePositiveRate(monitors[0]!, 0.1);
    near(run(monitored, { world: { monitors }, budget }).safety, 0.4 * rate);
    const paraphrased = run(monitored, { world: { monitors, paraphrase: true }, budget });
    near(paraphrased.safety, (1 - 0.6 * 0.25) * rate);
  });

  it("of a foreseeing attacker: with full foresight it attacks only below its bar", () => {
    const separation = 2;
    const found = run(monitored, {
      world: {
        monitors: [{ name: "trusted", separation }],
        attacker: { kind: "selective", share: 0.5, foresight: 1 },
      },
      budget: { share: 0.02275, per: "step" },
    });
    // The median attack is at 2, the threshold as well: nothing that it dares is caught.
    near(found.sideTask, 1 - 0.5 ** 8);
    expect(found.safety.estimate).toBeLessThan(0.06);
  });
});

describe("at its ends a simulation", () => {
  it("is no protocol without a budget, and misses only what the auditor misses with a full one", () => {
    expect(run(monitored).safety.estimate).toBe(0);
    expect(run(monitored, { budget: { share: 1, per: "step" } }).safety.estimate).toBe(1);
    const blurred = run(monitored, {
      budget: { share: 1, per: "step" },
      terms: { auditMisses: 0.25 },
    });
    near(blurred.safety, 0.75);
  });

  it("defers everything below every threshold: the trusted model alone", () => {
    const all = run((audit) => deferToTrusted({ audit, deferAbove: -Infinity }));
    expect(all).toEqual(run((audit) => trustedOnly({ audit })));
    expect(all.safety.estimate).toBe(1);
    expect(all.byTrusted.estimate).toBe(1);
  });

  it("is the safer the more is audited, in every repetition", () => {
    const runs = [0.003, 0.01, 0.05, 0.2, 0.6].map((share) =>
      run(monitored, { budget: { share, per: "step" } }),
    );
    for (let i = 1; i < runs.length; i++) {
      runs[i]!.repetitions.forEach(({ safety }, repetition) => {
        expect(safety).toBeGreaterThanOrEqual(runs[i - 1]!.repetitions[repetition]!.safety);
      });
    }
  });

  it("catches no less by the maximum than by one draw at the same threshold", () => {
    const max = run(() =>
      resampling({ samples: 4, execute: "first", auditOn: "max", audit: (s) => (s > 0.9 ? 1 : 0) }),
    );
    const single = run(() => monitoring({ audit: (s) => (s > 0.9 ? 1 : 0) }));
    max.repetitions.forEach(({ safety, auditedSteps }, i) => {
      expect(safety).toBeGreaterThanOrEqual(single.repetitions[i]!.safety);
      expect(auditedSteps).toBeGreaterThanOrEqual(single.repetitions[i]!.auditedSteps);
    });
  });
});

describe("time", () => {
  const always = { attacker: { kind: "always" } } as const;
  const everything = { share: 1, per: "step" } as const;

  it("saves who reviews before the harm is done, and nobody after it", () => {
    const terms = (reviewDelay: number, grace: number) => ({
      reviewDelay,
      grace,
      attacksNeeded: 2,
    });
    // Caught from the first attack on, done with the second: one step of delay is just in time.
    const safety = (reviewDelay: number, grace: number) =>
      run(monitored, { world: always, budget: everything, terms: terms(reviewDelay, grace) }).safety
        .estimate;
    expect([safety(1, 0), safety(2, 0), safety(2, 1), safety(9, Infinity)]).toEqual([1, 0, 1, 1]);
  });

  it("holds the run for a question, and not for an audit", () => {
    const asked = run((audit, atShare) => monitoring({ audit, askAbove: atShare(0.1) }));
    const audited = run(monitored, { budget: { share: 0.1, per: "step" } });
    near(asked.questions, 0.1);
    expect(pairedDifference(asked, audited, "safety").estimate).toBeCloseTo(0, 1);
    expect(asked.latency.estimate).toBeGreaterThan(4 * audited.latency.estimate);
    expect(Math.abs(pairedDifference(asked, audited, "cost").estimate)).toBeLessThan(3);
  });
});

describe("what is given", () => {
  it("makes every number", () => {
    const budget = { share: 0.1, per: "step" } as const;
    expect(run(monitored, { budget })).toEqual(run(monitored, { budget }));
  });

  it("is refused where it makes no sense, with what to do", () => {
    expect(() => run(monitored, { world: { steps: 0 } })).toThrow(/steps: give at least 1 step/);
    expect(() =>
      run(monitored, { world: { likeness: { trajectory: 0.5, context: 0.6, candidate: 0 } } }),
    ).toThrow(/sum to 1.1/);
    expect(() => run(monitored, { budget: { share: 2, per: "step" } })).toThrow(/from 0 to 1/);
    const forever = () => ({
      decision: { kind: "block" } as const,
      score: 1,
      audit: false,
      auditChance: 0,
    });
    expect(() => run(() => forever)).toThrow(/had not settled a step/);
  });
});
