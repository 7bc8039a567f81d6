import type { Json } from "../../src/record/index.ts";
import type { Random } from "../../src/stats/index.ts";
import { type ForgedLab, pick } from "./forged-lab.ts";

/** What was forged, and every place that `verify` must name for it to count as caught. */
export interface Forgery {
  readonly what: string;
  readonly names: readonly string[];
}

/** One way to make something up; chooses where by chance. */
export interface ForgeryKind {
  readonly name: string;
  readonly forge: (lab: ForgedLab, random: Random) => Promise<Forgery>;
}

/** Changes, adds or swaps one digit of a text, at a random place. */
export function forgeDigit(text: string, random: Random): string {
  const places = [...text.matchAll(/\d/g)].map((match) => match.index);
  const swaps = places.filter((at) => /\d/.test(text[at + 1] ?? "") && text[at] !== text[at + 1]);
  const how = pick(random, swaps.length > 0 ? ["change", "add", "swap"] : ["change", "add"], "way");
  if (how === "swap") {
    const at = pick(random, swaps, "two digits");
    return text.slice(0, at) + text[at + 1]! + text[at]! + text.slice(at + 2);
  }
  const at = pick(random, places, "digit");
  const digit = String((Number(text[at]) + 1 + random.integer(9)) % 10);
  return text.slice(0, at + (how === "add" ? 1 : 0)) + digit + text.slice(at + 1);
}

/** Flips one bit at a random place. */
export function flipBit(bytes: Uint8Array, random: Random): Buffer {
  const copy = Buffer.from(bytes);
  const at = random.integer(copy.length);
  copy[at] = copy[at]! ^ (1 << random.integer(8));
  return copy;
}

/** Another number than the one given, as far away as matters, and never out of a share's range. */
export function forgeNumber(value: number, random: Random): number {
  return value === 0 ? 0.05 + 0.1 * random.float() : value * (0.7 + 0.2 * random.float());
}

/** Every leaf of a JSON value, by the path that leads to it. */
export function leaves(value: Json, path: readonly string[] = []): (readonly string[])[] {
  if (value === null || typeof value !== "object") return [path];
  return Object.entries(value).flatMap(([key, child]) => leaves(child as Json, [...path, key]));
}

/** The value at a path. */
export function valueAt(value: Json, path: readonly string[]): Json {
  return path.reduce((inner, key) => (inner as Record<string, Json>)[key]!, value);
}

/** A copy of a JSON value with another value at a path; without a value, the member is taken out. */
export function withValue(value: Json, path: readonly string[], put?: Json): Json {
  const [key, ...rest] = path;
  if (key === undefined) return put!;
  if (Array.isArray(value)) {
    return value.flatMap((item, index) =>
      String(index) !== key
        ? [item]
        : rest.length === 0 && put === undefined
          ? []
          : [withValue(item, rest, put)],
    );
  }
  const { [key]: old, ...others } = value as Record<string, Json>;
  return rest.length === 0 && put === undefined
    ? others
    : { ...others, [key]: withValue(old!, rest, put) };
}

/** Another value of the same type. */
export function forgeLeaf(value: Json, random: Random): Json {
  if (typeof value === "number") return forgeNumber(value, random);
  if (typeof value === "boolean") return !value;
  if (typeof value !== "string") return 1;
  if (/^[0-9a-f]{12,}$/.test(value))
    return value.replace(/^./, (digit) => (Number.parseInt(digit, 16) ^ 1).toString(16));
  return /\d/.test(value) ? forgeDigit(value, random) : `${value}, as expected`;
}
