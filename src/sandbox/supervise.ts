import { constants } from "node:os";
import type { Readable } from "node:stream";
import { captureOutput } from "./capture.ts";
import type { SandboxJob, SandboxOutcome, SandboxStatus } from "./job.ts";
import { type Launch, LaunchFailed, type LaunchReport, launch } from "./launcher.ts";
import type { ProcessView } from "./process-view.ts";
import { watchLimits } from "./watch.ts";

/** A confined program and how to look at it from outside. */
export interface Confinement {
  readonly launch: Launch;
  /** Folders of the host that the job may write to. */
  readonly writable: readonly string[];
  /** Opens the view of the job's processes while the job waits at the gate. */
  view(pids: { readonly pid: number; readonly namespacePid: number | null }): ProcessView;
}

export type Ending = Omit<SandboxOutcome, "outputs" | "isolation">;

/** Building the confinement may take this long before it is given up. */
const SETUP_SECONDS = 30;
const DEFAULT_OUTPUT_MB = 16;

/**
 * Runs a confined job within its limits; resolves when nothing of it is left. Rejects with LaunchFailed,
 * its message what the confining program said, where the job could not begin.
 */
export async function supervise(confinement: Confinement, job: SandboxJob): Promise<Ending> {
  const running = launch(confinement.launch, job.limits, job.stdin !== undefined);
  const why: { limit: SandboxStatus | null; failures: unknown[] } = { limit: null, failures: [] };
  const end = (status: SandboxStatus) => {
    why.limit ??= status;
    running.kill();
  };
  const fail = (error: unknown) => {
    why.failures.push(error);
    running.kill();
  };
  const output = captureOutput(
    running.child as { stdout: Readable; stderr: Readable },
    (job.limits.outputMb ?? DEFAULT_OUTPUT_MB) * 2 ** 20,
    (stream, text) => job.onOutput?.(stream, text),
    () => end("output-limit"),
    fail,
  );
  running.child.stdin?.end(job.stdin);
  const abort = () => end("aborted");
  job.signal?.addEventListener("abort", abort, { once: true });
  if (job.signal?.aborted) abort();
  let clock = setTimeout(running.kill, SETUP_SECONDS * 1000);

  try {
    const view = await running.ready.then(confinement.view).catch((error: Error) => {
      running.kill();
      return error;
    });
    if (view instanceof Error) {
      await running.ended;
      if (why.limit === null) throw new LaunchFailed(output.text("stderr").trim() || view.message);
      return { status: why.limit, exitCode: null, signal: null, usage: NONE, ...texts(output) };
    }
    clearTimeout(clock);
    const watch = watchLimits(view, confinement.writable, job.limits, end, fail);
    const began = performance.now();
    clock = setTimeout(() => end("wall-limit"), job.limits.wallSeconds * 1000);
    // What ended it while it was built must not race its first instruction.
    if (why.limit === null) running.begin();
    const report = await running.ended;
    const wallSeconds = (performance.now() - began) / 1000;
    const seen = watch.stop();
    if (why.failures.length > 0) throw why.failures[0];
    const cpuSeconds = Math.max(report.cpuSeconds ?? 0, seen.cpuSeconds);
    const usage = { wallSeconds, cpuSeconds, peakMemoryMb: seen.peakMemoryMb };
    const signal = signalOf(report);
    const status = why.limit ?? judge(report, signal, cpuSeconds, seen.diskFull, job);
    const exitCode = why.limit === null && signal === null ? report.code : null;
    return { status, exitCode, signal, usage, ...texts(output) };
  } finally {
    clearTimeout(clock);
    job.signal?.removeEventListener("abort", abort);
  }
}

const NONE = { wallSeconds: 0, cpuSeconds: 0, peakMemoryMb: 0 };

function texts(output: { text(stream: "stdout" | "stderr"): string }) {
  return { stdout: output.text("stdout"), stderr: output.text("stderr") };
}

/** The status of a job that the supervisor did not end. */
function judge(
  report: LaunchReport,
  signal: string | null,
  cpuSeconds: number,
  diskFull: boolean,
  { limits }: SandboxJob,
): SandboxStatus {
  // The kernel refuses to write past a file's limit or a full folder; the job may exit as it likes.
  if (diskFull || signal === "SIGXFSZ") return "disk-limit";
  if (signal !== null && cpuSeconds >= (limits.cpuSeconds ?? Number.POSITIVE_INFINITY)) {
    return "cpu-limit";
  }
  if (signal !== null || report.code === null) return "killed";
  return report.code === 0 ? "ok" : "failed";
}

function signalOf({ code }: LaunchReport): string | null {
  if (code === null) return "SIGKILL";
  const signal = Object.entries(constants.signals).find(([, number]) => number === code - 128);
  return signal?.[0] ?? null;
}
