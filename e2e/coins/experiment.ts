import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Experiment } from "../../src/experiments/harness.ts";
import { createRandom } from "../../src/stats/index.ts";

/** Draws from a normal distribution around the condition's shift; deterministic in the seed. */
export const experiment: Experiment = ({ condition, parameters, seed, inputs, out, progress }) => {
  const random = createRandom(seed).fork(condition);
  const shift = Number(parameters.shift);
  const base =
    inputs === null
      ? null
      : (JSON.parse(readFileSync(join(inputs, "result.json"), "utf8")) as { score: number });
  const draws = Array.from({ length: 200 }, () => shift + random.normal());
  const mean = draws.reduce((sum, draw) => sum + draw, 0) / draws.length;
  progress(0.5);
  let running = 0;
  const curve = draws.flatMap((draw, index) => {
    running += draw;
    return (index + 1) % 20 === 0 ? [{ draw: index + 1, mean: running / (index + 1) }] : [];
  });
  writeFileSync(join(out, "curve.json"), JSON.stringify(curve));
  console.log(`drew ${draws.length} numbers in condition ${condition}`);
  return {
    score: base === null ? mean : base.score / 2 + mean / 10,
    heads: draws.filter((draw) => draw > 0).length / draws.length,
  };
};
