import { chainEvent, checkDraft, type Ledger, type LedgerEvent, matches } from "./ledger.ts";

/** A ledger that lives only as long as the process, unsigned, for pure tests and simulations. */
export function memoryLedger(clock: () => Date): Ledger {
  const events: LedgerEvent[] = [];
  const byKey = new Map<string, LedgerEvent>();
  return {
    location: "memory",
    async append(...drafts) {
      const checked = drafts.map(checkDraft);
      const time = clock().toISOString();
      for (const draft of checked) {
        if (byKey.has(draft.key)) continue;
        const event = chainEvent(draft, events.at(-1) ?? null, time);
        events.push(event);
        byKey.set(event.key, event);
      }
      return checked.map((draft) => byKey.get(draft.key)!);
    },
    read: async (filter = {}) => events.filter((event) => matches(event, filter)),
    find: async (key) => byKey.get(key) ?? null,
    head: async () => events.at(-1) ?? null,
    close: async () => undefined,
  };
}
