import { StatisticsInputError } from "./errors.ts";

/** A stream of random numbers that a seed fixes bit for bit, on every machine and for ever. */
export interface Random {
  /** Uniform on [0, 1), with all 53 bits. */
  float(): number;
  /** Uniform on 0, 1, …, n - 1 without bias. `n` is an integer from 1 to 2^53 - 1. */
  integer(n: number): number;
  /** Standard normal (Marsaglia's polar method). */
  normal(): number;
  /** Uniform on the 32-bit unsigned integers: the generator's raw output. */
  uint32(): number;
  /** The items in a new array, in random order (Fisher and Yates). */
  shuffle<T>(items: readonly T[]): T[];
  /** `k` different items in random order, without replacement. `k` is at most the number of items. */
  sample<T>(items: readonly T[], k: number): T[];
  /**
   * An independent stream, fixed by this stream's seed and the label alone: neither the numbers
   * drawn so far nor other forks change it, so adding a draw in one place moves nothing elsewhere.
   */
  fork(label: string): Random;
}

/**
 * A seeded random stream: xoshiro128** (Blackman and Vigna 2021, "Scrambled linear pseudorandom
 * number generators") with its state filled by SplitMix64. Not for cryptography.
 *
 * @param seed any safe integer, negative too; anything else throws `StatisticsInputError`.
 */
export function createRandom(seed: number): Random {
  if (!Number.isSafeInteger(seed)) {
    throw new StatisticsInputError(
      "createRandom(seed)",
      `the seed is ${seed}`,
      "give an integer between -(2^53 - 1) and 2^53 - 1",
    );
  }
  return streamFrom(keyFromSeed(seed));
}

/** The 128-bit state a stream starts from; also what its forks derive from. */
type Key = readonly [number, number, number, number];

/**
 * The raw stream from four explicit state words, for checking against the published generator.
 */
export function streamFrom(key: Key): Random {
  let [a, b, c, d] = key;
  let spare: number | undefined;

  function uint32(): number {
    const scrambled = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9);
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotateLeft(d, 11);
    return scrambled >>> 0;
  }

  function bits53(): number {
    const high = uint32() >>> 5;
    return high * 2 ** 26 + (uint32() >>> 6);
  }

  function integer(n: number): number {
    if (!Number.isSafeInteger(n) || n < 1) {
      throw new StatisticsInputError(
        "Random.integer(n)",
        `n is ${n}`,
        "give an integer from 1 to 2^53 - 1",
      );
    }
    const [draw, range] = n <= 2 ** 32 ? [uint32, 2 ** 32] : [bits53, 2 ** 53];
    // Draws in the incomplete last block would favour small results: they are thrown away.
    const limit = range - (range % n);
    let value = draw();
    while (value >= limit) value = draw();
    return value % n;
  }

  function normal(): number {
    if (spare !== undefined) {
      const kept = spare;
      spare = undefined;
      return kept;
    }
    for (;;) {
      const x = bits53() * 2 ** -52 - 1;
      const y = bits53() * 2 ** -52 - 1;
      const squared = x * x + y * y;
      if (squared >= 1 || squared === 0) continue;
      const scale = Math.sqrt((-2 * portableLog(squared)) / squared);
      spare = y * scale;
      return x * scale;
    }
  }

  function sample<T>(items: readonly T[], k: number): T[] {
    if (!Number.isSafeInteger(k) || k < 0 || k > items.length) {
      throw new StatisticsInputError(
        "Random.sample(items, k)",
        `k is ${k} and there are ${items.length} items`,
        "ask for an integer between 0 and the number of items",
      );
    }
    const pool = items.slice();
    for (let i = 0; i < k; i++) {
      const j = i + integer(pool.length - i);
      const chosen = pool[j] as T;
      pool[j] = pool[i] as T;
      pool[i] = chosen;
    }
    return pool.slice(0, k);
  }

  return {
    float: () => bits53() * 2 ** -53,
    integer,
    normal,
    uint32,
    shuffle: (items) => sample(items, items.length),
    sample,
    fork: (label) => streamFrom(keyFromLabel(key, label)),
  };
}

function rotateLeft(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}

/** Two outputs of SplitMix64 (Steele, Lea and Flood 2014), low half first. Never all zero. */
function keyFromSeed(seed: number): Key {
  const words: number[] = [];
  let state = BigInt.asUintN(64, BigInt(seed));
  for (let i = 0; i < 2; i++) {
    state = BigInt.asUintN(64, state + 0x9e3779b97f4a7c15n);
    let z = state;
    z = BigInt.asUintN(64, (z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n);
    z = BigInt.asUintN(64, (z ^ (z >> 27n)) * 0x94d049bb133111ebn);
    z ^= z >> 31n;
    words.push(Number(z & 0xffffffffn), Number(z >> 32n));
  }
  return asKey(words);
}

/** Four 32-bit hashes of the label, each keyed by one word of the parent's key. */
function keyFromLabel(parent: Key, label: string): Key {
  const lanes = parent.map((word, lane) => {
    const salt = Math.imul(lane + 1, 0x9e3779b1);
    let hash = mix32(word ^ salt);
    for (let i = 0; i < label.length; i++) {
      hash = mix32(hash ^ (label.charCodeAt(i) + salt));
    }
    return mix32(hash ^ label.length ^ salt);
  });
  return asKey(lanes);
}

function asKey(words: readonly number[]): Key {
  const [a = 0, b = 0, c = 0, d = 0] = words.map((word) => word >>> 0);
  // The all-zero state is the one from which xoshiro never leaves.
  return (a | b | c | d) === 0 ? [1, 0, 0, 0] : [a, b, c, d];
}

/** MurmurHash3's 32-bit finaliser: a bijection in which every input bit moves every output bit. */
function mix32(word: number): number {
  let h = word;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/**
 * Natural logarithm of a number in (0, 1) from +, -, × and ÷ only, which IEEE 754 rounds exactly:
 * `Math.log` may differ in the last bit from one engine to the next, and the streams must not.
 */
function portableLog(value: number): number {
  let mantissa = value;
  let exponent = 0;
  while (mantissa < 2 ** -32) {
    mantissa *= 2 ** 32;
    exponent -= 32;
  }
  while (mantissa < Math.SQRT1_2) {
    mantissa *= 2;
    exponent -= 1;
  }
  const z = (mantissa - 1) / (mantissa + 1);
  const zz = z * z;
  let series = 0;
  for (let odd = 23; odd >= 1; odd -= 2) series = series * zz + 1 / odd;
  return exponent * Math.LN2 + 2 * z * series;
}
