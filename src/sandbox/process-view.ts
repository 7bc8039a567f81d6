import { execFileSync } from "node:child_process";
import {
  closeSync,
  openSync,
  readdirSync,
  readSync,
  type Stats,
  statfsSync,
  statSync,
} from "node:fs";

/** What the living processes of a job use at one moment. */
export interface ProcessSample {
  readonly processes: number;
  /** User and system time, with that of every process they have waited for. */
  readonly cpuSeconds: number;
  /** Sum of resident sets; a page that two processes share counts twice. */
  readonly residentMb: number;
  /** The kernel's high-water mark of the process that had the highest. */
  readonly highWaterMb: number;
}

/** How the supervisor looks at a job from outside. Every method is synchronous and cheap. */
export interface ProcessView {
  /** Counts no further than `stopAbove` processes. */
  sample(stopAbove: number): ProcessSample;
  /** Resident memory with each shared page split among its users; costs about 1 ms a process. */
  proportionalMb(): number;
  /** Bytes in the job's memory-backed folders, and in files it deleted but still holds open. */
  hiddenBytes(): number;
  /** True where a memory-backed folder has no room left. */
  full(): boolean;
  close(): void;
}

/**
 * The processes of a PID namespace, read through its own /proc, so that the cost depends on the job
 * and not on the machine. `namespacePid` is its first process as the host numbers it. The folders are
 * held open: they can be asked after the job's end. Needs the rights of the one who made the namespace.
 */
export function namespaceView(namespacePid: number, memoryFolders: readonly string[]): ProcessView {
  const root = `/proc/${namespacePid}/root`;
  const open: number[] = [];
  const hold = (folder: string): string => {
    const fd = openSync(`${root}${folder}`, "r");
    open.push(fd);
    return `/proc/self/fd/${fd}`;
  };
  try {
    const proc = hold("/proc");
    const pids = () => listPids(proc).filter((pid) => pid !== 1); // 1 is the gate
    return linuxView(proc, pids, memoryFolders.map(hold), 1, () =>
      open.splice(0).forEach(closeSync),
    );
  } catch (error) {
    open.forEach(closeSync);
    throw error;
  }
}

/** One process that can have no children. Reads /proc on Linux and asks `ps` elsewhere. */
export function singleProcessView(pid: number): ProcessView {
  if (process.platform !== "linux") return psView(pid);
  return linuxView(
    "/proc",
    () => [pid],
    [],
    null,
    () => undefined,
  );
}

function linuxView(
  proc: string,
  pids: () => number[],
  memoryFolders: readonly string[],
  reaper: number | null,
  close: () => void,
): ProcessView {
  return {
    sample(stopAbove) {
      const alive = pids();
      if (alive.length > stopAbove) return { ...NOTHING, processes: alive.length };
      // The first process of a namespace inherits orphans, and with them the time they used.
      const orphans = reaper === null ? 0 : (readCpuSeconds(proc, reaper)?.waitedFor ?? 0);
      return alive
        .map((pid) => readProcess(proc, pid))
        .reduce(add, { ...NOTHING, cpuSeconds: orphans });
    },
    proportionalMb() {
      return pids().reduce((sum, pid) => {
        const text = readSmall(`${proc}/${pid}/smaps_rollup`);
        return sum + kilobytes(text, "Pss:") / 1024;
      }, 0);
    },
    hiddenBytes() {
      const inMemory = memoryFolders.reduce((sum, folder) => {
        const { blocks, bfree, bsize } = statfsSync(folder);
        return sum + (blocks - bfree) * bsize;
      }, 0);
      const counted = new Set(memoryFolders.map((folder) => statSync(folder).dev));
      const deleted = new Map<string, number>();
      for (const pid of pids()) {
        for (const file of openFiles(`${proc}/${pid}/fd`)) {
          if (file.isFile() && file.nlink === 0 && !counted.has(file.dev)) {
            deleted.set(`${file.dev}:${file.ino}`, file.blocks * 512);
          }
        }
      }
      return [...deleted.values()].reduce((sum, bytes) => sum + bytes, inMemory);
    },
    full: () => memoryFolders.some((folder) => statfsSync(folder).bfree === 0),
    close,
  };
}

