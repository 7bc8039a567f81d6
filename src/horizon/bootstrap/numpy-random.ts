/** A stream of random numbers bit for bit like NumPy's `default_rng(seed)`. */
export interface NumpyRandom {
  /** One draw of `rng.integers(0, n)`, and so one of `rng.choice(n, size, replace=True)`. n ≤ 2^21. */
  integer(n: number): number;
  /** One draw of `rng.random()`: uniform on [0, 1), 53 bits. */
  float(): number;
  /** The generator's next 64 bits: high word, low word. */
  words(): readonly [number, number];
}

/**
 * NumPy's default generator: PCG64 (PCG XSL RR 128/64; O'Neill 2014, "PCG: A family of simple fast
 * space-efficient statistically good algorithms") seeded through SeedSequence. Whole numbers come
 * by Lemire's method (2019, "Fast random integer generation in an interval") from 32-bit halves, of
 * which the second is kept for the next. Checks another program's draws; new ones take `createRandom`.
 *
 * @param seed an integer from 0 to 2^53 - 1
 */
export function numpyRandom(seed: number): NumpyRandom {
  const [state, increment] = seededState(seed);
  const product = new Float64Array(8);
  let high = 0;
  let low = 0;
  let keptHalf = -1;

  function advance(): void {
    step(state, increment, product);
    // XSL RR: both halves of the state xored, rotated right by the state's top six bits.
    const xorHigh = (word(state, 6) ^ word(state, 2)) | 0;
    const xorLow = (word(state, 4) ^ word(state, 0)) | 0;
    const turn = state[7]! >>> 10;
    const [a, b] = turn < 32 ? [xorHigh, xorLow] : [xorLow, xorHigh];
    const by = turn & 31;
    high = (by === 0 ? a : (a >>> by) | (b << (32 - by))) >>> 0;
    low = (by === 0 ? b : (b >>> by) | (a << (32 - by))) >>> 0;
  }

  function half(): number {
    if (keptHalf >= 0) {
      const kept = keptHalf;
      keptHalf = -1;
      return kept;
    }
    advance();
    keptHalf = high;
    return low;
  }

  return {
    integer(n) {
      if (n === 1) return 0;
      for (;;) {
        const scaled = half() * n;
        const whole = Math.floor(scaled / 2 ** 32);
        const rest = scaled - whole * 2 ** 32;
        if (rest >= n || rest >= 2 ** 32 % n) return whole;
      }
    },
    float() {
      advance();
      return (high * 2 ** 21 + (low >>> 11)) * 2 ** -53;
    },
    words() {
      advance();
      return [high, low];
    },
  };
}

/** 128-bit numbers are eight 16-bit limbs, lowest first, whose products a double holds exactly. */
type Limbs = Uint16Array;

const MULTIPLIER = limbs([0x2360ed05, 0x1fc65da4, 0x4385df64, 0x9fccf645]);

/** state · multiplier + increment, modulo 2^128. */
function step(state: Limbs, increment: Limbs, product: Float64Array): void {
  product.set(increment);
  for (let i = 0; i < 8; i++) {
    const limb = state[i]!;
    for (let j = 0; i + j < 8; j++) product[i + j]! += limb * MULTIPLIER[j]!;
  }
  let carry = 0;
  for (let i = 0; i < 8; i++) {
    const sum = product[i]! + carry;
    carry = Math.floor(sum / 65536);
    state[i] = sum - carry * 65536;
  }
}

/** The 32 bits from limb `at` up. */
function word(state: Limbs, at: number): number {
  return (state[at + 1]! << 16) | state[at]!;
}

/** From four 32-bit words, highest first. */
function limbs(words: readonly number[]): Limbs {
  return Uint16Array.from(words.toReversed().flatMap((each) => [each & 0xffff, each >>> 16]));
}

function seededState(seed: number): readonly [state: Limbs, increment: Limbs] {
  const [s1, s0, s3, s2, i1, i0, i3, i2] = seedWords(seed) as unknown as number[];
  const start = limbs([s0!, s1!, s2!, s3!]);
  // The stream number, doubled and made odd.
  const increment = limbs([
    (i0! << 1) | (i1! >>> 31),
    (i1! << 1) | (i2! >>> 31),
    (i2! << 1) | (i3! >>> 31),
    (i3! << 1) | 1,
  ]);
  const state = limbs([0, 0, 0, 0]);
  const product = new Float64Array(8);
  step(state, increment, product);
  let carry = 0;
  for (let i = 0; i < 8; i++) {
    const sum = state[i]! + start[i]! + carry;
    state[i] = sum & 0xffff;
    carry = sum >>> 16;
  }
  step(state, increment, product);
  return [state, increment];
}

/**
 * NumPy's SeedSequence(seed).generate_state(8): O'Neill's seed_seq_fe128, which spreads the seed's
 * 32-bit words over a pool of four and hashes eight words out of it.
 */
function seedWords(seed: number): Uint32Array {
  let constant = 0x43b0d7e5;
  const hash = (value: number): number => {
    const mixed = value ^ constant;
    constant = Math.imul(constant, 0x931e8875);
    const scaled = Math.imul(mixed, constant);
    return scaled ^ (scaled >>> 16);
  };
  const pool = Int32Array.from([seed % 2 ** 32, Math.floor(seed / 2 ** 32), 0, 0], (each) =>
    hash(each | 0),
  );
  for (let source = 0; source < 4; source++) {
    for (let target = 0; target < 4; target++) {
      if (source === target) continue;
      const mixed =
        Math.imul(pool[target]!, 0xca01f9dd) - Math.imul(hash(pool[source]!), 0x4973f715);
      pool[target] = mixed ^ ((mixed | 0) >>> 16);
    }
  }
  let out = 0x8b51f9dd;
  return Uint32Array.from({ length: 8 }, (_, index) => {
    const mixed = pool[index % 4]! ^ out;
    out = Math.imul(out, 0x58f38ded);
    const scaled = Math.imul(mixed, out);
    return scaled ^ (scaled >>> 16);
  });
}
