import { type Evidence, QUOTE_LENGTH } from "../monitor.ts";

/** A string of an event, by its RFC 6901 pointer. */
export interface TextPlace {
  readonly event: number;
  readonly pointer: string;
  readonly text: string;
}

/** The evidence that a part of an event's string gives; offsets are cut to the string. */
export function evidenceAt(
  { event, pointer, text }: TextPlace,
  start = 0,
  end = text.length,
): Evidence {
  const from = Math.max(0, Math.min(start, text.length));
  const to = Math.max(from, Math.min(end, text.length));
  return {
    event,
    pointer,
    start: from,
    end: to,
    quote: text.slice(from, to).slice(0, QUOTE_LENGTH),
  };
}

/** A chain without repeats, in the order of its events, that ends in the sink. */
export function chain(
  steps: readonly Evidence[],
  sink: Evidence,
): readonly [Evidence, ...Evidence[]] {
  const seen = new Set([keyOf(sink)]);
  const kept: Evidence[] = [];
  for (const step of steps) {
    const key = keyOf(step);
    if (seen.has(key)) continue;
    seen.add(key);
    kept.push(step);
  }
  kept.sort((a, b) => a.event - b.event);
  const [first, ...rest] = [...kept, sink];
  return [first ?? sink, ...rest];
}

/** A value as it is named in a note: one line, short, secrets never whole. */
export function named(value: string, length = 60): string {
  const line = value.replaceAll(/\s+/g, " ").trim();
  return line.length > length ? `${line.slice(0, length - 1)}…` : line;
}

function keyOf({ event, pointer, start, end }: Evidence): string {
  return `${event} ${pointer} ${start ?? ""} ${end ?? ""}`;
}
