import { Fault, type Json } from "../../record/index.ts";

/**
 * The value that an RFC 6901 pointer names in a JSON document. `place` names the document in the
 * message of the Fault that a pointer leading nowhere throws.
 */
export function resolvePointer(document: Json, pointer: string, place: string): Json {
  let value: Json | undefined = document;
  for (const token of pointer.split("/").slice(1)) {
    const key = token.replaceAll("~1", "/").replaceAll("~0", "~");
    if (Array.isArray(value)) {
      value = /^(0|[1-9]\d*)$/.test(key) ? (value[Number(key)] as Json | undefined) : undefined;
    } else if (value !== null && typeof value === "object" && Object.hasOwn(value, key)) {
      value = (value as { readonly [key: string]: Json })[key];
    } else {
      value = undefined;
    }
    if (value === undefined) {
      throw new Fault(
        `${place}#${pointer}`,
        "the pointer leads nowhere",
        "Mend the measure's pointer, or what the experiment writes",
      );
    }
  }
  return value as Json;
}

/** The finite number that a pointer names. */
export function resolveNumber(document: Json, pointer: string, place: string): number {
  const value = resolvePointer(document, pointer, place);
  if (typeof value !== "number" || !Number.isFinite(value)) {
    throw new Fault(
      `${place}#${pointer}`,
      `not a finite number but ${describe(value)}`,
      "The experiment must write a finite number there; a run that cannot should fail instead",
    );
  }
  return value;
}

/** The array of finite numbers that a pointer names. */
export function resolveNumbers(document: Json, pointer: string, place: string): readonly number[] {
  const value = resolvePointer(document, pointer, place);
  if (!Array.isArray(value) || value.length === 0) {
    throw new Fault(
      `${place}#${pointer}`,
      `not an array of numbers but ${describe(value)}`,
      "The experiment must write its draws there",
    );
  }
  return value.map((_, index) => resolveNumber(document, `${pointer}/${index}`, place));
}

function describe(value: Json): string {
  const text = JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 37)}...` : text;
}
