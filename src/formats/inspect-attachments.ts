import type { Json } from "../record/index.ts";

/** The text of an attachment by its key (a hash, or an index in chunked samples). */
export type AttachmentLookup = (key: string) => string | undefined;

const PROTOCOL = "attachment://";

/**
 * The value with each string `attachment://key` replaced by what it stands for; a key that the log
 * does not hold stays as it is. Returns the value itself where nothing is to be replaced.
 */
export function resolveAttachments(value: Json, lookup: AttachmentLookup): Json {
  if (typeof value === "string") {
    return value.startsWith(PROTOCOL) ? (lookup(value.slice(PROTOCOL.length)) ?? value) : value;
  }
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    const items = value as readonly Json[];
    const resolved = items.map((item) => resolveAttachments(item, lookup));
    return resolved.some((item, index) => item !== items[index]) ? resolved : value;
  }
  let changed = false;
  const members = Object.entries(value).map(([key, item]) => {
    const resolved = resolveAttachments(item, lookup);
    changed ||= resolved !== item;
    return [key, resolved] as const;
  });
  return changed ? Object.fromEntries(members) : value;
}
