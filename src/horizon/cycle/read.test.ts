import { describe, expect, it } from "vitest";
import { DEFAULT_CYCLE } from "./defaults.ts";
import { readCycle, withStageTimes, writeCycle } from "./read.ts";
import { quantitiesOf, WORK_STAGES } from "./stages.ts";

const read = (text: string) => readCycle(text, "my.yaml", DEFAULT_CYCLE);

describe("the default cycle", () => {
  it("has a source for every quantity: a public one, or it says that it is assumed", () => {
    for (const [name, { low, likely, high, source }] of quantitiesOf(DEFAULT_CYCLE)) {
      expect(source, name).toMatch(/^assumed: .{8,}|arXiv:|doi:|METR|github\.com/);
      expect(low, name).toBeLessThanOrEqual(likely);
      expect(likely, name).toBeLessThanOrEqual(high);
    }
    expect(quantitiesOf(DEFAULT_CYCLE).size).toBe(WORK_STAGES.length * 5 + 3 + 7 + 3 + 1);
  });

  it("can be written out, edited and read back", () => {
    expect(read(writeCycle(DEFAULT_CYCLE))).toEqual(DEFAULT_CYCLE);
  });
});

describe("a user's cycle", () => {
  it("replaces what it names and leaves the rest", () => {
    const cycle = read(
      [
        "review:",
        "  hours: { low: 1, likely: 2, high: 4, source: our own forms }",
        "agent:",
        "  horizonHours: 40",
        "stages:",
        "  writing:",
        "    parts: 4",
      ].join("\n"),
    );
    expect(cycle.review.hours).toEqual({ low: 1, likely: 2, high: 4, source: "our own forms" });
    expect(cycle.agent.horizonHours).toEqual({ low: 40, likely: 40, high: 40, source: "my.yaml" });
    expect(cycle.stages.writing.parts).toBe(4);
    expect(cycle.stages.writing.humanHours).toEqual(DEFAULT_CYCLE.stages.writing.humanHours);
    expect(read("")).toEqual(DEFAULT_CYCLE);
  });

  it.each([
    ["agent: { horizonHours: 0 }", /my\.yaml:1: "agent\.horizonHours": give a number above 0/],
    ["agent:\n  speed: 3", /my\.yaml:2: unknown key "speed".*horizonHours/],
    ["review:\n  hours: { low: 3, likely: 2, high: 4 }", /my\.yaml:2: .*ascending/],
    ["review:\n  hours: { low: 3 }", /my\.yaml:2: "review\.hours\.likely": give a number/],
    ["review:\n  hours: .nan", /my\.yaml:2: "review\.hours": give a number/],
    ["review:\n  hours: .inf", /my\.yaml:2: "review\.hours"/],
    ["review:\n  acceptSound: 1.2", /share from 0 to 1/],
    ["agent:\n  assessmentAuc: 0.4", /at least 0\.5/],
    ["agent:\n  sharedDifficulty: 1", /below 1/],
    ["people:\n  hoursPerWeek: many", /"people\.hoursPerWeek": give a number/],
    ["people:\n  hoursPerWeek: 200", /168/],
    ["compute: { slots: 1.5 }", /"compute\.slots": give a whole number/],
    ["stages: [1]", /my\.yaml:1: "stages" is no group/],
    ["stages: 7", /"stages" is no group/],
    ["a: : b", /my\.yaml:1: not valid YAML/],
  ])("is refused with its line: %j", (text, message) => {
    expect(() => read(text)).toThrow(message);
  });
});

describe("the lab's own times", () => {
  const time = (hours: number, kind?: "human" | "compute" | "check") => ({
    stage: "execution" as const,
    hours,
    source: "ledger",
    ...(kind && { kind }),
  });

  it("replace the defaults of their stage and kind", () => {
    const cycle = withStageTimes(DEFAULT_CYCLE, [
      ...[1, 2, 3, 4, 5].map((each) => time(each, "compute")),
      { stage: "review", hours: 0.5, source: "ledger" },
      { stage: "review", hours: 0.7, source: "ledger" },
      { stage: "review", hours: 0.9, source: "ledger" },
    ]);
    expect(cycle.stages.execution.computeHours).toMatchObject({ low: 1.4, likely: 3, high: 4.6 });
    expect(cycle.stages.execution.computeHours.source).toMatch(/measured: 5 times of ledger/);
    expect(cycle.stages.execution.humanHours).toEqual(DEFAULT_CYCLE.stages.execution.humanHours);
    expect(cycle.review.hours.likely).toBe(0.7);
    expect(cycle.review.acceptSound).toEqual(DEFAULT_CYCLE.review.acceptSound);
  });

  it("keep the default's width where they are few", () => {
    const old = DEFAULT_CYCLE.stages.execution.humanHours;
    const { humanHours } = withStageTimes(DEFAULT_CYCLE, [time(old.likely * 2)]).stages.execution;
    expect(humanHours).toMatchObject({ low: old.low * 2, likely: old.likely * 2 });
    expect(humanHours.source).toMatch(/measured: 1 time of ledger, with the width of/);
  });

  it("are refused where they are no times", () => {
    expect(() => withStageTimes(DEFAULT_CYCLE, [time(-1)])).toThrow(/ledger, execution.*-1 hours/);
    expect(() => withStageTimes(DEFAULT_CYCLE, [time(Number.NaN)])).toThrow(/NaN hours/);
  });
});
