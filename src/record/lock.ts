import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { Fault } from "./fault.ts";

/** A lab is already open in another process. */
export class LabBusy extends Fault {
  override readonly name = "LabBusy";
}

/**
 * Takes the lock file of a lab for this process, or throws LabBusy naming the holder. A lock whose
 * process is gone (killed, or the machine was restarted) is taken over. Returns the release.
 */
export function acquireLock(path: string): () => void {
  mkdirSync(dirname(path), { recursive: true });
  const mine = JSON.stringify({
    pid: process.pid,
    started: startOf(process.pid),
    host: hostname(),
  });
  for (let attempt = 0; attempt < 3; attempt++) {
    if (claim(path, mine)) {
      return () => {
        if (read(path) === mine) rmSync(path, { force: true });
      };
    }
    const holder = read(path);
    if (holder === null) continue;
    if (isAlive(holder)) throw busy(path, holder);
    takeAway(path, holder);
  }
  throw busy(path, read(path) ?? "{}");
}

/** Creates the lock with its content in one atomic act, so that no one ever reads half a lock. */
function claim(path: string, content: string): boolean {
  const draft = `${path}.${process.pid}.new`;
  writeFileSync(draft, content);
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return false;
  } finally {
    rmSync(draft, { force: true });
  }
}

function takeAway(path: string, stale: string): void {
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch {
    return; // another process was quicker; look again
  }
  // Between our look and our rename someone may have taken the lock properly: give it back.
  const moved = read(aside);
  if (moved !== null && moved !== stale) {
    try {
      linkSync(aside, path);
    } catch {
      // a third process holds it now
    }
  }
  rmSync(aside, { force: true });
}

function isAlive(holder: string): boolean {
  let record: { pid?: number; started?: string | null; host?: string };
  try {
    record = JSON.parse(holder) as typeof record;
  } catch {
    return false; // torn by a crash while it was written
  }
  if (typeof record.pid !== "number") return false;
  if (record.host !== hostname()) return true; // cannot be told from here: assume the worst
  try {
    process.kill(record.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  const started = startOf(record.pid);
  return started === null || record.started == null || started === record.started;
}

/** When a process started, in ticks since boot, where the system tells; guards against a pid used again. */
function startOf(pid: number): string | null {
  const text = read(`/proc/${pid}/stat`);
  return text?.slice(text.lastIndexOf(")") + 2).split(" ")[19] ?? null;
}

function read(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}

function busy(path: string, holder: string): LabBusy {
  const { pid, host } = JSON.parse(holder || "{}") as { pid?: number; host?: string };
  return new LabBusy(
    path,
    `the lab is open in another process (pid ${pid ?? "unknown"} on ${host ?? "this machine"})`,
    "Wait for it or stop it; several processes share a lab with --database postgres://…",
  );
}
