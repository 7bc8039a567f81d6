/**
 * Preloaded into the command line (`node --import`), outside the product: follows what the process
 * makes durable, and sends it GLASSHOUSE_KILL_BY (SIGKILL) at the boundary that GLASSHOUSE_KILL_AT
 * names. With GLASSHOUSE_BOUNDARIES it writes the names of all boundaries it passes into that file.
 *
 * A boundary is a moment and what is being recorded, such as `written run.started coins-…`. Names
 * hold nothing random, so that every run of a study passes the same ones, in whatever order.
 *
 * - `before`: nothing of it is durable yet.
 * - `torn` (ledger file): the first half of the write is there.
 * - `written`: it is durable; in the ledger file, the write with O_DSYNC has come back.
 * - `remembered` (ledger): the machine's witness knows the new head too; next it is acknowledged.
 */
import fs from "node:fs";
import fsPromises, { type FileHandle } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { basename } from "node:path";
import pg from "pg";

type Moment = "before" | "torn" | "written" | "remembered";

const killAt = process.env.GLASSHOUSE_KILL_AT;
const killBy = process.env.GLASSHOUSE_KILL_BY ?? "SIGKILL";
const boundaries = process.env.GLASSHOUSE_BOUNDARIES;

/** The signal is sent once: what lives on may come to the boundary again, as on a full disk. */
let isSent = false;

/** The keys of the events that were written last, until their head is remembered. */
let unremembered: readonly string[] = [];

followLedgerFile();
followHead();
followDatabase();
syncBuiltinESMExports();

function reach(moment: Moment, things: readonly string[]): void {
  for (const thing of things) {
    const name = `${moment} ${thing}`;
    if (boundaries) fs.appendFileSync(boundaries, `${name}\n`);
    if (name !== killAt || isSent) continue;
    isSent = true;
    process.kill(process.pid, killBy);
  }
}

function followLedgerFile(): void {
  const open = fsPromises.open;
  fsPromises.open = async (path, flags, mode) => {
    const file = await open(path, flags, mode);
    if (basename(String(path)) === "ledger.jsonl" && flags !== "r") followAppends(file);
    return file;
  };
}

function followAppends(file: FileHandle): void {
  const write: FileHandle["write"] = file.write.bind(file);
  const followed = async (bytes: Buffer, from: number) => {
    const keys = keysOf(bytes);
    // A full disk takes a part; the rest that is tried next is no boundary of its own.
    if (from === 0) {
      reach("before", keys);
      if (keys.some((key) => killAt === `torn ${key}`))
        await write(bytes.subarray(0, bytes.length / 2), 0);
      reach("torn", keys);
    }
    const result = await write(bytes, from);
    if (from + result.bytesWritten < bytes.length) return result;
    unremembered = keys;
    reach("written", keys);
    return result;
  };
  Object.assign(file, { write: followed });
}

function keysOf(lines: Buffer): string[] {
  return lines
    .toString("utf8")
    .trimEnd()
    .split("\n")
    .map((line) => (JSON.parse(line) as { key: string }).key);
}

/** The witness writes the head by calls that wait, so that only one file is open between them. */
function followHead(): void {
  const { openSync, closeSync } = fs;
  let head: number | null = null;
  fs.openSync = (path, flags, mode) => {
    const file = openSync(path, flags, mode);
    if (basename(String(path)) === "head" && flags !== "r") head = file;
    return file;
  };
  fs.closeSync = (file) => {
    closeSync(file);
    if (file !== head) return;
    head = null;
    const keys = unremembered;
    unremembered = [];
    reach("remembered", keys);
  };
}

/** What a connection has written and not yet committed. */
interface Transaction {
  readonly things: string[];
}

/** Of the database: the events of a shared ledger, and what DBOS records of workflows and their steps. */
function followDatabase(): void {
  const transactions = new WeakMap<pg.Client, Transaction>();
  const query = pg.Client.prototype.query as (...args: unknown[]) => unknown;
  const followed = function (this: pg.Client, ...args: unknown[]): unknown {
    const text = statementOf(args[0]);
    if (text.startsWith("BEGIN")) transactions.set(this, { things: [] });
    const open = transactions.get(this);
    const things = recordedBy(text, args[1]);
    reach("before", things);
    if (open && text !== "COMMIT") open.things.push(...things);
    const durable = text === "COMMIT" ? (open?.things ?? []) : open ? [] : things;
    if (text === "COMMIT" || text === "ROLLBACK") transactions.delete(this);
    if (durable.length === 0) return query.apply(this, args);
    return whenDone(query.bind(this), args, () => {
      unremembered = durable;
      reach("written", durable);
    });
  };
  Object.assign(pg.Client.prototype, { query: followed });
}

function statementOf(query: unknown): string {
  const text = typeof query === "string" ? query : (query as { text?: string } | null)?.text;
  return (text ?? "").trim();
}

function recordedBy(text: string, values: unknown): readonly string[] {
  const table = /^INSERT INTO ("?\w+"?\.\w+)/.exec(text)?.[1];
  const [first, second] = Array.isArray(values) ? (values as readonly unknown[]) : [];
  switch (table) {
    case "glasshouse.ledger":
      return second as readonly string[];
    case '"dbos".workflow_status':
      return [`start of ${first}`];
    case '"dbos".operation_outputs':
      return [`step ${second} of ${first}`];
    case '"dbos".workflow_output':
      return [`end of ${first}`];
    default:
      return [];
  }
}

/** Calls `query`, which answers by a promise or to the callback that comes last, and then `done`. */
function whenDone(
  query: (...args: unknown[]) => unknown,
  args: readonly unknown[],
  done: () => void,
): unknown {
  const callback = args.at(-1);
  if (typeof callback !== "function") {
    return (query(...args) as Promise<unknown>).then((result) => {
      done();
      return result;
    });
  }
  return query(...args.slice(0, -1), (error: unknown, result: unknown) => {
    if (!error) done();
    callback(error, result);
  });
}
