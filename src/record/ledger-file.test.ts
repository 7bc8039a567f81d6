import { execFileSync, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import {
  appendFileSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hashBytes } from "./canonical.ts";
import { appendGroups, sampleDraft, tickingClock, writtenLedger } from "./fixtures/events.ts";
import { testFolder } from "./fixtures/folder.ts";
import type { EventDraft, Ledger } from "./ledger.ts";
import { EventRefused, LedgerFailed } from "./ledger.ts";
import { type AppendFile, openFileLedger } from "./ledger-file.ts";
import { parseLedger } from "./ledger-parse.ts";
import { verifyLedger } from "./ledger-verify.ts";
import { acquireLock } from "./lock.ts";
import { ephemeralWitness, openWitness, rememberedHead, type Witness } from "./signing.ts";

const full = process.env.GLASSHOUSE_FULL === "1";
const root = testFolder();
process.env.GLASSHOUSE_STATE = join(root, "state");

describe("a ledger file", () => {
  it("gives back what was appended, in order, after it is opened again", async () => {
    const { path, witness } = newLab();
    const ledger = await openLedger(path, witness);
    const first = await ledger.append(sampleDraft(1), sampleDraft(2));
    const second = await ledger.append(sampleDraft(3));
    expect(first.map((event) => event.seq)).toEqual([0, 1]);
    expect(second[0]).toMatchObject({ ...sampleDraft(3), seq: 2, prev: first[1]!.hash });
    await ledger.close();

    const again = await openLedger(path, witness);
    expect(await again.read()).toEqual([...first, ...second]);
    expect(await again.head()).toMatchObject({ seq: 2, hash: second[0]!.hash });
    expect(await again.find(sampleDraft(2).key)).toEqual(first[1]);
    expect(await again.find("no such key")).toBeNull();
    await again.close();
  });

  it("reads by study, by kind, and the events that belong to no study", async () => {
    const { path, witness } = newLab();
    const ledger = await openLedger(path, witness);
    await appendGroups(ledger, [12]);
    expect((await ledger.read({ study: null })).map((event) => event.seq)).toEqual([0, 5, 10]);
    expect((await ledger.read({ kind: "monitor.scored" })).map((event) => event.seq)).toEqual([
      0, 7,
    ]);
    expect(await ledger.read({ study: "recall", kind: "monitor.scored" })).toHaveLength(1);
    expect(await ledger.read({ study: "other" })).toEqual([]);
    await ledger.close();
  });

  it("keeps any text and any JSON exactly", async () => {
    const { path, witness } = newLab();
    const ledger = await openLedger(path, witness);
    const bodies = fc.sample(fc.jsonValue({ stringUnit: "binary", maxDepth: 4 }), {
      numRuns: 200,
      seed: 7,
    });
    bodies.push(JSON.parse('{"__proto__":{"a":"\\ud800\\u0000\\u2028"},"\\n":[]}') as never);
    for (const [index, body] of bodies.entries()) {
      void ledger.append({ key: `body/${index}`, kind: "any", study: null, body: body as never });
    }
    await ledger.close();
    const again = await openLedger(path, witness);
    expect((await again.read()).map((event) => event.body)).toEqual(
      bodies.map((body) => JSON.parse(JSON.stringify(body)) as unknown),
    );
    await again.close();
  });

  it("records a body as it was when it was given", async () => {
    const { path, witness } = newLab();
    const ledger = await openLedger(path, witness);
    const body = { runs: [1, 2] };
    const appended = ledger.append({ key: "k", kind: "k", study: null, body });
    body.runs.push(3);
    expect((await appended)[0]!.body).toEqual({ runs: [1, 2] });
    await ledger.close();
    expect(parseLedger(readFileSync(path)).events[0]!.body).toEqual({ runs: [1, 2] });
  });

  it("can be read and verified by others at any moment while it grows", async () => {
    const { path, witness, lab } = newLab();
    const ledger = await openLedger(path, witness);
    let reads = 0;
    let growing = true;
    const grow = (async () => {
      for (let index = 0; index < 150; index += 3) {
        await ledger.append(sampleDraft(index), sampleDraft(index + 1), sampleDraft(index + 2));
      }
      growing = false;
    })();
    while (growing) {
      const trusted = { publicKey: witness.publicKey, lastHead: rememberedHead(lab) };
      const parsed = parseLedger(existsSync(path) ? readFileSync(path) : Buffer.alloc(0));
      expect(verifyLedger(parsed, trusted).filter((finding) => !finding.harmless)).toEqual([]);
      expect(parsed.events.length % 3).toBe(0);
      reads++;
      await new Promise((resolve) => setImmediate(resolve));
    }
    await grow;
    expect(reads).toBeGreaterThan(10);
    await ledger.close();
  });
});

describe("group commit", () => {
  it("writes appends made together with one sync", async () => {
    const { path, witness } = newLab();
    const disk = countingDisk();
    const ledger = await openFileLedger({
      path,
      witness,
      clock: tickingClock(),
      openFile: disk.open,
    });
    await Promise.all(Array.from({ length: 100 }, (_, index) => ledger.append(sampleDraft(index))));
    expect(disk.syncs()).toBe(1);
    expect((await ledger.read()).filter((event) => event.signature !== undefined)).toHaveLength(1);
    await ledger.close();
  });

  it("gathers what comes in during a sync into the next one", async () => {
    const { path, witness } = newLab();
    const disk = countingDisk();
    const ledger = await openFileLedger({
      path,
      witness,
      clock: tickingClock(),
      openFile: disk.open,
    });
    const late: Promise<unknown>[] = [];
    disk.duringNextSync(() => {
      for (let index = 1; index <= 10; index++) late.push(ledger.append(sampleDraft(index)));
    });
    await ledger.append(sampleDraft(0));
    expect(late).toHaveLength(10);
    await Promise.all(late);
    expect(disk.syncs()).toBe(2);
    await ledger.close();
  });

  it("acknowledges nothing before the sync is done", async () => {
    const { path, witness } = newLab();
    const disk = countingDisk();
    const ledger = await openFileLedger({
      path,
      witness,
      clock: tickingClock(),
      openFile: disk.open,
    });
    let acknowledged = false;
    let seen: unknown = null;
    disk.duringNextSync(async () => {
      seen = { acknowledged, events: (await ledger.read()).length, head: witness.lastHead() };
    });
    await ledger.append(sampleDraft(0)).then(() => {
      acknowledged = true;
    });
    expect(seen).toEqual({ acknowledged: false, events: 0, head: null });
    await ledger.close();
  });

  it.skipIf(process.platform !== "linux")(
    "is on the disk when a write returns: the file is open for synchronized writing (seen in /proc; Linux only)",
    async () => {
      const { path, witness } = newLab();
      const ledger = await openLedger(path, witness);
      const fd = readdirSync("/proc/self/fd").find((each) => linkOf(each) === realpathSync(path));
      const info = readFileSync(`/proc/self/fdinfo/${fd}`, "utf8");
      const flags = Number.parseInt(/^flags:\s*([0-7]+)$/m.exec(info)?.[1] ?? "", 8);
      expect(flags & constants.O_DSYNC).toBe(constants.O_DSYNC);
      expect(flags & constants.O_APPEND).toBe(constants.O_APPEND);
      await ledger.close();
    },
  );

  it("takes back what the caller let run into the closing, and refuses what comes after", async () => {
    const { path, witness } = newLab();
    const ledger = await openLedger(path, witness);
    const last = ledger.append(sampleDraft(0));
    await ledger.close();
    expect(await last).toHaveLength(1);
    await expect(ledger.append(sampleDraft(1))).rejects.toThrow(/the ledger is closed/);
    await ledger.close();
  });
});

describe("keys", () => {
  it("let the first write win: within an append, within a group, later, and after opening again", async () => {
    const { path, witness } = newLab();
    const draft = (body: string): EventDraft => ({
      key: "step/1",
      kind: "step",
      study: null,
      body,
    });
    const ledger = await openLedger(path, witness);
    const [same, group] = await Promise.all([
      ledger.append(draft("first"), draft("second")),
      ledger.append(draft("third"), { ...draft("other"), key: "step/2" }),
    ]);
    expect(same.map((event) => event.body)).toEqual(["first", "first"]);
    expect(group.map((event) => event.body)).toEqual(["first", "other"]);
    expect((await ledger.append(draft("fourth")))[0]).toEqual(same[0]);
    await ledger.close();
    const again = await openLedger(path, witness);
    const size = statSync(path).size;
    expect((await again.append(draft("fifth")))[0]).toEqual(same[0]);
    expect(statSync(path).size).toBe(size);
    await again.close();
  });
});

describe("a draft that cannot be recorded", () => {
  const good = sampleDraft(1);
  it.each<[string, EventDraft]>([
    ["an empty key", { ...good, key: "" }],
    ["a key with a line break", { ...good, key: "a\nb" }],
    ["a key with half a character", { ...good, key: "a\ud800" }],
    ["an endless key", { ...good, key: "k".repeat(513) }],
    ["a kind with a null byte", { ...good, kind: "a\0" }],
    ["an empty study", { ...good, study: "" }],
    ["a number that is not one", { ...good, body: { p: Number.NaN } }],
  ])("is refused by itself: %s", async (_what, bad) => {
    const { path, witness } = newLab();
    const ledger = await openLedger(path, witness);
    const [refused, refusedWhole, accepted] = await Promise.allSettled([
      ledger.append(bad),
      ledger.append(sampleDraft(2), bad),
      ledger.append(sampleDraft(3)),
    ]);
    expect(refused.status).toBe("rejected");
    expect(refusedWhole.status).toBe("rejected");
    expect(accepted.status).toBe("fulfilled");
    await ledger.close();
    const again = await openLedger(path, witness);
    expect((await again.read()).map((event) => event.key)).toEqual([sampleDraft(3).key]);
    await again.close();
  });

  it("says which field of which event", async () => {
    const ledger = await openLedger(...pathAndWitness());
    const refusal = ledger.append({ ...good, key: "" });
    await expect(refusal).rejects.toThrow(EventRefused);
    await expect(refusal).rejects.toThrow('event "run.finished": its key "" is not 1 to 512');
    await ledger.close();
  });

  it("is refused when the clock is broken, and the next one is taken when it is mended", async () => {
    const [path, witness] = pathAndWitness();
    let now = new Date(Number.NaN);
    const ledger = await openFileLedger({ path, witness, clock: () => now });
    await expect(ledger.append(good)).rejects.toThrow(/the clock/);
    now = new Date(0);
    expect(await ledger.append(good)).toHaveLength(1);
    await ledger.close();
  });
});

describe("a crash in the middle of a write", () => {
  it("loses nothing acknowledged, whichever byte of the last line was the last to be written", async () => {
    const { path, witness } = newLab();
    const { length } = await writtenLedger(path, witness, [1, 2]);
    const head = witness.lastHead();
    const ledger = await openLedger(path, witness);
    await ledger.append({ key: "short", kind: "short", study: null, body: "é" });
    await ledger.close();
    await reopenTornAtEachByte(path, witness, length, head, 1);
  });

  it("loses nothing acknowledged within a group of several lines", async () => {
    const { path, witness, acknowledged, head } = await ledgerBeforeGroup([2, 3]);
    await reopenTornAtEachByte(path, witness, acknowledged, head, full ? 1 : 17);
  });

  it("keeps a group that was written whole but never acknowledged", async () => {
    const { path, witness, head } = await ledgerBeforeGroup([2, 3]);
    const ledger = await openLedger(path, { ...witness, lastHead: () => head });
    expect(await ledger.read()).toHaveLength(5);
    await ledger.close();
  });

  it("sets aside pages that a power cut left unwritten", async () => {
    const { path, witness, acknowledged, head } = await ledgerBeforeGroup([2, 3]);
    const bytes = readFileSync(path);
    bytes.fill(0, acknowledged + 200);
    writeFileSync(path, bytes);
    const ledger = await openLedger(path, { ...witness, lastHead: () => head });
    expect((await ledger.read()).map((event) => event.kind).at(-1)).toBe("ledger.repaired");
    expect(await ledger.read()).toHaveLength(3);
    await ledger.close();
  });

  it("is never the reading of acknowledged lines that someone overwrote or cut", async () => {
    const zeroed = await ledgerBeforeGroup([2, 3, 1]);
    const bytes = readFileSync(zeroed.path);
    bytes.fill(0, 20, 200);
    writeFileSync(zeroed.path, bytes);
    await expect(openLedger(zeroed.path, zeroed.witness)).rejects.toThrow(/zero bytes/);
    await expect(
      openLedger(zeroed.path, { ...zeroed.witness, lastHead: () => null }),
    ).rejects.toThrow(/zero bytes/);

    const cut = await ledgerBeforeGroup([2, 3]);
    writeFileSync(cut.path, readFileSync(cut.path).subarray(0, -1));
    await expect(openLedger(cut.path, cut.witness)).rejects.toThrow(/the end was cut off/);
    expect(readdirSync(join(cut.path, "..")).sort()).toEqual(["ledger.jsonl"]);
  });

  it("is reported even if the repair itself was cut short, twice", async () => {
    const { path, witness, acknowledged, head } = await ledgerBeforeGroup([2, 1]);
    writeFileSync(path, readFileSync(path).subarray(0, acknowledged + 50));
    const broken = { ...witness, lastHead: () => head };
    const failing = openFileLedger({
      path,
      witness: broken,
      clock: tickingClock(),
      openFile: async (name) => ({ ...appendTo(await open(name, "a")), datasync: fail("EIO") }),
    });
    await expect(failing).rejects.toThrow(LedgerFailed);
    // As if the power had gone while the repair's own event was written.
    appendFileSync(path, '{"body":{"bytes":50,"file":"led');

    const ledger = await openLedger(path, broken);
    const repaired = await ledger.read({ kind: "ledger.repaired" });
    expect(repaired.map((event) => (event.body as { bytes: number }).bytes).sort()).toEqual([
      31, 50,
    ]);
    await ledger.close();
    const again = await openLedger(path, witness);
    expect(await again.read({ kind: "ledger.repaired" })).toEqual(repaired);
    await again.close();
  });
});

describe("a damaged ledger", () => {
  it("is not opened; the error names the line, the cause and the remedy in one line", async () => {
    const { path, witness } = newLab();
    const bytes = await writtenLedger(path, witness, [1, 1, 1, 1]);
    const text = bytes.toString("utf8").replace('"run":"r2"', '"run":"r3"');
    writeFileSync(path, text);
    const opening = openLedger(path, witness);
    await expect(opening).rejects.toThrow(
      `${path}:3: event "run.finished" was changed after it was written. Restore the ledger`,
    );
    expect(readFileSync(path, "utf8")).toBe(text);
  });

  it("is not opened with the key of another lab", async () => {
    const { path, witness } = newLab();
    await writtenLedger(path, witness, [3]);
    await expect(openLedger(path, ephemeralWitness())).rejects.toThrow(
      /signature is not the lab's/,
    );
  });
});

describe("a disk that refuses", () => {
  const faults: readonly [string, (file: AppendFile) => Partial<AppendFile>, RegExp][] = [
    [
      "is full",
      () => ({ write: fail("ENOSPC") }),
      /the disk is full; nothing acknowledged was lost/,
    ],
    ["is over its quota", () => ({ write: fail("EDQUOT") }), /the disk is full/],
    [
      "is full after half a write",
      (file) => ({ write: halfThen(file, "ENOSPC") }),
      /the disk is full/,
    ],
    ["breaks while syncing", () => ({ datasync: fail("EIO") }), /writing failed \(EIO/],
    ["takes no bytes", () => ({ write: takesNothing }), /the disk took no bytes/],
    [
      "breaks and cannot take back",
      (file) => ({ write: halfThen(file, "EIO"), truncate: fail("EIO") }),
      /writing failed \(EIO/,
    ],
    [
      "breaks while syncing and cannot take back",
      () => ({ datasync: fail("EIO"), truncate: fail("EIO") }),
      /writing failed \(EIO/,
    ],
  ];

  it.each(faults)(
    "and %s: the append is refused in one line, nothing is lost",
    async (_what, fault, message) => {
      const { path, witness } = newLab();
      await writtenLedger(path, witness, [2]);
      const before = readFileSync(path);
      const refusing = async (name: string) => {
        const file = await open(name, "a");
        let appends = 0;
        const sound = appendTo(file);
        const broken = { ...sound, ...fault(sound) };
        return {
          ...broken,
          // The first append succeeds; from the second on the disk refuses.
          write: ((...args: Parameters<AppendFile["write"]>) =>
            (appends++ === 0 ? sound : broken).write(...args)) as AppendFile["write"],
          datasync: () => (appends === 1 ? sound : broken).datasync(),
        };
      };
      const ledger = await openFileLedger({
        path,
        witness,
        clock: tickingClock(),
        openFile: refusing,
      });
      const [kept] = await ledger.append(sampleDraft(2));
      const refused = await Promise.allSettled([
        ledger.append(sampleDraft(3)),
        ledger.append(sampleDraft(4), sampleDraft(5)),
      ]);
      for (const one of refused) {
        expect(one.status).toBe("rejected");
        const { reason } = one as PromiseRejectedResult;
        expect(reason).toBeInstanceOf(LedgerFailed);
        expect((reason as Error).message).toMatch(message);
        expect((reason as Error).message).not.toContain("\n");
      }
      await expect(ledger.append(sampleDraft(6))).rejects.toThrow(message);
      expect(await ledger.read()).toHaveLength(3);
      expect(witness.lastHead()).toMatchObject({ seq: 2, hash: kept!.hash });
      await ledger.close();

      const again = await openLedger(path, witness);
      expect(readFileSync(path).subarray(0, before.length)).toEqual(before);
      const events = await again.read();
      expect(events[2]).toEqual(kept);
      // What was refused is there whole (the sync failed, the bytes stayed) or not at all.
      expect(events.filter((event) => event.key.startsWith("run.")).length).toSatisfy(
        (count: number) => count === 3 || count === 6,
      );
      await again.append(sampleDraft(3));
      await again.close();
    },
  );

  it("writes on after short writes, which are no failure", async () => {
    const { path, witness } = newLab();
    const short = async (name: string) => {
      const file = appendTo(await open(name, "a"));
      const write = (bytes: Buffer, offset: number) =>
        file.write(bytes, offset, Math.min(7, bytes.length - offset));
      return { ...file, write: write as AppendFile["write"] };
    };
    const ledger = await openFileLedger({ path, witness, clock: tickingClock(), openFile: short });
    await ledger.append(sampleDraft(0), sampleDraft(1));
    await ledger.close();
    expect(parseLedger(readFileSync(path)).events).toHaveLength(2);
  });

  it("refuses an append whose head cannot be remembered, and takes its events back", async () => {
    const { path, witness } = newLab();
    const forgetful: Witness = { ...witness, remember: fail("ENOSPC") };
    const ledger = await openLedger(path, forgetful);
    await expect(ledger.append(sampleDraft(0))).rejects.toThrow(/the disk is full/);
    await ledger.close();
    expect(statSync(path).size).toBe(0);
  });

  it("says so in one line when the ledger may not be made at all", async () => {
    const path = join(root, "a-file", "ledger.jsonl");
    writeFileSync(join(root, "a-file"), "");
    await expect(openLedger(path, ephemeralWitness())).rejects.toThrow(/a-file: writing failed/);
  });
});

describe.skipIf(process.platform !== "linux" || process.getuid?.() !== 0)(
  "a real full disk (a tmpfs of 1 MiB; skipped where the test may not mount one: it takes root on Linux)",
  () => {
    const disk = join(root, "full-disk");
    beforeAll(() => {
      mkdirSync(disk);
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", disk]);
    });
    afterAll(() => {
      execFileSync("umount", [disk]);
    });

    it("refuses the append, keeps all that was acknowledged, and goes on when there is room", async () => {
      const path = join(disk, "ledger.jsonl");
      const witness = ephemeralWitness();
      writeFileSync(join(disk, "ballast"), Buffer.alloc(512 * 1024));
      const ledger = await openLedger(path, witness);
      const acknowledged: number[] = [];
      const large = (index: number): EventDraft => ({
        ...sampleDraft(index),
        body: { text: "x".repeat(10_000) },
      });
      let failure: unknown = null;
      for (let index = 0; index < 1000 && failure === null; index++) {
        await ledger.append(large(index), large(index + 10_000)).then(
          (events) => acknowledged.push(...events.map((event) => event.seq)),
          (error) => {
            failure = error;
          },
        );
      }
      expect(failure).toBeInstanceOf(LedgerFailed);
      expect((failure as Error).message).toBe(
        `${path}: the disk is full; nothing acknowledged was lost. Free some space and run the same command again`,
      );
      await ledger.close();

      const still = await openLedger(path, witness);
      expect((await still.read()).map((event) => event.seq)).toEqual(acknowledged);
      await still.close();

      rmSync(join(disk, "ballast"));
      const again = await openLedger(path, witness);
      const [next] = await again.append(sampleDraft(5000));
      expect(next?.seq).toBe(acknowledged.length);
      await again.close();
    });
  },
);

describe("a process killed while it appends (kill -9)", () => {
  it("leaves every event that it acknowledged", async () => {
    const { path, folder, lab } = newLab();
    const acknowledged = new Map<number, string>();
    for (let round = 0; round < (full ? 40 : 5); round++) {
      for (const [seq, key] of await appendUntilKilled(folder, lab, 40 + round * 7)) {
        acknowledged.set(seq, key);
      }
      const release = acquireLock(join(folder, "lock"));
      const ledger = await openLedger(path, openWitness(lab, { create: false }));
      const keys = (await ledger.read()).map((event) => event.key);
      for (const [seq, key] of acknowledged) expect(keys[seq]).toBe(key);
      await ledger.close();
      release();
    }
    expect(acknowledged.size).toBeGreaterThan(100);
  });
});

interface NewLab {
  readonly folder: string;
  readonly path: string;
  readonly lab: string;
  readonly witness: Witness;
}

function newLab(): NewLab {
  const lab = randomUUID();
  const folder = join(root, lab);
  return {
    folder,
    path: join(folder, "ledger.jsonl"),
    lab,
    witness: openWitness(lab, { create: true }),
  };
}

function pathAndWitness(): [string, Witness] {
  const { path, witness } = newLab();
  return [path, witness];
}

function openLedger(path: string, witness: Witness): Promise<Ledger> {
  return openFileLedger({ path, witness, clock: tickingClock() });
}

/** A ledger, and its size and head from before its last group was appended. */
async function ledgerBeforeGroup(sizes: readonly number[]) {
  const { path } = newLab();
  const witness = ephemeralWitness();
  const bytes = await writtenLedger(path, witness, sizes.slice(0, -1));
  const head = witness.lastHead();
  await writtenLedger(path, witness, sizes.slice(-1));
  return { path, witness, acknowledged: bytes.length, head };
}

async function reopenTornAtEachByte(
  path: string,
  witness: Witness,
  acknowledged: number,
  head: ReturnType<Witness["lastHead"]>,
  step: number,
): Promise<void> {
  const bytes = readFileSync(path);
  const kept = parseLedger(bytes.subarray(0, acknowledged)).events;
  let remembered = head;
  const survivor: Witness = {
    ...witness,
    lastHead: () => remembered,
    remember: (next) => {
      remembered = next;
    },
  };
  for (let length = acknowledged + 1; length < bytes.length; length += step) {
    const torn = bytes.subarray(acknowledged, length);
    const folder = join(path, "..", `torn-${length}`);
    const copy = join(folder, "ledger.jsonl");
    mkdirSync(folder);
    writeFileSync(copy, bytes.subarray(0, length));
    remembered = head;
    const ledger = await openLedger(copy, survivor);
    const aside = `ledger.jsonl.torn-at-${acknowledged}-${hashBytes(torn).slice(0, 12)}`;
    expect(readFileSync(join(folder, aside))).toEqual(torn);
    const events = await ledger.read();
    expect(events.slice(0, -1)).toEqual(kept);
    expect(events.at(-1)).toMatchObject({
      kind: "ledger.repaired",
      body: { file: aside, offset: acknowledged, bytes: torn.length },
    });
    await ledger.close();
    expect(
      verifyLedger(parseLedger(readFileSync(copy)), {
        publicKey: witness.publicKey,
        lastHead: remembered,
      }),
    ).toEqual([]);
    rmSync(folder, { recursive: true });
  }
}

/** The functions of an open file by themselves, so that some of them can be replaced. */
function appendTo(file: AppendFile): AppendFile {
  return {
    write: file.write.bind(file),
    datasync: file.datasync.bind(file),
    truncate: file.truncate.bind(file),
    close: file.close.bind(file),
  };
}

/** What an open file of this process is; the listing's own is gone by the time it is asked. */
function linkOf(fd: string): string | null {
  try {
    return readlinkSync(join("/proc/self/fd", fd));
  } catch {
    return null;
  }
}

function countingDisk() {
  let syncs = 0;
  let during: (() => unknown) | null = null;
  return {
    syncs: () => syncs,
    duringNextSync: (work: () => unknown) => {
      during = work;
    },
    open: async (path: string): Promise<AppendFile> => {
      const file = appendTo(await open(path, "a"));
      return {
        ...file,
        async datasync() {
          syncs++;
          const work = during;
          during = null;
          await work?.();
          await file.datasync();
        },
      };
    },
  };
}

function fail(code: string): () => never {
  return () => {
    throw Object.assign(new Error(`${code}: injected`), { code });
  };
}

function halfThen(file: AppendFile, code: string): AppendFile["write"] {
  let calls = 0;
  const write = (bytes: Buffer, offset: number) =>
    calls++ === 0 ? file.write(bytes, offset, bytes.length >> 1) : fail(code)();
  return write as AppendFile["write"];
}

const takesNothing = (async (buffer: Buffer) => ({
  bytesWritten: 0,
  buffer,
})) as unknown as AppendFile["write"];

/** Starts a process that appends, kills it after so many acknowledgements, gives all it printed. */
async function appendUntilKilled(
  folder: string,
  lab: string,
  count: number,
): Promise<readonly (readonly [number, string])[]> {
  const program = new URL("./fixtures/append-until-killed.ts", import.meta.url).pathname;
  const child = spawn(process.execPath, ["--import", "tsx", program, folder, lab], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const printed: (readonly [number, string])[] = [];
  const exited = once(child, "exit");
  for await (const line of createInterface({ input: child.stdout })) {
    const [seq = "", key = ""] = line.split(" ");
    // The last line may be cut short: then it was not printed.
    if (/^event\/\d+\/\d+$/.test(key)) printed.push([Number(seq), key]);
    if (printed.length === count) child.kill("SIGKILL");
  }
  const [, signal] = (await exited) as [number | null, string | null];
  expect(signal).toBe("SIGKILL");
  return printed;
}
