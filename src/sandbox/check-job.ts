import { InvalidJob } from "./errors.ts";
import type { Limits, SandboxJob } from "./job.ts";

/** Throws InvalidJob at the first thing that is wrong with a job. */
export function checkJob(job: SandboxJob): void {
  if (job.command.length === 0 || job.command[0] === "") {
    throw new InvalidJob("command", "is empty; give a program, such as node");
  }
  job.command.forEach((argument, index) => {
    refuseNul(`command[${index}]`, argument);
  });
  for (const name of Object.keys(job.files)) checkFileName(name);
  for (const [name, value] of Object.entries(job.env ?? {})) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      throw new InvalidJob(`env.${name}`, "is no name of an environment variable");
    }
    refuseNul(`env.${name}`, value);
  }
  checkLimits(job.limits);
}

/** A relative path with forward slashes that stays inside its folder. */
export function isPlainName(name: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  if (name.length === 0 || name.length > 1024 || /[\u0000-\u001f\u007f\\]/.test(name)) return false;
  return name
    .split("/")
    .every(
      (part) => part !== "" && part !== "." && part !== ".." && Buffer.byteLength(part) <= 255,
    );
}

function checkFileName(name: string): void {
  if (!isPlainName(name)) {
    throw new InvalidJob(
      `files[${JSON.stringify(name)}]`,
      'must be a relative path such as "lib/data.json", without "..", backslashes or control characters',
    );
  }
}

/** Seconds or MiB: 23 days, the longest that a timer of Node's can wait, and 1.9 TiB. */
const HIGHEST = 2_000_000;

function checkLimits(limits: Limits): void {
  for (const field of ["wallSeconds", "cpuSeconds", "memoryMb", "diskMb", "outputMb"] as const) {
    const value = limits[field];
    if (value === undefined && (field === "cpuSeconds" || field === "outputMb")) continue;
    if (typeof value !== "number" || !(value > 0 && value <= HIGHEST)) {
      throw new InvalidJob(
        `limits.${field}`,
        `is ${value}; give a number above 0, up to ${HIGHEST}`,
      );
    }
  }
  if (!Number.isInteger(limits.processes) || limits.processes < 1) {
    throw new InvalidJob(
      "limits.processes",
      `is ${limits.processes}; give a whole number, 1 or more`,
    );
  }
}

function refuseNul(field: string, text: string): void {
  if (text.includes("\0")) throw new InvalidJob(field, "holds a NUL character");
}
