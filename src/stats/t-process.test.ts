import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { tConfidenceSequence } from "./confidence-sequence.ts";
import { studentT } from "./distributions.ts";
import { StatisticsInputError } from "./errors.ts";
import { createRandom } from "./random.ts";
import {
  logEValue,
  observe,
  openTProcess,
  pairedTProcess,
  type TProcessOptions,
  tProcess,
} from "./t-process.ts";
import { oneSampleT } from "./t-tests.ts";

const full = (options: TProcessOptions) => openTProcess(options).options;

describe("the mixture e-value", () => {
  // Integrated independently as ratios of noncentral t densities.
  it.each([
    [5, 0.8, 3, 1, 0, 1.1466200772024928],
    [5, -0.8, 3, 1, 0, -1.7000359913185068],
    [20, 0.4, 19, 0.5, 0, 1.0182403047085007],
    [20, 0.4, 19, 0.5, 0.2, -0.08917309063809334],
    [3, -2, 1, 1, 0.3, -1.5851494026152155],
    [200, 1, 150, 1, 0.5, 24.477366970764468],
  ])("n %i, mean %f, squares %f, scale %f, d0 %f", (n, mean, squares, scale, effectNull, logE) => {
    expect(logEValue(n, mean, squares, full({ scale, effectNull }))).toBeCloseTo(logE, 11);
  });

  it("two-sided, with the normal mixture", () => {
    const options = full({ scale: 0.5, alternative: "two-sided" });
    expect(logEValue(20, 0.4, 19, options)).toBeCloseTo(0.38381907501973805, 11);
  });

  it("after one observation depends on its sign alone: 1 ± 2/π atan τ", () => {
    const tilt = (2 / Math.PI) * Math.atan(0.7);
    expect(tProcess([3], { scale: 0.7 }).e).toBeCloseTo(1 + tilt, 13);
    expect(tProcess([-9], { scale: 0.7 }).e).toBeCloseTo(1 - tilt, 13);
  });

  it("does not depend on the unit, mirrors with the side, and moves with the null", () => {
    const values = fc.array(fc.double({ min: -50, max: 50, noNaN: true }), {
      minLength: 2,
      maxLength: 20,
    });
    fc.assert(
      fc.property(values, fc.double({ min: 0.01, max: 100, noNaN: true }), (list, unit) => {
        const rounded = list.map((x) => Math.round(x * 64) / 64);
        const { logE } = tProcess(rounded);
        expect(tProcess(rounded.map((x) => x * unit)).logE).toBeCloseTo(logE, 8);
        const mirrored = tProcess(
          rounded.map((x) => -x),
          { alternative: "less" },
        );
        expect(mirrored.logE).toBeCloseTo(logE, 8);
        const moved = tProcess(
          rounded.map((x) => x + 8),
          { null: 8 },
        );
        expect(moved.logE).toBeCloseTo(logE, 8);
      }),
    );
  });

  it("grows with the mean, so that every point inside the null lies below the edge", () => {
    const means = fc.double({ min: -3, max: 3, noNaN: true });
    const effects = fc.constantFrom(0, 0.3);
    fc.assert(
      fc.property(means, means, fc.integer({ min: 2, max: 60 }), effects, (a, b, n, effectNull) => {
        const at = (mean: number) => logEValue(n, mean, n, full({ effectNull }));
        expect(at(Math.min(a, b))).toBeLessThanOrEqual(at(Math.max(a, b)) + 1e-9);
      }),
    );
  });

  it("stays finite for values that do not vary, and is 1 where all equal the null", () => {
    expect(Number.isFinite(tProcess([2, 2, 2, 2, 2]).logE)).toBe(true);
    expect(tProcess([2, 2, 2, 2, 2]).e).toBeGreaterThan(1);
    expect(tProcess([2, 2, 2], { null: 2 })).toMatchObject({ e: 1, p: 1 });
    expect(Number.isFinite(logEValue(5000, -1, 100, full({})))).toBe(true);
  });

  it("is continuous where the closed form meets the quadrature", () => {
    const closed = logEValue(20, 0.4, 19, full({}));
    expect(logEValue(20, 0.4, 19, full({ effectNull: 1e-13 }))).toBeCloseTo(closed, 10);
  });
});

