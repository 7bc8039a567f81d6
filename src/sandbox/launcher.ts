import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readdirSync, readFileSync } from "node:fs";
import type { Duplex } from "node:stream";
import type { Limits } from "./job.ts";
import type { JobUser } from "./job-user.ts";

/** A confined program, ready to be started. */
export interface Launch {
  /** What the launcher starts; built with `gated`, so that the job waits for leave to begin. */
  readonly command: readonly string[];
  /** Folder the launcher starts in. */
  readonly cwd: string;
  /** The user that the launcher becomes; null: the lab's own. */
  readonly user: JobUser | null;
  /** File given to the confining program as FILTER_FD; null: none. */
  readonly filter: string | null;
  /** Folder to remove should the lab die before the job. */
  readonly scratch: string;
  /** Whether the confining program tells the pid of its namespace's first process on INFO_FD. */
  readonly reportsNamespace: boolean;
}

export interface Launched {
  readonly child: ChildProcess;
  /** Resolves when the job is confined and waits at the gate; rejects with LaunchFailed. */
  readonly ready: Promise<{ readonly pid: number; readonly namespacePid: number | null }>;
  /** Lets the job begin. */
  begin(): void;
  /** Kills all of it; may be called at any time, more than once. */
  kill(): void;
  /** Resolves when nothing of it is left. */
  readonly ended: Promise<LaunchReport>;
}

export interface LaunchReport {
  /** Exit code of the job as a shell tells it (128 + n for signal n); null where the launcher died. */
  readonly code: number | null;
  /** User and system time of everything the launcher started; null where the launcher died. */
  readonly cpuSeconds: number | null;
}

/** The confining program ended before the job could begin. */
export class LaunchFailed extends Error {}

/** Descriptor on which the confining program tells the pid of its namespace. */
export const INFO_FD = 5;
/** Descriptor of the system call filter. */
export const FILTER_FD = 6;
const CONTROL_FD = 3;
const GATE_FD = 4;
const FIRST_FREE_FD = 8; // 7 is the launcher's own

/**
 * The launcher is a shell outside the sandbox. As the parent of all of the job it learns from the
 * kernel what the job used, which neither Node (it has no wait4) nor the job itself (it may lie)
 * could tell. Its watcher is told whom to kill when the control descriptor closes, as when the lab dies:
 * bubblewrap's own --die-with-parent has no power over a job that is another user.
 * The job stands in the foreground, as a shell's background job would ignore interrupts, and gives way
 * to the lab where the processors are few.
 */
const LAUNCHER = `
ulimit -c 0 || exit 124
ulimit -f "$1" || exit 124
test "$2" = - || ulimit -t "$2" || exit 124
ulimit -d "$3" 2>/dev/null || :
ulimit -n "$4" 2>/dev/null || :
scratch=$5
shift 5
exec 7>&2 2>/dev/null
{ read -r job <&3; read -r _ <&3; kill -KILL "$job"; rm -rf -- "$scratch"; kill -KILL 0; } </dev/null >/dev/null 4>&- 5>&- 6>&- 7>&- &
/bin/sh -c 'echo "pid $$" >&3; exec nice -n 5 "$@" 2>&7 3>&- 7>&-' launcher "$@"
code=$?
kill -KILL "$!"
times >&3
echo "exit $code" >&3
`;

/** Inside the confinement: says that it stands, and waits for leave. */
const GATE = `
test "$1" = - || ulimit -u "$1" 2>/dev/null || ulimit -p "$1" || exit 125
shift
echo ready >&4
read -r _ <&4 || exit 125
`;
/** Then becomes the job, */
const BECOME = 'exec "$@" 4>&-';
/** or stays as the first process of a namespace, which waits for whatever the job leaves behind. */
const STAY = `
exec 4>&2 2>/dev/null
"$@" 2>&4 4>&-
exit $?
`;

/**
 * Wraps a command to wait at the gate; `tasks` bounds the threads of its user, null leaves them;
 * `first` says that it is the first process of a namespace.
 */
export function gated(command: readonly string[], tasks: number | null, first: boolean): string[] {
  const script = GATE + (first ? STAY : BECOME);
  return ["/bin/sh", "-c", script, "gate", tasks === null ? "-" : `${tasks}`, ...command];
}

/** Starts a launch up to its gate. The kernel's own limits are set wider than the supervisor's. */
export function launch(plan: Launch, limits: Limits, withStdin: boolean): Launched {
  const nothing = openSync("/dev/null", "r");
  const filter = plan.filter === null ? null : openSync(plan.filter, "r");
  let child: ChildProcess;
  try {
    child = spawn(
      "/bin/sh",
      ["-c", LAUNCHER, "launcher", ...kernelLimits(limits), plan.scratch, ...plan.command],
      {
        cwd: plan.cwd,
        env: { PATH: "/usr/local/bin:/usr/bin:/bin" },
        detached: true,
        ...(plan.user ?? {}),
        stdio: [
          withStdin ? "pipe" : "ignore",
          "pipe",
          "pipe",
          "pipe",
          "pipe",
          plan.reportsNamespace ? "pipe" : "ignore",
          filter ?? "ignore",
          "ignore",
          ...coverInherited(nothing),
        ],
      },
    );
  } finally {
    closeSync(nothing);
    if (filter !== null) closeSync(filter);
  }
  child.on("error", () => undefined); // told by `ready`, or here:
  if (child.stdout === undefined) throw new LaunchFailed("the lab has too many files open");
  return follow(child, plan.reportsNamespace);
}

