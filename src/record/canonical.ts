import { createHash } from "node:crypto";

/** A value that JSON can hold. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };

/** The SHA-256 of some bytes, as 64 lower-case hexadecimal digits. */
export type Hash = string & { readonly __hash: unique symbol };

export function isHash(text: string): text is Hash {
  return /^[0-9a-f]{64}$/.test(text);
}

export function hashBytes(bytes: Uint8Array | string): Hash {
  return createHash("sha256").update(bytes).digest("hex") as Hash;
}

/**
 * The one way to write a value as JSON (RFC 8785): keys sorted by UTF-16 code units, no white space,
 * numbers as ECMAScript prints them. Throws on a number that is not finite, since JSON has none.
 */
export function canonicalJson(value: Json): string {
  if (typeof value === "number" && !Number.isFinite(value)) {
    throw new TypeError(`canonical JSON cannot hold ${value}`);
  }
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item: Json) => canonicalJson(item)).join(",")}]`;
  const members = Object.entries(value as { readonly [key: string]: Json })
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`).join(",")}}`;
}

export function hashJson(value: Json): Hash {
  return hashBytes(canonicalJson(value));
}
