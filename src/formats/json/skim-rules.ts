/**
 * What to leave out of a JSON text before it is parsed: by the name of a context, what to do with the
 * members of its objects. The first context is the root object's.
 */
export interface SkimContexts {
  readonly [name: string]: SkimContext;
}

export interface SkimContext {
  readonly keys?: { readonly [key: string]: SkimAction } | undefined;
  /** For keys that are not named. */
  readonly otherwise: SkimAction;
  /**
   * whole: a member with an empty key says where the whole object stands, as if it were put off.
   * never: the text is left to a parser where an object ends in this context. pairs: the object
   * becomes an array of keys and values in turn, for objects of ever other keys cost a parser dearly;
   * what comes as an array is left to a parser.
   */
  readonly as?: "whole" | "never" | "pairs" | undefined;
}

/**
 * later: the value's number takes its place, by which it is found in the text. refuse: the text is
 * left to a parser. enter: the value is an object of that context; each: an array, whose objects are.
 * share and shareEach: the same, and of objects that come again as they are, the number takes the
 * place: counted from 0, those that stand in full. Anything but an object or an array is kept there.
 * turn: the value is kept, and the object goes on in the context that its text stands for among the
 * keys of that context, each of which enters one.
 */
export type SkimAction =
  | "keep"
  | "drop"
  | "later"
  | "refuse"
  | { readonly enter: string }
  | { readonly each: string }
  | { readonly share: string }
  | { readonly shareEach: string }
  | { readonly turn: string };

/** The rules as the skimmer reads them, when they stand at `address` of its memory. */
export function encodeRules(contexts: SkimContexts, address: number): Buffer {
  const names = Object.keys(contexts);
  const keys = Object.values(contexts).flatMap(({ keys = {} }) => Object.keys(keys));
  const numbers = new Map([...new Set(keys)].map((key, index) => [key, index]));
  if (numbers.size > 64) throw new RangeError("more than 64 keys have rules");
  const slotsAt = names.length * CONTEXT_SIZE;
  const keysAt = slotsAt + names.length * SLOTS * SLOT_SIZE;
  const places = new Map<string, number>();
  let length = keysAt;
  for (const key of numbers.keys()) {
    places.set(key, address + length);
    length += Buffer.byteLength(key);
  }
  const table = Buffer.alloc(length);
  for (const [key, place] of places) table.write(key, place - address);
  for (const [index, name] of names.entries()) {
    const { keys: rules = {}, otherwise, as } = contexts[name]!;
    const multiplier = multiplierFor(Object.keys(rules));
    const at = index * CONTEXT_SIZE;
    const slots = slotsAt + index * SLOTS * SLOT_SIZE;
    table.writeBigUInt64LE(multiplier, at);
    table.writeUInt32LE(address + slots, at + 8);
    encodeAction(otherwise, names).copy(table, at + 12);
    table[at + 14] = as === undefined ? 0 : FORMS[as];
    for (const [key, rule] of Object.entries(rules)) {
      const slot = slots + slotOf(key, multiplier) * SLOT_SIZE;
      table.writeBigUInt64LE(firstBytes(key), slot);
      table.writeUInt32LE(places.get(key)!, slot + 8);
      table[slot + 12] = Buffer.byteLength(key);
      encodeAction(rule, names).copy(table, slot + 13);
      table[slot + 15] = numbers.get(key)!;
    }
  }
  return table;
}

const CONTEXT_SIZE = 16;
const SLOTS = 64;
const SLOT_SIZE = 24;
const FORMS = { whole: 1, never: 2, pairs: 3 };
const ACTIONS = {
  keep: 1,
  drop: 2,
  enter: 3,
  later: 4,
  turn: 5,
  share: 6,
  refuse: 7,
  each: 8,
  shareEach: 9,
};
const WORD = 2n ** 64n;

function encodeAction(action: SkimAction, names: readonly string[]): Buffer {
  if (typeof action === "string") return Buffer.of(ACTIONS[action], 0);
  const [[kind, name]] = Object.entries(action) as [[keyof typeof ACTIONS, string]];
  const context = names.indexOf(name);
  if (context < 0) throw new RangeError(`there is no context ${name}`);
  return Buffer.of(ACTIONS[kind], context);
}

/** One by which no two keys come into one slot. */
function multiplierFor(keys: readonly string[]): bigint {
  let multiplier = 0x9e3779b97f4a7c15n;
  for (let tries = 0; tries < 10_000; tries++) {
    if (new Set(keys.map((key) => slotOf(key, multiplier))).size === keys.length) return multiplier;
    multiplier = ((multiplier * 0x5851f42d4c957f2dn + 0x14057b7ef767814fn) % WORD) | 1n;
  }
  throw new RangeError("too many keys in one context");
}

function slotOf(key: string, multiplier: bigint): number {
  const mixed = firstBytes(key) ^ BigInt(Buffer.byteLength(key));
  return Number(((mixed * multiplier) % WORD) >> 58n);
}

function firstBytes(key: string): bigint {
  const bytes = Buffer.alloc(8);
  bytes.write(key);
  return bytes.readBigUInt64LE();
}
