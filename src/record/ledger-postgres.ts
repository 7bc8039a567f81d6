import type { Pool, PoolClient } from "pg";
import {
  chainEvent,
  type EventDraft,
  type EventFilter,
  formatEvent,
  type Ledger,
  type LedgerEvent,
} from "./ledger.ts";
import type { Head, Witness } from "./signing.ts";

/** Any number that no other program is likely to lock on: "glasshouse" folded to 31 bits. */
const LEDGER_LOCK = 0x676c6173;

/**
 * The same ledger in a PostgreSQL table, for labs that several machines share. Appends are put in
 * line by an advisory lock held for the transaction, so that the chain never forks.
 */
export async function openPostgresLedger(options: {
  readonly pool: Pool;
  readonly witness: Witness;
  readonly clock: () => Date;
}): Promise<Ledger> {
  const { pool, witness, clock } = options;
  await inTransaction(pool, async (client) => {
    await client.query(`
      CREATE SCHEMA IF NOT EXISTS glasshouse;
      CREATE TABLE IF NOT EXISTS glasshouse.ledger (
        seq bigint PRIMARY KEY, key text UNIQUE NOT NULL, kind text NOT NULL, study text,
        hash text NOT NULL, line text NOT NULL);
      CREATE INDEX IF NOT EXISTS ledger_study ON glasshouse.ledger (study, seq);`);
  });
  let waiting: Waiting[] = [];
  let flushing: Promise<void> | null = null;

  const flush = async () => {
    await Promise.resolve();
    while (waiting.length > 0) {
      const group = waiting;
      waiting = [];
      const drafts = group.flatMap((item) => item.drafts);
      try {
        const events = await appendGroup(pool, witness, clock, drafts);
        for (const item of group) item.resolve(item.drafts.map((draft) => events.get(draft.key)!));
      } catch (error) {
        for (const item of group) item.reject(error);
      }
    }
  };

  return {
    location: "PostgreSQL table glasshouse.ledger",
    append: (...drafts) =>
      new Promise((resolve, reject) => {
        waiting.push({ drafts, resolve, reject });
        flushing ??= flush().finally(() => {
          flushing = null;
        });
      }),
    read: async (filter = {}) => readEvents(pool, filter),
    find: async (key) => {
      const { rows } = await pool.query<Row>("SELECT line FROM glasshouse.ledger WHERE key = $1", [
        key,
      ]);
      return rows[0] ? parseRow(rows[0]) : null;
    },
    head: () => lastHead(pool),
    close: async () => {
      await flushing;
    },
  };
}

interface Row {
  readonly line: string;
}

interface Waiting {
  readonly drafts: readonly EventDraft[];
  resolve(events: readonly LedgerEvent[]): void;
  reject(error: unknown): void;
}

async function appendGroup(
  pool: Pool,
  witness: Witness,
  clock: () => Date,
  drafts: readonly EventDraft[],
): Promise<Map<string, LedgerEvent>> {
  const result = await inTransaction(pool, async (client) => {
    const keys = drafts.map((draft) => draft.key);
    const { rows } = await client.query<Row>(
      "SELECT line FROM glasshouse.ledger WHERE key = ANY($1)",
      [keys],
    );
    const byKey = new Map(rows.map(parseRow).map((event) => [event.key, event]));
    const fresh: LedgerEvent[] = [];
    let head = await lastHead(client);
    const time = clock().toISOString();
    for (const draft of drafts) {
      if (byKey.has(draft.key)) continue;
      const event = chainEvent(draft, head, time);
      byKey.set(event.key, event);
      fresh.push(event);
      head = event;
    }
    const last = fresh.at(-1);
    if (last) {
      fresh[fresh.length - 1] = { ...last, signature: witness.sign(last.hash) };
      byKey.set(last.key, fresh.at(-1)!);
      await insert(client, fresh);
    }
    return { byKey, head: last ?? null };
  });
  if (result.head) witness.remember({ seq: result.head.seq, hash: result.head.hash });
  return result.byKey;
}

async function insert(client: PoolClient, events: readonly LedgerEvent[]): Promise<void> {
  await client.query(
    `INSERT INTO glasshouse.ledger (seq, key, kind, study, hash, line)
     SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[])`,
    [
      events.map((event) => event.seq),
      events.map((event) => event.key),
      events.map((event) => event.kind),
      events.map((event) => event.study),
      events.map((event) => event.hash),
      events.map(formatEvent),
    ],
  );
}

async function readEvents(pool: Pool, filter: EventFilter): Promise<readonly LedgerEvent[]> {
  const { rows } = await pool.query<Row>(
    `SELECT line FROM glasshouse.ledger
     WHERE ($1 OR study IS NOT DISTINCT FROM $2) AND ($3::text IS NULL OR kind = $3) ORDER BY seq`,
    [filter.study === undefined, filter.study ?? null, filter.kind ?? null],
  );
  return rows.map(parseRow);
}

async function lastHead(client: Pick<PoolClient, "query">): Promise<Head | null> {
  const { rows } = await client.query<Row>(
    "SELECT line FROM glasshouse.ledger ORDER BY seq DESC LIMIT 1",
  );
  return rows[0] ? parseRow(rows[0]) : null;
}

function parseRow(row: Row): LedgerEvent {
  return JSON.parse(row.line) as LedgerEvent;
}

/** Runs `work` alone among all writers of the ledger; commits when it returns, rolls back when it throws. */
async function inTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    await client.query("SELECT pg_advisory_xact_lock($1)", [LEDGER_LOCK]);
    const result = await work(client);
    await client.query("COMMIT");
    return result;
  } catch (error) {
    await client.query("ROLLBACK").catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}
