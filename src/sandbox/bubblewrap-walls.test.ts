import { execFileSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { bubblewrapWorks, nodeJob, runAndDispose, shellJob, useScratch } from "./fixtures/jobs.ts";
import { bubblewrapSandbox } from "./index.ts";
import type { SandboxJob } from "./job.ts";

const scratch = useScratch();

describe.skipIf(!bubblewrapWorks)("bubblewrapSandbox", () => {
  const sandbox = bubblewrapSandbox({ scratch });
  const run = (job: SandboxJob) => runAndDispose(sandbox, job);

  describe("keeps from a job", () => {
    it("every file of the host but the system's programs and its own", async () => {
      writeFileSync(join(scratch, "of-the-lab"), "secret");
      const outcome = await run(
        shellJob(
          `ls -A / /etc /job; cat /etc/shadow ${join(scratch, "of-the-lab")} ${process.cwd()}/package.json
           ls /root /home /work /var /run /sys`,
        ),
      );
      rmSync(join(scratch, "of-the-lab"));
      expect(outcome.stdout).not.toMatch(/secret|glasshouse|root:/);
      expect(outcome.stderr.match(/No such file or directory/g)).toHaveLength(9);
      expect(outcome.stdout).toMatch(
        /^\/etc:\n(alternatives\n)?group\nhosts\nld.so.cache\npasswd\n/m,
      );
    });

    it("every descriptor the lab has inherited from whoever opened it", () => {
      const program = `
        const { readlinkSync } = await import("node:fs");
        const { bubblewrapSandbox } = await import(${JSON.stringify(new URL("./index.ts", import.meta.url).href)});
        console.log("lab:", readlinkSync("/proc/self/fd/9"), readlinkSync("/proc/self/fd/57"));
        const outcome = await bubblewrapSandbox().run({
          command: ["sh", "-c", "ls -l /proc/self/fd | grep -o ' [0-9]* -> .*'"],
          files: {}, trust: "untrusted",
          limits: { wallSeconds: 20, memoryMb: 100, processes: 8, diskMb: 8 },
        });
        console.log("job:" + outcome.stdout);
        await outcome.outputs.dispose();`;
      const said = execFileSync(
        "/bin/bash",
        [
          "-c",
          'exec 9</ 57</etc; exec "$0" --import tsx --input-type=module -e "$1"',
          process.execPath,
          program,
        ],
        { encoding: "utf8" },
      );
      const [lab, job] = said.split("job:");
      expect(lab).toBe("lab: / /etc\n");
      const targets = (job ?? "")
        .trim()
        .split("\n")
        .map((line) => line.replace(/.*-> /, ""));
      expect(targets.length).toBeGreaterThanOrEqual(5);
      const harmless = /^(\/dev\/null|socket:\[\d+\]|pipe:\[\d+\]|\/proc\/\d+\/fd)$/;
      expect(targets.filter((target) => !harmless.test(target))).toEqual([]);
    });

    it("the network, the lab's own loopback included", async () => {
      let connections = 0;
      const server = createServer((socket) => {
        connections += 1;
        socket.destroy();
      });
      await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
      const { port } = server.address() as { port: number };
      const outcome = await run(
        nodeJob(`const net = require("node:net");
          for (const host of ["127.0.0.1", "10.0.0.1", "1.1.1.1"]) {
            const socket = net.connect(host === "127.0.0.1" ? ${port} : 80, host);
            socket.on("connect", () => console.log("connected", host));
            socket.on("error", (error) => console.log(error.code));
          }
          console.log(Object.keys(require("node:os").networkInterfaces()).join());`),
      );
      server.close();
      expect(outcome.stdout.trim().split("\n").sort()).toEqual([
        "ECONNREFUSED",
        "ENETUNREACH",
        "ENETUNREACH",
        "lo",
      ]);
      expect(connections).toBe(0);
    });

    it("all places to write but /out, /tmp and shared memory", async () => {
      const outcome = await run(
        shellJob(
          "for f in / /job /etc /usr /dev /proc /bin /out /tmp /dev/shm; do echo x > $f/file && echo $f; done",
        ),
      );
      expect(outcome.stdout).toBe("/out\n/tmp\n/dev/shm\n");
    });

    it("its environment", async () => {
      process.env.LAB_SECRET = "secret";
      const outcome = await run(nodeJob("console.log(Object.keys(process.env).sort().join())"));
      delete process.env.LAB_SECRET;
      expect(outcome.stdout).toBe("GLASSHOUSE_JOB,GLASSHOUSE_OUT,HOME,LANG,PATH,PWD,TMPDIR,TZ\n");
    });
  });
});
