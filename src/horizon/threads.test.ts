import { expect, it } from "vitest";
import { runInThreads, threadsHere } from "./threads.ts";

const diagnostics = new URL("./bayes/diagnostics.ts", import.meta.url);

it("runs TypeScript in threads and gives the results in the jobs' order", async () => {
  const still = (value: number) => new Float64Array(8).fill(value);
  const jobs = [
    [still(1), still(2)],
    [still(1), still(1)],
    [still(3), still(4)],
  ];
  const results = await runInThreads<Float64Array[], { rHat: number }>(
    diagnostics,
    "convergenceOf",
    jobs,
  );
  expect(results.map(({ rHat }) => rHat)).toEqual([Infinity, 1, Infinity]);
  expect(threadsHere()).toBeGreaterThan(0);
});

it("throws what a thread throws", async () => {
  const jobs = [[new Float64Array(8).fill(1)], "no chains"];
  await expect(runInThreads(diagnostics, "convergenceOf", jobs)).rejects.toThrow(
    /flatMap is not a function/,
  );
});
