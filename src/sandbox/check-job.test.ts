import { posix } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkJob, isPlainName } from "./check-job.ts";
import { InvalidJob } from "./errors.ts";
import type { SandboxJob } from "./job.ts";

const job: SandboxJob = {
  command: ["node", "/job/main.mjs"],
  files: { "main.mjs": new Uint8Array() },
  limits: { wallSeconds: 1, memoryMb: 1, processes: 1, diskMb: 1 },
  trust: "untrusted",
};

describe("checkJob", () => {
  it("accepts a job with no more than it must have", () => {
    expect(() => checkJob(job)).not.toThrow();
  });

  it.each([
    ["command", { command: [] }],
    ["command[1]", { command: ["node", "a\0b"] }],
    ['files["../x"]', { files: { "../x": new Uint8Array() } }],
    ["env.A B", { env: { "A B": "" } }],
    ["env.A", { env: { A: "\0" } }],
    ["limits.wallSeconds", { limits: { ...job.limits, wallSeconds: 0 } }],
    ["limits.wallSeconds", { limits: { ...job.limits, wallSeconds: 1e9 } }],
    ["limits.cpuSeconds", { limits: { ...job.limits, cpuSeconds: -1 } }],
    ["limits.memoryMb", { limits: { ...job.limits, memoryMb: Number.NaN } }],
    ["limits.diskMb", { limits: { ...job.limits, diskMb: Number.POSITIVE_INFINITY } }],
    ["limits.processes", { limits: { ...job.limits, processes: 1.5 } }],
  ])("names %s where that is wrong", (field, change) => {
    const wrong = () => checkJob({ ...job, ...change });
    expect(wrong).toThrow(InvalidJob);
    expect(wrong).toThrow(`${field}: `);
  });
});

describe("isPlainName", () => {
  it("lets no name out of its folder", () => {
    const part = fc.oneof(fc.constantFrom("..", ".", "", "a", "~", "-", "a b"), fc.string());
    fc.assert(
      fc.property(fc.array(part, { minLength: 1 }), (parts) => {
        const name = parts.join("/");
        fc.pre(isPlainName(name));
        expect(posix.join("/folder", name)).toBe(`/folder/${name}`);
      }),
    );
  });

  it.each(["a", "a/b.c", "ü", ".hidden", "a..b"])("accepts %j", (name) => {
    expect(isPlainName(name)).toBe(true);
  });

  it.each(["", "/a", "a/", "a//b", "a/../b", "./a", "a\\b", "a\nb", "x".repeat(256)])(
    "refuses %j",
    (name) => {
      expect(isPlainName(name)).toBe(false);
    },
  );
});
