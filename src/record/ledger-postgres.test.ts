import { randomBytes } from "node:crypto";
import { PGlite } from "@electric-sql/pglite";
import { createPgConfig } from "@electric-sql/pglite/node-postgres";
import { Pool, type PoolConfig } from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Json } from "./canonical.ts";
import { appendGroups, sampleDraft, tickingClock } from "./fixtures/events.ts";
import { type Ledger, LedgerFailed } from "./ledger.ts";
import { parseLedger } from "./ledger-parse.ts";
import {
  exportPostgresLedger,
  openPostgresLedger,
  postgresEventsAfter,
} from "./ledger-postgres.ts";
import { verifyLedger } from "./ledger-verify.ts";
import { ephemeralWitness, type Witness } from "./signing.ts";

const server = { host: "127.0.0.1", port: 5432, user: "postgres" };
const hasServer = await answers({ ...server, database: "postgres" });
const database = `glasshouse_test_${randomBytes(6).toString("hex")}`;

const inProcess = "a ledger in PGlite, PostgreSQL in this process (skipped where a server answers)";
describe.skipIf(hasServer && process.env.GLASSHOUSE_FULL !== "1")(inProcess, () => {
  let pglite: PGlite;
  let pool: Pool;
  beforeAll(async () => {
    pglite = await PGlite.create();
    pool = new Pool({ ...createPgConfig(pglite), max: 1 } as PoolConfig);
  });
  afterAll(async () => {
    await pool.end();
    await pglite.close();
  });
  behavesAsLedger(() => pool);
});

