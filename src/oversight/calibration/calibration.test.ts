import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type CalibratorKind,
  fitCalibrator,
  probabilityOf,
  readCalibrator,
} from "../../monitors/index.ts";
import { createRandom } from "../../stats/index.ts";
import {
  brier,
  byTrajectory,
  calibrationError,
  crossValidated,
  discrimination,
  isotonic,
  labelledRows,
  logistic,
  precisionAt,
  reliability,
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

const plan = { random: createRandom(SEED), draws: 300 };

describe("a monitor's measures", () => {
  it("find the AUROC that scores were drawn with, and that length tells nothing", () => {
    const [step] = discrimination(drawn(4000, 0.9), plan);
    for (const ends of [step!.auroc.independent!, step!.auroc.clustered!]) {
      expect(ends.low).toBeLessThan(0.9);
      expect(ends.high).toBeGreaterThan(0.9);
    }
    const [length] = step!.baselines;
    expect(length!.auroc.estimate).toBeCloseTo(0.5, 1);
    expect(length!.difference.independent!.low).toBeGreaterThan(0.3);
    expect(length!.difference.clustered!.low).toBeGreaterThan(0.3);
  });

  it("show a monitor that only measures length for what it is", () => {
    const rows = drawn(400, 0.9).map((row) => ({ ...row, score: -row.length }));
    const [step] = discrimination(rows, plan);
    expect(Math.abs(step!.baselines[0]!.difference.estimate)).toBeLessThan(0.1);
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

  it("are by trajectory alone where nobody labelled steps, and never call an honest step guilty", () => {
    const rows = labelledRows(
      Array.from({ length: 20 }, (_, i) => ({
        id: `${i}`,
        task: `${i % 5}`,
        label: i < 10,
        steps: [0, 3, 6].map((event) => ({ event, score: (i + event) / 40, length: 1 })),
      })),
    );
    expect(discrimination(rows, plan).map(({ unit }) => unit)).toEqual(["trajectory"]);
    expect(() => discrimination(rows.slice(0, 9), plan)).toThrow(/3 of 3 trajectories.*both kinds/);
  });

  it("are refused for a score that is no number, with the place", () => {
    const rows = drawn(40, 0.9);
    const spoiled = [...rows, { ...rows[0]!, score: Number.NaN }];
    expect(() => discrimination(spoiled, plan)).toThrow(
      /row 40 \(trajectory 0\): its score is NaN/,
    );
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

  it("by Platt's scaling rise with the score, whatever the rows, and find a logistic truth", () => {
    const row = fc.record({
      score: fc.double({ min: -1e6, max: 1e6, noNaN: true }),
      label: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 40 }), (rows) => {
        const curve = logistic(rows);
        const values = [...rows].sort((a, b) => a.score - b.score).map(({ score }) => curve(score));
        values.forEach((value, i) => {
          expect(value).toBeGreaterThan(0);
          expect(value).toBeLessThan(1);
          if (i > 0) expect(value).toBeGreaterThanOrEqual(values[i - 1]! - 1e-12);
        });
      }),
      { seed: SEED },
    );
    const random = createRandom(SEED);
    const truth = (score: number) => 1 / (1 + Math.exp(2 - 3 * score));
    const many = Array.from({ length: 20_000 }, () => {
      const score = random.normal();
      return { score, label: random.float() < truth(score) };
    });
    const curve = logistic(many);
    for (const score of [-1, 0, 0.5, 1.5]) {
      expect(Math.abs(curve(score) - truth(score))).toBeLessThan(0.02);
    }
  });

  it.each(["isotonic", "logistic"] as const)("of a %s fit survive being written down", (kind) => {
    const rows = drawn(300, 0.9);
    const calibrator = fitCalibrator(kind, rows);
    const read = readCalibrator(JSON.stringify(calibrator), "kept.json");
    for (const { score } of rows) {
      expect(probabilityOf(read, score)).toBe(probabilityOf(calibrator, score));
    }
  });

  it("of a file that is none are refused, with the place", () => {
    const calibrator = fitCalibrator("isotonic", drawn(100, 0.9));
    const spoiled = (change: object) => JSON.stringify({ ...calibrator, ...change });
    expect(() => readCalibrator("{", "k.json")).toThrow(/k.json: it is no JSON/);
    expect(() => readCalibrator(spoiled({ from: [3, 1], values: [0, 1] }), "k.json")).toThrow(
      /k.json: from: scores and values have to rise/,
    );
    expect(() => readCalibrator(spoiled({ values: [0.5] }), "k.json")).toThrow(/have 1 values/);
    expect(() => readCalibrator(spoiled({ version: 2 }), "k.json")).toThrow(/k.json: version/);
  });

  it("move with the base rate by Bayes' rule", () => {
    const kinds: readonly CalibratorKind[] = ["isotonic", "logistic"];
    for (const kind of kinds) {
      const calibrator = fitCalibrator(kind, drawn(2000, 0.9));
      const at = (score: number, base?: number) => probabilityOf(calibrator, score, base);
      expect(at(0.7, calibrator.baseRate)).toBeCloseTo(at(0.7), 12);
      const odds = (p: number) => p / (1 - p);
      const shift = odds(0.01) / odds(calibrator.baseRate);
      expect(odds(at(0.7, 0.01))).toBeCloseTo(odds(at(0.7)) * shift, 12);
      expect(at(0.7, 0)).toBe(0);
    }
  });

  it("are grouped by equal numbers, ties together, each group with its exact interval", () => {
    const probabilities = [0.1, 0.1, 0.1, 0.2, 0.8, 0.9];
    const labels = [false, false, true, false, true, true];
    expect(reliability(probabilities, labels, 3)).toMatchObject([
      { count: 3, observed: 1 / 3 },
      { count: 1, predicted: 0.2, observed: 0, low: 0 },
      { count: 2, observed: 1, high: 1 },
    ]);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.boolean()), {
          minLength: 1,
          maxLength: 60,
        }),
        (pairs) => {
          const bins = reliability(
            pairs.map(([value]) => value / 9),
            pairs.map(([, label]) => label),
          );
          expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(pairs.length);
          for (let i = 1; i < bins.length; i++) {
            expect(bins[i]!.predicted).toBeGreaterThan(bins[i - 1]!.predicted);
          }
        },
      ),
      { seed: SEED },
    );
  });
});
