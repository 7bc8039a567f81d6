import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openLab } from "../../src/lab/index.ts";
import { openSandbox } from "../../src/sandbox/index.ts";
import { createRandom, type Random } from "../../src/stats/index.ts";
import {
  acknowledged,
  atBoundary,
  type Ended,
  glasshouse,
  killRest,
  type LabHome,
  labFolder,
  passed,
  runCoins,
} from "./lab-process.ts";
import { copyTree, inLanes, named } from "./lanes.ts";
import {
  expectNothingLost,
  expectSame,
  keysOf,
  type Outcome,
  outcomeOf,
  readLedger,
  withState,
} from "./outcome.ts";
import { mayMount, mountDisk } from "./small-disk.ts";

const full = process.env.GLASSHOUSE_FULL === "1";
const seed = Number(process.env.GLASSHOUSE_SEED ?? Date.now() % 2 ** 32);
const kills = {
  /** Labs that are killed at boundaries: all that it takes to die at each. */
  labs: full ? Number.POSITIVE_INFINITY : 2,
  moments: full ? 100 : 2,
  disks: full ? 12 : 1,
};
const deathsPerLab = full ? 6 : 3;

// The tests' study does not ship with the lab: without bubblewrap it is refused, and so are these tests.
const holdsUntrusted = (await openSandbox()).isolates.files;
if (!holdsUntrusted) console.log("crash tests skipped: they need bubblewrap");
const mountable = mayMount();
if (!mountable) console.log("full-disk test skipped: it needs the right to mount a tmpfs");

