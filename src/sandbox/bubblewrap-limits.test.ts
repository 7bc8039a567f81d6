import { describe, expect, it } from "vitest";
import { bubblewrapWorks, nodeJob, runAndDispose, shellJob, useScratch } from "./fixtures/jobs.ts";
import { bubblewrapSandbox } from "./index.ts";
import type { SandboxJob } from "./job.ts";

const scratch = useScratch();

describe.skipIf(!bubblewrapWorks)("bubblewrapSandbox", () => {
  const sandbox = bubblewrapSandbox({ scratch });
  const run = (job: SandboxJob) => runAndDispose(sandbox, job);

  describe("ends a job that overruns", () => {
    it("its time, though it ignores every signal", async () => {
      const outcome = await run(
        shellJob("trap '' TERM INT HUP; echo begun; while :; do sleep 1; done", {
          limits: { wallSeconds: 0.5 },
        }),
      );
      expect(outcome).toMatchObject({ status: "wall-limit", stdout: "begun\n", exitCode: null });
    });

    it("its CPU time, in one endless loop", async () => {
      const outcome = await run(nodeJob("for (;;);", { limits: { cpuSeconds: 0.5 } }));
      expect(outcome.status).toBe("cpu-limit");
      expect(outcome.usage.cpuSeconds).toBeGreaterThan(0.5);
      expect(outcome.usage.cpuSeconds).toBeLessThan(2);
    });

    it("its CPU time, in many short processes", async () => {
      const outcome = await run(
        shellJob("while :; do (i=0; while [ $i -lt 3000 ]; do i=$((i+1)); done) & wait; done", {
          limits: { cpuSeconds: 0.5 },
        }),
      );
      expect(outcome.status).toBe("cpu-limit");
    });

    it("its memory", async () => {
      const outcome = await run(
        nodeJob("const hog = []; for (;;) hog.push(Buffer.alloc(8 << 20, 1));", {
          limits: { memoryMb: 256 },
        }),
      );
      expect(outcome.status).toBe("memory-limit");
      expect(outcome.usage.peakMemoryMb).toBeGreaterThan(256);
    });

    it("its memory, in many processes of which none does", async () => {
      const outcome = await run(
        nodeJob(
          `const { fork } = require("node:child_process");
           if (process.argv[2]) { globalThis.hog = Buffer.alloc(64 << 20, 1); setInterval(() => {}, 1000); }
           else for (let i = 0; i < 6; i += 1) fork(__filename, ["child"]);`,
          { limits: { memoryMb: 400 } },
        ),
      );
      expect(outcome.status).toBe("memory-limit");
    });

    it("its disk, with one large file", async () => {
      const outcome = await run(
        shellJob("head -c 500M /dev/zero > /out/large; sleep 60", { limits: { diskMb: 8 } }),
      );
      expect(outcome.status).toBe("disk-limit");
      const bytes = outcome.outputs.files.reduce((sum, file) => sum + file.bytes, 0);
      expect(bytes).toBeLessThanOrEqual(9 * 2 ** 20);
    });

    it.each([
      ["many files", 8, "i=0; while :; do i=$((i+1)); head -c 1M /dev/zero > /out/$i; done"],
      ["empty files without end", 1, "i=0; while :; do i=$((i+1)); : > /out/$i; done"],
      [
        "deleted files it holds open",
        8,
        `exec 8> /out/x 9> /out/y; rm /out/x /out/y
         head -c 8M /dev/zero >&8; head -c 8M /dev/zero >&9; sleep 60`,
      ],
      [
        "temporary files",
        8,
        "i=0; while :; do i=$((i+1)); head -c 1M /dev/zero > /tmp/$i || sleep 60; done",
      ],
      [
        "shared memory",
        8,
        "head -c 7M /dev/zero > /dev/shm/a; head -c 7M /dev/zero > /dev/shm/b; sleep 60",
      ],
    ] as const)("its disk, with %s", async (_, diskMb, script) => {
      const outcome = await run(shellJob(script, { limits: { diskMb } }));
      expect(outcome.status).toBe("disk-limit");
    });

    it("its disk, and then exits as if nothing were", async () => {
      const outcome = await run(
        shellJob("head -c 500M /dev/zero > /out/large; exit 0", { limits: { diskMb: 8 } }),
      );
      expect(outcome.status).toBe("disk-limit");
    });

    it("its output", async () => {
      const outcome = await run(shellJob("yes", { limits: { outputMb: 0.5 } }));
      expect(outcome.status).toBe("output-limit");
      expect(outcome.stdout.length).toBe(2 ** 19);
    });
  });

  it("lets a program reserve far more memory than it uses, as WebAssembly and threads do", async () => {
    const outcome = await run(
      nodeJob(
        `const { Worker } = require("node:worker_threads");
         const memories = [1, 2, 3].map(() => new WebAssembly.Memory({ initial: 1, maximum: 65536 }));
         for (let i = 0; i < 4; i += 1) new Worker("require('node:crypto').randomBytes(1e6)", { eval: true });
         console.log(memories.length);`,
        { limits: { memoryMb: 400, processes: 1 } },
      ),
    );
    expect(outcome).toMatchObject({ status: "ok", stdout: "3\n" });
  });

  describe("measures", () => {
    it("CPU time and peak memory as the job uses them", async () => {
      const outcome = await run(
        nodeJob(
          `globalThis.hog = Buffer.alloc(200 << 20, 1);
           const begin = process.cpuUsage();
           while (process.cpuUsage(begin).user < 400_000);
           const { user, system } = process.cpuUsage();
           setTimeout(() => console.log((user + system) / 1e6, process.memoryUsage.rss() / 2 ** 20), 100);`,
        ),
      );
      const [cpu = 0, memory = 0] = outcome.stdout.split(" ").map(Number);
      expect(outcome.usage.cpuSeconds).toBeGreaterThan(cpu - 0.02);
      expect(outcome.usage.cpuSeconds).toBeLessThan(cpu + 0.15);
      expect(outcome.usage.peakMemoryMb).toBeGreaterThan(memory * 0.98);
      expect(outcome.usage.peakMemoryMb).toBeLessThan(memory * 1.3);
    });
  });
});
