import { canonicalJson, type Hash, hashBytes, type Json } from "./canonical.ts";
import { Fault } from "./fault.ts";
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
   * Appends events together, all or none, and returns them once they are durable. A key that is
   * already there gives back the event that has it: the first write wins, so a step tried again has
   * its effects once. Throws EventRefused or NotJson on a draft that cannot be recorded.
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

/** A draft has a key, kind or study that no ledger could hold. */
export class EventRefused extends Fault {
  override readonly name = "EventRefused";
}

/** The ledger cannot be appended to any more in this process: the storage refused, or it is closed. */
export class LedgerFailed extends Fault {
  override readonly name = "LedgerFailed";
}

/** What the first event's `prev` holds. */
export const GENESIS = "0".repeat(64) as Hash;

/** Keys, kinds and studies: 1 to 512 characters, none of them a control or half a character. */
export const NAME = /^[^\p{Cc}\p{Cs}]{1,512}$/u;

/** A draft that can be recorded, with its body as text: later changes to the body change nothing. */
export interface CheckedDraft {
  readonly key: string;
  readonly kind: string;
  readonly study: string | null;
  readonly body: string;
}

/** Refuses a draft that would make a ledger no one can read; throws EventRefused or NotJson. */
export function checkDraft(draft: EventDraft): CheckedDraft {
  const { key, kind, study, body } = draft;
  for (const [field, value] of Object.entries({ key, kind, study: study ?? "lab" })) {
    if (typeof value === "string" && NAME.test(value)) continue;
    throw new EventRefused(
      `event ${JSON.stringify(kind)}`,
      `its ${field} ${JSON.stringify(value)?.slice(0, 80)} is not 1 to 512 printable characters`,
      `Give the event a ${field} that can be read`,
    );
  }
  return { key, kind, study: study ?? null, body: canonicalJson(body) };
}

/** Gives a draft its place behind `prev`. */
export function chainEvent(draft: CheckedDraft, prev: Head | null, time: string): LedgerEvent {
  const fields = {
    seq: prev ? prev.seq + 1 : 0,
    time,
    key: draft.key,
    kind: draft.kind,
    study: draft.study,
    body: JSON.parse(draft.body) as Json,
    prev: prev ? prev.hash : GENESIS,
  };
  return { ...fields, hash: hashBytes(eventText(fields, draft.body, false)) };
}

/** The hash an event should have, from its other fields. */
export function eventHash(event: LedgerEvent, body = canonicalJson(event.body)): Hash {
  return hashBytes(eventText(event, body, false));
}

/** The line of the ledger: the event as canonical JSON. */
export function formatEvent(event: LedgerEvent, body = canonicalJson(event.body)): string {
  return eventText(event, body, true);
}

export function matches(event: LedgerEvent, filter: EventFilter): boolean {
  return (
    (filter.study === undefined || event.study === filter.study) &&
    (filter.kind === undefined || event.kind === filter.kind)
  );
}

/**
 * Canonical JSON written out by field, because the body's text is at hand and need not be made
 * twice; without `proof`, what the hash covers.
 */
function eventText(
  event: Omit<LedgerEvent, "body" | "hash"> & { readonly hash?: Hash },
  body: string,
  proof: boolean,
): string {
  const { hash, key, kind, prev, seq, signature, study, time } = event;
  return (
    `{"body":${body},${proof ? `"hash":"${hash}",` : ""}` +
    `"key":${JSON.stringify(key)},"kind":${JSON.stringify(kind)},"prev":"${prev}","seq":${seq},` +
    `${proof && signature !== undefined ? `"signature":"${signature}",` : ""}` +
    `"study":${JSON.stringify(study)},"time":"${time}"}`
  );
}
