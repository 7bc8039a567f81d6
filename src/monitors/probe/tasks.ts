import { createRandom } from "../../stats/index.ts";

/** What tells that two transcripts are of one task. */
export interface TaskText {
  /** The first request. */
  readonly request: string;
  /** Everything that was asked. */
  readonly prompt: string;
  /** The set's own task, where it names one: equal names are one task. */
  readonly task?: string | undefined;
}

const SIGNATURE = 64;
const BAND = 4;

/**
 * Groups transcripts into tasks: those whose first requests or whole prompts share most of their
 * three-word shingles (Jaccard at least `alike`, estimated by MinHash, Broder 1997) are one task, and
 * so is what is linked through others, so that no template stands on both sides of a fold. Returns
 * each one's group, numbered from 0 in the order in which they first occur.
 */
export function clusterTasks(texts: readonly TaskText[], alike = ALIKE): readonly number[] {
  const parent = texts.map((_, i) => i);
  const root = (i: number): number => {
    let at = i;
    while (parent[at] !== at) {
      parent[at] = parent[parent[at]!]!;
      at = parent[at]!;
    }
    return at;
  };
  const join = (a: number, b: number) => {
    const [x, y] = [root(a), root(b)];
    parent[Math.max(x, y)] = Math.min(x, y);
  };
  const named = new Map<string, number>();
  texts.forEach(({ task }, i) => {
    if (task === undefined) return;
    const first = named.get(task);
    if (first === undefined) named.set(task, i);
    else join(first, i);
  });
  for (const part of ["request", "prompt"] as const) {
    const signatures = texts.map((text) => signatureOf(text[part], WORDS_READ[part]));
    const bands = new Map<string, number>();
    signatures.forEach((signature, i) => {
      if (!signature) return;
      for (let band = 0; band < SIGNATURE; band += BAND) {
        const key = `${band}:${signature.subarray(band, band + BAND).join(",")}`;
        const other = bands.get(key);
        if (other === undefined) bands.set(key, i);
        else if (root(other) !== root(i) && likeness(signature, signatures[other]!) >= alike[part])
          join(other, i);
      }
    });
  }
  const numbers = new Map<number, number>();
  return texts.map((_, i) => {
    const of = root(i);
    const number = numbers.get(of) ?? numbers.size;
    numbers.set(of, number);
    return number;
  });
}

const SHINGLE = 3;
/** A request opens with its task; lists of tools and formats come after. */
const WORDS_READ = { request: 25, prompt: 400 } as const;
const ALIKE = { request: 0.5, prompt: 0.8 } as const;
const random = createRandom(1997);
const MULTIPLIERS = Int32Array.from({ length: SIGNATURE }, () => random.integer(2 ** 31) | 1);
const OFFSETS = Int32Array.from({ length: SIGNATURE }, () => random.integer(2 ** 31));

function signatureOf(text: string, most: number): Uint32Array | undefined {
  const words = (
    text
      .slice(0, 20_000)
      .toLowerCase()
      .match(/\p{L}+/gu) ?? []
  ).slice(0, most);
  if (words.length === 0) return undefined;
  const signature = new Uint32Array(SIGNATURE).fill(0xffffffff);
  for (let i = 0; i === 0 || i + SHINGLE <= words.length; i++) {
    let hash = 0x811c9dc5;
    for (const word of words.slice(i, i + SHINGLE)) {
      for (let j = 0; j < word.length; j++) hash = Math.imul(hash ^ word.charCodeAt(j), 0x01000193);
      hash = Math.imul(hash ^ 32, 0x01000193);
    }
    for (let k = 0; k < SIGNATURE; k++) {
      let value = Math.imul(hash, MULTIPLIERS[k]!) + OFFSETS[k]!;
      value = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d) >>> 0;
      if (value < signature[k]!) signature[k] = value;
    }
  }
  return signature;
}

function likeness(a: Uint32Array, b: Uint32Array): number {
  let same = 0;
  for (let k = 0; k < SIGNATURE; k++) if (a[k] === b[k]) same += 1;
  return same / SIGNATURE;
}
