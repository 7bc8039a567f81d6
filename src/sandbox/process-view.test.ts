import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { psView, singleProcessView } from "./process-view.ts";

const ABSENT = 2 ** 22 + 1; // above the highest pid there can be

describe.skipIf(process.platform !== "linux")("singleProcessView", () => {
  it("tells a process' CPU time and memory as the process itself does", () => {
    const sample = singleProcessView(process.pid).sample(1);
    const { user, system } = process.cpuUsage();
    expect(sample.processes).toBe(1);
    expect(sample.cpuSeconds).toBeLessThanOrEqual((user + system) / 1e6 + 60); // and its children's
    expect(sample.cpuSeconds).toBeGreaterThan(0);
    expect(sample.residentMb / (process.memoryUsage.rss() / 2 ** 20)).toBeCloseTo(1, 1);
    expect(sample.highWaterMb).toBeGreaterThanOrEqual(sample.residentMb);
  });

  it("tells a proportional size no larger than the resident one", () => {
    const view = singleProcessView(process.pid);
    const { highWaterMb } = view.sample(1);
    expect(view.proportionalMb()).toBeGreaterThan(0);
    expect(view.proportionalMb()).toBeLessThanOrEqual(highWaterMb * 1.1);
  });

  it("finds nothing of a process that is gone", () => {
    expect(singleProcessView(ABSENT).sample(1)).toMatchObject({ processes: 0, cpuSeconds: 0 });
  });
});

describe.skipIf(!existsSync("/bin/ps"))("psView", () => {
  it("tells what `ps` tells of a process", () => {
    const sample = psView(process.pid).sample(1);
    expect(sample.processes).toBe(1);
    expect(sample.residentMb / (process.memoryUsage.rss() / 2 ** 20)).toBeCloseTo(1, 1);
    const { user, system } = process.cpuUsage();
    expect(Math.abs(sample.cpuSeconds - (user + system) / 1e6)).toBeLessThan(2);
  });

  it("finds nothing of a process that is gone", () => {
    expect(psView(ABSENT).sample(1)).toMatchObject({ processes: 0 });
  });
});
