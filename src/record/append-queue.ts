import {
  type CheckedDraft,
  checkDraft,
  type EventDraft,
  type LedgerEvent,
  LedgerFailed,
} from "./ledger.ts";

/** Appends in line; those that wait while a commit is under way make up the next one. */
export interface AppendQueue {
  append(drafts: readonly EventDraft[]): Promise<readonly LedgerEvent[]>;
  /** Lets everything asked for finish; later appends are refused. */
  close(): Promise<void>;
}

/**
 * Group commit: one `commit` at a time, for all drafts that wait. `commit` makes them durable, skips
 * keys that exist, and returns how to find an event by its key; if it throws, each append of the
 * group is rejected with that error. A draft that cannot be recorded is refused by itself.
 */
export function appendQueue(
  location: string,
  commit: (drafts: readonly CheckedDraft[]) => Promise<(key: string) => LedgerEvent>,
): AppendQueue {
  let waiting: Waiting[] = [];
  let flushing: Promise<void> | null = null;
  let closed = false;

  const flush = async () => {
    // One turn of the event loop lets appends made together travel together.
    await Promise.resolve();
    while (waiting.length > 0) {
      const group = waiting;
      waiting = [];
      try {
        const find = await commit(group.flatMap((item) => item.drafts));
        for (const { drafts, resolve } of group) resolve(drafts.map((draft) => find(draft.key)));
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    flushing = null;
  };

  return {
    async append(drafts) {
      if (closed) throw new LedgerFailed(location, "the ledger is closed", "Open the lab again");
      const checked = drafts.map(checkDraft);
      return new Promise((resolve, reject) => {
        waiting.push({ drafts: checked, resolve, reject });
        flushing ??= flush();
      });
    },
    async close() {
      closed = true;
      await flushing;
    },
  };
}

interface Waiting {
  readonly drafts: readonly CheckedDraft[];
  resolve(events: readonly LedgerEvent[]): void;
  reject(error: unknown): void;
}
