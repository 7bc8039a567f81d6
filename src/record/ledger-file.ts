import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { dirname } from "node:path";
import { appendQueue } from "./append-queue.ts";
import { makeFolder, syncFolder } from "./durable.ts";
import { chainGroup, type EventGroup } from "./event-group.ts";
import { Fault, writeFailed } from "./fault.ts";
import { type Ledger, LedgerFailed, matches } from "./ledger.ts";
import { ledgerReader, type ParsedLedger } from "./ledger-parse.ts";
import { repairs, setAside } from "./ledger-repair.ts";
import { type LedgerFinding, verifyLedger } from "./ledger-verify.ts";
import type { Witness } from "./signing.ts";

export interface FileLedgerOptions {
  readonly path: string;
  readonly witness: Witness;
  readonly clock: () => Date;
  /** Opens the file for appending; a port so that tests can make the disk fail. */
  readonly openFile?: (path: string) => Promise<AppendFile>;
}

/** The little that the ledger needs of an open file. */
export type AppendFile = Pick<FileHandle, "write" | "datasync" | "truncate" | "close">;

/**
 * A ledger in one JSON-lines file. Appends made while a sync is under way wait and are written
 * together with one sync (group commit); each append returns only when its events are on the disk.
 *
 * Opening checks the whole chain against the witness. What a crash left behind the last signed event
 * was never acknowledged: it is set aside beside the ledger, and an event `ledger.repaired` says so.
 * The caller holds the lab's lock: two writers would fork the chain, and the next opening would say so.
 *
 * Throws a Fault on a ledger that does not verify. Appends reject with LedgerFailed once the storage
 * refused a write; after opening anew, each of them is there whole or not at all.
 */
export async function openFileLedger(options: FileLedgerOptions): Promise<Ledger> {
  const { path, witness } = options;
  await makeFolder(dirname(path));
  const lastHead = witness.lastHead();
  const parsed = await readLedgerFile(path);
  const serious = verifyLedger(parsed, {
    publicKey: witness.publicKey,
    lastHead,
    signatures: "last",
  }).find((finding) => !finding.harmless);
  if (serious) throw damaged(path, serious);

  if (parsed.torn) await setAside(path, parsed.validBytes, parsed.torn);
  const file = await (options.openFile ?? openToAppend)(path);
  try {
    // A new file is only there for good once its folder says so.
    if (parsed.validBytes === 0) await syncFolder(dirname(path));
    const ledger = fileLedger(options, file, parsed);
    await ledger.append(...(await repairs(path)));
    return ledger;
  } catch (error) {
    await file.close();
    throw error;
  }
}

function fileLedger(options: FileLedgerOptions, file: AppendFile, parsed: ParsedLedger): Ledger {
  const { path, witness, clock } = options;
  const events = [...parsed.events];
  const byKey = new Map(events.map((event) => [event.key, event]));
  let size = parsed.validBytes;
  let failure: LedgerFailed | null = null;

  const queue = appendQueue(path, async (drafts) => {
    if (failure) throw failure;
    const group = chainGroup(
      drafts.filter((draft) => !byKey.has(draft.key)),
      events.at(-1) ?? null,
      witness,
      clock,
    );
    try {
      await commit(group);
    } catch (error) {
      failure = await withdraw(error);
      throw failure;
    }
    for (const event of group.events) {
      events.push(event);
      byKey.set(event.key, event);
    }
    return (key) => byKey.get(key)!;
  });

  async function commit({ events, lines }: EventGroup): Promise<void> {
    const last = events.at(-1);
    if (!last) return;
    const bytes = Buffer.from(`${lines.join("\n")}\n`);
    for (let written = 0; written < bytes.length; ) {
      const { bytesWritten } = await file.write(bytes, written);
      if (bytesWritten === 0) throw new Error("the disk took no bytes");
      written += bytesWritten;
    }
    await file.datasync();
    witness.remember({ seq: last.seq, hash: last.hash });
    size += bytes.length;
  }

  /** After a failed write nothing is acknowledged: take back what may lie half-written. */
  async function withdraw(error: unknown): Promise<LedgerFailed> {
    try {
      await file.truncate(size);
    } catch {
      // Then opening finds a torn group and sets it aside, or a whole one and keeps it.
    }
    const { place, problem, remedy } = writeFailed(path, error);
    return new LedgerFailed(place, problem, remedy, { cause: error });
  }

  return {
    location: path,
    append: (...drafts) => queue.append(drafts),
    read: async (filter = {}) => events.filter((event) => matches(event, filter)),
    find: async (key) => byKey.get(key) ?? null,
    head: async () => events.at(-1) ?? null,
    async close() {
      await queue.close();
      await file.close();
    },
  };
}

async function readLedgerFile(path: string): Promise<ParsedLedger> {
  const reader = ledgerReader();
  const file = await open(path, "r").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw new Fault(
      path,
      `it cannot be read (${error.code})`,
      "Give this user the right to read it",
    );
  });
  if (file) {
    try {
      for await (const chunk of file.createReadStream({
        highWaterMark: 1 << 20,
        autoClose: false,
      })) {
        reader.push(chunk as Buffer);
      }
    } finally {
      await file.close();
    }
  }
  return reader.end();
}

/**
 * With O_DSYNC (POSIX: synchronized I/O, data integrity) each write comes back once its bytes and the
 * size of the file are on the disk: the same as a datasync after it, at one call instead of two.
 */
async function openToAppend(path: string): Promise<AppendFile> {
  const { O_WRONLY, O_CREAT, O_APPEND, O_DSYNC } = constants;
  const flags = O_DSYNC === undefined ? "a" : O_WRONLY | O_CREAT | O_APPEND | O_DSYNC;
  const file = await open(path, flags).catch((error) => {
    throw writeFailed(path, error);
  });
  if (O_DSYNC === undefined) return file; // Windows has no such flag
  return {
    write: file.write.bind(file),
    datasync: async () => undefined,
    truncate: file.truncate.bind(file),
    close: file.close.bind(file),
  };
}

function damaged(path: string, finding: LedgerFinding): Fault {
  return new Fault(
    `${path}${finding.line === null ? "" : `:${finding.line}`}`,
    finding.problem,
    "Restore the ledger from a copy; `glasshouse verify` lists everything that does not match",
  );
}
