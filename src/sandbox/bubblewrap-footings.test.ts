import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { bubblewrapWorks, runAndDispose, shellJob, useScratch } from "./fixtures/jobs.ts";
import { bubblewrapSandbox } from "./index.ts";
import { type Footing, footings } from "./job-user.ts";

const scratch = useScratch();
const working: Footing[] = [];
for (const footing of bubblewrapWorks ? footings() : []) {
  try {
    await bubblewrapSandbox({ scratch, footing }).setUp();
    working.push(footing);
  } catch (error) {
    console.warn(`the footing ${footing} does not work here, its tests are skipped: ${error}`);
  }
}

describe.skipIf(working.length === 0).each(working)(
  "bubblewrapSandbox on the footing %s",
  (footing) => {
    const here = bubblewrapSandbox({ scratch, footing });

    it("keeps the lab's processes and every privilege from a job", async () => {
      const before = readFileSync("/proc/sys/kernel/core_pattern", "utf8");
      const outcome = await runAndDispose(
        here,
        shellJob(
          `kill -9 ${process.pid} || kill -9 $PPID 1; grep -E 'Cap|NoNew|Seccomp:|Groups' /proc/self/status
           ls /proc | grep -c '^[0-9]'; unshare -U true || echo no namespaces; id -un
           (echo x > /proc/sys/kernel/core_pattern); mount -t tmpfs none /tmp || echo no mounts`,
        ),
      );
      expect(outcome.stderr).toMatch(/No such process/);
      for (const set of ["Inh", "Prm", "Eff", "Bnd", "Amb"]) {
        expect(outcome.stdout).toMatch(new RegExp(`Cap${set}:\\t0{16}`));
      }
      expect(outcome.stdout).toMatch(/NoNewPrivs:\t1\nSeccomp:\t2\n[2-5]\n/);
      expect(outcome.stdout).toMatch(/no namespaces\nnobody\nno mounts\n$/);
      expect(readFileSync("/proc/sys/kernel/core_pattern", "utf8")).toBe(before);
    });

    it("hands the outputs to the lab's user", async () => {
      const outcome = await here.run(shellJob("mkdir in; echo x > in/x; chmod 000 in/x in"));
      const { uid } = statSync(join(outcome.outputs.folder, "in/x"));
      expect(uid).toBe(process.getuid?.());
      await outcome.outputs.dispose();
    });

    it("leaves nothing alive of a job that made daemons", async () => {
      const outcome = await runAndDispose(
        here,
        shellJob(
          "setsid sh -c 'trap \"\" TERM HUP; exec sleep 4242' > /dev/null 2>&1 & sleep 0.1; echo done",
        ),
      );
      expect(outcome).toMatchObject({ status: "ok", stdout: "done\n" });
      expect(alive("sleep\u00004242\0")).toEqual([]);
    });

    it("ends a fork bomb", async () => {
      const limits = { processes: 16, wallSeconds: 10 };
      const outcome = await runAndDispose(
        here,
        shellJob("b() { b | b & }; b; sleep 60", { limits }),
      );
      expect(outcome.status).toBe("process-limit");
    });

    it("ends the job when the lab is killed", async () => {
      const length = footing === "drop" ? "424241" : "424242";
      const own = mkdtempSync(join(scratch, "own-"));
      chmodSync(own, 0o755);
      const lab = spawn(
        process.execPath,
        ["--import", "tsx", "--input-type=module", "-e", labProgram(footing, length, own)],
        { stdio: ["ignore", "inherit", "inherit"] },
      );
      await vi.waitFor(() => expect(alive(`sleep\0${length}`)).toHaveLength(1), PATIENCE);
      lab.kill("SIGKILL");
      await vi.waitFor(() => expect(alive(length)).toEqual([]), PATIENCE);
      // What the job wrote goes with it; so does the rest where the watcher may remove it.
      const traces = () =>
        readdirSync(own, { recursive: true }).filter(
          (name) => footing !== "drop" || /\/(out|tmp)/.test(String(name)),
        );
      await vi.waitFor(() => expect(traces()).toEqual([]), PATIENCE);
    });
  },
);

const PATIENCE = { timeout: 60_000, interval: 20 };

/** A lab that runs one endless job. */
function labProgram(footing: Footing, length: string, folder: string): string {
  const room = new URL("./index.ts", import.meta.url).href;
  return `
    const { bubblewrapSandbox } = await import(${JSON.stringify(room)});
    await bubblewrapSandbox(${JSON.stringify({ footing, scratch: folder })}).run({
      command: ["sh", "-c", "setsid sleep ${length}; true"],
      files: {}, trust: "untrusted",
      limits: { wallSeconds: 600, memoryMb: 100, processes: 8, diskMb: 8 },
    });`;
}

/** Command lines of the host's living processes that hold a text. */
function alive(text: string): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8");
      } catch {
        return ""; // gone
      }
    })
    .filter((line) => line.includes(text) && !line.includes("input-type"));
}
