import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "../../stats/index.ts";
import {
  brier,
  byTrajectory,
  calibrationError,
  cardMarkdown,
  crossValidated,
  discrimination,
  isotonic,
  monitorCard,
  precisionAt,
  type ScoredStep,
  separationOfAuroc,
} from "../index.ts";

const SEED = 41;
console.log(`calibration: seed ${SEED}`);

function drawn(count: number, auroc: number): readonly ScoredStep[] {
  const random = createRandom(SEED);
  return Array.from({ length: count }, (_, i) => {
    const label = random.float() < 0.3;
    return {
      score: random.normal() + (label ? separationOfAuroc(auroc) : 0),
      label,
      trajectory: `${Math.floor(i / 4)}`,
      task: `${Math.floor(i / 40)}`,
      length: 100 + random.integer(900),
    };
  });
}

describe("a monitor's measures", () => {
  it("find the AUROC that scores were drawn with, and that length tells nothing", () => {
    const [step] = discrimination(drawn(4000, 0.9));
    expect(step!.auroc.low).toBeLessThan(0.9);
    expect(step!.auroc.high).toBeGreaterThan(0.9);
    expect(step!.overLength.second.estimate).toBeCloseTo(0.5, 1);
    expect(step!.overLength.low).toBeGreaterThan(0.3);
  });

  it("show a monitor that only measures length for what it is", () => {
    const rows = drawn(400, 0.9).map((row) => ({ ...row, score: -row.length }));
    const [step] = discrimination(rows);
    expect(Math.abs(step!.overLength.estimate)).toBeLessThan(0.1);
  });

  it("are by trajectory those of each one's most suspicious step", () => {
    const base = { task: "t", length: 10 };
    const rows = [
      { ...base, trajectory: "a", score: 0.2, label: false },
      { ...base, trajectory: "b", score: 0.4, label: false },
      { ...base, trajectory: "a", score: 0.1, label: true },
    ];
    expect(byTrajectory(rows)).toEqual([
      { ...base, trajectory: "a", score: 0.2, label: true, length: 20 },
      { ...base, trajectory: "b", score: 0.4, label: false, length: 10 },
    ]);
  });

  it("know that rare attacks make most alarms false", () => {
    expect(precisionAt(0.9, 0.01, 0.001)).toBeCloseTo(0.0826, 4);
    expect(precisionAt(0.9, 0.01, 0.5)).toBeCloseTo(0.989, 3);
  });
});

describe("a monitor's card", () => {
  it("is Markdown with each figure, its interval and its unit", () => {
    const rows = drawn(400, 0.9);
    const card = monitorCard("gate | one", rows);
    const [step, trajectory] = card.discrimination;
    const text = cardMarkdown(card);
    expect(text).toContain("# Monitor gate \\| one");
    expect(text).toContain(`| AUROC | ${step!.auroc.estimate.toFixed(3)} [`);
    expect(text).toContain(trajectory!.auroc.high.toFixed(3));
    expect(text.split("\n").filter((line) => line.startsWith("| ")).length).toBeGreaterThan(9);
  });
});

describe("probabilities", () => {
  it("of isotonic regression rise with the score, and keep the base rate", () => {
    const row = fc.record({ score: fc.integer({ min: 0, max: 20 }), label: fc.boolean() });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 60 }), (rows) => {
        const curve = isotonic(rows);
        const values = [...rows].sort((a, b) => a.score - b.score).map(({ score }) => curve(score));
        for (let i = 1; i < values.length; i++) {
          expect(values[i]).toBeGreaterThanOrEqual(values[i - 1]!);
        }
        const sum = values.reduce((total, value) => total + value, 0);
        expect(sum).toBeCloseTo(rows.filter(({ label }) => label).length, 9);
      }),
    );
  });

  it("are calibrated on tasks that were not fitted, where the scores were not", () => {
    const rows = drawn(4000, 0.9);
    const labels = rows.map(({ label }) => label);
    // Squeezed to 0..1, the scores rank well and mean nothing.
    const raw = rows.map(({ score }) => Math.min(1, Math.max(0, 0.5 + score / 10)));
    const fitted = crossValidated(rows);
    expect(calibrationError(raw, labels)).toBeGreaterThan(0.2);
    expect(calibrationError(fitted, labels)).toBeLessThan(0.04);
    expect(brier(fitted, labels)).toBeLessThan(brier(raw, labels));
  });

  it("are refused where one task would vouch for itself", () => {
    expect(() => crossValidated(drawn(40, 0.9))).toThrow(/one task.*at least two tasks/);
  });

  it("of a task never come from that task", () => {
    const rows = drawn(400, 0.9);
    const changed = rows.map((row) => (row.task === "3" ? { ...row, label: !row.label } : row));
    const of = (given: readonly ScoredStep[]) =>
      crossValidated(given).filter((_, i) => given[i]!.task === "3");
    expect(of(changed)).toEqual(of(rows));
  });
});
