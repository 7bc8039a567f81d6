import type { Random } from "../../src/stats/index.ts";
import { poison } from "./mutated-files.ts";

type Holder = Record<string, unknown>;
/** JSON as it is to be written, where no value stands for it: two members of one name, say. */
type Raw = (json: string) => string;

/**
 * A file whose JSON has a few other values, names and places.
 *
 * @param size characters of the longest value and members of the longest list
 * @returns nothing where the file is no JSON
 */
export function mutatedJson(
  bytes: Uint8Array,
  random: Random,
  size: number,
): Uint8Array | undefined {
  const text = Buffer.from(bytes).toString();
  const documents = parsed([text]) ?? parsed(text.trim().split("\n"));
  if (documents === undefined) return undefined;
  const places = documents.flatMap((document) => placesIn(document));
  if (places.length === 0) return undefined;
  const written: string[] = [];
  const raw: Raw = (json) => `${MARK}${written.push(json) - 1}!`;
  for (let faults = 1 + random.integer(8); faults > 0; faults--) {
    const { holder, key } = places[random.integer(places.length)]!;
    const other = places[random.integer(places.length)]!;
    const fault = random.integer(7);
    if (fault === 0) delete holder[key];
    else if (fault === 1) setOwn(holder, poison(random).slice(0, 100), holder[key]);
    // A text of its own each time: what is shared would be written out without end.
    else if (fault === 2) setOwn(holder, key, structuredClone(leaf(other.holder[other.key])));
    else if (fault === 3) setOwn(holder, key, raw(strangeJson(random, size)));
    else if (fault === 4) setOwn(holder, raw(twice(key, holder[key], random)), 0);
    else if (fault === 5 && typeof holder[key] === "string")
      setOwn(holder, key, inside(holder[key], random));
    else setOwn(holder, key, strangeValue(random));
  }
  const lines = documents.map((document) =>
    JSON.stringify(document).replace(MARKED, (_, name, value) => written[Number(name ?? value)]!),
  );
  return Buffer.from(lines.join("\n"));
}

const MARK = "\ue000raw";
/** A name together with its value, or a value. */
const MARKED = /"\ue000raw(\d+)!":0|"\ue000raw(\d+)!"/g;

/** What a name that the file has not said once is worth: both of them. */
function twice(key: string, value: unknown, random: Random): string {
  const name = JSON.stringify(random.integer(2) === 0 ? key : "__proto__");
  const first = JSON.stringify(leaf(value) ?? null);
  return `${name}:${first.includes(MARK) ? 0 : first},${name}:{"role":"user","content":[]}`;
}

/** A string with something strange in its midst, so that what is around it is still read. */
function inside(text: string, random: Random): string {
  const at = random.integer(text.length + 1);
  return `${text.slice(0, at)}${poison(random)}${text.slice(at)}`;
}

/** JSON that no value is written as. Every hundredth is as large as may be. */
function strangeJson(random: Random, size: number): string {
  const large = random.integer(100) === 0 ? size : Math.min(size, 2000);
  const some = 1 + random.integer(large);
  const half = Math.ceil(some / 2);
  const jsons = [
    () => `${"[".repeat(half)}${"]".repeat(half)}`,
    () => `${'{"a":'.repeat(half)}1${"}".repeat(half)}`,
    () => `${'[{"content":'.repeat(half)}"x"${"}]".repeat(half)}`,
    () => "[".repeat(some),
    () => `[${"0,".repeat(some)}0]`,
    () => `[${'{"role":"assistant","content":"a"},'.repeat(Math.ceil(some / 20))}{}]`,
    () => `"${"a b".repeat(some)}"`,
    () => `"${"\\n".repeat(some)}"`,
    () => `{${Array.from({ length: half }, (_, i) => `"k${i}":${i}`).join(",")}}`,
    () => "9".repeat(some),
    () => `-0.${"0".repeat(some)}1`,
    () => "1e400",
    () => "-1E-400",
    () => "-0",
    () => "123456789012345678901234567890",
    () => `"\\ud800${"\\udc00\\ud800".repeat(random.integer(9))}"`,
    () => '"\\u0000\\u001b[2J\\u202e"',
    () => '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}',
    () => '{"a":1,"a":[],"a":{}}',
    () => "NaN",
    () => "01",
    () => '{"":{"":{"":[]}}}',
    () => "[[],[[]],[[[]]],{}]",
  ];
  return jsons[random.integer(jsons.length)]!();
}

function parsed(texts: readonly string[]): readonly unknown[] | undefined {
  try {
    return texts.map((text) => JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}

function placesIn(document: unknown): readonly { holder: Holder; key: string }[] {
  const places: { holder: Holder; key: string }[] = [];
  const waiting = [document];
  for (let value = waiting.pop(); value !== undefined; value = waiting.pop()) {
    if (value === null || typeof value !== "object") continue;
    for (const [key, inner] of Object.entries(value)) {
      places.push({ holder: value as Holder, key });
      if (inner !== undefined) waiting.push(inner);
    }
  }
  return places;
}

/** A member even where it is called __proto__; in a list an item, for what is called otherwise is not written. */
function setOwn(holder: Holder, key: string, value: unknown): void {
  if (Array.isArray(holder)) {
    if (Number(key) < holder.length) holder[Number(key)] = value;
    else holder.push(value);
  } else
    Object.defineProperty(holder, key, {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
}

const leaf = (value: unknown) => (typeof value === "object" ? null : value);

function strangeValue(random: Random): unknown {
  const values = [
    null,
    true,
    -1,
    1e308,
    2 ** 60,
    "",
    [],
    {},
    [[]],
    [null],
    { "": null },
    [{ role: 3 }],
  ];
  const i = random.integer(values.length * 2);
  return i < values.length ? values[i] : poison(random);
}
