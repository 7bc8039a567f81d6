import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "../../stats/index.ts";
import { drawBinomial } from "../bootstrap/binomial.ts";
import { countsOf, early2025 } from "../bootstrap/bootstrap.test-support.ts";
import {
  CURVE_SHAPES,
  type CurveShape,
  compareShapes,
  fitHorizon,
  fitShape,
  METHODS,
  shapeHorizon,
  shapeSuccess,
  simulateTasks,
} from "../index.ts";
import { hasOracle } from "../suite.test-support.ts";
import { fitShapeTo, lossOf } from "./shapes.ts";

const SEED = 6765;
const METR_2026 = { method: "metr-2026" } as const;
const model = { families: 60, tasksPerFamily: 3, familySd: 0, taskSd: 0 };
const tasks = simulateTasks({ ...model, log2Minutes: [-3, 11] }, createRandom(SEED));

/** Runs whose chance of success is the curve's, drawn or exact. */
function runsOf(
  curve: { shape: CurveShape; floor?: number; minutes: number; slope: number },
  n = 50,
) {
  const random = createRandom(SEED).fork(JSON.stringify(curve));
  const line = {
    ...curve,
    floor: curve.floor ?? 0,
    intercept: -curve.slope * Math.log2(curve.minutes),
  };
  const chances = tasks.map(({ minutes }) => shapeSuccess(line, minutes));
  return {
    agent: "simulated",
    runs: new Float64Array(tasks.length).fill(n),
    scores: Float64Array.from(chances, (p) =>
      n === 1 ? p : p > 0 && p < 1 ? drawBinomial(random, n, p) : n * Math.round(p),
    ),
  };
}