const NOTHING: ProcessSample = { processes: 0, cpuSeconds: 0, residentMb: 0, highWaterMb: 0 };

function add(a: ProcessSample, b: ProcessSample): ProcessSample {
  return {
    processes: a.processes + b.processes,
    cpuSeconds: a.cpuSeconds + b.cpuSeconds,
    residentMb: a.residentMb + b.residentMb,
    highWaterMb: Math.max(a.highWaterMb, b.highWaterMb),
  };
}

function readProcess(proc: string, pid: number): ProcessSample {
  const cpu = readCpuSeconds(proc, pid);
  if (cpu === null) return NOTHING;
  const status = readSmall(`${proc}/${pid}/status`);
  return {
    processes: 1,
    cpuSeconds: cpu.own + cpu.waitedFor,
    residentMb: kilobytes(status, "VmRSS:") / 1024,
    highWaterMb: kilobytes(status, "VmHWM:") / 1024,
  };
}

/** From /proc/PID/stat (proc(5)): fields 14 to 17, in ticks of 1/100 s; null where the process is gone. */
function readCpuSeconds(proc: string, pid: number): { own: number; waitedFor: number } | null {
  const stat = readSmall(`${proc}/${pid}/stat`);
  if (stat === "") return null;
  // The second field, the name, may hold anything, brackets and blanks too.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = (field: number) => Number(fields[field - 3] ?? 0) / 100;
  return { own: ticks(14) + ticks(15), waitedFor: ticks(16) + ticks(17) };
}

function kilobytes(text: string, label: string): number {
  const at = text.indexOf(`\n${label}`);
  return at < 0 ? 0 : Number.parseInt(text.slice(at + 1 + label.length), 10);
}

function listPids(proc: string): number[] {
  return readdirSync(proc).map(Number).filter(Number.isInteger);
}

function openFiles(folder: string): Stats[] {
  try {
    return readdirSync(folder).flatMap((fd) => {
      try {
        return [statSync(`${folder}/${fd}`)];
      } catch {
        return []; // closed meanwhile
      }
    });
  } catch {
    return []; // the process is gone
  }
}

const buffer = Buffer.alloc(8192);

/** A file of /proc in one read, three times as cheap as readFileSync; "" where it is gone. */
function readSmall(path: string): string {
  let fd: number;
  try {
    fd = openSync(path, "r");
  } catch {
    return "";
  }
  try {
    return buffer.toString("latin1", 0, readSync(fd, buffer, 0, buffer.length, 0));
  } catch {
    return ""; // ESRCH: it ended between the two calls
  } finally {
    closeSync(fd);
  }
}

/** macOS and the BSDs have no /proc: `ps` costs some 5 ms, which the supervisor's pace allows for. */
export function psView(pid: number): ProcessView {
  return {
    sample() {
      let line: string;
      try {
        line = execFileSync("/bin/ps", ["-o", "rss=,time=", "-p", `${pid}`], {
          encoding: "latin1",
        });
      } catch {
        return NOTHING; // gone
      }
      const [rss, time] = line.trim().split(/\s+/);
      const residentMb = Number(rss) / 1024;
      return {
        processes: 1,
        cpuSeconds: readPsTime(time ?? "0"),
        residentMb,
        highWaterMb: residentMb,
      };
    },
    proportionalMb() {
      return this.sample(1).residentMb;
    },
    hiddenBytes: () => 0,
    full: () => false,
    close: () => undefined,
  };
}

/** [[days-]hours:]minutes:seconds[.hundredths], as POSIX has it and as macOS prints it. */
function readPsTime(text: string): number {
  const [, days = "0", clock = "0"] = /^(?:(\d+)-)?([\d:.]+)$/.exec(text) ?? [];
  return clock.split(":").reduce((sum, part) => sum * 60 + Number(part), 0) + Number(days) * 86_400;
}
