import { folderBytes } from "./disk-use.ts";
import type { Limits, SandboxStatus } from "./job.ts";
import type { ProcessView } from "./process-view.ts";

/** Largest part of one core that looking at a job may take, as long as `SLOWEST` allows it. */
const SHARE = { processes: 0.003, disk: 0.0015 };
/** Seconds between two looks at the processes, and at the disk: never more often than the first. */
const PACE = { processes: [0.05, 1], disk: [0.15, 2] } as const;

export interface Watch {
  /** Looks a last time at what outlives the job, and lets go of it. */
  stop(): {
    readonly cpuSeconds: number;
    readonly peakMemoryMb: number;
    readonly diskFull: boolean;
  };
}

/**
 * Compares what a job uses with its limits, from its first instruction on, and calls `exceeded` with
 * the first limit it overran; an error in looking goes to `failed`. Looks often at first, then every
 * 50 ms (disk: 150 ms), and less often where looking is dear, as with hundreds of processes or
 * thousands of files.
 */
export function watchLimits(
  view: ProcessView,
  folders: readonly string[],
  limits: Limits,
  exceeded: (status: SandboxStatus) => void,
  failed: (error: unknown) => void,
): Watch {
  const used = { cpuSeconds: 0, peakMemoryMb: 0 };
  const diskLimit = limits.diskMb * 2 ** 20;

  const lookAtProcesses = () => {
    const now = view.sample(limits.processes);
    if (now.processes > limits.processes) return exceeded("process-limit");
    used.cpuSeconds = Math.max(used.cpuSeconds, now.cpuSeconds);
    used.peakMemoryMb = Math.max(used.peakMemoryMb, now.residentMb, now.highWaterMb);
    if (now.cpuSeconds > (limits.cpuSeconds ?? Number.POSITIVE_INFINITY)) exceeded("cpu-limit");
    // Processes share pages, such as Node's own code: only what is left after that counts.
    if (now.residentMb > limits.memoryMb) {
      if (now.processes === 1 || view.proportionalMb() > limits.memoryMb) exceeded("memory-limit");
    }
  };
  const overDisk = () => {
    const inFolders = folders.reduce((sum, folder) => sum + folderBytes(folder, diskLimit), 0);
    return inFolders > diskLimit || inFolders + view.hiddenBytes() > diskLimit;
  };
  const lookAtDisk = () => {
    if (overDisk()) exceeded("disk-limit");
  };

  const stopProcesses = repeat(lookAtProcesses, failed, SHARE.processes, PACE.processes);
  const stopDisk = repeat(lookAtDisk, failed, SHARE.disk, PACE.disk);
  return {
    stop() {
      stopProcesses();
      stopDisk();
      const diskFull = overDisk() || view.full();
      view.close();
      return { ...used, diskFull };
    },
  };
}

/** Repeats an action at the pace at which its own CPU time stays below a share of a core. */
function repeat(
  action: () => void,
  failed: (error: unknown) => void,
  share: number,
  [fastest, slowest]: readonly [number, number],
): () => void {
  let timer: NodeJS.Timeout;
  let wait = fastest / 16;
  const turn = () => {
    const before = process.cpuUsage();
    try {
      action();
    } catch (error) {
      return failed(error);
    }
    const { user, system } = process.cpuUsage(before);
    const affordable = (user + system) / 1e6 / share;
    wait = Math.min(slowest, Math.max(Math.min(fastest, wait * 2), affordable));
    timer = setTimeout(turn, wait * 1000);
  };
  timer = setTimeout(turn, wait * 1000);
  return () => clearTimeout(timer);
}
