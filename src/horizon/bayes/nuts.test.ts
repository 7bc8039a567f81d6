import { describe, expect, it } from "vitest";
import { createRandom, mean, variance } from "../../stats/index.ts";
import { convergenceOf } from "./diagnostics.ts";
import { sampleChain, type Target } from "./nuts.ts";
import { whiten } from "./whiten.ts";

const SEED = 1597;

/** A normal with standard deviations 0.1, 1 and 10, of which the last two correlate by 0.9. */
const PRECISION = (() => {
  const [a, b, c] = [0.1, 1, 10];
  const rest = 1 - 0.9 ** 2;
  const cross = -0.9 / (b * c * rest);
  return [
    [1 / a ** 2, 0, 0],
    [0, 1 / (b ** 2 * rest), cross],
    [0, cross, 1 / (c ** 2 * rest)],
  ];
})();
const MEAN = [3, -1, 50];
const slanted: Target = {
  dimension: 3,
  logDensity(position, gradient) {
    let log = 0;
    PRECISION.forEach((row, i) => {
      const pull = row.reduce((sum, each, j) => sum + each * (position[j]! - MEAN[j]!), 0);
      gradient[i] = -pull;
      log -= (pull * (position[i]! - MEAN[i]!)) / 2;
    });
    return log;
  },
};

const column = (positions: Float64Array, dimension: number, at: number) =>
  positions.filter((_, index) => index % dimension === at);

describe("the No-U-Turn sampler", () => {
  it.each([
    ["as it is", (target: Target) => ({ ...target, restore: (x: Float64Array) => x })],
    [
      "in white coordinates",
      (target: Target) =>
        whiten(target, Float64Array.of(0, 0, 0), Float64Array.from(PRECISION.flat())),
    ],
  ])("draws a slanted normal %s", (_, seen) => {
    const target = seen(slanted);
    const random = createRandom(SEED);
    const chain = sampleChain(target, new Float64Array(3), random, { warmup: 500, draws: 4000 });
    expect(chain.divergences).toBe(0);
    const positions = new Float64Array(chain.positions.length);
    for (let from = 0; from < positions.length; from += 3) {
      positions.set(target.restore(chain.positions.subarray(from, from + 3)), from);
    }
    [0.1, 1, 10].forEach((sd, at) => {
      const values = column(positions, 3, at);
      const { rHat, bulkEss } = convergenceOf([values]);
      expect(rHat, `seed ${SEED}`).toBeLessThan(1.02);
      expect(Math.abs(mean(values) - MEAN[at]!)).toBeLessThan((4 * sd) / Math.sqrt(bulkEss));
      // A variance from n draws has a relative error of √(2/n); the squares' draws are worth less.
      expect(Math.abs(variance(values) / sd ** 2 - 1)).toBeLessThan(4 * Math.sqrt(6 / bulkEss));
    });
  });

  it("reports where it lost its way: over an edge that the gradient does not foretell", () => {
    const halfLine: Target = {
      dimension: 1,
      logDensity(x, gradient) {
        gradient[0] = -1;
        return x[0]! > 0 ? -x[0]! : Number.NEGATIVE_INFINITY;
      },
    };
    const plan = { warmup: 200, draws: 1000 };
    const chain = sampleChain(halfLine, Float64Array.of(1), createRandom(SEED), plan);
    expect(chain.divergences, `seed ${SEED}`).toBeGreaterThan(0);
    expect(chain.positions.every((x) => x > 0)).toBe(true);
  });
});

describe("whether chains have converged", () => {
  const random = createRandom(SEED);
  const chain = (draws: number, value: (normal: number, before: number) => number) => {
    let before = 0;
    return Float64Array.from({ length: draws }, () => {
      before = value(random.normal(), before);
      return before;
    });
  };
  const four = (value: (normal: number, before: number) => number) =>
    Array.from({ length: 4 }, () => chain(1000, value));

  it("independent draws count in full, and agree", () => {
    const { rHat, bulkEss } = convergenceOf(four((normal) => normal));
    expect(rHat, `seed ${SEED}`).toBeLessThan(1.01);
    expect(bulkEss).toBeGreaterThan(3300);
    expect(bulkEss).toBeLessThan(4800);
  });

  it("draws that remember count for less: a first-order chain by (1 - r) / (1 + r)", () => {
    for (const r of [0.5, 0.9]) {
      const draws = four((normal, before) => r * before + Math.sqrt(1 - r * r) * normal);
      const share = convergenceOf(draws).bulkEss / 4000 / ((1 - r) / (1 + r));
      expect(share, `seed ${SEED}`).toBeGreaterThan(0.75);
      expect(share).toBeLessThan(1.3);
    }
  });

  it("chains apart in place or in spread do not agree, though their ranks be wild", () => {
    const [a, b, c, d] = four((normal) => normal);
    expect(convergenceOf([a!, b!, c!, d!.map((x) => x + 1)]).rHat).toBeGreaterThan(1.05);
    expect(convergenceOf([a!, b!, c!, d!.map((x) => x * 4)]).rHat).toBeGreaterThan(1.05);
    // Cauchy-like tails have no variance; ranks do.
    expect(convergenceOf([a!, b!, c!, d!].map((x) => x.map((y) => 1 / y))).rHat).toBeLessThan(1.01);
  });

  it("draws that never move agree with themselves, and not with others", () => {
    const still = (value: number) => new Float64Array(8).fill(value);
    expect(convergenceOf([still(1), still(1)]).rHat).toBe(1);
    expect(convergenceOf([still(1), still(2)]).rHat).toBe(Infinity);
  });
});
