import { type ChildProcess, spawn } from "node:child_process";
import { readFile, watch } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const killAt = fileURLToPath(new URL("kill-at.ts", import.meta.url));

/** A folder with a lab in `lab` and, in `state`, what the machine keeps of it outside. */
export interface LabHome {
  readonly folder: string;
  /** `postgres://…` of a shared lab. */
  readonly database?: string;
}

/** How a process of a lab ended, and what it said. */
export interface Ended {
  /** Null where a signal ended the process. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A process of the command line at work on a lab. */
export interface LabProcess {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

export function labFolder(home: LabHome): string {
  return join(home.folder, "lab");
}

export function stateFolder(home: LabHome): string {
  return join(home.folder, "state");
}

/** Where a followed process writes the names of the boundaries it passes; see kill-at.ts. */
export interface Following {
  readonly boundaries: string;
  /** The boundary at which the process is to die. */
  readonly killAt?: string;
  /** The signal that it gets there instead of SIGKILL. */
  readonly killBy?: NodeJS.Signals;
}

/** Starts `glasshouse run` on the study of coins. */
export function runCoins(home: LabHome, following?: Following): LabProcess {
  return glasshouse(home, ["--json", "run", "e2e/coins"], following);
}

/** Starts the command line on a lab; followed by kill-at.ts where that is asked for. */
export function glasshouse(
  home: LabHome,
  args: readonly string[],
  following?: Following,
): LabProcess {
  const preload = following ? ["--import", "tsx", "--import", killAt] : [];
  const database = home.database ? ["--database", home.database] : [];
  const child = spawn(
    process.execPath,
    [...preload, "bin/glasshouse.js", "--lab", labFolder(home), ...database, ...args],
    {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...process.env,
        GLASSHOUSE_STATE: stateFolder(home),
        ...(following ? { GLASSHOUSE_BOUNDARIES: following.boundaries } : {}),
        ...(following?.killAt ? { GLASSHOUSE_KILL_AT: following.killAt } : {}),
        ...(following?.killBy ? { GLASSHOUSE_KILL_BY: following.killBy } : {}),
      },
    },
  );
  living.add(child);
  child.once("exit", () => living.delete(child));
  return { child, ended: endOf(child) };
}

const living = new Set<ChildProcess>();

/** Kills what a failed test left running. */
export function killRest(): void {
  for (const child of living) child.kill("SIGKILL");
}

function endOf(child: ChildProcess): Promise<Ended> {
  let stdout = "";
  let stderr = "";
  child.stdout!.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr!.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

/** The boundaries that a followed process has passed. */
export async function passed(journal: string): Promise<string[]> {
  return (await readFile(journal, "utf8")).trimEnd().split("\n");
}

/** What is recorded at a boundary, without the moment. */
function thingOf(boundary: string): string {
  return boundary.slice(boundary.indexOf(" ") + 1);
}

/** The keys of the events that a followed process had acknowledged. */
export async function acknowledged(journal: string): Promise<string[]> {
  return (await passed(journal)).filter((name) => name.startsWith("remembered ")).map(thingOf);
}

/** Returns once a followed process has come to the boundary at which it gets its signal. */
export async function atBoundary(journal: string, boundary: string): Promise<void> {
  const changes = watch(journal)[Symbol.asyncIterator]();
  try {
    while ((await passed(journal)).at(-1) !== boundary) await changes.next();
  } finally {
    await changes.return?.();
  }
}
