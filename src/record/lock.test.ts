import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { Worker } from "node:worker_threads";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testFolder } from "./fixtures/folder.ts";
import { pidOf, State, type StepLockData } from "./fixtures/step-lock.ts";
import type { LockAnswer, LockRequest } from "./fixtures/take-lock.ts";
import { acquireLock, LabBusy } from "./lock.ts";

const full = process.env.GLASSHOUSE_FULL === "1";
const root = testFolder();
let count = 0;
/** A lock of its own for each test. */
function newLock(): string {
  return join(root, `lab-${count++}`, "lock");
}

describe("the lock of a lab", () => {
  it("is held by one, and free again when released", () => {
    const path = newLock();
    const release = acquireLock(path);
    expect(() => acquireLock(path)).toThrow(LabBusy);
    expect(() => acquireLock(path)).toThrow(`pid ${process.pid} on ${hostname()}`);
    release();
    expect(readdirSync(dirname(path))).toEqual([]);
    acquireLock(path)();
  });

  it("is not taken from its next holder by a second release", () => {
    const path = newLock();
    const first = acquireLock(path);
    first();
    const second = acquireLock(path);
    first();
    expect(existsSync(path)).toBe(true);
    second();
  });

  it.each([
    ["whose process is gone", { pid: 2 ** 22 + 1, started: "1", host: hostname() }],
    ["whose number another process has now", { pid: process.pid, started: "1", host: hostname() }],
    ["that says nothing", {}],
  ])("is taken over from a holder %s", (_what, holder) => {
    const path = newLock();
    mkdirSync(dirname(path));
    writeFileSync(path, JSON.stringify(holder));
    const release = acquireLock(path);
    expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ pid: process.pid });
    expect(readdirSync(dirname(path))).toEqual(["lock"]);
    release();
  });

  it("is taken over where a power cut left an empty file", () => {
    const path = newLock();
    mkdirSync(dirname(path));
    writeFileSync(path, "");
    acquireLock(path)();
  });

  it.skipIf(process.platform !== "linux")(
    "is taken over from a killed process that its parent has not asked after (seen in /proc; Linux only)",
    async () => {
      // The shell turns into `sleep`, which asks after no child; only then does `cat` see its end.
      const parent = spawn("sh", ["-c", "exec 3<&0; cat <&3 & echo $!; exec sleep 1000"]);
      try {
        const [printed] = (await once(parent.stdout, "data")) as [Buffer];
        const pid = Number(printed.toString());
        await seen(`/proc/${parent.pid}/comm`, "sleep");
        parent.stdin.end();
        const stat = await seen(`/proc/${pid}/stat`, ") Z ");
        const path = newLock();
        mkdirSync(dirname(path));
        const started = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
        writeFileSync(path, JSON.stringify({ pid, started, host: hostname() }));
        acquireLock(path)();
      } finally {
        parent.kill("SIGKILL");
      }
    },
  );

  it("is respected on another machine, which cannot be asked; the error says what to do", () => {
    const path = newLock();
    mkdirSync(dirname(path));
    writeFileSync(path, JSON.stringify({ pid: 1, started: "1", host: "elsewhere" }));
    expect(() => acquireLock(path)).toThrow(/pid 1 on elsewhere.*if elsewhere is gone, remove/);
  });

  it("says in one line why it cannot be taken at all", () => {
    const path = newLock();
    mkdirSync(path, { recursive: true });
    expect(() => acquireLock(path)).toThrow(/lock: writing failed \(EISDIR/);
  });
});

describe("several processes", () => {
  const children: ChildProcess[] = [];
  const size = 6;
  beforeAll(async () => {
    const program = new URL("./fixtures/take-lock.ts", import.meta.url).pathname;
    for (let index = 0; index < size + 1; index++) {
      children.push(fork(program, { execArgv: ["--import", "tsx"] }));
    }
    await Promise.all(children.map((child) => once(child, "message")));
  });
  afterAll(() => {
    for (const child of children) child.kill("SIGKILL");
  });

  it("do not open one lab: the second is refused by LabBusy, which names the first", async () => {
    const path = newLock();
    const [first] = children;
    expect(await ask(first!, { do: "take", path })).toMatchObject({ taken: true });
    expect(() => acquireLock(path)).toThrow(`pid ${first!.pid}`);
    await ask(first!, { do: "release" });
    acquireLock(path)();
  });

  it("take over from one that was killed, exactly one of all who try", async () => {
    const path = newLock();
    const victim = children.pop()!;
    expect(await ask(victim, { do: "take", path })).toMatchObject({ taken: true });
    victim.kill("SIGKILL");
    await once(victim, "exit");
    await race(path);
  });

  it("that race for a stale lock yield exactly one owner, every time", async () => {
    for (let round = 0; round < (full ? 500 : 60); round++) {
      const path = newLock();
      mkdirSync(dirname(path));
      const stale = (nonce: string) =>
        JSON.stringify({ pid: 2 ** 22 + 1, started: "1", host: hostname(), nonce });
      writeFileSync(path, stale(`holder ${round}`));
      await race(path);
    }
  });

  async function race(path: string): Promise<void> {
    const answers = await Promise.all(children.map((child) => ask(child, { do: "take", path })));
    const owners = children.filter((_, index) => (answers[index] as { taken: boolean }).taken);
    expect(owners).toHaveLength(1);
    expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ pid: owners[0]!.pid });
    for (const answer of answers) {
      if ("message" in answer && !answer.taken) {
        expect(answer.message).toContain("the lab is open in another process (pid ");
      }
    }
    await Promise.all(children.map((child) => ask(child, { do: "release" })));
    expect(readdirSync(dirname(path))).toEqual([]);
  }
});

