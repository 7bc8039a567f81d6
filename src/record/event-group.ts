import {
  type CheckedDraft,
  chainEvent,
  formatEvent,
  type LedgerEvent,
  LedgerFailed,
} from "./ledger.ts";
import type { Head, Witness } from "./signing.ts";

/** Events that are committed together, and the line each makes in the ledger. */
export interface EventGroup {
  readonly events: readonly LedgerEvent[];
  readonly lines: readonly string[];
}

/**
 * Gives drafts their places behind `head`, all at one time, and signs the last. Of drafts with the
 * same key only the first is taken.
 */
export function chainGroup(
  drafts: readonly CheckedDraft[],
  head: Head | null,
  witness: Witness,
  clock: () => Date,
): EventGroup {
  if (drafts.length === 0) return { events: [], lines: [] };
  const time = timeOf(clock);
  const events: LedgerEvent[] = [];
  const lines: string[] = [];
  const unique = new Map<string, CheckedDraft>();
  for (const draft of drafts) if (!unique.has(draft.key)) unique.set(draft.key, draft);
  for (const draft of unique.values()) {
    const chained = chainEvent(draft, events.at(-1) ?? head, time);
    const isLast = events.length === unique.size - 1;
    const event = isLast ? { ...chained, signature: witness.sign(chained.hash) } : chained;
    events.push(event);
    lines.push(formatEvent(event, draft.body));
  }
  return { events, lines };
}

function timeOf(clock: () => Date): string {
  const date = clock();
  const year = date.getUTCFullYear();
  if (year >= 0 && year <= 9999) return date.toISOString();
  throw new LedgerFailed("the clock", `it says ${date}`, "Set the clock of this machine");
}
