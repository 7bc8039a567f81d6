import { describe, expect, it } from "vitest";
import {
  auditAbove,
  auditInProportion,
  auditShare,
  type Candidate,
  deferToTrusted,
  monitoring,
  noProtocol,
  nothingSpent,
  type Occasion,
  type Protocol,
  resampling,
  retrying,
  spend,
  stopAbove,
  thresholdAtBudget,
  trustedEditing,
  trustedOnly,
  withinBudget,
} from "../index.ts";

const scored = (...scores: number[]): Candidate => ({
  proposed: [],
  suspicions: scores.map((score, i) => ({ monitor: `monitor ${i}`, score, events: [] })),
});

const occasion = (candidates: readonly Candidate[], more: Partial<Occasion> = {}): Occasion => ({
  point: "before-tool",
  sent: [],
  history: [],
  candidates,
  blocked: 0,
  lot: 0.5,
  ...more,
});

const ask = (protocol: Protocol, ...scores: number[]) =>
  protocol(occasion(scores.map((score) => scored(score))), nothingSpent);

describe("a day with a protocol", () => {
  it("lets work pass, draws again where it looks odd, does the least odd and audits on the oddest", () => {
    const protocol = resampling({
      samples: 3,
      resampleAbove: 0.4,
      execute: "least-suspicious",
      auditOn: "max",
      audit: auditAbove(0.8),
    });
    expect(ask(protocol, 0.1)).toMatchObject({
      decision: { kind: "allow", candidate: 0 },
      audit: false,
    });
    const odd = ask(protocol, 0.5);
    expect(odd).toMatchObject({ decision: { kind: "resample", draws: 2 }, audit: false });
    const settled = ask(protocol, 0.5, 0.9, 0.2);
    expect(settled).toMatchObject({
      decision: { kind: "allow", candidate: 2 },
      score: 0.9,
      audit: true,
    });
    expect([odd, settled].reduce(spend, nothingSpent)).toMatchObject({
      occasions: 1,
      draws: 2,
      resamples: 1,
      audits: 1,
    });
  });
});

describe("a protocol", () => {
  it.each<[string, Protocol, object]>([
    ["nothing", noProtocol(), { kind: "allow", candidate: 0 }],
    ["the trusted model alone", trustedOnly(), { kind: "defer" }],
    ["monitoring", monitoring(), { kind: "allow", candidate: 0 }],
    ["monitoring with questions", monitoring({ askAbove: 0.5 }), { kind: "ask", candidate: 0 }],
    ["deferring", deferToTrusted({ deferAbove: 0.5 }), { kind: "defer" }],
    [
      "editing",
      trustedEditing({ editAbove: 0.5 }),
      { kind: "modify", candidate: 0, edit: { by: "trusted-model" } },
    ],
    ["retrying", retrying({ blockAbove: 0.5, retries: 1 }), { kind: "block" }],
    ["stopping", stopAbove({ stopAbove: 0.5 }), { kind: "stop" }],
  ])("decides on a suspicious action: %s", (_name, protocol, decision) => {
    expect(ask(protocol, 0.6).decision).toEqual(decision);
  });

  it("takes the maximum of the monitors that count", () => {
    const candidates = [scored(0.2, 0.9)];
    const all = deferToTrusted({ deferAbove: 0.5 });
    const one = deferToTrusted({ deferAbove: 0.5, monitors: ["monitor 0"] });
    expect(all(occasion(candidates), nothingSpent).decision.kind).toBe("defer");
    expect(one(occasion(candidates), nothingSpent).decision.kind).toBe("allow");
  });

  it("trusts nothing that no monitor saw, nor a score that is no number", () => {
    const protocol = deferToTrusted({ deferAbove: 0.99, monitors: ["monitor 0"] });
    for (const candidate of [scored(), scored(Number.NaN), scored(7)]) {
      expect(protocol(occasion([candidate]), nothingSpent).decision.kind).toBe("defer");
    }
  });

  it("decides at its own point only", () => {
    const protocol = stopAbove({ stopAbove: 0.5, point: "after-tool", audit: auditShare(1) });
    const elsewhere = protocol(occasion([scored(0.9)]), nothingSpent);
    expect(elsewhere).toMatchObject({ decision: { kind: "allow" }, audit: false });
    const there = protocol(occasion([scored(0.9)], { point: "after-tool" }), nothingSpent);
    expect(there.decision.kind).toBe("stop");
  });

  it("gives up blocking after its retries", () => {
    const protocol = retrying({ blockAbove: 0.5, retries: 2 });
    const kinds = [0, 1, 2].map(
      (blocked) => protocol(occasion([scored(0.9)], { blocked }), nothingSpent).decision.kind,
    );
    expect(kinds).toEqual(["block", "block", "allow"]);
  });

  it("never gives a block a reason", () => {
    const { decision } = ask(retrying({ blockAbove: 0.5, retries: 1 }), 0.9);
    expect(Object.keys(decision)).toEqual(["kind"]);
  });
});

describe("audits", () => {
  it("stay within the budget, at the lowest threshold that does so", () => {
    const scores = [0.1, 0.2, 0.3, 0.4, 0.5, 0.5, 0.7, 0.8, 0.9, 1];
    const audited = (budget: number) => {
      const threshold = thresholdAtBudget(scores, budget);
      return scores.filter((score) => auditAbove(threshold)(score) === 1).length;
    };
    expect([0, 0.05, 0.1, 0.3, 1].map(audited)).toEqual([0, 0, 1, 3, 10]);
    // Two scores are equal: with one of them the other would be audited as well.
    expect(audited(0.5)).toBe(4);
  });

  it("of a random kind tell the chance that they had", () => {
    const protocol = monitoring({ audit: auditInProportion(2, 0.05) });
    expect(ask(protocol, 0.01)).toMatchObject({ auditChance: 0.05, audit: false });
    expect(ask(protocol, 0.4)).toMatchObject({ auditChance: 0.8, audit: true });
    expect(ask(protocol, 0.9)).toMatchObject({ auditChance: 1, audit: true });
  });
});

describe("a budget", () => {
  const protocol = monitoring({ audit: auditAbove(0.5), askAbove: 0.9 });
  const spent = { ...nothingSpent, audits: 3, questions: 1 };

  it("leaves alone what is within it", () => {
    const within = withinBudget(protocol, { audits: 4 });
    expect(within(occasion([scored(0.6)]), spent)).toEqual(
      protocol(occasion([scored(0.6)]), spent),
    );
  });

  it("stops the run beyond it, so that nobody buys freedom by using it up", () => {
    const within = withinBudget(protocol, { audits: 3 });
    expect(within(occasion([scored(0.6)]), spent)).toMatchObject({ decision: { kind: "stop" } });
    expect(within(occasion([scored(0.4)]), spent).decision.kind).toBe("allow");
  });

  it("forgoes the audit alone where it is told so", () => {
    const within = withinBudget(protocol, { audits: 3, questions: 1 }, "forgo");
    expect(within(occasion([scored(0.6)]), spent)).toMatchObject({
      decision: { kind: "allow" },
      audit: false,
    });
    expect(within(occasion([scored(0.95)]), spent)).toMatchObject({ decision: { kind: "allow" } });
  });
});
