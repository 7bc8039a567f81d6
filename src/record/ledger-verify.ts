import { z } from "zod";
import type { Hash } from "./canonical.ts";
import { eventHash, GENESIS, type LedgerEvent } from "./ledger.ts";
import { type Head, verifySignature } from "./signing.ts";

/** Something in a ledger that does not hold. */
export interface LedgerFinding {
  /** 1-based line of the file (sequence number + 1); null where it concerns the whole. */
  readonly line: number | null;
  readonly problem: string;
  /** True for a last line that a crash tore: it was never acknowledged. */
  readonly harmless: boolean;
}

/** A ledger file as read: events up to the first line that is not one. */
export interface ParsedLedger {
  readonly events: readonly LedgerEvent[];
  /** Bytes of the whole lines that hold the events. */
  readonly validBytes: number;
  /** A last line without its end, as a crash leaves it. */
  readonly torn: Uint8Array | null;
  readonly broken: { readonly line: number; readonly problem: string } | null;
}

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const eventSchema = z.strictObject({
  seq: z.number().int().nonnegative(),
  time: z.iso.datetime(),
  key: z.string().min(1),
  kind: z.string().min(1),
  study: z.string().nullable(),
  body: z.json(),
  prev: hash,
  hash,
  signature: z.string().optional(),
});

/** Reads the bytes of a ledger file; never throws. */
export function parseLedger(bytes: Uint8Array): ParsedLedger {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const events: LedgerEvent[] = [];
  let start = 0;
  while (start < text.length) {
    const end = text.indexOf(10, start);
    if (end < 0) {
      return {
        events,
        validBytes: start,
        torn: Uint8Array.from(text.subarray(start)),
        broken: null,
      };
    }
    const event = parseLine(text.toString("utf8", start, end));
    if (typeof event === "string") {
      return {
        events,
        validBytes: start,
        torn: null,
        broken: { line: events.length + 1, problem: event },
      };
    }
    events.push(event);
    start = end + 1;
  }
  return { events, validBytes: start, torn: null, broken: null };
}

/**
 * Checks a ledger: every hash, every link, the order, that every event is covered by a signature of
 * the lab's key, and that the newest head this machine remembers is in it. Empty when all holds.
 */
export function verifyLedger(
  ledger: ParsedLedger,
  trusted: { readonly publicKey: string | null; readonly lastHead: Head | null },
): readonly LedgerFinding[] {
  const findings: LedgerFinding[] = [];
  const report = (line: number | null, problem: string, harmless = false) => {
    findings.push({ line, problem, harmless });
  };
  const keys = new Set<string>();
  let prev: Hash = GENESIS;
  for (const [index, event] of ledger.events.entries()) {
    const line = index + 1;
    if (event.seq !== index) report(line, `event ${event.seq} stands where event ${index} should`);
    if (event.prev !== prev)
      report(
        line,
        "it does not follow from the line before: a line was changed, added or removed here",
      );
    if (eventHash(event) !== event.hash)
      report(line, `event "${event.kind}" was changed after it was written`);
    if (keys.has(event.key)) report(line, `the key "${event.key}" stands twice`);
    if (event.signature !== undefined && trusted.publicKey !== null) {
      if (!safelyVerify(trusted.publicKey, event.hash, event.signature)) {
        report(line, "its signature is not the lab's: the history was rewritten");
      }
    }
    keys.add(event.key);
    prev = event.hash;
  }
  const last = ledger.events.at(-1);
  if (last && last.signature === undefined) {
    report(
      ledger.events.length,
      "the last event carries no signature: lines after it were removed",
    );
  }
  if (ledger.broken) report(ledger.broken.line, ledger.broken.problem);
  if (ledger.torn) {
    report(
      ledger.events.length + 1,
      `the last line was torn by a crash (${ledger.torn.length} bytes, never acknowledged)`,
      true,
    );
  }
  const remembered = trusted.lastHead;
  if (remembered) {
    const there = ledger.events[remembered.seq];
    if (!there) {
      report(
        null,
        `it ends at event ${ledger.events.length - 1}, but event ${remembered.seq} was acknowledged: the end was cut off`,
      );
    } else if (there.hash !== remembered.hash) {
      report(
        remembered.seq + 1,
        "it is not the event this machine acknowledged: the history was rewritten",
      );
    }
  }
  return findings;
}

function parseLine(line: string): LedgerEvent | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return "the line is not JSON";
  }
  const result = eventSchema.safeParse(value);
  if (result.success) return result.data as LedgerEvent;
  const issue = result.error.issues[0];
  return `the line is not an event (${issue?.path.join(".") || "top"}: ${issue?.message ?? "invalid"})`;
}

function safelyVerify(publicKey: string, hash: Hash, signature: string): boolean {
  try {
    return verifySignature(publicKey, hash, signature);
  } catch {
    return false;
  }
}
