import { canonicalJson, type Hash, hashJson, type Json } from "./canonical.ts";
import type { Head } from "./signing.ts";

/**
 * One event of a lab's history. `hash` covers every other field but `signature`, and `prev` is the
 * hash of the event before, so that no event can be changed, moved, added or taken out unnoticed.
 */
export interface LedgerEvent {
  /** 0 for the first event; no gaps. */
  readonly seq: number;
  /** ISO 8601, UTC. */
  readonly time: string;
  /** Unique in the ledger: what makes an append that is tried again happen once. */
  readonly key: string;
  readonly kind: string;
  /** The study it belongs to; null for events of the lab. */
  readonly study: string | null;
  readonly body: Json;
  readonly prev: Hash;
  readonly hash: Hash;
  /** On the last event of each group commit: the lab's Ed25519 signature over `hash`. */
  readonly signature?: string;
}

/** An event before the ledger gives it its place. */
export interface EventDraft {
  readonly key: string;
  readonly kind: string;
  readonly study: string | null;
  readonly body: Json;
}

/** The append-only history of a lab. */
export interface Ledger {
  readonly location: string;
  /**
   * Appends events together and returns them once they are durable. A key that is already there
   * gives back the event that has it: the first write wins, so a step tried again has its effects once.
   */
  append(...drafts: readonly EventDraft[]): Promise<readonly LedgerEvent[]>;
  /** Events in order, of one study or of all. */
  read(filter?: EventFilter): Promise<readonly LedgerEvent[]>;
  find(key: string): Promise<LedgerEvent | null>;
  head(): Promise<Head | null>;
  /** Waits for what is under way and lets go of the storage. */
  close(): Promise<void>;
}

export interface EventFilter {
  readonly study?: string | null;
  readonly kind?: string;
}

/** What the first event's `prev` holds. */
export const GENESIS = "0".repeat(64) as Hash;

/** Gives a draft its place behind `prev`. */
export function chainEvent(draft: EventDraft, prev: Head | null, time: string): LedgerEvent {
  const fields = {
    seq: prev ? prev.seq + 1 : 0,
    time,
    key: draft.key,
    kind: draft.kind,
    study: draft.study,
    body: draft.body,
    prev: prev ? prev.hash : GENESIS,
  };
  return { ...fields, hash: hashJson(fields) };
}

/** The hash an event should have, from its other fields. */
export function eventHash(event: LedgerEvent): Hash {
  const { hash: _hash, signature: _signature, ...fields } = event;
  return hashJson(fields as unknown as Json);
}

export function formatEvent(event: LedgerEvent): string {
  return canonicalJson(event as unknown as Json);
}

export function matches(event: LedgerEvent, filter: EventFilter): boolean {
  return (
    (filter.study === undefined || event.study === filter.study) &&
    (filter.kind === undefined || event.kind === filter.kind)
  );
}