describe("curve shapes", () => {
  it("the logistic one is METR's fit", () => {
    const outcomes = runsOf({ shape: "logistic", minutes: 30, slope: -0.6 }, 4);
    for (const method of ["metr-2025", "metr-2026"] as const) {
      const fit = fitShape(tasks, outcomes, { shape: "logistic", method })!;
      const metr = fitHorizon(tasks, outcomes, { method });
      expect(Math.abs(fit.slope / metr.slope - 1)).toBeLessThan(1e-8);
      expect(Math.abs(fit.intercept / metr.intercept - 1)).toBeLessThan(1e-8);
      expect(fit.logLoss).toBeCloseTo(metr.logLoss, 10);
    }
  });

  it.each([
    ["logistic", 0, -0.6],
    ["weibull", 0, -0.4],
    ["constant-hazard", 0, -Math.LN2],
    ["logistic", 0.2, -0.9],
    ["weibull", 0.1, -0.5],
  ] as const)("%s with a floor of %f: found again from its own chances", (shape, floor, slope) => {
    const outcomes = runsOf({ shape, floor, minutes: 40, slope }, 1);
    const fit = fitShape(tasks, outcomes, { shape, floor: floor > 0, ...METR_2026 })!;
    expect(fit.slope).toBeCloseTo(slope, 3);
    expect(fit.floor).toBeCloseTo(floor, 3);
    expect(fit.intercept).toBeCloseTo(-slope * Math.log2(40), 2);
  });

  it("cross a chance of success at its horizon, and never one below the floor", () => {
    for (const shape of CURVE_SHAPES) {
      const fit = { shape, intercept: 2, slope: -Math.LN2, floor: 0.15 };
      for (const q of [0.3, 0.5, 0.8]) {
        expect(shapeSuccess(fit, shapeHorizon(fit, q))).toBeCloseTo(q, 12);
      }
      expect(shapeHorizon(fit, 0.15)).toBe(Infinity);
    }
  });

  it("a constant hazard has a half-life: the 80 % horizon is 0.32 of it", () => {
    const fit = { shape: "constant-hazard", intercept: 3, slope: -Math.LN2, floor: 0 } as const;
    const ratio = shapeHorizon(fit, 0.8) / shapeHorizon(fit, 0.5);
    expect(ratio).toBeCloseTo(Math.log(0.8) / Math.log(0.5), 12);
  });

  it("fit no worse with a floor, and no worse with an exponent of their own", () => {
    const cell = fc.tuple(fc.integer({ min: 0, max: 4 }), fc.constant(4));
    const few = tasks.slice(0, 12);
    fc.assert(
      fc.property(fc.array(cell, { minLength: 12, maxLength: 12 }), (cells) => {
        const outcomes = {
          agent: "some",
          runs: Float64Array.from(cells, ([, n]) => n),
          scores: Float64Array.from(cells, ([k]) => k),
        };
        const loss = (shape: CurveShape, floor: boolean) =>
          fitShape(few, outcomes, { shape, floor, ...METR_2026 })?.logLoss ?? 0;
        const slack = 1e-4; // the ridge asks for a little
        for (const shape of CURVE_SHAPES) {
          expect(loss(shape, true)).toBeLessThanOrEqual(loss(shape, false) + slack);
        }
        expect(loss("weibull", false)).toBeLessThanOrEqual(loss("constant-hazard", false) + slack);
      }),
      { numRuns: 60 },
    );
  });

  it("lie at the optimum, however odd the outcomes: no small step lowers the loss", () => {
    const cell = fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: -5, max: 14 }));
    fc.assert(
      fc.property(
        fc.array(cell, { minLength: 4, maxLength: 20 }),
        fc.constantFrom(...CURVE_SHAPES),
        (cells, shape) => {
          const rows = cells.map(([k, x]) => ({ x, weight: 1 / cells.length, share: k / 4 }));
          const fit = fitShapeTo(rows, { shape, ...METR_2026 });
          if (!fit) return;
          const objective = (intercept: number, slope: number) =>
            rows.reduce((sum, row) => sum + lossOf({ ...fit, intercept, slope }, row), 0) +
            (METHODS["metr-2026"].ridge / 2) * slope ** 2;
          const least = objective(fit.intercept, fit.slope);
          const steps =
            shape === "constant-hazard"
              ? [[1, 0]]
              : [
                  [1, 0],
                  [0, 0.1],
                  [1, -0.1],
                ];
          for (const [a, b] of steps.flatMap(([a, b]) => [
            [a!, b!],
            [-a!, -b!],
          ])) {
            const beside = objective(fit.intercept + 1e-3 * a!, fit.slope + 1e-3 * b!);
            expect(beside).toBeGreaterThanOrEqual(least - 1e-12);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it("have no fit where all runs ended alike", () => {
    const outcomes = runsOf({ shape: "logistic", minutes: 30, slope: -0.6 }, 4);
    const failed = { ...outcomes, scores: new Float64Array(tasks.length) };
    expect(fitShape(tasks, failed, { shape: "weibull", ...METR_2026 })).toBeNull();
  });
});

describe("the comparison of curves", () => {
  it.each([
    { shape: "logistic", minutes: 60, slope: -0.6 },
    { shape: "weibull", minutes: 60, slope: -0.35 },
    { shape: "constant-hazard", minutes: 60, slope: -Math.LN2 },
    { shape: "logistic", floor: 0.25, minutes: 20, slope: -1 },
  ] as const)("foretells unseen families best by the curve that made them: %o", (truth) => {
    const suite = { tasks, agents: [runsOf(truth)] };
    const { scores } = compareShapes(suite, { ...METR_2026, seed: SEED });
    const own = scores.find(
      ({ shape, hasFloor }) => shape === truth.shape && hasFloor === "floor" in truth,
    )!;
    // A curve that contains the true one is hardly worse, so only the others must lose.
    for (const other of scores) {
      expect(own.heldOut, `seed ${SEED}, ${other.shape}`).toBeLessThan(other.heldOut + 2e-3);
    }
    if (own === scores[0]) {
      const hazard = scores.find(({ shape }) => shape === "constant-hazard")!;
      expect(hazard.difference.low).toBeGreaterThan(0);
    } else {
      expect(own.difference.high).toBeLessThan(0);
    }
  });

  it("leaves out who has no curve, and says who", () => {
    const agent = runsOf({ shape: "logistic", minutes: 60, slope: -0.6 });
    const none = { ...agent, agent: "none", scores: new Float64Array(tasks.length) };
    const found = compareShapes({ tasks, agents: [agent, none] }, { ...METR_2026, seed: SEED });
    expect(found.leftOut).toEqual(["none"]);
    const empty = { tasks, agents: [none] };
    expect(() => compareShapes(empty, { ...METR_2026, seed: SEED })).toThrow(/no agent has/);
    expect(() => compareShapes(empty, { ...METR_2026, seed: SEED, folds: 1 })).toThrow(/folds/);
  });

  it.skipIf(!hasOracle)("runs on METR's file of February 2025", () => {
    const { scores, leftOut } = compareShapes(countsOf(early2025()), { ...METR_2026, seed: SEED });
    expect(leftOut).toContain("davinci-002");
    const scoreOf = (shape: CurveShape) => scores.find((each) => each.shape === shape)!;
    // A hazard that falls with the time worked foretells about as well as METR's curve, a constant
    // one worse; people's falls too.
    expect(Math.abs(scoreOf("weibull").difference.estimate)).toBeLessThan(0.02);
    expect(scoreOf("constant-hazard").difference.low).toBeGreaterThan(0);
    const human = scoreOf("weibull").fits.find(({ agent }) => agent === "human")!;
    expect(-human.slope / Math.LN2).toBeGreaterThan(0.3);
    expect(-human.slope / Math.LN2).toBeLessThan(0.8);
  });
});
