import { randomBytes } from "node:crypto";
import pg from "pg";

const server = "postgres://postgres@127.0.0.1:5432";

/** Whether a PostgreSQL server lets user postgres in at 127.0.0.1:5432. */
export async function hasServer(): Promise<boolean> {
  return query(`${server}/postgres`, "SELECT 1").then(
    () => true,
    () => false,
  );
}

/** Makes a database of its own; returns its URL. */
export async function createDatabase(): Promise<string> {
  const name = `glasshouse_crash_${randomBytes(6).toString("hex")}`;
  await query(`${server}/postgres`, `CREATE DATABASE ${name}`);
  return `${server}/${name}`;
}

/** Drops a database, whoever is still connected. */
export async function dropDatabase(url: string): Promise<void> {
  const name = new URL(url).pathname.slice(1);
  await query(`${server}/postgres`, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
}

/** The lines of the ledger in a database, in order; none where there is no ledger yet. */
export async function ledgerLines(url: string): Promise<readonly string[]> {
  const [found] = await query(url, "SELECT to_regclass('glasshouse.ledger') AS ledger");
  if (found?.ledger === null) return [];
  const rows = await query(url, "SELECT line FROM glasshouse.ledger ORDER BY seq");
  return rows.map((row) => String(row.line));
}

async function query(url: string, text: string): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  await client.connect();
  try {
    return (await client.query(text)).rows as Record<string, unknown>[];
  } finally {
    await client.end();
  }
}
