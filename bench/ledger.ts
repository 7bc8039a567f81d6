import { mkdtempSync, rmSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "libsql";
import { ephemeralWitness, type Ledger, openFileLedger } from "../src/record/index.ts";

const ROUNDS = 7;
const ALONE = 400;
const TOGETHER = 6400;
const IN_FLIGHT = 64;

/**
 * Durable appends per second: the ledger (canonical JSON, hash chain, Ed25519, fdatasync) beside
 * SQLite in WAL mode with synchronous=FULL, which keeps the same fields without chain or signature.
 * Same payload, same disk, taken in turns in one process; in each round the order is the other way.
 */
export async function run(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "glasshouse-bench-"));
  try {
    const ledger = await openFileLedger({
      path: join(folder, "ledger", "ledger.jsonl"),
      witness: ephemeralWitness(),
      clock: () => new Date(),
    });
    const sqlite = openSqlite(join(folder, "sqlite.db"));
    describe(folder);
    await measureAll(ledger, sqlite, 50, IN_FLIGHT * 4); // warms both up
    const rounds: Round[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      rounds.push(await measureAll(ledger, sqlite, ALONE, TOGETHER, round % 2 === 1));
    }
    print(rounds);
    await ledger.close();
    sqlite.close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Rate {
  readonly perSecond: number;
  /** Seconds of CPU, user and system and all threads, for a thousand events. */
  readonly cpu: number;
}

interface Pair {
  readonly ledger: Rate;
  readonly sqlite: Rate;
}

interface Round {
  readonly alone: Pair;
  readonly together: Pair;
}

interface Sqlite {
  /** One transaction. */
  insert(indices: readonly number[]): void;
  close(): void;
}

let next = 0;
const take = (count: number) => Array.from({ length: count }, () => next++);

async function measureAll(
  ledger: Ledger,
  sqlite: Sqlite,
  alone: number,
  together: number,
  sqliteFirst = false,
): Promise<Round> {
  return {
    alone: await measurePair(
      sqliteFirst,
      () => rate(alone, () => appendInFlight(ledger, take(alone), 1)),
      () =>
        rate(alone, async () => {
          for (const index of take(alone)) sqlite.insert([index]);
        }),
    ),
    together: await measurePair(
      sqliteFirst,
      () => rate(together, () => appendInFlight(ledger, take(together), IN_FLIGHT)),
      () =>
        rate(together, async () => {
          const indices = take(together);
          while (indices.length > 0) sqlite.insert(indices.splice(0, IN_FLIGHT));
        }),
    ),
  };
}

async function measurePair(
  sqliteFirst: boolean,
  measureLedger: () => Promise<Rate>,
  measureSqlite: () => Promise<Rate>,
): Promise<Pair> {
  if (sqliteFirst) {
    const sqlite = await measureSqlite();
    return { ledger: await measureLedger(), sqlite };
  }
  return { ledger: await measureLedger(), sqlite: await measureSqlite() };
}

async function rate(events: number, work: () => Promise<unknown>): Promise<Rate> {
  const start = performance.now();
  const cpuStart = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(cpuStart);
  const seconds = (performance.now() - start) / 1000;
  return { perSecond: events / seconds, cpu: (user + system) / 1e6 / (events / 1000) };
}

/** Appends all, so many at a time: each of `inFlight` writers awaits its event before the next. */
async function appendInFlight(
  ledger: Ledger,
  indices: readonly number[],
  inFlight: number,
): Promise<void> {
  const queue = indices.values();
  const writer = async () => {
    for (const index of queue) await ledger.append(draftOf(index));
  };
  await Promise.all(Array.from({ length: inFlight }, writer));
}

function draftOf(index: number) {
  return {
    key: `run.finished/recall/baseline/${index}`,
    kind: "run.finished",
    study: "recall",
    body: {
      run: `run-${index}`,
      condition: "baseline",
      seed: index,
      status: "ok",
      cpuSeconds: 1.25,
      artifacts: { "result.json": "a".repeat(64), "curve.json": "b".repeat(64) },
    },
  };
}

function openSqlite(path: string): Sqlite {
  const database = new Database(path);
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
  const settings = ["journal_mode", "synchronous"].map((name) =>
    Object.values(database.prepare(`PRAGMA ${name}`).get() as object).at(0),
  );
  if (settings.join() !== "wal,2") throw new Error(`SQLite did not take its settings: ${settings}`);
  database.exec(
    "CREATE TABLE ledger (seq INTEGER PRIMARY KEY, time TEXT, key TEXT UNIQUE, kind TEXT, study TEXT, body TEXT)",
  );
  const statement = database.prepare(
    "INSERT INTO ledger (time, key, kind, study, body) VALUES (?, ?, ?, ?, ?)",
  );
  const insertOne = (index: number) => {
    const { key, kind, study, body } = draftOf(index);
    statement.run(new Date().toISOString(), key, kind, study, JSON.stringify(body));
  };
  const insertAll = database.transaction((indices: readonly number[]) => {
    for (const index of indices) insertOne(index);
  });
  return {
    insert(indices) {
      if (indices.length === 1) insertOne(indices[0]!);
      else insertAll(indices);
    },
    close: () => database.close(),
  };
}

function describe(folder: string): void {
  const TMPFS = 0x01021994;
  const inMemory = statfsSync(folder).type === TMPFS;
  console.log(
    `${ROUNDS} rounds in ${tmpdir()}${inMemory ? " (in memory: nothing is synced!)" : ""}`,
  );
}

function print(rounds: readonly Round[]): void {
  const sections = [
    ["one at a time", "alone", "one INSERT a transaction"],
    [`${IN_FLIGHT} in flight`, "together", `${IN_FLIGHT} INSERTs a transaction`],
  ] as const;
  console.log("median (min..max)        events/s                  CPU s per 1,000 events");
  for (const [title, key, sqliteTitle] of sections) {
    const pairs = rounds.map((round) => round[key]);
    line(
      `ledger, ${title}`,
      pairs.map((pair) => pair.ledger),
    );
    line(
      `SQLite, ${sqliteTitle}`,
      pairs.map((pair) => pair.sqlite),
    );
    const ratios = pairs.map((pair) => pair.ledger.perSecond / pair.sqlite.perSecond);
    const cpus = pairs.map((pair) => pair.ledger.cpu / pair.sqlite.cpu);
    console.log(`  ledger / SQLite: rate ${spread(ratios, 2)}, CPU ${spread(cpus, 2)}\n`);
  }
}

function line(title: string, rates: readonly Rate[]): void {
  const events = spread(
    rates.map((rate) => rate.perSecond),
    0,
  );
  console.log(
    `  ${title.padEnd(38)} ${events.padEnd(26)} ${spread(
      rates.map((rate) => rate.cpu),
      3,
    )}`,
  );
}

function spread(values: readonly number[], digits: number): string {
  const sorted = [...values].sort((a, b) => a - b);
  const show = (value: number) => value.toFixed(digits);
  return `${show(sorted[sorted.length >> 1]!)} (${show(sorted[0]!)}..${show(sorted.at(-1)!)})`;
}