function kernelLimits(limits: Limits): string[] {
  const oneMore = (mb: number) => Math.ceil(mb) + 1;
  return [
    `${oneMore(limits.diskMb) * 2048}`, // a file's size, in blocks of 512 bytes
    limits.cpuSeconds === undefined ? "-" : `${oneMore(limits.cpuSeconds)}`, // each process, seconds
    `${(oneMore(limits.memoryMb) * 2 + 1024) * 1024}`, // each process' writable memory, KiB
    "1024", // open files
  ];
}

/**
 * Whatever opened the lab may have left it descriptors that a child inherits, such as an open folder;
 * a job would escape by one. Each is covered by an empty one.
 */
function coverInherited(nothing: number): (number | "ignore")[] {
  const cover: (number | "ignore")[] = [];
  for (const fd of inheritedDescriptors()) {
    while (cover.length < fd - FIRST_FREE_FD) cover.push("ignore");
    cover.push(nothing);
  }
  return cover;
}

function inheritedDescriptors(): number[] {
  if (process.platform !== "linux") return [];
  const closeOnExec = 0o2000000;
  return readdirSync("/proc/self/fd")
    .map(Number)
    .filter((fd) => {
      if (fd < FIRST_FREE_FD) return false;
      try {
        const flags = /^flags:\s*([0-7]+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, "latin1"));
        return (Number.parseInt(flags?.[1] ?? "0", 8) & closeOnExec) === 0;
      } catch {
        return false; // closed meanwhile: the descriptor of the listing itself
      }
    })
    .sort((a, b) => a - b);
}

function follow(child: ChildProcess, reportsNamespace: boolean): Launched {
  const control = child.stdio[CONTROL_FD] as Duplex;
  const gate = child.stdio[GATE_FD] as Duplex;
  const streams: readonly unknown[] = child.stdio;
  const info = (streams[INFO_FD] ?? null) as Duplex | null;
  let report = "";
  let infoText = "";
  let atGate = false;
  let over = false;
  let doomed: NodeJS.Timeout | undefined;

  const ready = new Promise<{ pid: number; namespacePid: number | null }>((resolve, reject) => {
    const settle = () => {
      const [pid, namespacePid] = [pidOf(report), namespaceOf(infoText)];
      if (!atGate || pid === null || (reportsNamespace && namespacePid === null)) return;
      resolve({ pid, namespacePid });
    };
    control.on("data", (bytes: Buffer) => {
      report += bytes.toString("latin1");
      settle();
    });
    info?.on("data", (bytes: Buffer) => {
      if (infoText.length < 4096) infoText += bytes.toString("latin1");
      settle();
    });
    gate.once("data", () => {
      atGate = true;
      gate.resume();
      settle();
    });
    child.once("error", (error) => reject(new LaunchFailed(error.message)));
    child.once("close", () => reject(new LaunchFailed("it ended before the job could begin")));
  });
  ready.catch(() => undefined);
  for (const stream of [child.stdin, control, gate, info]) stream?.on("error", () => undefined);

  const ended = new Promise<LaunchReport>((resolve) => {
    child.once("exit", () => {
      over = true;
      clearTimeout(doomed);
      // Everything that holds the pipes is dead or about to be; do not wait for them for ever.
      const patience = setTimeout(() => {
        for (const stream of child.stdio) stream?.destroy();
      }, 2000);
      child.once("close", () => clearTimeout(patience));
    });
    child.once("error", () => resolve({ code: null, cpuSeconds: null }));
    child.once("close", () => resolve(readReport(report)));
  });

  return {
    child,
    ready,
    ended,
    begin() {
      control.write(`${namespaceOf(infoText) ?? pidOf(report)}\n`);
      gate.end("go\n");
    },
    kill() {
      if (over || doomed !== undefined) return;
      // The first process of a namespace takes all of it along, and what they used is still reported.
      const pid = namespaceOf(infoText) ?? pidOf(report);
      if (pid !== null && !report.includes("exit ")) killQuietly(pid);
      // Where that is not enough, its group goes too, and the launcher with what it could report.
      const patience = pid === null ? 0 : KILL_SECONDS * 1000;
      doomed = setTimeout(() => child.pid !== undefined && killQuietly(-child.pid), patience);
    },
  };
}

const KILL_SECONDS = 5;

function pidOf(report: string): number | null {
  const [, pid] = /^pid (\d+)$/m.exec(report) ?? [];
  return pid === undefined ? null : Number(pid);
}

/** What bubblewrap's --info-fd tells, as JSON. */
function namespaceOf(info: string): number | null {
  const [, pid] = /"child-pid": *(\d+)\b/.exec(info) ?? [];
  return pid === undefined ? null : Number(pid);
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // already gone
  }
}

/** `times` of POSIX prints two lines, the shell's own and its children's, as 0m0.01s 0m0.02s. */
function readReport(report: string): LaunchReport {
  const code = /^exit (\d+)$/m.exec(report)?.[1];
  const times = [...report.matchAll(/(\d+)m([\d.,]+)s/g)].map(
    ([, minutes, seconds]) => Number(minutes) * 60 + Number(seconds?.replace(",", ".")),
  );
  const [, , user, system] = times;
  return {
    code: code === undefined ? null : Number(code),
    cpuSeconds: user === undefined || system === undefined ? null : user + system,
  };
}
