import { isUtf8 } from "node:buffer";
import { z } from "zod";
import { canonicalJson } from "./canonical.ts";
import { eventHash, formatEvent, type LedgerEvent, NAME } from "./ledger.ts";

/** A ledger file as read: its events, and what each line shows by itself. */
export interface ParsedLedger {
  readonly events: readonly LedgerEvent[];
  /** Bytes of the whole lines that hold the events. */
  readonly validBytes: number;
  /**
   * What a crash left behind the last signed event: the events of a group whose signature never
   * came, half a line, or bytes that a power cut left unwritten. None of it was ever acknowledged.
   */
  readonly torn: Uint8Array | null;
  /** The first line that is not an event; what follows it was not read. */
  readonly broken: { readonly line: number; readonly problem: string } | null;
  /** Lines (from 1) whose hash is not the hash of what stands in them. */
  readonly changed: ReadonlySet<number>;
}

/** One line, read by itself. */
export interface ParsedLine {
  readonly event: LedgerEvent;
  /** Whether its hash is the hash of its other fields. */
  readonly intact: boolean;
}

/** Reads a ledger in pieces of any size, so that a large file need not be in memory whole. */
export interface LedgerReader {
  push(bytes: Uint8Array): void;
  end(): ParsedLedger;
}

/** Reads the bytes of a ledger file; never throws. */
export function parseLedger(bytes: Uint8Array): ParsedLedger {
  const reader = ledgerReader();
  reader.push(bytes);
  return reader.end();
}

export function ledgerReader(): LedgerReader {
  const events: LedgerEvent[] = [];
  const changed = new Set<number>();
  /** Lines behind the last signed event, and the pieces of the line under way. */
  let unsigned: Buffer[] = [];
  let pieces: Buffer[] = [];
  let signedBytes = 0;
  let signedEvents = 0;
  let broken: ParsedLedger["broken"] = null;
  /** From a line with zero bytes on, everything is kept to be judged at the end. */
  let unwritten = false;

  const take = (line: Buffer) => {
    unsigned.push(line);
    if (unwritten) return;
    const parsed = parseLine(line.subarray(0, -1));
    if (typeof parsed === "string") {
      if (line.includes(0)) unwritten = true;
      else broken = { line: events.length + 1, problem: parsed };
      return;
    }
    shareText(parsed.event, events.at(-1));
    events.push(parsed.event);
    if (!parsed.intact) changed.add(events.length);
    if (parsed.event.signature === undefined) return;
    signedEvents = events.length;
    signedBytes += unsigned.reduce((sum, part) => sum + part.length, 0);
    unsigned = [];
  };

  return {
    push(bytes) {
      const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      let start = 0;
      while (broken === null) {
        const end = chunk.indexOf(10, start);
        if (end < 0) break;
        const rest = chunk.subarray(start, end + 1);
        take(pieces.length === 0 ? rest : Buffer.concat([...pieces, rest]));
        pieces = [];
        start = end + 1;
      }
      if (start < chunk.length) pieces.push(chunk.subarray(start));
    },
    end() {
      const tail = Buffer.concat([...unsigned, ...pieces]);
      if (broken === null && unwritten && holdsSignedEvent(tail)) {
        broken = { line: events.length + 1, problem: "the line was overwritten with zero bytes" };
      }
      const torn =
        broken === null && tail.length > 0 && isOneGroup(events.slice(signedEvents)) ? tail : null;
      return torn === null
        ? { events, validBytes: wholeBytes(signedBytes, unsigned, broken), torn, broken, changed }
        : { events: events.slice(0, signedEvents), validBytes: signedBytes, torn, broken, changed };
    },
  };
}

/**
 * One line without its end: the event, or what is wrong with it. A line must be UTF-8 and exactly
 * the canonical JSON of its event, so that no byte of it can differ and mean the same.
 */
export function parseLine(line: Buffer): ParsedLine | string {
  if (!isUtf8(line)) return "the line is not UTF-8 text";
  const text = line.toString("utf8");
  let event: LedgerEvent;
  try {
    event = JSON.parse(text) as LedgerEvent;
  } catch {
    return "the line is not JSON";
  }
  const result = eventSchema.safeParse(event);
  if (!result.success) {
    const issue = result.error.issues[0];
    return `the line is not an event (${issue?.path.join(".") || "top"}: ${issue?.message ?? "invalid"})`;
  }
  let body: string;
  try {
    body = canonicalJson(event.body);
  } catch {
    return "the line is not an event (body: it holds what no ledger writes)";
  }
  if (formatEvent(event, body) !== text) {
    return "the line was changed: it is not written in canonical JSON";
  }
  return { event, intact: eventHash(event, body) === event.hash };
}

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const name = z.string().regex(NAME);
const eventSchema = z.strictObject({
  seq: z.int().nonnegative(),
  time: z.iso.datetime(),
  key: name,
  kind: name,
  study: name.nullable(),
  body: z.unknown(),
  prev: hash,
  hash,
  // 64 bytes have one base64 form: the bits that pad the last digit are zero.
  signature: z
    .string()
    .regex(/^[A-Za-z0-9+/]{85}[AQgw]==$/)
    .optional(),
});

/** A line's `prev` is the text of the line before, its kind often too: keep them in memory once. */
function shareText(event: Writable<LedgerEvent>, before: LedgerEvent | undefined): void {
  if (before === undefined) return;
  if (event.prev === before.hash) event.prev = before.hash;
  if (event.kind === before.kind) event.kind = before.kind;
  if (event.study === before.study) event.study = before.study;
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/** The events of one group commit carry one time; anything else was not left by a crash. */
function isOneGroup(events: readonly LedgerEvent[]): boolean {
  return events.every((event) => event.time === events[0]?.time);
}

function holdsSignedEvent(bytes: Buffer): boolean {
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(10, start);
    if (end < 0) return false;
    const parsed = parseLine(bytes.subarray(start, end));
    if (typeof parsed !== "string" && parsed.event.signature !== undefined) return true;
    start = end + 1;
  }
  return false;
}

function wholeBytes(
  signedBytes: number,
  unsigned: readonly Buffer[],
  broken: ParsedLedger["broken"],
): number {
  const whole = broken === null ? unsigned : unsigned.slice(0, -1);
  return whole.reduce((sum, line) => sum + line.length, signedBytes);
}
