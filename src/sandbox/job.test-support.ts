import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { probeSandboxes } from "./index.ts";
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

const [probe] = await probeSandboxes();
/** Whether the tests of bubblewrap can run here; says on the console why not. */
export const bubblewrapWorks = probe?.works === true;
if (!bubblewrapWorks) {
  console.warn(`bubblewrap's tests are skipped: ${probe?.detail}. Remedy: ${probe?.remedy}`);
}

/** A folder for the sandbox under test, gone when the file's tests are over. */
export function useScratch(): string {
  const folder = mkdtempSync(join(tmpdir(), "glasshouse-test-"));
  chmodSync(folder, 0o755); // as root, jobs are other users
  afterAll(() => rmSync(folder, { recursive: true }));
  return folder;
}
