import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openSandbox } from "../../src/sandbox/index.ts";
import { createRandom } from "../../src/stats/index.ts";
import {
  acknowledged,
  glasshouse,
  killRest,
  type LabHome,
  type LabProcess,
  passed,
  runCoins,
} from "./lab-process.ts";
import { inLanes, named } from "./lanes.ts";
import { expectNothingLost, expectSame, type Outcome, outcomeOf, readLedger } from "./outcome.ts";
import { createDatabase, dropDatabase, hasServer } from "./postgres-server.ts";

const full = process.env.GLASSHOUSE_FULL === "1";
const seed = Number(process.env.GLASSHOUSE_SEED ?? Date.now() % 2 ** 32);
const kills = full ? 30 : 1;

const holdsUntrusted = (await openSandbox()).isolates.files;
const server = await hasServer();
if (!server) console.log("skipped: no PostgreSQL answers user postgres at 127.0.0.1:5432");
if (!holdsUntrusted) console.log("crash tests skipped: they need bubblewrap");

describe.skipIf(!server || !holdsUntrusted)(
  `a lab on PostgreSQL that two workers share (seed ${seed})`,
  () => {
    const random = createRandom(seed);
    const labs = new Set<LabHome>();
    let root: string;
    let undisturbed: Outcome;
    /** Every boundary that a run without workers passes, in order. */
    let boundaries: readonly string[];
    let undisturbedMs: number;

    beforeAll(async () => {
      root = await mkdtemp(join(tmpdir(), "glasshouse-crash-"));
      const home = await newLab("undisturbed");
      const journal = join(home.folder, "boundaries");
      const begun = performance.now();
      const { code, stderr } = await runCoins(home, { boundaries: journal }).ended;
      undisturbedMs = performance.now() - begun;
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      undisturbed = await outcomeOf(home);
      boundaries = await passed(journal);
      await expectSame(home, undisturbed, 0);
    }, 300_000);
    afterAll(async () => {
      killRest();
      for (const home of labs) await clear(home);
      await rm(root, { recursive: true, force: true });
    });

    it(`comes to the same when a worker is killed at a random moment (${kills} times)`, async () => {
      const moments = Array.from({ length: kills }, () => random.float() * undisturbedMs);
      await inLanes(moments.entries(), async ([index, moment]) => {
        const home = await newLab(`worker-${index}`);
        const [first, second] = [worker(home), worker(home)];
        const run = runCoins(home);
        const timer = setTimeout(() => first.child.kill("SIGKILL"), moment);
        await named(
          () => `worker killed after ${moment.toFixed(0)} ms`,
          async () => {
            const { code, stderr } = await run.ended;
            clearTimeout(timer);
            first.child.kill("SIGKILL");
            expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
            expect(await first.ended).toMatchObject({ code: null, signal: "SIGKILL", stderr: "" });
            await stops(second);
            await expectSame(home, undisturbed, null);
          },
        );
        await clear(home);
      });
    }, 7_200_000);

    it(`comes to the same when the run itself is killed at a boundary and run again (${kills} times)`, async () => {
      const chosen = random.sample(boundaries, kills);
      await inLanes(chosen.entries(), async ([index, killAt]) => {
        const home = await newLab(`run-${index}`);
        const journal = join(home.folder, "boundaries");
        await named(
          () => `run killed at "${killAt}"`,
          async () => {
            // Alone until then: a boundary that a worker passes is not the run's to die at.
            const killed = await runCoins(home, { boundaries: journal, killAt }).ended;
            expect(killed).toMatchObject({ code: null, signal: "SIGKILL", stderr: "" });
            const before = await readLedger(home);
            const kept = await acknowledged(journal);

            const workers = [worker(home), worker(home)];
            const { code, stderr } = await runCoins(home).ended;
            expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
            for (const each of workers) await stops(each);
            expectNothingLost(before, await readLedger(home), kept);
            await expectSame(home, undisturbed, null);
          },
        );
        await clear(home);
      });
    }, 7_200_000);

    async function newLab(name: string): Promise<LabHome> {
      const folder = join(root, name);
      await mkdir(folder);
      const home = { folder, database: await createDatabase() };
      labs.add(home);
      return home;
    }

    async function clear(home: LabHome): Promise<void> {
      labs.delete(home);
      await dropDatabase(home.database!);
      await rm(home.folder, { recursive: true, force: true });
    }
  },
);

/** A worker whose death the others notice after a second. */
function worker(home: LabHome): LabProcess {
  return glasshouse(home, ["--json", "worker", "--heartbeat", "200"]);
}

/** Asks a worker to stop, as a service manager does. */
async function stops({ child, ended }: LabProcess): Promise<void> {
  child.kill("SIGTERM");
  expect(await ended).toMatchObject({ code: 0, stderr: "" });
}
