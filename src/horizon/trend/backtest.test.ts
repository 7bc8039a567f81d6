import { describe, expect, it } from "vitest";
import { createRandom } from "../../stats/index.ts";
import { hasOracle } from "../suite.test-support.ts";
import { backtest, prequentialWeights } from "./backtest.ts";
import type { HorizonPoint } from "./sota.ts";
import { certified } from "./trend.test-support.ts";

const grow = (ln: (day: number) => number, n = 14): HorizonPoint[] =>
  Array.from({ length: n }, (_, index) => ({
    agent: `a${index}`,
    releaseDate: 19_000 + 60 * index,
    horizon: Math.exp(ln(60 * index)),
  }));

describe("a back-test", () => {
  it("predicts exact growth without error", () => {
    const [result] = backtest(
      grow((t) => 1 + 0.005 * t),
      { shapes: ["exponential"] },
    );
    expect(result!.predictions).toBe(8 * 3 - 3);
    expect(result!.error).toBeLessThan(1e-6);
  });

  it("sees nothing of what it predicts", () => {
    const points = grow((t) => 1 + 0.005 * t + 0.02 * Math.sin(t));
    const changed = points.map((each, i) => (i < 10 ? each : { ...each, horizon: 1e5 + i }));
    const errors = (history: readonly HorizonPoint[]) =>
      backtest(history, { shapes: ["exponential", "piecewise"] })
        .flatMap(({ scores }) => scores)
        .filter(({ fitted, ahead }) => fitted + ahead <= 10)
        .map(({ error }) => error);
    expect(errors(changed)).toEqual(errors(points));
    expect(errors(points).length).toBeGreaterThan(10);
  });

  it("covers as often as it says where growth is what it assumes", () => {
    const seed = 1984;
    console.log(`back-test: seed ${seed}`);
    const random = createRandom(seed);
    let [covered, all] = [0, 0];
    for (let trial = 0; trial < 300; trial++) {
      // Scatter too small to break a record, so that nobody drops out.
      const points = grow((t) => 0.01 * t + 0.03 * random.normal(), 9);
      const [result] = backtest(points, { shapes: ["exponential"], ahead: 1 });
      covered += result!.coverage * result!.predictions;
      all += result!.predictions;
    }
    expect(all).toBe(900);
    // Four standard errors of a share of 0.8 in 900.
    expect(Math.abs(covered / all - 0.8)).toBeLessThan(0.054);
  });

  it("weighs shapes by how well they predicted", () => {
    const bent = grow((t) => 0.002 * t + 0.012 * Math.max(0, t - 300) + 0.02 * Math.cos(t * t), 18);
    const results = backtest(bent, { shapes: ["exponential", "piecewise", "linear"] });
    const [straight, broken, linear] = prequentialWeights(results);
    expect(straight! + broken! + linear!).toBeCloseTo(1, 12);
    expect(broken).toBeGreaterThan(0.9);
    expect(linear).toBeLessThan(straight!);
  });

  it("says when the history is too short", () => {
    const short = grow((t) => 0.01 * t, 6);
    expect(() => backtest(short, { shapes: ["exponential"] })).toThrow(/6 agents.*takes 6/);
  });

  it.skipIf(!hasOracle)("finds that a bend predicted 2025's models better than a line", () => {
    const [line, bend, pole] = backtest(
      certified(),
      { shapes: ["exponential", "piecewise", "hyperbolic"] },
      { order: "record-first" },
    );
    expect(line!.bias).toBeLessThan(-0.5);
    expect(bend!.error).toBeLessThan(line!.error);
    expect(pole!.unbounded).toBeGreaterThan(pole!.predictions / 2);
  });
});
