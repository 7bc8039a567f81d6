import { VIEWS, type View, type Viewed } from "./views.ts";

/** Buckets of all views together: 2^15. */
export const BUCKETS = 32_768;

/**
 * Signed feature hashing (Weinberger et al. 2009) of word 1- and 2-grams of what the model itself
 * thought, said and did, a namespace a view. A bucket's value is the logarithm of its count
 * (sublinear tf) and the vector has length 1, so that how much was said carries nothing. Requests and
 * tool results are left out: their words tell the attack that was tried, not what came of it.
 */
export interface HashedWords {
  add(viewed: Viewed): void;
  /** Nonzero buckets in rising order. */
  vector(): SparseVector;
  /** The vector's product with the weights, kept up to date event by event. */
  product(): number;
}

export interface SparseVector {
  readonly indices: Int32Array;
  readonly values: Float64Array;
}

const HASHED_VIEWS: readonly View[] = ["reasoning", "output", "action"];

/** @param weights of each bucket, where products are asked for. */
export function openHashing(weights?: ArrayLike<number>): HashedWords {
  const views = HASHED_VIEWS.map(() => ({
    counts: new Map<number, number>(),
    square: 0,
    product: 0,
  }));
  return {
    add(viewed) {
      const into = views[HASHED_VIEWS.indexOf(viewed.view)];
      if (!into) return;
      eachGram(viewed, (hash) => {
        const bucket = bucketOf(hash);
        const before = into.counts.get(bucket) ?? 0;
        const after = before + signOf(hash);
        into.counts.set(bucket, after);
        into.square += damped(after) ** 2 - damped(before) ** 2;
        if (weights) into.product += (damped(after) - damped(before)) * weights[bucket]!;
      });
    },
    vector() {
      const spoken = views.filter(({ square }) => square > NOTHING);
      const sums = new Map<number, number>();
      for (const { counts, square } of spoken) {
        const scale = 1 / Math.sqrt(square * spoken.length);
        for (const [bucket, count] of counts) {
          if (count !== 0) sums.set(bucket, (sums.get(bucket) ?? 0) + damped(count) * scale);
        }
      }
      const indices = Int32Array.from(sums.keys()).sort();
      return { indices, values: Float64Array.from(indices, (index) => sums.get(index)!) };
    },
    product() {
      const spoken = views.filter(({ square }) => square > NOTHING);
      return spoken.reduce(
        (total, { square, product }) => total + product / Math.sqrt(square * spoken.length),
        0,
      );
    },
  };
}

/** Rounding leaves a little where counts cancel. */
const NOTHING = 1e-9;

/** Each n-gram's hash, with the positions of its first and last word. */
export function eachGram(
  { view, words }: Viewed,
  visit: (hash: number, first: number, last: number) => void,
): void {
  const salt = SALTS[view];
  let before = 0;
  for (let i = 0; i < words.length; i++) {
    const { stem } = words[i]!;
    const own = hashText(stem, salt);
    visit(mix(own), i, i);
    if (i > 0) visit(mix(Math.imul(before, 31) ^ own ^ 0x9e3779b9), i - 1, i);
    before = own;
  }
}

export function bucketOf(hash: number): number {
  return hash & (BUCKETS - 1);
}

export function signOf(hash: number): number {
  return hash & 0x40000000 ? 1 : -1;
}

function damped(count: number): number {
  return count > 0 ? Math.log1p(count) : -Math.log1p(-count);
}

const SALTS = Object.fromEntries(VIEWS.map((view) => [view, hashText(view, 0x811c9dc5)])) as Record<
  View,
  number
>;

/** FNV-1a over UTF-16 units. */
function hashText(text: string, seed: number): number {
  let hash = seed | 0;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
}

/** Murmur3's finaliser. */
function mix(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) | 0;
}
