import { hash } from "node:crypto";
import { Fault } from "./fault.ts";

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

/** A value that was to be recorded has no JSON form. */
export class NotJson extends Fault {
  override readonly name = "NotJson";
}

/** Deeper nesting is refused, so that whatever was written can also be read on a small stack. */
export const MAX_DEPTH = 1000;

export function isHash(text: string): text is Hash {
  return /^[0-9a-f]{64}$/.test(text);
}

/** SHA-256; of a string, over its UTF-8 bytes. */
export function hashBytes(bytes: Uint8Array | string): Hash {
  return hash("sha256", bytes, "hex") as Hash;
}

/**
 * The one way to write a value as JSON (RFC 8785): keys sorted by UTF-16 code units, no white space,
 * numbers as ECMAScript prints them. Members that are `undefined` are left out.
 *
 * One deviation: where RFC 8785 stops at a lone surrogate, this writes its `\udXXX` escape, which
 * reads back as it was. A model's broken text is evidence too, and must not stop the record.
 *
 * Throws NotJson on what JSON cannot hold (NaN, Infinity, a bigint, a function, a Map, a Date, a hole
 * in an array, a value that contains itself), naming the place by an RFC 6901 pointer.
 */
export function canonicalJson(value: Json): string {
  const text = write(value, 0);
  if (text !== null) return text;
  const { pointer, problem } = offence(value, "", 0) ?? { pointer: "", problem: "it has no JSON" };
  throw new NotJson(`value at "${pointer}"`, problem, "Record plain finite JSON values only");
}

export function hashJson(value: Json): Hash {
  return hashBytes(canonicalJson(value));
}

/** The text, or null where the value or a part of it has no JSON form. */
function write(value: unknown, depth: number): string | null {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value);
    case "number":
      return Number.isFinite(value) ? JSON.stringify(value) : null;
    case "boolean":
      return value ? "true" : "false";
    case "object":
      if (value === null) return "null";
      if (depth === MAX_DEPTH) return null;
      return Array.isArray(value) ? writeArray(value, depth) : writeObject(value, depth);
    default:
      return null;
  }
}

function writeArray(items: readonly unknown[], depth: number): string | null {
  let text = "[";
  for (let index = 0; index < items.length; index++) {
    const item = write(items[index], depth + 1);
    if (item === null) return null;
    text += index === 0 ? item : `,${item}`;
  }
  return `${text}]`;
}

function writeObject(value: object, depth: number): string | null {
  if (!isPlain(value)) return null;
  const members = value as { readonly [key: string]: unknown };
  let text = "{";
  // Sorting without a comparator is by UTF-16 code units, as the RFC asks.
  for (const key of Object.keys(members).sort()) {
    const member = members[key];
    if (member === undefined) continue;
    const item = write(member, depth + 1);
    if (item === null) return null;
    text += `${text.length === 1 ? "" : ","}${JSON.stringify(key)}:${item}`;
  }
  return `${text}}`;
}

/** Made by a literal or by JSON.parse, in whichever realm; not a Date, a Map or a class's instance. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Where a value stops being JSON: only looked for once `write` has given up. */
function offence(
  value: unknown,
  pointer: string,
  depth: number,
): { pointer: string; problem: string } | null {
  if (value === null || typeof value === "string" || typeof value === "boolean") return null;
  if (typeof value === "number") {
    return Number.isFinite(value) ? null : { pointer, problem: `JSON cannot hold ${value}` };
  }
  if (typeof value !== "object") return { pointer, problem: `JSON cannot hold ${typeof value}` };
  if (depth === MAX_DEPTH) {
    return {
      pointer: `${pointer.slice(0, 40)}…`,
      problem: `it is nested deeper than ${MAX_DEPTH} levels, or contains itself`,
    };
  }
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      const found = offence(value[index], `${pointer}/${index}`, depth + 1);
      if (found) return found;
    }
    return null;
  }
  if (!isPlain(value)) {
    return {
      pointer,
      problem: `JSON cannot hold a ${value.constructor?.name ?? "class instance"}`,
    };
  }
  for (const [key, member] of Object.entries(value)) {
    if (member === undefined) continue;
    const step = key.replaceAll("~", "~0").replaceAll("/", "~1");
    const found = offence(member, `${pointer}/${step}`, depth + 1);
    if (found) return found;
  }
  return null;
}
