import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { showStudy, verifyLab } from "../src/lab/index.ts";
import type { LedgerEvent } from "../src/record/index.ts";
import { openSandbox } from "../src/sandbox/index.ts";
import { createRandom } from "../src/stats/index.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const kills = process.env.GLASSHOUSE_FULL === "1" ? 100 : 4;
const seed = Number(process.env.GLASSHOUSE_SEED ?? Date.now() % 2 ** 32);

// The tests' study does not ship with the lab: without bubblewrap it is refused, and so are these tests.
const holdsUntrusted = (await openSandbox()).isolates.files;
if (!holdsUntrusted) console.log("kill tests skipped: they need bubblewrap");

/** A study that is killed with SIGKILL again and again, at moments nobody chose, and run again each time. */
describe.skipIf(!holdsUntrusted)(
  `a lab that is killed at ${kills} random moments (seed ${seed})`,
  () => {
    let folder: string;
    let undisturbed: string;

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), "glasshouse-kill-"));
      process.env.GLASSHOUSE_STATE = join(folder, "state");
      expect(await ended(start(join(folder, "undisturbed")))).toBe(0);
      undisturbed = await science(join(folder, "undisturbed"));
    }, 300_000);
    afterAll(() => rm(folder, { recursive: true, force: true }));

    it("comes to the same claims, decisions and replications, with nothing done twice and nothing lost", async () => {
      const random = createRandom(seed);
      let killed = 0;
      for (let lab = 0; killed < kills; lab++) {
        const path = join(folder, `killed-${lab}`);
        let code: number | null = null;
        // Each lab is killed until it ends before the next kill falls.
        while (code === null) {
          const process = start(path);
          const last = killed >= kills;
          const timer = last
            ? null
            : setTimeout(() => process.kill("SIGKILL"), 800 + random.integer(6000));
          code = await ended(process);
          if (timer) clearTimeout(timer);
          if (code === null) killed++;
        }
        expect(code).toBe(0);
        expect(await science(path)).toEqual(undisturbed);
        expect((await verifyLab({ folder: path }, {})).findings).toEqual([]);
        await expectEverythingOnce(path);
      }
    }, 3_600_000);
  },
);

function start(lab: string): ChildProcess {
  return spawn(
    process.execPath,
    ["bin/glasshouse.js", "--lab", lab, "--json", "run", "e2e/coins"],
    {
      cwd: root,
      stdio: "ignore",
    },
  );
}

/** The exit code; null where a signal ended the process. */
function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.once("exit", resolve));
}

/** What the study found, apart from how often it was cut short. */
async function science(folder: string): Promise<string> {
  const { view, statuses } = await showStudy({ folder }, "coins");
  return JSON.stringify({
    claims: [...view.claims].map(([role, { object }]) => [role, object]),
    decisions: view.decisions.map(({ hypothesis, p, level, rejected }) => [
      hypothesis,
      p,
      level,
      rejected,
    ]),
    statuses: [...statuses],
    replications: view.replications.map(({ role, verdicts }) => [role, verdicts]),
    queued: view.queued !== null,
  });
}

async function expectEverythingOnce(folder: string): Promise<void> {
  const text = await readFile(join(folder, "ledger.jsonl"), "utf8");
  const events = text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as LedgerEvent);
  expect(new Set(events.map((event) => event.key)).size).toBe(events.length);
  const { view } = await showStudy({ folder }, "coins");
  for (const id of new Set(view.runs.map((run) => run.id))) {
    const attempts = view.runs.filter((run) => run.id === id).map((run) => run.status);
    expect(attempts.filter((status) => status === "ok")).toHaveLength(1);
    expect(attempts.filter((status) => status !== "ok" && status !== "interrupted")).toEqual([]);
  }
}
