import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { StatisticsInputError } from "./errors.ts";
import { createRandom, streamFrom } from "./random.ts";

const seeds = fc.maxSafeInteger();
const draws = (count: number, draw: () => number): number[] => Array.from({ length: count }, draw);

describe("known answers, from the generators' published C code", () => {
  it("is xoshiro128**: state 1, 2, 3, 4", () => {
    expect(draws(10, streamFrom([1, 2, 3, 4]).uint32)).toEqual([
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597,
      4258142804,
    ]);
  });

  it.each([
    [0, [3737715805, 2584255861, 2876756834, 3286328325, 1553311962], 0.37839700847261126],
    [42, [1776835114, 4165204688, 17111135, 2317295270, 2792088233], 0.5947962007269413],
    [-1, [477689756, 2493998634, 555695776, 607808419, 61340979], 0.07019075436195221],
  ])("seed %i is spread by SplitMix64", (seed, words, float) => {
    const random = createRandom(seed);
    expect(draws(5, random.uint32)).toEqual(words);
    expect(random.float()).toBe(float);
  });

  it("keeps every derived draw as it was first published", () => {
    const random = createRandom(42);
    expect(random.fork("a").uint32()).toBe(3646540373);
    expect(random.fork("").uint32()).toBe(3872656624);
    expect(random.fork("a").fork("b").uint32()).toBe(1392055522);
    expect(random.shuffle([1, 2, 3, 4, 5, 6, 7, 8])).toEqual([3, 1, 8, 4, 6, 7, 2, 5]);
    expect(random.integer(1e6)).toBe(603786);
    expect(random.integer(2 ** 50)).toBe(511960687962423);
    expect(draws(5, createRandom(7).normal)).toEqual([
      -0.7011020868196209, 1.7109587992718676, -0.09197490590262557, 1.5418790217108957,
      -0.38628684414915937,
    ]);
  });
});

describe("draws", () => {
  it("float lies in [0, 1) and uses its lowest bit", () => {
    const floats = draws(1000, createRandom(1).float);
    expect(floats.every((x) => x >= 0 && x < 1)).toBe(true);
    expect(floats.some((x) => (x * 2 ** 53) % 2 === 1)).toBe(true);
  });

  it("integer is below n for every n, and flat by a chi-square test", () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), (seed, n) => {
        const value = createRandom(seed).integer(n);
        return Number.isSafeInteger(value) && value >= 0 && value < n;
      }),
    );
    const counts = new Array<number>(7).fill(0);
    const random = createRandom(3);
    for (let i = 0; i < 70_000; i++) counts[random.integer(7)]! += 1;
    const chiSquare = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
    expect(chiSquare).toBeLessThan(22.46); // the 0.999 quantile at 6 degrees of freedom
  });

  it("integer is unbiased where a plain remainder would favour the low third", () => {
    const n = 3 * 2 ** 30; // 2^32 mod n: a remainder would draw the first third twice as often
    const random = createRandom(4);
    const low = draws(30_000, () => random.integer(n)).filter((x) => x < 2 ** 30).length;
    expect(Math.abs(low - 10_000)).toBeLessThan(4 * Math.sqrt((30_000 * 2) / 9));
  });

  it("normal has the moments and tails of the standard normal", () => {
    const n = 200_000;
    const values = draws(n, createRandom(5).normal);
    const moment = (power: number) => values.reduce((sum, x) => sum + x ** power, 0) / n;
    expect(Math.abs(moment(1))).toBeLessThan(4 / Math.sqrt(n));
    expect(Math.abs(moment(2) - 1)).toBeLessThan(4 * Math.sqrt(2 / n));
    expect(Math.abs(moment(3))).toBeLessThan(4 * Math.sqrt(15 / n));
    expect(Math.abs(moment(4) - 3)).toBeLessThan(4 * Math.sqrt(96 / n));
    const beyond = values.filter((x) => Math.abs(x) > 1.959963984540054).length / n;
    expect(Math.abs(beyond - 0.05)).toBeLessThan(4 * Math.sqrt((0.05 * 0.95) / n));
  });

  it("shuffle keeps every item, leaves its input alone and reaches each order equally often", () => {
    fc.assert(
      fc.property(seeds, fc.array(fc.integer()), (seed, items) => {
        const before = [...items];
        const shuffled = createRandom(seed).shuffle(items);
        expect(items).toEqual(before);
        expect([...shuffled].sort()).toEqual([...items].sort());
      }),
    );
    const counts = new Map<string, number>();
    const random = createRandom(6);
    for (let i = 0; i < 24_000; i++) {
      const order = random.shuffle(["a", "b", "c", "d"]).join("");
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    const chiSquare = [...counts.values()].reduce((sum, c) => sum + (c - 1000) ** 2 / 1000, 0);
    expect(counts.size).toBe(24);
    expect(chiSquare).toBeLessThan(49.73); // the 0.999 quantile at 23 degrees of freedom
  });

  it("sample draws k different positions", () => {
    fc.assert(
      fc.property(seeds, fc.nat(50), fc.nat(50), (seed, size, wish) => {
        const k = Math.min(size, wish);
        const picked = createRandom(seed).sample(
          Array.from({ length: size }, (_, i) => i),
          k,
        );
        return picked.length === k && new Set(picked).size === k;
      }),
    );
  });
});

describe("forks", () => {
  it("depend on seed and label, never on what was drawn before", () => {
    fc.assert(
      fc.property(seeds, fc.string(), fc.nat(100), (seed, label, drawn) => {
        const parent = createRandom(seed);
        for (let i = 0; i < drawn; i++) parent.normal();
        expect(parent.fork(label).uint32()).toBe(createRandom(seed).fork(label).uint32());
      }),
    );
  });

  it("differ between labels, between seeds, and from their parent", () => {
    const starts = new Set<number>();
    for (let seed = 0; seed < 100; seed++) {
      const parent = createRandom(seed);
      for (let label = 0; label < 100; label++) starts.add(parent.fork(`task ${label}`).float());
      starts.add(parent.float());
    }
    expect(starts.size).toBe(10_100);
  });

  it("are uncorrelated with each other even for neighbouring labels and seeds", () => {
    const n = 50_000;
    const a = createRandom(1).fork("1");
    const b = createRandom(1).fork("2");
    const c = createRandom(2).fork("1");
    let ab = 0;
    let ac = 0;
    for (let i = 0; i < n; i++) {
      const x = a.normal();
      ab += x * b.normal();
      ac += x * c.normal();
    }
    expect(Math.abs(ab / n)).toBeLessThan(4 / Math.sqrt(n));
    expect(Math.abs(ac / n)).toBeLessThan(4 / Math.sqrt(n));
  });
});

describe("bad input", () => {
  it.each([Number.NaN, 0.5, Infinity, 2 ** 53])("refuses the seed %d", (seed) => {
    expect(() => createRandom(seed)).toThrow(StatisticsInputError);
  });

  it.each([0, -1, 1.5, Number.NaN, 2 ** 53])("refuses integer(%d)", (n) => {
    expect(() => createRandom(1).integer(n)).toThrow(StatisticsInputError);
  });

  it("refuses to sample more items than there are", () => {
    expect(() => createRandom(1).sample([1, 2], 3)).toThrow("k is 3 and there are 2 items");
  });
});
