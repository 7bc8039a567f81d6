import { chainEvent, type Ledger, type LedgerEvent, matches } from "./ledger.ts";

/** A ledger that lives only as long as the process, for pure tests and simulations. */
export function memoryLedger(clock: () => Date): Ledger {
  const events: LedgerEvent[] = [];
  const byKey = new Map<string, LedgerEvent>();
  return {
    location: "memory",
    async append(...drafts) {
      for (const draft of drafts) {
        if (byKey.has(draft.key)) continue;
        const event = chainEvent(draft, events.at(-1) ?? null, clock().toISOString());
        events.push(event);
        byKey.set(event.key, event);
      }
      return drafts.map((draft) => byKey.get(draft.key)!);
    },
    read: async (filter = {}) => events.filter((event) => matches(event, filter)),
    find: async (key) => byKey.get(key) ?? null,
    head: async () => events.at(-1) ?? null,
    close: async () => undefined,
  };
}
