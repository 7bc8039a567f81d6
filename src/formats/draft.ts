import type { EventBase, EventBody, SourcePointer, TranscriptEvent } from "../record/index.ts";

/** An event before it has its place in the transcript. */
export type EventDraft = Omit<EventBase, "index"> & EventBody;

/** Numbers events from 0 in the order in which they come. */
export async function* numbered(
  drafts: AsyncIterable<EventDraft> | Iterable<EventDraft>,
): AsyncIterable<TranscriptEvent> {
  let index = 0;
  for await (const draft of drafts) yield { index: index++, ...draft };
}

/** A pointer into the document at a path of keys (RFC 6901). */
export function pointer(
  part: string | undefined,
  ...path: readonly (string | number)[]
): SourcePointer {
  const text = path
    .map((step) => `/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`)
    .join("");
  return part === undefined ? { pointer: text } : { part, pointer: text };
}

/** A place further inside. */
export function within(at: SourcePointer, ...path: readonly (string | number)[]): SourcePointer {
  return { ...at, pointer: at.pointer + pointer(undefined, ...path).pointer };
}
