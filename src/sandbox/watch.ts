import { folderBytes } from "./disk-use.ts";
import type { Limits, SandboxStatus } from "./job.ts";
import type { ProcessView } from "./process-view.ts";

/** Part of one core that looking at a job may take, for its processes and for its disk. */
const SHARE = { processes: 0.003, disk: 0.001 };
/** Seconds of CPU time that waking up costs by itself. */
const WAKING = 0.0002;
/** Seconds between two looks: never more often than the first, nor less often than the second. */
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
 * the first limit it overran; an error in looking goes to `failed`. Looks often at first, then about
 * every 80 ms (disk: 150 ms), and less often where looking is dear, as on a busy machine, with hundreds
 * of processes or with thousands of files: up to 1 s (disk: 2 s).
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

  let timer: NodeJS.Timeout;
  let ramp = PACE.processes[0] / 16;
  let diskDue = 0;
  const turn = () => {
    try {
      const spent = WAKING + cpuSecondsOf(lookAtProcesses);
      if (performance.now() >= diskDue) {
        const spentOnDisk = cpuSecondsOf(lookAtDisk);
        diskDue = performance.now() + pace(spentOnDisk, SHARE.disk, PACE.disk) * 1000;
      }
      ramp = Math.min(ramp * 2, 1);
      timer = setTimeout(turn, Math.min(ramp, pace(spent, SHARE.processes, PACE.processes)) * 1000);
    } catch (error) {
      failed(error);
    }
  };
  timer = setTimeout(turn, ramp * 1000);
  return {
    stop() {
      clearTimeout(timer);
      const diskFull = overDisk() || view.full();
      view.close();
      return { ...used, diskFull };
    },
  };
}

/** Seconds to wait so that looking stays below its share of a core. */
function pace(spent: number, share: number, [fastest, slowest]: readonly [number, number]): number {
  return Math.min(slowest, Math.max(fastest, spent / share));
}

function cpuSecondsOf(action: () => void): number {
  const before = process.cpuUsage();
  action();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}
