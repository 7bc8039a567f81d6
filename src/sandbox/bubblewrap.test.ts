import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { bubblewrapWorks, nodeJob, runAndDispose, shellJob, useScratch } from "./fixtures/jobs.ts";
import { bubblewrapSandbox, InvalidJob } from "./index.ts";
import type { SandboxJob } from "./job.ts";

const scratch = useScratch();

describe.skipIf(!bubblewrapWorks)("bubblewrapSandbox", () => {
  const sandbox = bubblewrapSandbox({ scratch });
  const run = (job: SandboxJob) => runAndDispose(sandbox, job);

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
    // Too deep to be measured as well: a look at the right moment counts it as an overrun.
    expect(["ok", "disk-limit"]).toContain(outcome.status);
    expect(readdirSync(scratch)).toEqual([]);
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
});
