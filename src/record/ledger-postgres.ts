import type { Pool, PoolClient } from "pg";
import { appendQueue } from "./append-queue.ts";
import { chainGroup, type EventGroup } from "./event-group.ts";
import { Fault } from "./fault.ts";
import {
  type CheckedDraft,
  type EventFilter,
  type Ledger,
  type LedgerEvent,
  LedgerFailed,
} from "./ledger.ts";
import { parseLine } from "./ledger-parse.ts";
import { chainCheck } from "./ledger-verify.ts";
import type { Head, Witness } from "./signing.ts";

/** Any number that no other program is likely to lock on: "glas" in ASCII. */
const LEDGER_LOCK = 0x676c6173;

const LOCATION = "PostgreSQL table glasshouse.ledger";

/**
 * The same ledger in a PostgreSQL table, for labs that several machines share. Appends are put in
 * line by an advisory lock held for the transaction, so that the chain never forks. The table holds
 * the very lines of the file format; every line read is checked by itself, and opening checks the
 * whole chain against the witness.
 *
 * Throws a Fault on a ledger that does not verify. Appends reject with LedgerFailed where the
 * database refuses; the next one may succeed.
 */
export async function openPostgresLedger(options: {
  readonly pool: Pool;
  readonly witness: Witness;
  readonly clock: () => Date;
}): Promise<Ledger> {
  const { pool, witness, clock } = options;
  await makeTable(pool);
  await verifyTable(pool, witness);

  const queue = appendQueue(LOCATION, async (drafts) => {
    const { known, group } = await appendGroup(pool, witness, clock, drafts).catch((error) => {
      throw refused(error);
    });
    rememberNewest(witness, group.events.at(-1));
    const byKey = new Map([...known, ...group.events].map((event) => [event.key, event]));
    return (key) => byKey.get(key)!;
  });

  return {
    location: LOCATION,
    append: (...drafts) => queue.append(drafts),
    read: async (filter = {}) => readEvents(pool, filter),
    async find(key) {
      const { rows } = await pool.query<Row>(`${SELECT} WHERE key = $1`, [key]);
      return rows[0] ? readRow(rows[0]) : null;
    },
    async head() {
      const { rows } = await pool.query<Row>(`${SELECT} ORDER BY seq DESC LIMIT 1`);
      return rows[0] ? readRow(rows[0]) : null;
    },
    close: () => queue.close(),
  };
}

/**
 * The ledger as the bytes that a ledger file would have, for `parseLedger` and `verifyLedger`; empty
 * where the database has none. Throws a Fault on a row whose columns say other than its line.
 */
export async function exportPostgresLedger(pool: Pool): Promise<Uint8Array> {
  const pages: Buffer[] = [];
  const { rows } = await pool.query<{ there: boolean }>(
    "SELECT to_regclass('glasshouse.ledger') IS NOT NULL AS there",
  );
  if (!rows[0]?.there) return Buffer.alloc(0);
  for await (const page of readPages(pool)) {
    for (const row of page) {
      const parsed = parseLine(Buffer.from(row.line));
      // A line that is no event goes out as it is, for verification to name it.
      if (typeof parsed !== "string") compareColumns(row, parsed.event);
    }
    pages.push(Buffer.from(page.map((row) => `${row.line}\n`).join("")));
  }
  return Buffer.concat(pages);
}

/**
 * The events of some kinds that came after `seq`, and how far the ledger goes: for whoever follows it
 * at small cost. Nothing where the database has no ledger yet. Throws a Fault on a changed row.
 */
export async function postgresEventsAfter(
  pool: Pool,
  seq: number,
  kinds: readonly string[],
): Promise<{ readonly events: readonly LedgerEvent[]; readonly head: number }> {
  // One statement sees one state: what it does not give lies behind the head that it gives.
  const { rows } = await pool
    .query<Row & { head: string }>(
      `SELECT newest.head, found.* FROM
         (SELECT coalesce(max(seq), -1) AS head FROM glasshouse.ledger) AS newest
         LEFT JOIN (${SELECT} WHERE seq > $1 AND kind = ANY($2)) AS found ON true
       ORDER BY found.seq`,
      [seq, kinds],
    )
    .catch((error: { code?: string }) => {
      if (error.code === NO_TABLE || error.code === NO_SCHEMA) return { rows: [] };
      throw error;
    });
  const events = rows.filter((row) => row.seq !== null).map(readRow);
  return { events, head: Number(rows[0]?.head ?? -1) };
}

const NO_TABLE = "42P01";
const NO_SCHEMA = "3F000";

interface Row {
  /** A bigint, which the driver gives as text. */
  readonly seq: string;
  readonly key: string;
  readonly kind: string;
  readonly study: string | null;
  readonly line: string;
}

const SELECT = "SELECT seq, key, kind, study, line FROM glasshouse.ledger";

async function makeTable(pool: Pool): Promise<void> {
  await alone(pool, (client) =>
    client.query(`
      CREATE SCHEMA IF NOT EXISTS glasshouse;
      CREATE TABLE IF NOT EXISTS glasshouse.ledger (
        seq bigint PRIMARY KEY, key text UNIQUE NOT NULL, kind text NOT NULL, study text,
        line text NOT NULL);
      CREATE INDEX IF NOT EXISTS ledger_study ON glasshouse.ledger (study, seq);
      CREATE OR REPLACE FUNCTION glasshouse.refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'the ledger is append-only'; END $$;
      CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE
        ON glasshouse.ledger EXECUTE FUNCTION glasshouse.refuse();`),
  ).catch((error) => {
    throw refused(error);
  });
}

