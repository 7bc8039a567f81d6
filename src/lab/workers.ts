import { hostname } from "node:os";
import type { Pool, PoolClient } from "pg";

/** The list of live processes of a shared lab, kept in its database by heartbeats. */
export interface Heartbeat {
  /**
   * Calls `work` with the executors whose hearts beat, this one's among them, while no other process
   * of the lab does the same.
   */
  inTurn<T>(work: (living: ReadonlySet<string>) => Promise<T>): Promise<T>;
  stop(): Promise<void>;
}

/** A process that has been silent for so many beats counts as dead. */
const BEATS_TO_DEATH = 5;

const RETRY_MS = 100;

const LIVES = "(seen >= now() - make_interval(secs => interval_ms * $1 / 1000.0))";

/** Any number that no other program is likely to lock on: "turn" in ASCII. */
const LOCK = 0x7475726e;

/** Starts to beat for an executor every `intervalMs`; returns after the first beat. */
export async function startHeartbeat(
  pool: Pool,
  executor: string,
  intervalMs: number,
): Promise<Heartbeat> {
  await locked(pool, (client) =>
    client.query(`
      CREATE TABLE IF NOT EXISTS glasshouse.workers (
        executor text PRIMARY KEY, host text NOT NULL, pid integer NOT NULL,
        interval_ms integer NOT NULL, seen timestamptz NOT NULL)`),
  );
  const beat = () =>
    pool.query(
      `INSERT INTO glasshouse.workers VALUES ($1, $2, $3, $4, now())
       ON CONFLICT (executor) DO UPDATE SET seen = now()`,
      [executor, hostname(), process.pid, intervalMs],
    );
  await beat();
  // A beat that fails is made up for by the next; if none gets through, others rightly take over.
  const timer = setInterval(() => void beat().catch(() => undefined), intervalMs);
  return {
    inTurn: (work) =>
      locked(pool, async (client) => {
        const { rows } = await client.query<{ executor: string; lives: boolean }>(
          `SELECT executor, ${LIVES} AS lives FROM glasshouse.workers`,
          [BEATS_TO_DEATH],
        );
        const living = rows.filter((row) => row.lives).map((row) => row.executor);
        // A process that slept beyond its death, and wakes, is not to rob itself.
        const result = await work(new Set([...living, executor]));
        await client.query(`DELETE FROM glasshouse.workers WHERE NOT ${LIVES}`, [BEATS_TO_DEATH]);
        return result;
      }),
    stop: async () => {
      clearInterval(timer);
      await pool
        .query("DELETE FROM glasshouse.workers WHERE executor = $1", [executor])
        .catch(() => undefined);
    },
  };
}

/**
 * Does something while no other process of the lab does. The lock goes with the connection: a
 * process that dies over it lets the next one in.
 */
async function locked<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    while (!(await isLocked(client))) await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    const result = await work(client);
    await client.query(`SELECT pg_advisory_unlock(${LOCK})`);
    client.release();
    return result;
  } catch (error) {
    client.release(true);
    throw error;
  }
}

/**
 * Asks again and again: a statement that waits for the lock would hold up DBOS' migrations, which wait
 * for all statements begun before theirs.
 */
async function isLocked(client: PoolClient): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>(
    `SELECT pg_try_advisory_lock(${LOCK}) AS locked`,
  );
  return rows[0]!.locked;
}
