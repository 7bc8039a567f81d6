import { type FileHandle, mkdir, open, readFile, truncate } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Fault } from "./fault.ts";
import {
  chainEvent,
  type EventDraft,
  formatEvent,
  type Ledger,
  type LedgerEvent,
  matches,
} from "./ledger.ts";
import { type LedgerFinding, parseLedger, verifyLedger } from "./ledger-verify.ts";
import { writeDurably } from "./objects.ts";
import type { Head, Witness } from "./signing.ts";

/** The ledger cannot be appended to any more in this process: the disk refused. */
export class LedgerFailed extends Fault {
  override readonly name = "LedgerFailed";
}

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
 * Opening checks the whole chain against the witness. A last line torn by a crash was never
 * acknowledged: it is set aside beside the ledger, and the event `ledger.repaired` says so.
 */
export async function openFileLedger(options: FileLedgerOptions): Promise<Ledger> {
  const { path, witness, clock } = options;
  await mkdir(dirname(path), { recursive: true });
  const text = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return Buffer.alloc(0);
    throw error;
  });
  const parsed = parseLedger(text);
  const findings = verifyLedger(parsed, {
    publicKey: witness.publicKey,
    lastHead: witness.lastHead(),
  });
  const serious = findings.find((finding) => !finding.harmless);
  if (serious) throw damaged(path, serious);

  if (parsed.torn) {
    await writeDurably(join(dirname(path), `ledger-torn-at-${parsed.validBytes}.bin`), parsed.torn);
    await truncate(path, parsed.validBytes);
  }
  const file = await (options.openFile ?? ((name) => open(name, "a")))(path);
  const ledger = new GroupCommit(path, file, parsed.events, parsed.validBytes, witness, clock);
  if (parsed.torn) {
    const at = parsed.validBytes;
    await ledger.append({
      key: `ledger.repaired/${at}`,
      kind: "ledger.repaired",
      study: null,
      body: { offset: at, bytes: parsed.torn.length },
    });
  }
  return ledger;
}

interface Waiting {
  readonly drafts: readonly EventDraft[];
  resolve(events: readonly LedgerEvent[]): void;
  reject(error: unknown): void;
}

class GroupCommit implements Ledger {
  readonly location: string;
  readonly #file: AppendFile;
  readonly #events: LedgerEvent[];
  readonly #byKey: Map<string, LedgerEvent>;
  readonly #witness: Witness;
  readonly #clock: () => Date;
  #size: number;
  #waiting: Waiting[] = [];
  #flushing: Promise<void> | null = null;
  #failure: LedgerFailed | null = null;

  constructor(
    path: string,
    file: AppendFile,
    events: readonly LedgerEvent[],
    size: number,
    witness: Witness,
    clock: () => Date,
  ) {
    this.location = path;
    this.#file = file;
    this.#events = [...events];
    this.#byKey = new Map(events.map((event) => [event.key, event]));
    this.#size = size;
    this.#witness = witness;
    this.#clock = clock;
  }

  append(...drafts: readonly EventDraft[]): Promise<readonly LedgerEvent[]> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ drafts, resolve, reject });
      this.#flushing ??= this.#flush().finally(() => {
        this.#flushing = null;
      });
    });
  }

  async read(filter = {}): Promise<readonly LedgerEvent[]> {
    return this.#events.filter((event) => matches(event, filter));
  }

  async find(key: string): Promise<LedgerEvent | null> {
    return this.#byKey.get(key) ?? null;
  }

  async head(): Promise<Head | null> {
    return this.#events.at(-1) ?? null;
  }

  async close(): Promise<void> {
    await this.#flushing;
    this.#failure ??= new LedgerFailed(this.location, "the ledger is closed", "Open the lab again");
    await this.#file.close();
  }

  async #flush(): Promise<void> {
    // One turn of the event loop lets appends made together travel together.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const group = this.#waiting;
      this.#waiting = [];
      if (this.#failure) {
        for (const waiting of group) waiting.reject(this.#failure);
        continue;
      }
      const fresh = this.#place(group.flatMap((waiting) => waiting.drafts));
      try {
        await this.#commit(fresh);
      } catch (error) {
        this.#failure = await this.#withdraw(error);
        for (const waiting of group) waiting.reject(this.#failure);
        continue;
      }
      for (const event of fresh) {
        this.#events.push(event);
        this.#byKey.set(event.key, event);
      }
      for (const { drafts, resolve } of group) {
        resolve(drafts.map((draft) => this.#byKey.get(draft.key)!));
      }
    }
  }

  #place(drafts: readonly EventDraft[]): LedgerEvent[] {
    const time = this.#clock().toISOString();
    const fresh: LedgerEvent[] = [];
    const keys = new Set<string>();
    let head: Head | null = this.#events.at(-1) ?? null;
    for (const draft of drafts) {
      if (this.#byKey.has(draft.key) || keys.has(draft.key)) continue;
      keys.add(draft.key);
      const event = chainEvent(draft, head, time);
      fresh.push(event);
      head = event;
    }
    const last = fresh.at(-1);
    if (last) fresh[fresh.length - 1] = { ...last, signature: this.#witness.sign(last.hash) };
    return fresh;
  }

  async #commit(events: readonly LedgerEvent[]): Promise<void> {
    const last = events.at(-1);
    if (!last) return;
    const bytes = Buffer.from(events.map((event) => `${formatEvent(event)}\n`).join(""));
    for (let written = 0; written < bytes.length; ) {
      written += (await this.#file.write(bytes, written)).bytesWritten;
    }
    await this.#file.datasync();
    this.#size += bytes.length;
    this.#witness.remember({ seq: last.seq, hash: last.hash });
  }

  /** After a failed write nothing is acknowledged: take back what may lie half-written. */
  async #withdraw(error: unknown): Promise<LedgerFailed> {
    await this.#file.truncate(this.#size).catch(() => undefined);
    const reason = error as NodeJS.ErrnoException;
    return reason.code === "ENOSPC"
      ? new LedgerFailed(
          this.location,
          "the disk is full; nothing acknowledged was lost",
          "Free some space and run the same command again",
        )
      : new LedgerFailed(
          this.location,
          `writing failed (${reason.message})`,
          "Mend the disk and run the same command again",
        );
  }
}

function damaged(path: string, finding: LedgerFinding): Fault {
  return new Fault(
    `${path}${finding.line === null ? "" : `:${finding.line}`}`,
    finding.problem,
    "Restore the ledger from a copy; `glasshouse verify` lists everything that does not match",
  );
}
