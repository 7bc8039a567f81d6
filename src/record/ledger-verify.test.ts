import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import type { Hash } from "./canonical.ts";
import { tickingClock, writtenLedger } from "./fixtures/events.ts";
import { testFolder } from "./fixtures/folder.ts";
import { eventHash, formatEvent, type LedgerEvent } from "./ledger.ts";
import { openFileLedger } from "./ledger-file.ts";
import { parseLedger } from "./ledger-parse.ts";
import { type LedgerFinding, verifyLedger } from "./ledger-verify.ts";
import { ephemeralWitness, type Witness } from "./signing.ts";

const full = process.env.GLASSHOUSE_FULL === "1";
const folder = testFolder();
const witness = ephemeralWitness();
/** 50 events: some committed one by one, some in groups, a group of three at the end. */
const groups = [1, 1, 1, 1, 1, 1, 4, 2, 8, 5, 12, 1, 9, 3];
let bytes: Buffer;
let lines: readonly string[];

beforeAll(async () => {
  bytes = await writtenLedger(join(folder, "ledger.jsonl"), witness, groups);
  lines = bytes.toString("utf8").trimEnd().split("\n");
});

describe("a ledger as it was written", () => {
  it("has nothing to report", () => {
    expect(lines).toHaveLength(50);
    expect(verify(bytes)).toEqual([]);
  });

  it("is signed once a group", () => {
    const signed = parseLedger(bytes).events.filter((event) => event.signature !== undefined);
    expect(signed).toHaveLength(groups.length);
  });
});