describe.skipIf(!hasServer)(
  "a ledger on a PostgreSQL server (skipped where none answers user postgres at 127.0.0.1:5432)",
  () => {
    let pool: Pool;
    beforeAll(async () => {
      await administer(`CREATE DATABASE ${database}`);
      pool = new Pool({ ...server, database });
    });
    afterAll(async () => {
      await pool.end();
      await administer(`DROP DATABASE ${database}`);
    });
    behavesAsLedger(() => pool);

    it("never forks when several connections and ledgers append at once", async () => {
      const witness = ephemeralWitness();
      const pools = [new Pool({ ...server, database }), new Pool({ ...server, database })];
      // Both make the table at the same moment, too.
      const ledgers = await Promise.all(
        pools.map((each) => openPostgresLedger({ pool: each, witness, clock: tickingClock() })),
      );
      const appended: Promise<unknown>[] = [];
      for (let index = 0; index < 60; index++) {
        for (const [which, ledger] of ledgers.entries()) {
          appended.push(
            ledger.append(
              { ...sampleDraft(index), key: `own/${which}/${index}` },
              { ...sampleDraft(index), key: `shared/${index}`, body: which },
            ),
          );
          if (index % 7 === 0) await appended.at(-1);
        }
      }
      await Promise.all(appended);
      expect(await verifyExport(pools[0]!, witness)).toEqual([]);
      const events = await ledgers[0]!.read();
      expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index));
      expect(events).toHaveLength(180);
      // Of a key that both wrote, both were told the same event.
      const shared = await Promise.all(
        ledgers.map((ledger) => ledger.append({ ...sampleDraft(3), key: "shared/3" })),
      );
      expect(shared[0]).toEqual(shared[1]);
      for (const each of pools) await each.end();
    });

    it("survives a server that breaks the connection in the middle of an append", async () => {
      const witness = ephemeralWitness();
      const own = new Pool({ ...server, database, max: 2, application_name: "doomed" });
      own.on("error", () => undefined);
      const ledger = await openPostgresLedger({ pool: own, witness, clock: tickingClock() });
      await ledger.append(sampleDraft(0));
      const holder = await pool.connect();
      await holder.query("BEGIN; LOCK TABLE glasshouse.ledger IN ACCESS EXCLUSIVE MODE");
      const doomed = ledger.append(sampleDraft(1));
      const refusal = expect(doomed).rejects.toThrow(LedgerFailed);
      let ended = 0;
      while (ended === 0) {
        const { rowCount } = await holder.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
           WHERE application_name = 'doomed' AND wait_event_type = 'Lock'`,
        );
        ended = rowCount ?? 0;
      }
      await holder.query("ROLLBACK");
      holder.release();
      await refusal;
      expect(await ledger.append(sampleDraft(1))).toMatchObject([{ seq: 1 }]);
      expect(await verifyExport(pool, witness)).toEqual([]);
      await own.end();
    });
  },
);

function behavesAsLedger(getPool: () => Pool): void {
  let pool: Pool;
  let witness: Witness;
  beforeEach(async () => {
    pool = getPool();
    witness = ephemeralWitness();
    await pool.query("DROP SCHEMA IF EXISTS glasshouse CASCADE");
  });
  const openLedger = (): Promise<Ledger> =>
    openPostgresLedger({ pool, witness, clock: tickingClock() });

  it("gives back what was appended, in order, after it is opened again", async () => {
    const ledger = await openLedger();
    expect(await ledger.head()).toBeNull();
    await appendGroups(ledger, [1, 3, 8]);
    const events = await ledger.read();
    expect(events.map((event) => event.seq)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    expect(events[2]).toMatchObject(sampleDraft(2));
    await ledger.close();
    await expect(ledger.append(sampleDraft(50))).rejects.toThrow(/is closed/);

    const again = await openLedger();
    expect(await again.read()).toEqual(events);
    expect(await again.find(sampleDraft(2).key)).toEqual(events[2]);
    expect(await again.find("no such key")).toBeNull();
    expect(await again.head()).toEqual(events.at(-1));
    expect((await again.read({ study: null })).map((event) => event.seq)).toEqual([0, 5, 10]);
    expect((await again.read({ kind: "monitor.scored" })).map((event) => event.seq)).toEqual([
      0, 7,
    ]);
    expect(await again.read({ study: "recall", kind: "monitor.scored" })).toHaveLength(1);
  });

  it("has the bytes of a ledger file, which verify the same way", async () => {
    expect(await exportPostgresLedger(pool)).toHaveLength(0);
    const ledger = await openLedger();
    await appendGroups(ledger, [4, 1, 2]);
    expect(await verifyExport(pool, witness)).toEqual([]);
    expect(parseLedger(await exportPostgresLedger(pool)).events).toEqual(await ledger.read());
  });

  it("is followed by kind, from where one was on, and says how far that is", async () => {
    const kinds = ["monitor.scored"];
    expect(await postgresEventsAfter(pool, -1, kinds)).toEqual({ events: [], head: -1 });
    const ledger = await openLedger();
    expect(await postgresEventsAfter(pool, -1, kinds)).toEqual({ events: [], head: -1 });
    await appendGroups(ledger, [4, 6]);
    const [first, second] = await ledger.read({ kind: "monitor.scored" });
    expect(await postgresEventsAfter(pool, -1, kinds)).toEqual({
      events: [first, second],
      head: 9,
    });
    expect(await postgresEventsAfter(pool, 0, kinds)).toEqual({ events: [second], head: 9 });
    expect(await postgresEventsAfter(pool, 9, kinds)).toEqual({ events: [], head: 9 });
  });

  it("signs appends made together once, and takes each key once", async () => {
    const ledger = await openLedger();
    await ledger.append(sampleDraft(0));
    const all = await Promise.all([
      ledger.append(sampleDraft(1), { ...sampleDraft(1), body: "second" }),
      ledger.append({ ...sampleDraft(1), body: "third" }, sampleDraft(2)),
      ledger.append({ ...sampleDraft(0), body: "late" }),
    ]);
    expect(all.flat().map((event) => event.seq)).toEqual([1, 1, 1, 2, 0]);
    expect(all.flat()[2]!.body).toEqual(sampleDraft(1).body);
    const signed = (await ledger.read()).filter((event) => event.signature !== undefined);
    expect(signed.map((event) => event.seq)).toEqual([0, 2]);
    expect(witness.lastHead()).toMatchObject({ seq: 2 });
  });

  it("keeps text that PostgreSQL itself could not hold", async () => {
    const ledger = await openLedger();
    const body = JSON.parse('{"null":"\\u0000","half":"\\ud800","__proto__":1}') as Json;
    await ledger.append({ key: "odd", kind: "odd", study: null, body });
    expect((await ledger.read())[0]!.body).toEqual(body);
    await expect(ledger.append({ ...sampleDraft(1), key: "a\0" })).rejects.toThrow(/its key/);
  });

  it("refuses to be changed through the front door", async () => {
    const ledger = await openLedger();
    await appendGroups(ledger, [3]);
    for (const statement of [
      "UPDATE glasshouse.ledger SET kind = 'other'",
      "DELETE FROM glasshouse.ledger",
      "TRUNCATE glasshouse.ledger",
    ]) {
      await expect(pool.query(statement)).rejects.toThrow(/append-only/);
    }
  });

  it.each([
    [
      "an event changed",
      `UPDATE glasshouse.ledger SET line = replace(line, '"r2"', '"r9"') WHERE seq = 2`,
      /row 2: event "run.finished" was changed/,
    ],
    [
      "a line that is none",
      "UPDATE glasshouse.ledger SET line = '' WHERE seq = 1",
      /row 1: the line is not JSON/,
    ],
    [
      "an event taken out",
      "DELETE FROM glasshouse.ledger WHERE seq = 1",
      /row 1: event 2 stands where event 1 should/,
    ],
    ["the end cut off", "DELETE FROM glasshouse.ledger WHERE seq > 2", /the end was cut off/],
    ["everything gone", "TRUNCATE glasshouse.ledger", /the end was cut off/],
    [
      "an event hidden from its study",
      "UPDATE glasshouse.ledger SET study = 'other' WHERE seq = 1",
      /row 1: its column study says "other"/,
    ],
    [
      "an event under another key",
      "UPDATE glasshouse.ledger SET key = 'other' WHERE seq = 1",
      /row 1: its column key/,
    ],
    [
      "an event under another kind",
      "UPDATE glasshouse.ledger SET kind = 'other' WHERE seq = 1",
      /row 1: its column kind/,
    ],
  ])("shows tampering by its owner: %s", async (_what, statement, message) => {
    const ledger = await openLedger();
    await appendGroups(ledger, [1, 2, 1, 1]);
    await pool.query("ALTER TABLE glasshouse.ledger DISABLE TRIGGER append_only");
    await pool.query(statement);
    await expect(openLedger()).rejects.toThrow(message);
    const exported = verifyExport(pool, witness).then((findings) => {
      if (findings.length > 0) throw new Error("found");
    });
    await expect(exported).rejects.toThrow(/found|column/);
  });

  it("shows an event that was changed while the ledger was open", async () => {
    const ledger = await openLedger();
    await appendGroups(ledger, [1, 2]);
    await pool.query("ALTER TABLE glasshouse.ledger DISABLE TRIGGER append_only");
    await pool.query(
      `UPDATE glasshouse.ledger SET line = replace(line, '"r2"', '"r9"') WHERE seq = 2`,
    );
    await expect(ledger.read()).rejects.toThrow(/row 2: event "run.finished" was changed/);
    await expect(ledger.append(sampleDraft(9))).rejects.toThrow(/row 2/);
  });

  it("refuses in one line what the database refuses, and goes on when it is mended", async () => {
    const ledger = await openLedger();
    await ledger.append(sampleDraft(0));
    await pool.query("ALTER TABLE glasshouse.ledger RENAME TO elsewhere");
    const refused = ledger.append(sampleDraft(1));
    await expect(refused).rejects.toThrow(LedgerFailed);
    await expect(refused).rejects.toThrow(
      /the database refused \(.*\); nothing acknowledged was lost/,
    );
    await pool.query("ALTER TABLE glasshouse.elsewhere RENAME TO ledger");
    expect(await ledger.append(sampleDraft(1))).toMatchObject([{ seq: 1 }]);
  });
}

async function verifyExport(pool: Pool, witness: Witness) {
  return verifyLedger(parseLedger(await exportPostgresLedger(pool)), {
    publicKey: witness.publicKey,
    lastHead: witness.lastHead(),
  });
}

async function administer(statement: string): Promise<void> {
  const pool = new Pool({ ...server, database: "postgres" });
  await pool.query(statement);
  await pool.end();
}

async function answers(config: PoolConfig): Promise<boolean> {
  const pool = new Pool({ ...config, connectionTimeoutMillis: 3000 });
  try {
    await pool.query("SELECT 1");
    return true;
  } catch {
    return false;
  } finally {
    await pool.end();
  }
}
