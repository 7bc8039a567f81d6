import { execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { bubblewrapSandbox, InvalidJob, probeSandboxes } from "./index.ts";
import { nodeJob, runAndDispose, shellJob } from "./job.test-support.ts";
import { type Footing, footings } from "./job-user.ts";

const [probe] = await probeSandboxes();
if (!probe?.works) {
  console.warn(
    `bubblewrap does not work here, its tests are skipped: ${probe?.detail}. ${probe?.remedy}`,
  );
}

const working: Footing[] = [];
for (const footing of probe?.works ? footings() : []) {
  try {
    await bubblewrapSandbox({ footing }).setUp();
    working.push(footing);
  } catch (error) {
    console.warn(`the footing ${footing} does not work here, its tests are skipped: ${error}`);
  }
}

describe.skipIf(!probe?.works)("bubblewrapSandbox", () => {
  const scratch = mkdtempSync(join(tmpdir(), "glasshouse-test-"));
  chmodSync(scratch, 0o755); // as root, jobs are others
  const sandbox = bubblewrapSandbox({ scratch });
  const run = (job: Parameters<typeof sandbox.run>[0]) => runAndDispose(sandbox, job);
  afterAll(() => rmSync(scratch, { recursive: true }));

  describe("runs a job", () => {
    it("with its files, environment and standard input, and collects its outputs", async () => {
      const outcome = await sandbox.run(
        nodeJob(
          `const fs = require("node:fs"), { join } = require("node:path");
           const { GLASSHOUSE_JOB: job, GLASSHOUSE_OUT: out, WORD } = process.env;
           fs.mkdirSync(join(out, "deep"));
           fs.writeFileSync(join(out, "deep/copy"), fs.readFileSync(join(job, "lib/data")));
           console.log(WORD, fs.readFileSync(0, "utf8"));
           console.error("on stderr");`,
          {
            files: { "lib/data": Buffer.from([1, 2, 3]) },
            env: { WORD: "hello" },
            stdin: Buffer.from("typed"),
          },
        ),
      );
      expect(outcome.stderr).toBe("on stderr\n");
      expect(outcome.stdout).toBe("hello typed\n");
      expect(outcome).toMatchObject({
        status: "ok",
        exitCode: 0,
        signal: null,
        isolation: "bubblewrap",
      });
      expect(outcome.outputs.files).toEqual([{ name: "deep/copy", bytes: 3 }]);
      expect(await outcome.outputs.read("deep/copy")).toEqual(new Uint8Array([1, 2, 3]));
      await outcome.outputs.dispose();
      expect(readdirSync(scratch)).toEqual([]);
    });

    it("with files and folders of the host, read-only", async () => {
      const folder = join(scratch, "host");
      execFileSync("mkdir", ["-p", join(folder, "inner")]);
      writeFileSync(join(folder, "inner/open"), "open", { mode: 0o644 });
      writeFileSync(join(folder, "private"), "private", { mode: 0o600 });
      const outcome = await run(
        shellJob("cat /job/tree/inner/open /job/alone; echo x > /job/alone || echo x > /job/new", {
          files: { tree: { path: folder }, alone: { path: join(folder, "private") } },
        }),
      );
      expect(outcome.stdout).toBe("openprivate");
      expect(outcome.stderr).toMatch(
        /alone: (Read-only|Permission).*\n.*new: Read-only file system/s,
      );
      expect(readFileSync(join(folder, "private"), "utf8")).toBe("private");
      rmSync(folder, { recursive: true });
    });

    it("and tells how it ended", async () => {
      expect(await run(shellJob("exit 3"))).toMatchObject({
        status: "failed",
        exitCode: 3,
        signal: null,
      });
      expect(await run(shellJob("kill -SEGV $$"))).toMatchObject({
        status: "killed",
        exitCode: null,
        signal: "SIGSEGV",
      });
      expect(await run(nodeJob("", { command: ["no-such-program"] }))).toMatchObject({
        status: "failed",
        exitCode: 127,
      });
    });

    it("and passes its output on while it runs", async () => {
      const heard: string[] = [];
      const stop = new AbortController();
      const job = nodeJob(`console.log("one"); setInterval(() => {}, 1000)`, {
        signal: stop.signal,
      });
      const outcome = await run({
        ...job,
        onOutput(stream, text) {
          heard.push(`${stream}: ${text}`);
          stop.abort();
        },
      });
      expect(heard).toEqual(["stdout: one\n"]);
      expect(outcome).toMatchObject({ status: "aborted", exitCode: null });
    });

    it("and ends it when the listener to its output throws", async () => {
      const job = {
        ...nodeJob(`console.log("one"); setInterval(() => {}, 1000)`),
        onOutput() {
          throw new Error("listener");
        },
      };
      await expect(sandbox.run(job)).rejects.toThrow("listener");
      expect(readdirSync(scratch)).toEqual([]);
    });

    it("but not where it was aborted before", async () => {
      const outcome = await run(shellJob("echo ran", { signal: AbortSignal.abort() }));
      expect(outcome).toMatchObject({ status: "aborted", stdout: "" });
    });

    it("but not one that is malformed", async () => {
      await expect(run(shellJob("true", { files: { "../x": Buffer.from("") } }))).rejects.toThrow(
        InvalidJob,
      );
    });
  });

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

    it("every descriptor the lab has open or has inherited", async () => {
      const leaked = openSync("/", "r");
      const outcome = await run(
        nodeJob(`for (const fd of require("node:fs").readdirSync("/proc/self/fd")) {
          try { console.log(require("node:fs").readlinkSync("/proc/self/fd/" + fd)) } catch {}
        }`),
      );
      expect(leaked).toBeGreaterThan(2);
      const foreign = outcome.stdout
        .split("\n")
        .filter(
          (path) => !/^$|^\/dev\/null$|^(socket|pipe|anon_inode):|^\/proc\/\d+\/fd$/.test(path),
        );
      expect(foreign).toEqual([]);
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

  it("leaves nothing alive of a job that made daemons", async () => {
    const outcome = await run(
      shellJob(
        "setsid sh -c 'trap \"\" TERM HUP; exec sleep 4242' > /dev/null 2>&1 & sleep 0.1; echo done",
      ),
    );
    expect(outcome).toMatchObject({ status: "ok", stdout: "done\n" });
    expect(alive("sleep\u00004242\0")).toEqual([]);
  });

  it("follows no symlink, pipe or odd name in the outputs", async () => {
    const outcome = await sandbox.run(
      shellJob(
        `ln -s /etc/passwd passwd; ln -s / root; mkfifo pipe; mkdir locked; echo x > locked/in
         echo kept > kept; chmod 4000 kept; chmod 0 locked; touch "$(printf 'a\\nb')" "$(printf '\\377')" 'c\\d'
         d=deep; for i in $(seq 40); do mkdir $d; d=$d/d; done`,
      ),
    );
    const { files, refused, folder } = outcome.outputs;
    expect(files.map((file) => file.name)).toEqual(["kept", "locked/in"]);
    expect(refused.map(({ name, why }) => `${name}: ${why}`).sort()).toEqual([
      "a\\nb: its name is not plain text, or too long",
      "c\\\\d: its name is not plain text, or too long",
      expect.stringMatching(/^deep\/.*: lies more than 32 folders deep$/),
      "passwd: is a symlink",
      "pipe: is no regular file",
      "root: is a symlink",
      "\ufffd: its name is not plain text, or too long",
    ]);
    expect(Buffer.from(await outcome.outputs.read("kept")).toString()).toBe("kept\n");
    await expect(outcome.outputs.read("../filter")).rejects.toThrow(InvalidJob);
    expect(execFileSync("find", [folder, "!", "-type", "d", "!", "-type", "f"]).toString()).toBe(
      "",
    );
    await outcome.outputs.dispose();
    expect(readdirSync(scratch)).toEqual([]);
  });

  it("removes even folders too deep for a path", async () => {
    const outcome = await run(
      shellJob(
        "n=$(printf 'x%.0s' $(seq 200)); for i in $(seq 30); do mkdir $n && cd $n; done; echo made",
      ),
    );
    expect(outcome.stdout).toBe("made\n");
    expect(readdirSync(scratch)).toEqual([]);
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

  describe("as an older bubblewrap, without sized folders in memory", () => {
    const older = bubblewrapSandbox({
      scratch,
      without: ["--size", "--clearenv", "--disable-userns"],
    });

    it("still isolates, and bounds /tmp by looking at it", async () => {
      const outcome = await runAndDispose(
        older,
        shellJob(
          "touch /dev/shm/x || echo sealed; env | wc -l; i=0; while :; do i=$((i+1)); head -c 1M /dev/zero > /tmp/$i; done",
          {
            limits: { diskMb: 8 },
          },
        ),
      );
      expect(outcome).toMatchObject({ status: "disk-limit", stdout: "sealed\n8\n" });
    });
  });

  describe.each(working)("on the footing %s", (footing) => {
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
      const lab = spawn(
        process.execPath,
        ["--import", "tsx", "--input-type=module", "-e", labProgram(footing, length)],
        { stdio: ["ignore", "inherit", "inherit"], env: { ...process.env, TMPDIR: scratch } },
      );
      await vi.waitFor(() => expect(alive(`sleep\0${length}`)).toHaveLength(1), PATIENCE);
      lab.kill("SIGKILL");
      await vi.waitFor(() => expect(alive(length)).toEqual([]), PATIENCE);
      for (const left of readdirSync(scratch)) rmSync(join(scratch, left), { recursive: true });
    });
  });

  beforeAll(() => sandbox.setUp());
});

const PATIENCE = { timeout: 60_000, interval: 20 };

/** A lab that runs one endless job. */
function labProgram(footing: Footing, length: string): string {
  const room = new URL("./index.ts", import.meta.url).href;
  return `
    const { bubblewrapSandbox } = await import(${JSON.stringify(room)});
    await bubblewrapSandbox({ footing: ${JSON.stringify(footing)} }).run({
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