async function verifyTable(pool: Pool, witness: Witness): Promise<void> {
  const check = chainCheck({
    publicKey: witness.publicKey,
    lastHead: witness.lastHead(),
    signatures: "last",
  });
  for await (const page of readPages(pool)) {
    for (const row of page) {
      check.add(readRow(row), true);
    }
  }
  const finding = check.end({ torn: null, broken: null })[0];
  if (finding) throw damaged(finding.line, finding.problem);
}

async function appendGroup(
  pool: Pool,
  witness: Witness,
  clock: () => Date,
  drafts: readonly CheckedDraft[],
): Promise<{ known: readonly LedgerEvent[]; group: EventGroup }> {
  return alone(pool, async (client) => {
    const { rows } = await client.query<Row>(
      `(${SELECT} WHERE key = ANY($1)) UNION ALL (${SELECT} ORDER BY seq DESC LIMIT 1)`,
      [drafts.map((draft) => draft.key)],
    );
    const found = rows.map(readRow);
    const keys = new Set(found.map((event) => event.key));
    const group = chainGroup(
      drafts.filter((draft) => !keys.has(draft.key)),
      found.reduce<Head | null>((newest, event) => latest(newest, event), null),
      witness,
      clock,
    );
    if (group.events.length > 0) await insert(client, group);
    return { known: found, group };
  });
}

async function insert(client: PoolClient, { events, lines }: EventGroup): Promise<void> {
  await client.query(
    `INSERT INTO glasshouse.ledger (seq, key, kind, study, line)
     SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[])`,
    [
      events.map((event) => event.seq),
      events.map((event) => event.key),
      events.map((event) => event.kind),
      events.map((event) => event.study),
      lines,
    ],
  );
}

async function readEvents(pool: Pool, filter: EventFilter): Promise<readonly LedgerEvent[]> {
  const { rows } = await pool.query<Row>(
    `${SELECT} WHERE ($1 OR study IS NOT DISTINCT FROM $2) AND ($3::text IS NULL OR kind = $3)
     ORDER BY seq`,
    [filter.study === undefined, filter.study ?? null, filter.kind ?? null],
  );
  return rows.map(readRow);
}

/** All rows in order, some thousand at a time; stops where the ledger ended when it got there. */
async function* readPages(pool: Pool): AsyncGenerator<readonly Row[]> {
  const size = 5000;
  for (let after = "-1"; ; ) {
    const { rows } = await pool.query<Row>(`${SELECT} WHERE seq > $1 ORDER BY seq LIMIT $2`, [
      after,
      size,
    ]);
    if (rows.length > 0) yield rows;
    if (rows.length < size) return;
    after = rows.at(-1)!.seq;
  }
}

/** The event of a row; throws a Fault where the row was changed. */
function readRow(row: Row): LedgerEvent {
  const at = Number(row.seq) + 1;
  const parsed = parseLine(Buffer.from(row.line));
  if (typeof parsed === "string") throw damaged(at, parsed);
  if (!parsed.intact) {
    throw damaged(at, `event "${parsed.event.kind}" was changed after it was written`);
  }
  compareColumns(row, parsed.event);
  return parsed.event;
}

/** Rows are found by their columns: a column that lies about its line would hide an event. */
function compareColumns(row: Row, event: LedgerEvent): void {
  const columns = { ...row, seq: Number(row.seq) };
  for (const name of ["seq", "key", "kind", "study"] as const) {
    if (columns[name] === event[name]) continue;
    throw damaged(
      columns.seq + 1,
      `its column ${name} says ${JSON.stringify(columns[name])}, which is not what its line says`,
    );
  }
}

/** The head only goes forward, also where several processes of one machine share a witness. */
function rememberNewest(witness: Witness, event: LedgerEvent | undefined): void {
  if (event && latest(witness.lastHead(), event) === event) {
    witness.remember({ seq: event.seq, hash: event.hash });
  }
}

function latest(a: Head | null, b: Head): Head {
  return a !== null && a.seq > b.seq ? a : b;
}

/**
 * Runs `work` alone among all writers of the ledger, in a transaction that is on the server's disk
 * when it commits; rolls back when `work` throws.
 */
async function alone<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken = false;
  const breakOff = () => {
    broken = true;
  };
  // A connection lost while it is held says so by an event too, which unheard would end the process.
  client.on("error", breakOff);
  try {
    // Read committed whatever the server's default: what is read must be newer than the lock.
    await client.query(
      `BEGIN ISOLATION LEVEL READ COMMITTED;
       SELECT set_config('synchronous_commit', 'on', true)
         WHERE current_setting('synchronous_commit') IN ('off', 'local');
       SELECT pg_advisory_xact_lock(${LEDGER_LOCK});`,
    );
    const result = await work(client);
    await client.query("COMMIT");
    return result;
  } catch (error) {
    await client.query("ROLLBACK").catch(breakOff);
    throw error;
  } finally {
    if (!broken) client.off("error", breakOff);
    client.release(broken);
  }
}

function refused(error: unknown): Fault {
  if (error instanceof Fault) return error;
  const { message, code } = error as NodeJS.ErrnoException;
  return new LedgerFailed(
    LOCATION,
    `the database refused (${message || code}); nothing acknowledged was lost`,
    "Mend the database and run the same command again",
    { cause: error },
  );
}

function damaged(line: number | null, problem: string): Fault {
  return new Fault(
    `${LOCATION}${line === null ? "" : `, row ${line - 1}`}`,
    problem,
    "Restore the ledger from a copy; `glasshouse verify` lists everything that does not match",
  );
}