describe("a ledger with one byte changed", () => {
  it("is found out, and the line is named, whichever byte and however it changed", () => {
    fc.assert(
      fc.property(
        fc.nat({ max: bytes.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        (offset, flip) => {
          const changed = Buffer.from(bytes);
          changed[offset] = changed[offset]! ^ flip;
          expectNamed(verify(changed), offset);
        },
      ),
      { numRuns: full ? 5000 : 400 },
    );
  });

  it("is found out at every single bit of a line", () => {
    const start = text(lines.slice(0, 2)).length;
    const part = text(lines.slice(0, 3));
    const trusted = {
      publicKey: witness.publicKey,
      lastHead: events()[2]!,
      signatures: "last",
    } as const;
    for (let offset = start; offset < part.length; offset++) {
      for (let bit = 0; bit < 8; bit++) {
        const changed = Buffer.from(part);
        changed[offset] = changed[offset]! ^ (1 << bit);
        const findings = verifyLedger(parseLedger(changed), trusted);
        expect(serious(findings)).not.toEqual([]);
        expect(findings.map((finding) => finding.line)).toContain(3);
      }
    }
  });

  it("is found out where the change means the same to a JSON reader", () => {
    const respelled: readonly ((line: string) => string)[] = [
      (line) => line.replace('"seq":', '"seq": '),
      (line) => line.replace('"kind":"run', '"kind":"\\u0072un'),
      (line) => line.replace("e-9", "E-9"),
      (line) => line.replace(/"seq":(\d+)/, '"seq":$1.0'),
      (line) => line.replace(/(,"prev":"[0-9a-f]+")(,"seq":\d+)/, "$2$1"),
      (line) => line.replace('{"body"', '{"body":0,"body"'),
      (line) =>
        line.replace(/"hash":"([0-9a-f]+)"/, (_, hash: string) => `"hash":"${hash.toUpperCase()}"`),
      (line) => line.replace(/==","study"/, '=","study"'),
    ];
    for (const respell of respelled) {
      const changed = [...lines];
      changed[4] = respell(lines[4]!);
      expect(changed[4]).not.toBe(lines[4]);
      expect(named(verify(text(changed)))).toContain(5);
    }
  });
});

describe("bytes that are no UTF-8", () => {
  it("are found out also where they read as the character that stands for them", () => {
    const line = text([lines[4]!]);
    const at = line.indexOf("\ufffd");
    // EF BF BD is the replacement character; EF BF alone is decoded to it.
    const changed = Buffer.concat([line.subarray(0, at + 2), line.subarray(at + 3)]);
    expect(changed.toString("utf8")).toBe(line.toString("utf8"));
    const findings = verify(Buffer.concat([text(lines.slice(0, 4)), changed]));
    expect(named(findings)).toContain(5);
    expect(problems(findings)).toMatch(/not UTF-8/);
  });
});

describe("a ledger whose lines were tampered with", () => {
  const line = fc.nat({ max: 49 });

  it("shows a deleted line where it is missing", () => {
    fc.assert(
      fc.property(line, (index) => {
        const findings = verify(text(lines.toSpliced(index, 1)));
        if (index < 47) expect(named(findings)).toContain(index + 1);
        expect(serious(findings)).not.toEqual([]);
      }),
    );
  });

  it("shows two swapped lines", () => {
    fc.assert(
      fc.property(line, line, (first, second) => {
        fc.pre(first < second);
        const swapped = lines.with(first, lines[second]!).with(second, lines[first]!);
        expect(named(verify(text(swapped)))).toContain(first + 1);
      }),
    );
  });

  it("shows a line that stands twice", () => {
    fc.assert(
      fc.property(line, (index) => {
        const findings = verify(text(lines.toSpliced(index, 0, lines[index]!)));
        expect(named(findings)).toContain(index + 2);
        expect(problems(findings)).toMatch(/stands twice/);
      }),
    );
  });

  it("shows an inserted line, however well it is made", () => {
    fc.assert(
      fc.property(line, (index) => {
        const { signature: _, ...before } = events()[index]!;
        const forged = rehash({ ...before, key: "forged", seq: before.seq + 1, prev: before.hash });
        const findings = verify(text(lines.toSpliced(index + 1, 0, formatEvent(forged))));
        // Behind the last line it is an event without a signature, as a crash would leave it.
        if (index === 49) expect(findings).toMatchObject([{ line: 51, harmless: true }]);
        else expect(named(findings)).toContain(index + 3);
      }),
    );
  });

  it("shows a line from another history that the same key signed", async () => {
    // As after restoring a backup and going on: two histories part behind the fifth event.
    const path = join(folder, "parted", "ledger.jsonl");
    const keyOnly: Witness = { ...witness, lastHead: () => null, remember: () => undefined };
    mkdirSync(join(folder, "parted"));
    writeFileSync(path, text(lines.slice(0, 5)));
    const ledger = await openFileLedger({ path, witness: keyOnly, clock: tickingClock() });
    for (const key of ["other/5", "other/6"]) {
      await ledger.append({ key, kind: "other", study: null, body: key });
    }
    await ledger.close();
    const parted = (await ledger.read()).map((event) => formatEvent(event));
    expect(named(verify(text(lines.with(5, parted[5]!))))).toEqual([7]);
    const newest = parseLedger(text([...lines.slice(0, 6), parted[6]!]));
    const trusted = { publicKey: witness.publicKey, lastHead: null };
    expect(named(verifyLedger(newest, trusted))).toEqual([7]);
  });

  it("shows an end that was cut off, because this machine remembers the head", () => {
    fc.assert(
      fc.property(fc.nat({ max: bytes.length - 1 }), (length) => {
        expect(problems(verify(bytes.subarray(0, length)))).toMatch(/the end was cut off/);
      }),
    );
  });

  it("shows an end that was cut off and grown again by someone who has the key", async () => {
    const path = join(folder, "regrown.jsonl");
    writeFileSync(path, text(lines.slice(0, 30)));
    const keyOnly: Witness = { ...witness, lastHead: () => null, remember: () => undefined };
    const ledger = await openFileLedger({ path, witness: keyOnly, clock: tickingClock() });
    for (let index = 30; index < 60; index++) {
      await ledger.append({ key: `other/${index}`, kind: "other", study: null, body: index });
    }
    await ledger.close();
    const regrown = text((await ledger.read()).map((event) => formatEvent(event)));
    expect(verify(regrown)).toEqual([
      { line: 50, problem: expect.stringMatching(/history was rewritten/), harmless: false },
    ]);
  });
});

describe("a ledger rewritten by someone who can write files but lacks the key", () => {
  /** Changes one event and makes every hash and link after it right again. */
  function rewritten(index: number, sign: (event: LedgerEvent) => LedgerEvent): Buffer {
    let prev: Hash | null = null;
    const forged = events().map((event, at) => {
      const changed = at === index ? { ...event, body: { score: 1 } } : event;
      const next = rehash({ ...changed, prev: prev ?? event.prev });
      prev = next.hash;
      return formatEvent(at >= index ? sign(next) : next);
    });
    return text(forged);
  }
  const withoutHead = { publicKey: witness.publicKey, lastHead: null };

  it("fails at the first signature, with the old signatures left in place", () => {
    fc.assert(
      fc.property(fc.nat({ max: 49 }), (index) => {
        const forged = parseLedger(rewritten(index, (event) => event));
        expect(problems(verifyLedger(forged, withoutHead))).toMatch(/signature is not the lab's/);
        const quick = verifyLedger(forged, { ...withoutHead, signatures: "last" });
        expect(problems(quick)).toMatch(/signature is not the lab's/);
      }),
    );
  });

  it("fails with signatures of another key", () => {
    const other = ephemeralWitness();
    const forged = rewritten(10, (event) =>
      event.signature === undefined ? event : { ...event, signature: other.sign(event.hash) },
    );
    const findings = verifyLedger(parseLedger(forged), withoutHead);
    expect(findings[0]).toMatchObject({ line: 12, harmless: false });
  });

  it("fails with the signatures taken out", () => {
    const forged = rewritten(10, ({ signature: _, ...event }) => event);
    expect(serious(verifyLedger(parseLedger(forged), withoutHead))).not.toEqual([]);
  });

  it("fails as a whole other ledger, by key and by head", async () => {
    const other = ephemeralWitness();
    const forged = await writtenLedger(join(folder, "other", "ledger.jsonl"), other, [60]);
    const findings = problems(verify(forged));
    expect(findings).toMatch(/signature is not the lab's/);
    expect(findings).toMatch(/not the event this machine acknowledged/);
  });

  it("fails as an empty file", () => {
    expect(problems(verify(Buffer.alloc(0)))).toMatch(/the end was cut off/);
  });
});

describe("what is trusted", () => {
  it("may be nothing: hashes and links are checked without a key", () => {
    expect(verifyLedger(parseLedger(bytes), { publicKey: null, lastHead: null })).toEqual([]);
  });

  it("never is a key that is no key", () => {
    for (const publicKey of ["", "AAAA", "not base64 at all"]) {
      const findings = verifyLedger(parseLedger(bytes), { publicKey, lastHead: null });
      expect(problems(findings)).toMatch(/signature is not the lab's/);
    }
  });

  it("is the newest signature alone where asked, which vouches for all events before it", () => {
    const last = { publicKey: witness.publicKey, lastHead: null, signatures: "last" } as const;
    const old = text(lines.with(3, lines[3]!.replace(/"signature":"../, '"signature":"zz')));
    expect(verifyLedger(parseLedger(old), last)).toEqual([]);
    expect(named(verify(old))).toEqual([4]);
    const newest = text(lines.with(49, lines[49]!.replace(/"signature":"../, '"signature":"zz')));
    expect(named(verifyLedger(parseLedger(newest), last))).toEqual([50]);
  });
});

function verify(ledger: Uint8Array): readonly LedgerFinding[] {
  return verifyLedger(parseLedger(ledger), {
    publicKey: witness.publicKey,
    lastHead: witness.lastHead(),
  });
}

/** The finding that counts names the line of the byte; the last group, torn, shows by the head. */
function expectNamed(findings: readonly LedgerFinding[], offset: number): void {
  expect(serious(findings)).not.toEqual([]);
  const line = bytes.subarray(0, offset).filter((byte) => byte === 10).length + 1;
  if (problems(findings).includes("a crash left")) {
    expect(line).toBeGreaterThanOrEqual(48);
    expect(problems(findings)).toMatch(/the end was cut off/);
  } else {
    expect(named(findings)).toContain(line);
  }
}

function serious(findings: readonly LedgerFinding[]): readonly LedgerFinding[] {
  return findings.filter((finding) => !finding.harmless);
}

function named(findings: readonly LedgerFinding[]): readonly (number | null)[] {
  return serious(findings).map((finding) => finding.line);
}

function problems(findings: readonly LedgerFinding[]): string {
  return findings.map((finding) => finding.problem).join("\n");
}

function events(): readonly LedgerEvent[] {
  return parseLedger(bytes).events;
}

function rehash(event: LedgerEvent): LedgerEvent {
  return { ...event, hash: eventHash(event) };
}

function text(all: readonly string[]): Buffer {
  return Buffer.from(all.map((line) => `${line}\n`).join(""));
}