describe.skipIf(!holdsUntrusted)(`a lab on the embedded database (seed ${seed})`, () => {
  const random = createRandom(seed);
  let root: string;
  let undisturbed: Outcome;
  /** Every boundary that the undisturbed run passed, in order. */
  let boundaries: readonly string[];
  let undisturbedMs: number;

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), "glasshouse-crash-"));
    const home = await newHome("undisturbed");
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
    await rm(root, { recursive: true, force: true });
  });

  it("passes each boundary once when nothing disturbs it", async () => {
    const keys = keysOf(await readLedger({ folder: join(root, "undisturbed") }));
    expect(new Set(boundaries).size).toBe(boundaries.length);
    for (const moment of ["before", "torn", "written", "remembered"]) {
      expect(boundaries).toEqual(expect.arrayContaining(keys.map((key) => `${moment} ${key}`)));
    }
    const steps = boundaries.filter((name) => name.startsWith("written step "));
    expect(steps.length).toBeGreaterThan(keys.filter((key) => key.startsWith("run.")).length / 2);
  });

  it(`comes to the same after kill -9 at ${full ? "each boundary" : "some boundaries"}`, async () => {
    // Making the database takes longer than all else. What comes later starts from a lab that has
    // one, because it was killed just before its first workflow.
    const begin = boundaries.findIndex((name) => name.startsWith("before start of "));
    const prepared = await newHome("prepared");
    await killedAt(prepared, boundaries[begin]!);
    // Each lab dies at several boundaries, far from one another, and comes back each time.
    const apart = Math.ceil(boundaries.length / deathsPerLab);
    const plans = Array.from({ length: apart }, (_, first) =>
      boundaries.filter((_, index) => index % apart === first),
    );
    const chosen = random.fork("boundaries").shuffle(plans).slice(0, kills.labs);
    let died = 0;
    await inLanes(chosen, async (plan) => {
      for (const waiting = [...plan]; waiting.length > 0; ) {
        const index = boundaries.indexOf(waiting[0]!);
        const home = await newHome(`boundary-${index}`);
        if (index > begin) await copyTree(prepared.folder, home.folder);
        const deaths: string[] = [];
        const kept: string[] = [];
        await named(
          () => `killed at ${deaths.join(", then ")}`,
          async () => {
            while (waiting.length > 0) {
              const known = await killedAt(home, waiting[0]!);
              if (known === null) break;
              deaths.push(waiting.shift()!);
              kept.push(...known);
            }
            // What was passed already before an earlier death is reached by the next lab.
            expect(deaths).not.toEqual([]);
            await resumes(home, { times: deaths.length, acknowledged: kept });
          },
        );
        await clear(home);
        died += deaths.length;
        if (full) console.log(`${died} of ${boundaries.length} boundaries`);
      }
    });
    expect(died).toBe(chosen.flat().length);
  }, 7_200_000);

  it(`comes to the same after kill -9 at ${kills.moments} random moments`, async () => {
    const forks = Array.from({ length: 1000 }, (_, lab) => random.fork(`moments ${lab}`));
    let killed = 0;
    await inLanes(forks.entries(), async ([lab, moments]) => {
      if (killed >= kills.moments) return;
      const home = await newHome(`moment-${lab}`);
      let times = 0;
      // A lab that is killed while it goes on after a kill has to come back from both.
      for (const most = 1 + moments.integer(3); times < most && killed < kills.moments; times++) {
        if (!(await killedAfter(home, moments))) break;
        killed++;
      }
      await named(
        () => `lab ${lab}, killed ${times} times`,
        () => resumes(home, { times, acknowledged: [] }),
      );
      await clear(home);
      if (full) console.log(`${killed} of ${kills.moments} moments`);
    });
    expect(killed).toBeGreaterThanOrEqual(kills.moments);
  }, 7_200_000);

  it("stops on Ctrl-C, says how to go on, and goes on so", async () => {
    const home = await newHome("stopped");
    const begun = boundaries.filter((name) => name.startsWith("remembered run.started "));
    const killAt = random.fork("Ctrl-C").sample(begun, 1)[0]!;
    const journal = join(home.folder, "boundaries");
    const stopped = await glasshouse(home, ["run", "e2e/coins"], {
      ...{ boundaries: journal, killAt, killBy: "SIGINT" },
    }).ended;
    expect(stopped).toMatchObject({ code: 130, signal: null, stderr: "" });
    const command = /To go on: npx glasshouse (.*)\n/.exec(stopped.stdout)?.[1];
    expect(command).toBe(`--lab ${labFolder(home)} run e2e/coins`);
    await resumes(home, { times: 1, acknowledged: await acknowledged(journal) });
  }, 300_000);

  it("is refused to a second process, which names the first", async () => {
    const home = await newHome("shared");
    const { ended } = await withState(home, async () => {
      const lab = await openLab({ folder: labFolder(home) }, { clock: () => new Date() });
      try {
        return { ended: await runCoins(home).ended };
      } finally {
        await lab.close();
      }
    });
    expect(ended.code).toBe(2);
    expect(ended.stderr.trimEnd().split("\n")).toEqual([
      expect.stringContaining(`the lab is open in another process (pid ${process.pid} on `),
    ]);
    expect(keysOf(await readLedger(home))).toEqual(["lab.created lab"]);
  });

  it.skipIf(!mountable)(
    `stops at a full disk, and goes on when there is room (${kills.disks} times)`,
    async () => {
      const disks = random.fork("disks");
      const chosen = disks.sample(
        boundaries.filter((name) => name.startsWith("before ")),
        kills.disks,
      );
      await inLanes(chosen.entries(), async ([index, boundary]) => {
        const home = await newHome(`disk-${index}`);
        const journal = join(home.folder, "boundaries");
        await writeFile(journal, "");
        const disk = mountDisk(labFolder(home), 128);
        try {
          await named(
            () => `disk full at "${boundary}"`,
            async () => {
              const process = runCoins(home, {
                boundaries: journal,
                killAt: boundary,
                killBy: "SIGSTOP",
              });
              await atBoundary(journal, boundary);
              disk.fill();
              process.child.kill("SIGCONT");
              expectFull(await process.ended);
              const kept = await acknowledged(journal);
              expectFull(await runCoins(home).ended);
              disk.enlarge(256);
              await resumes(home, { times: 1, acknowledged: kept });
            },
          );
        } finally {
          disk.remove();
        }
        await clear(home);
      });
    },
    7_200_000,
  );

  async function newHome(name: string): Promise<LabHome> {
    const folder = join(root, name);
    await mkdir(folder);
    return { folder };
  }

  async function clear(home: LabHome): Promise<void> {
    await rm(home.folder, { recursive: true, force: true });
  }

  /**
   * Runs the study until it is killed at the boundary; returns the keys it had acknowledged, or null
   * where it came to its end because the boundary lay behind it.
   */
  async function killedAt(home: LabHome, boundary: string): Promise<readonly string[] | null> {
    const journal = join(home.folder, "boundaries");
    await rm(journal, { force: true });
    const process = runCoins(home, { boundaries: journal, killAt: boundary });
    const { code, signal, stderr } = await process.ended;
    expect(stderr).toBe("");
    if (code === 0) return null;
    expect({ code, signal }).toEqual({ code: null, signal: "SIGKILL" });
    expect((await passed(journal)).at(-1)).toBe(boundary);
    return acknowledged(journal);
  }

  /** Runs the study and kills it at a random moment; false where it had ended by then. */
  async function killedAfter(home: LabHome, moments: Random): Promise<boolean> {
    const { child, ended } = runCoins(home);
    const timer = setTimeout(() => child.kill("SIGKILL"), moments.float() * undisturbedMs);
    const { code, signal, stderr } = await ended;
    clearTimeout(timer);
    expect(stderr).toBe("");
    expect([0, null]).toContain(code);
    return signal === "SIGKILL";
  }

  /** Runs the study to its end and compares everything. */
  async function resumes(
    home: LabHome,
    cut: { readonly times: number; readonly acknowledged: readonly string[] },
  ): Promise<void> {
    const before = await readLedger(home);
    const { code, stderr } = await runCoins(home).ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expectNothingLost(before, await readLedger(home), cut.acknowledged);
    await expectSame(home, undisturbed, cut.times);
  }
});

/** Holds a process to the refusal of a full disk: one line with the place, the cause and the remedy. */
function expectFull({ code, stderr }: Ended): void {
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: expect.stringMatching(
      /^error: .+: .*disk is full.*; nothing (acknowledged )?was lost\. Free some space and run the same command again\n$/,
    ),
  });
}
