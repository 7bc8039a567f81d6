import { existsSync, readFileSync } from "node:fs";
import type { Limits, Sandbox, SandboxJob, SandboxOutcome } from "./job.ts";

const LIMITS: Limits = {
  wallSeconds: 20,
  memoryMb: 512,
  processes: 8,
  diskMb: 32,
  outputMb: 1,
};

type Change = Omit<Partial<SandboxJob>, "limits"> & { readonly limits?: Partial<Limits> };

/** An untrusted job that runs a Node program given as its text, CommonJS. */
export function nodeJob(program: string, change: Change = {}): SandboxJob {
  return {
    command: ["node", "/job/main.cjs"],
    trust: "untrusted",
    ...change,
    files: { "main.cjs": Buffer.from(program), ...change.files },
    limits: { ...LIMITS, ...change.limits },
  };
}

/** An untrusted job that runs a shell script given as its text. */
export function shellJob(script: string, change: Change = {}): SandboxJob {
  return nodeJob("", { command: ["sh", "-c", script], ...change });
}

/** Runs a job whose outputs do not matter. */
export async function runAndDispose(sandbox: Sandbox, job: SandboxJob): Promise<SandboxOutcome> {
  const outcome = await sandbox.run(job);
  await outcome.outputs.dispose();
  return outcome;
}

/** Whether a process of the host is there and no zombie (Linux). */
export function isAlive(pid: number): boolean {
  if (!existsSync(`/proc/${pid}/stat`)) return false;
  try {
    return !/^State:\s*[ZX]/m.test(readFileSync(`/proc/${pid}/status`, "latin1"));
  } catch {
    return false;
  }
}