describe("the process", () => {
  it("folds one value at a time, and its p never grows", () => {
    const random = createRandom(71);
    let process = openTProcess({ scale: 0.5 });
    const seen: number[] = [];
    let last = 1;
    for (let i = 0; i < 50; i++) {
      seen.push(0.5 + random.normal());
      process = observe(process, seen.at(-1)!);
      expect(process.p).toBeLessThanOrEqual(last);
      last = process.p;
    }
    const whole = tProcess(seen, { scale: 0.5 });
    expect(process).toEqual(whole);
    expect(pairedTProcess(seen, new Array<number>(50).fill(0), { scale: 0.5 })).toEqual(whole);
  });

  it("has mean 1 at the edge of the null at any fixed n", () => {
    const random = createRandom(72);
    const trials = 40_000;
    for (const effectNull of [0, 0.4]) {
      let sum = 0;
      let squares = 0;
      for (let trial = 0; trial < (effectNull ? trials / 10 : trials); trial++) {
        const draws = Array.from({ length: 4 }, () => effectNull + random.normal());
        const mean = draws.reduce((total, x) => total + x, 0) / 4;
        const spread = draws.reduce((total, x) => total + (x - mean) ** 2, 0);
        const e = Math.exp(logEValue(4, mean, spread, full({ effectNull, scale: 0.5 })));
        sum += e;
        squares += e * e;
      }
      const n = effectNull ? trials / 10 : trials;
      const error = Math.sqrt((squares / n - (sum / n) ** 2) / n);
      expect(Math.abs(sum / n - 1)).toBeLessThan(4 * error);
    }
  });

  it("rarely alarms under the null however often one looks, where the plain t test often does", () => {
    const alpha = 0.05;
    const streams = 600;
    const random = createRandom(73);
    const alarms = { edge: 0, inside: 0, plain: 0 };
    const critical = Array.from({ length: 121 }, (_, n) =>
      n < 2 ? Infinity : studentT(n - 1).upperQuantile(alpha),
    );
    for (let stream = 0; stream < streams; stream++) {
      let edge = openTProcess();
      let inside = openTProcess();
      let plain = false;
      for (let i = 0; i < 120; i++) {
        const noise = 3 * random.normal();
        edge = observe(edge, noise);
        inside = observe(inside, noise - 0.3);
        const { n, mean, squares } = edge;
        if (n >= 2 && mean / Math.sqrt(squares / (n - 1) / n) > critical[n]!) plain = true;
      }
      if (edge.p <= alpha) alarms.edge += 1;
      if (inside.p <= alpha) alarms.inside += 1;
      if (plain) alarms.plain += 1;
    }
    const slack = 4 * Math.sqrt((alpha * (1 - alpha)) / streams);
    expect(alarms.edge / streams).toBeLessThan(alpha + slack);
    expect(alarms.inside).toBeLessThanOrEqual(alarms.edge);
    expect(alarms.plain / streams).toBeGreaterThan(4 * alpha);
  });

  it("finds a true effect of one standard deviation within 40 observations nearly always", () => {
    const random = createRandom(74);
    let found = 0;
    for (let stream = 0; stream < 200; stream++) {
      const values = Array.from({ length: 40 }, () => 1 + random.normal());
      if (tProcess(values).p <= 0.05) found += 1;
    }
    expect(found / 200).toBeGreaterThan(0.95);
  });
});

describe("the confidence sequence", () => {
  const random = createRandom(75);
  const values = Array.from({ length: 40 }, () => 2 + random.normal());

  it("ends where the process reaches 1/alpha", () => {
    for (const alternative of ["two-sided", "greater"] as const) {
      const steps = tConfidenceSequence(values, { level: 0.9, alternative, scale: 0.8 });
      // The first finite step is not yet cut by earlier ones.
      const { n, low } = steps.find((step) => Number.isFinite(step.low))!;
      const e = tProcess(values.slice(0, n), { null: low, alternative, scale: 0.8 }).e;
      expect(e).toBeCloseTo(10, 6);
    }
  });

  it("only shrinks, and is wider than the interval for one look", () => {
    const steps = tConfidenceSequence(values);
    steps.slice(1).forEach((step, i) => {
      expect(step.low).toBeGreaterThanOrEqual(steps[i]!.low);
      expect(step.high).toBeLessThanOrEqual(steps[i]!.high);
    });
    const once = oneSampleT(values);
    expect(steps.at(-1)!.low).toBeLessThan(once.low);
    expect(steps.at(-1)!.high).toBeGreaterThan(once.high);
  });

  it("gives one side on request", () => {
    const lower = tConfidenceSequence(values, { alternative: "greater" }).at(-1)!;
    const upper = tConfidenceSequence(
      values.map((x) => -x),
      { alternative: "less" },
    ).at(-1)!;
    expect(lower.high).toBe(Infinity);
    expect(upper.high).toBeCloseTo(-lower.low, 10);
  });

  it("holds the truth at all looks at once", () => {
    const trials = 400;
    const noise = createRandom(76);
    let missed = 0;
    for (let trial = 0; trial < trials; trial++) {
      const draws = Array.from({ length: 100 }, () => 5 * noise.normal());
      const { low, high } = tConfidenceSequence(draws, { level: 0.9 }).at(-1)!;
      if (low > 0 || high < 0) missed += 1;
    }
    expect(missed / trials).toBeLessThan(0.1 + 4 * Math.sqrt((0.1 * 0.9) / trials));
  });

  it("of values that do not vary closes on them once they are enough", () => {
    const steps = tConfidenceSequence(new Array<number>(12).fill(3));
    expect(steps[0]).toEqual({ n: 1, low: -Infinity, high: Infinity });
    expect(steps.at(-1)).toEqual({ n: 12, low: 3, high: 3 });
  });
});

describe("bad input", () => {
  it.each([
    ["a missing value", () => observe(openTProcess(), Number.NaN)],
    ["a scale of 0", () => openTProcess({ scale: 0 })],
    ["a negative effect null", () => openTProcess({ effectNull: -0.1 })],
    [
      "a two-sided effect null",
      () => openTProcess({ effectNull: 0.1, alternative: "two-sided" as const }),
    ],
    ["unequal lengths", () => pairedTProcess([1], [1, 2])],
    ["a level of 95", () => tConfidenceSequence([1], { level: 95 })],
  ])("%s is refused", (_, call) => {
    expect(call).toThrow(StatisticsInputError);
  });
});