describe("processes step by step", () => {
  const size = 3;
  const shared = new Int32Array(new SharedArrayBuffer(4 * (size + 1)));
  const folder = join(root, "steps");
  const workers: Worker[] = [];
  beforeAll(async () => {
    const program = new URL("./fixtures/step-lock.ts", import.meta.url).href;
    // Node 20 does not hand --import on to workers: they load tsx themselves.
    const start = `import("tsx/esm/api").then(({ register }) => {
      register();
      return import(${JSON.stringify(program)});
    });`;
    for (let index = 0; index < size; index++) {
      const workerData: StepLockData = { shared, index, root: folder };
      workers.push(new Worker(start, { eval: true, workerData }));
    }
    await Promise.all(workers.map((worker) => once(worker, "message")));
  });
  afterAll(() => Promise.all(workers.map((worker) => worker.terminate())));

  it("that find a stale lock yield one owner in any order of their file operations", () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat({ max: 5 })), (turns) => {
        const path = newRound();
        writeFileSync(path, JSON.stringify({ pid: 2 ** 22 + 1, started: "1", host: hostname() }));
        const states = interleave(() => ({ turn: turns.next().value as number, dies: false }));
        expect(states.filter((state) => state === State.owner)).toHaveLength(1);
        expect(states.filter((state) => state === State.busy)).toHaveLength(size - 1);
      }),
      { numRuns: full ? 5000 : 500 },
    );
  });

  it("some of which are killed on the way never yield two, and the lock can be had afterwards", () => {
    const turn = fc.record({
      turn: fc.nat({ max: 5 }),
      dies: fc.integer({ min: 0, max: 15 }).map((chance) => chance === 0),
    });
    fc.assert(
      fc.property(fc.infiniteStream(turn), (turns) => {
        const path = newRound();
        writeFileSync(path, JSON.stringify({ pid: 2 ** 22 + 1, started: "1", host: hostname() }));
        const states = interleave(() => turns.next().value as { turn: number; dies: boolean });
        const owners = states.filter((state) => state === State.owner);
        expect(owners.length).toBeLessThanOrEqual(1);
        if (owners.length === 0) acquireLock(path)();
        else {
          const holder = JSON.parse(readFileSync(path, "utf8")) as { pid: number };
          expect(holder.pid).toBe(pidOf(shared[0]!, states.indexOf(State.owner)));
        }
      }),
      { numRuns: full ? 5000 : 500 },
    );
  });

  function newRound(): string {
    shared[0] = shared[0]! + 1;
    mkdirSync(join(folder, String(shared[0])), { recursive: true });
    return join(folder, String(shared[0]), "lock");
  }

  /** Lets all workers take the lock, one file operation of one worker after the other. */
  function interleave(next: () => { readonly turn: number; readonly dies: boolean }): number[] {
    for (let index = 0; index < size; index++) {
      set(index, State.start);
      settled(index);
    }
    for (;;) {
      const waiting = [...shared.subarray(1).keys()].filter(
        (index) => shared[index + 1] === State.waiting,
      );
      if (waiting.length === 0) break;
      const { turn, dies } = next();
      const worker = waiting[turn % waiting.length]!;
      set(worker, dies ? State.die : State.step);
      settled(worker);
    }
    return [...shared.subarray(1)];
  }

  function set(index: number, state: number): void {
    Atomics.store(shared, index + 1, state);
    Atomics.notify(shared, index + 1);
  }

  /** Waits until a worker stands before its next operation or has come to an end. */
  function settled(index: number): void {
    const moving: readonly number[] = [State.start, State.running, State.step, State.die];
    for (;;) {
      const state = Atomics.load(shared, index + 1);
      if (!moving.includes(state)) return;
      if (Atomics.wait(shared, index + 1, state, 60_000) === "timed-out") {
        throw new Error(`the worker ${index} failed in state ${state}`);
      }
    }
  }
});

/** Reads a file again and again until it holds a text. */
async function seen(path: string, text: string): Promise<string> {
  for (;;) {
    const content = readFileSync(path, "utf8");
    if (content.includes(text)) return content;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function ask(child: ChildProcess, request: LockRequest): Promise<LockAnswer> {
  const answered = once(child, "message");
  child.send(request);
  const [answer] = (await answered) as [LockAnswer];
  return answer;
}
