import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { nodeJob, runAndDispose } from "./fixtures/jobs.ts";
import { InvalidJob, restrictedProcessSandbox, SandboxUnavailable } from "./index.ts";
import type { SandboxJob } from "./job.ts";
import { permissionFlag } from "./restricted-process.ts";

type Change = Parameters<typeof nodeJob>[1];

describe.skipIf(process.platform === "win32")("restrictedProcessSandbox", () => {
  const scratch = mkdtempSync(join(tmpdir(), "glasshouse-test-"));
  const sandbox = restrictedProcessSandbox({ scratch });
  const run = (job: SandboxJob) => runAndDispose(sandbox, job);
  const registered = (program: string, change: Change = {}): SandboxJob => ({
    ...nodeJob(program, change),
    trust: "registered",
  });
  afterAll(() => rmSync(scratch, { recursive: true }));

  it("runs a registered program with its files, arguments, environment and outputs", async () => {
    const outcome = await sandbox.run(
      registered("", {
        command: ["node", "--max-old-space-size=64", "/job/main.mjs", "/job/lib/data"],
        files: {
          "main.mjs": Buffer.from(`
            import { readFileSync, writeFileSync } from "node:fs";
            import { join } from "node:path";
            import { double } from "./lib/double.mjs";
            const { GLASSHOUSE_JOB: job, GLASSHOUSE_OUT: out, ...rest } = process.env;
            writeFileSync(join(out, "copy"), readFileSync(process.argv[2]));
            console.log(double(21), JSON.stringify(rest), readFileSync(0, "utf8"), process.execArgv[0]);`),
          "lib/double.mjs": Buffer.from("export const double = (x) => 2 * x;"),
          "lib/data": Buffer.from([1, 2, 3]),
        },
        env: { WORD: "hello" },
        stdin: Buffer.from("typed"),
      }),
    );
    expect(outcome.stderr.replace(/^.*(ExperimentalWarning|--trace-warnings).*\n/gm, "")).toBe("");
    expect(outcome.stdout).toMatch(/^42 {"LANG":"C.UTF-8","TZ":"UTC","WORD":"hello"} typed/);
    expect(outcome).toMatchObject({ status: "ok", exitCode: 0, isolation: "restricted process" });
    expect(await outcome.outputs.read("copy")).toEqual(new Uint8Array([1, 2, 3]));
    await outcome.outputs.dispose();
    expect(readdirSync(scratch)).toEqual([]);
  });

  it("refuses an untrusted job, naming the remedy", async () => {
    const lacking = { reason: "bubblewrap is missing", remedy: "apt-get install -y bubblewrap" };
    const refusal = await restrictedProcessSandbox({ lacking })
      .run(nodeJob("console.log(1)"))
      .catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(SandboxUnavailable);
    expect(refusal).toMatchObject(lacking);
    await expect(run(nodeJob("console.log(1)"))).rejects.toThrow(SandboxUnavailable);
  });

  it.each([
    [["sh", "-c", "true"]],
    [["node"]],
    [["node", "-e", "1"]],
    [["node", "--allow-child-process", "/job/main.cjs"]],
    [["node", "--require", "/etc/x", "/job/main.cjs"]],
  ])("refuses the command %j", async (command) => {
    await expect(run(registered("", { command }))).rejects.toThrow(InvalidJob);
  });

  it("keeps a program from other files, processes, threads and addons", async () => {
    writeFileSync(join(scratch, "of-the-lab"), "secret");
    const outcome = await run(
      registered(`
        const fs = require("node:fs"), { join } = require("node:path");
        const { GLASSHOUSE_JOB: job, GLASSHOUSE_OUT: out } = process.env;
        const tries = {
          read: () => fs.readFileSync(join(out, "../../of-the-lab")),
          readSystem: () => fs.readFileSync("/etc/passwd"),
          list: () => fs.readdirSync("/"),
          writeJob: () => fs.writeFileSync(join(job, "main.cjs"), "x"),
          writeBeside: () => fs.writeFileSync(join(out, "../beside"), "x"),
          writeOut: () => fs.writeFileSync(join(out, "mine"), "x"),
          spawn: () => require("node:child_process").spawnSync("true"),
          worker: () => new (require("node:worker_threads").Worker)("1", { eval: true }),
          addon: () => process.dlopen({ exports: {} }, join(job, "x.node")),
        };
        for (const [name, attempt] of Object.entries(tries)) {
          try { attempt(); console.log(name, "done"); } catch (error) { console.log(name, error.code); }
        }`),
    );
    rmSync(join(scratch, "of-the-lab"));
    expect(outcome.stdout.trim().split("\n")).toEqual([
      "read ERR_ACCESS_DENIED",
      "readSystem ERR_ACCESS_DENIED",
      "list ERR_ACCESS_DENIED",
      "writeJob ERR_ACCESS_DENIED",
      "writeBeside ERR_ACCESS_DENIED",
      "writeOut done",
      "spawn ERR_ACCESS_DENIED",
      "worker ERR_ACCESS_DENIED",
      expect.stringMatching(/^addon ERR_(ACCESS_DENIED|DLOPEN_DISABLED)$/),
    ]);
  });

  it("keeps a program from the network by every module of Node's", async () => {
    let connections = 0;
    const server = createServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const { port } = server.address() as { port: number };
    const outcome = await run(
      registered("", {
        command: ["node", "/job/main.mjs"],
        files: {
          "main.mjs": Buffer.from(`
            import { connect, createServer } from "node:net";
            import { get } from "node:http";
            import { connect as tls } from "node:tls";
            import { connect as http2 } from "node:http2";
            import { lookup } from "node:dns";
            import { resolve4 } from "node:dns/promises";
            import { createSocket } from "node:dgram";
            const url = "http://127.0.0.1:${port}/";
            const promised = (start) => new Promise((resolve, reject) => start(resolve, reject));
            const tries = {
              net: () => promised((done, fail) => connect(${port}, "127.0.0.1", done).on("error", fail)),
              http: () => promised((done, fail) => get(url, done).on("error", fail)),
              tls: () => promised((done, fail) => tls(${port}, "127.0.0.1", done).on("error", fail)),
              http2: () => promised((done, fail) => http2(url, done).on("error", fail)),
              fetch: () => fetch(url),
              listen: () => promised((done, fail) => createServer().on("error", fail).listen(0, done)),
              lookup: () => promised((done, fail) => lookup("localhost", (e) => (e ? fail(e) : done()))),
              resolve: () => resolve4("localhost"),
              udp: () => promised((done) => createSocket("udp4").send("x", ${port}, "127.0.0.1", done)),
              binding: () => process.binding("tcp_wrap"),
            };
            for (const [name, attempt] of Object.entries(tries)) {
              try { await attempt(); console.log(name, "done"); }
              catch (error) { console.log(name, (error.cause ?? error).message); }
            }
            process.exit(0);`),
        },
      }),
    );
    server.close();
    const names = [
      "net",
      "http",
      "tls",
      "http2",
      "fetch",
      "listen",
      "lookup",
      "resolve",
      "udp",
      "binding",
    ];
    expect(outcome.stdout.trim().split("\n")).toEqual(
      names.map((name) => `${name} a restricted process has no network`),
    );
    expect(connections).toBe(0);
  });

  it.each([
    ["wall-limit", { wallSeconds: 0.5 }, "setInterval(() => {}, 1000)"],
    ["cpu-limit", { cpuSeconds: 0.5 }, "for (;;);"],
    [
      "memory-limit",
      { memoryMb: 256 },
      "const hog = []; for (;;) hog.push(Buffer.alloc(8 << 20, 1));",
    ],
    [
      "disk-limit",
      { diskMb: 8 },
      `const fs = require("node:fs"), { join } = require("node:path");
       for (let i = 0; ; i += 1) fs.writeFileSync(join(process.env.GLASSHOUSE_OUT, "f" + i), Buffer.alloc(1 << 20));`,
    ],
    [
      "disk-limit",
      { diskMb: 8 },
      `const fs = require("node:fs"), { join } = require("node:path");
       try { for (;;) fs.appendFileSync(join(process.env.GLASSHOUSE_OUT, "f"), Buffer.alloc(1 << 20)); } catch {}`,
    ],
    [
      "output-limit",
      { outputMb: 0.5 },
      `for (;;) require("node:fs").writeSync(2, "x".repeat(65536));`,
    ],
  ] as const)("ends a job at its %s", async (status, limits, program) => {
    const outcome = await run(registered(program, { limits }));
    expect(outcome.status).toBe(status);
  });

  it("tells what a job used", async () => {
    const outcome = await run(
      registered(
        `const begin = process.cpuUsage();
         while (process.cpuUsage(begin).user < 400_000);
         const { user, system } = process.cpuUsage();
         setTimeout(() => console.log((user + system) / 1e6, process.resourceUsage().maxRSS / 1024), 100);`,
      ),
    );
    const [cpu = 0, memory = 0] = outcome.stdout.split(" ").map(Number);
    expect(outcome.usage.cpuSeconds).toBeGreaterThan(cpu - 0.02);
    expect(outcome.usage.cpuSeconds).toBeLessThan(cpu + 0.15);
    expect(outcome.usage.peakMemoryMb).toBeGreaterThan(memory * 0.9);
    expect(outcome.usage.peakMemoryMb).toBeLessThan(memory * 1.3);
  });
});

describe("permissionFlag", () => {
  it.each([
    ["20.19.0", "--experimental-permission"],
    ["22.12.0", "--experimental-permission"],
    ["22.13.0", "--permission"],
    ["23.4.0", "--experimental-permission"],
    ["23.5.0", "--permission"],
    ["24.0.0", "--permission"],
  ])("for Node %s is %s", (version, flag) => expect(permissionFlag(version)).toBe(flag));
});
