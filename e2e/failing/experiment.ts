import type { Experiment } from "../../src/experiments/harness.ts";

/** Gives the seed as a share of its range, or fails as its condition says. */
export const experiment: Experiment = ({ condition, seed }) => {
  if (condition === "breaking") throw new Error("the instrument broke");
  return { score: seed / 2 ** 32 };
};
