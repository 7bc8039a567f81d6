import type { Json, ToolCallEvent } from "../../record/index.ts";
import type { TextPlace } from "./evidence.ts";

/** Most values of one call, and deepest nesting, that are looked at. */
const MAX_VALUES = 256;
const MAX_DEPTH = 12;

/** A value that a call passes: where it stands, and as which parameter. */
export interface Argument {
  readonly value: string;
  /** The string that holds it; the tool's name for a number, which is no string. */
  readonly place: TextPlace;
  readonly start: number;
  readonly end: number;
  readonly parameter: string;
}

/**
 * The values that a call passes. Arguments written freely (`Name{'to': "a@b.c"}`, `Action Input: …`)
 * give one value: their text after the tool's name.
 */
export function argumentsOf(
  event: ToolCallEvent & { readonly index: number },
): readonly Argument[] {
  const found: Argument[] = [];
  const walk = (value: Json, pointer: string, parameter: string, depth: number) => {
    if (found.length >= MAX_VALUES || depth > MAX_DEPTH || value === null) return;
    if (typeof value === "object") {
      for (const [key, item] of Object.entries(value)) {
        const name = Array.isArray(value) ? parameter : key;
        walk(item as Json, `${pointer}/${escapeKey(key)}`, name, depth + 1);
      }
    } else if (typeof value !== "boolean") {
      if (typeof value === "string") {
        const named = pointer === "/arguments" && value.startsWith(event.tool);
        const start = named ? event.tool.length : 0;
        const place = { event: event.index, pointer, text: value };
        const text = value.slice(start);
        // The names of parameters written within the text are no values.
        const own =
          pointer === "/arguments" ? text.replaceAll(KEY, (key) => " ".repeat(key.length)) : text;
        found.push({ value: own, place, start, end: value.length, parameter });
      } else {
        const place = { event: event.index, pointer: "/tool", text: event.tool };
        found.push({ value: String(value), place, start: 0, end: event.tool.length, parameter });
      }
    }
  };
  walk(event.arguments, "/arguments", "", 0);
  return found;
}

const KEY = /["'][\w-]{1,60}["']\s{0,4}:/g;

function escapeKey(key: string): string {
  return key.replaceAll("~", "~0").replaceAll("/", "~1");
}
