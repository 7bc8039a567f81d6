import { statfs } from "node:fs/promises";
import { availableParallelism, freemem, totalmem } from "node:os";
import { resolve } from "node:path";
import { probeSandboxes } from "../sandbox/index.ts";

/** One thing this machine can or cannot do, and what to do for more. */
export interface Diagnosis {
  readonly what: string;
  readonly verdict: "yes" | "limited" | "no";
  readonly detail: string;
  readonly remedy: string | null;
}

/** What this machine can do for a lab. */
export async function diagnose(folder: string): Promise<readonly Diagnosis[]> {
  return [
    checkNode(),
    ...(await checkSandboxes()),
    checkMemory(),
    await checkDisk(folder),
    checkCores(),
  ];
}

function checkNode(): Diagnosis {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const enough = major > 20 || (major === 20 && minor >= 19);
  return {
    what: "Node.js",
    verdict: enough ? "yes" : "no",
    detail: process.versions.node,
    remedy: enough ? null : "Install Node.js 20.19 or newer",
  };
}

async function checkSandboxes(): Promise<Diagnosis[]> {
  return (await probeSandboxes()).map((probe) => ({
    what: `sandbox: ${probe.name}`,
    verdict: probe.works ? (probe.isolates.network ? "yes" : "limited") : "no",
    detail: probe.detail,
    remedy: probe.remedy,
  }));
}

function checkMemory(): Diagnosis {
  const gib = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
  const enough = freemem() > 1.5 * 2 ** 30;
  return {
    what: "memory",
    verdict: enough ? "yes" : "limited",
    detail: `${gib(freemem())} free of ${gib(totalmem())}`,
    remedy: enough
      ? null
      : "Close other programs: a run of two experiments side by side wants 1.5 GiB",
  };
}

async function checkDisk(folder: string): Promise<Diagnosis> {
  let place = resolve(folder);
  let space = await statfs(place).catch(() => null);
  while (!space && place !== resolve(place, "..")) {
    place = resolve(place, "..");
    space = await statfs(place).catch(() => null);
  }
  const free = space ? space.bavail * space.bsize : 0;
  const enough = free > 2 ** 30;
  return {
    what: "disk",
    verdict: enough ? "yes" : "limited",
    detail: `${(free / 2 ** 30).toFixed(1)} GiB free at ${place}`,
    remedy: enough ? null : "Free some space, or put the lab elsewhere with --lab",
  };
}

function checkCores(): Diagnosis {
  const cores = availableParallelism();
  return {
    what: "processors",
    verdict: cores >= 2 ? "yes" : "limited",
    detail: `${cores}, so ${cores} runs side by side`,
    remedy: cores >= 2 ? null : "A study takes about twice as long on one processor",
  };
}
