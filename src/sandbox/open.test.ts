import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, expect, it } from "vitest";
import { bubblewrapWorks, nodeJob, runAndDispose, useScratch } from "./fixtures/jobs.ts";
import { openSandbox, probeSandboxes, SandboxUnavailable } from "./index.ts";

const scratch = useScratch();

/** Runs with another PATH, where bubblewrap is another one or absent. */
async function withPath<T>(path: string, action: () => Promise<T>): Promise<T> {
  const before = process.env.PATH;
  process.env.PATH = path;
  try {
    return await action();
  } finally {
    process.env.PATH = before;
  }
}

describe("openSandbox", () => {
  it.skipIf(!bubblewrapWorks)("opens bubblewrap where that works", async () => {
    const sandbox = await openSandbox({ scratch });
    expect(sandbox.name).toBe("bubblewrap");
    expect(sandbox.isolates).toEqual({ network: true, files: true, processes: true });
    const outcomes = await Promise.all(
      [1, 2, 3].map((number) => runAndDispose(sandbox, nodeJob(`console.log(${number})`))),
    );
    expect(outcomes.map((outcome) => outcome.stdout)).toEqual(["1\n", "2\n", "3\n"]);
  });

  it("opens the restricted process where bubblewrap is absent, for registered jobs alone", async () => {
    const sandbox = await withPath(scratch, () => openSandbox({ scratch }));
    expect(sandbox.name).toBe("restricted process");
    const job = nodeJob("console.log(1)");
    expect((await runAndDispose(sandbox, { ...job, trust: "registered" })).stdout).toBe("1\n");
    const refusal = await sandbox.run(job).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(SandboxUnavailable);
    expect(refusal).toMatchObject({ remedy: expect.stringMatching(/bubblewrap|Linux|WSL/) });
  });

  it("opens none where the scratch folder cannot be used", async () => {
    const file = join(scratch, "file");
    writeFileSync(file, "");
    await expect(openSandbox({ scratch: file })).rejects.toThrow(file);
  });
});

describe("probeSandboxes", () => {
  it.skipIf(!bubblewrapWorks)(
    "says why bubblewrap does not work where namespaces are forbidden",
    async () => {
      const folder = join(scratch, "nested");
      mkdirSync(folder);
      // The real one, within a sandbox that forbids further ones.
      const real = execFileSync("/bin/sh", ["-c", "command -v bwrap"], { encoding: "utf8" }).trim();
      const wrapper = `#!/bin/sh
      case "$1" in --help|--version) exec ${real} "$@";; esac
      exec ${real} --bind / / --dev-bind /dev /dev --unshare-user --uid 1 --cap-drop ALL \\
        --disable-userns -- ${real} "$@"\n`;
      writeFileSync(join(folder, "bwrap"), wrapper);
      chmodSync(join(folder, "bwrap"), 0o755);
      const [probe] = await withPath(folder + delimiter + process.env.PATH, () =>
        probeSandboxes({ scratch }),
      );
      expect(probe).toMatchObject({ name: "bubblewrap", works: false });
      expect(probe?.detail).toMatch(/namespace|not permitted/);
      expect(probe?.remedy).toMatch(/\S/);
    },
  );

  it("describes each sandbox that works", async () => {
    const probes = await probeSandboxes({ scratch });
    expect(probes.map((probe) => probe.name)).toEqual(["bubblewrap", "restricted process"]);
    for (const probe of probes) expect(probe.works).toBe(probe.remedy === null);
  });
});
