import { hostname } from "node:os";
import type { Pool } from "pg";

/** A process that makes runs for a shared lab, as the others see it. */
export interface WorkerRow {
  readonly executor: string;
  readonly host: string;
  readonly pid: number;
  /** Seconds since its last heartbeat. */
  readonly silentFor: number;
}

/** The list of live workers, kept in the shared database by heartbeats. */
export interface Heartbeat {
  /** Executors whose heart has stopped; forgotten once `forget` is called. */
  dead(): Promise<readonly string[]>;
  alive(): Promise<readonly WorkerRow[]>;
  forget(executor: string): Promise<void>;
  stop(): Promise<void>;
}

/** A worker that has been silent for so many beats counts as dead. */
const BEATS_TO_DEATH = 5;

/** Starts to beat for an executor every `intervalMs`. */
export async function startHeartbeat(
  pool: Pool,
  executor: string,
  intervalMs: number,
): Promise<Heartbeat> {
  await pool.query(`
    CREATE TABLE IF NOT EXISTS glasshouse.workers (
      executor text PRIMARY KEY, host text NOT NULL, pid integer NOT NULL,
      interval_ms integer NOT NULL, seen timestamptz NOT NULL)`);
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
    dead: async () => {
      const { rows } = await pool.query<{ executor: string }>(
        `SELECT executor FROM glasshouse.workers
         WHERE seen < now() - make_interval(secs => interval_ms * $1 / 1000.0)`,
        [BEATS_TO_DEATH],
      );
      return rows.map((row) => row.executor);
    },
    alive: async () => {
      const { rows } = await pool.query<{
        executor: string;
        host: string;
        pid: number;
        silent: string;
      }>(
        "SELECT executor, host, pid, extract(epoch FROM now() - seen) AS silent FROM glasshouse.workers ORDER BY host, pid",
      );
      return rows.map(({ silent, ...row }) => ({ ...row, silentFor: Number(silent) }));
    },
    forget: async (dead) => {
      await pool.query("DELETE FROM glasshouse.workers WHERE executor = $1", [dead]);
    },
    stop: async () => {
      clearInterval(timer);
      await pool
        .query("DELETE FROM glasshouse.workers WHERE executor = $1", [executor])
        .catch(() => undefined);
    },
  };
}
