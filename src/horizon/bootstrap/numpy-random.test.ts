import { describe, expect, it } from "vitest";
import { hasOracle, readOracle } from "../suite.test-support.ts";
import { numpyRandom } from "./numpy-random.ts";

interface Vectors {
  readonly choice79: readonly number[];
  readonly choice1_after: readonly number[];
  readonly choice5_after: readonly number[];
  readonly random4_after: readonly number[];
}

const draw = (count: number, one: () => number) => Array.from({ length: count }, one);
const asInteger = ([high, low]: readonly [number, number]) => (BigInt(high) << 32n) | BigInt(low);

describe("NumPy's default generator", () => {
  it("gives the first numbers that PCG64's seeding by 42 is known for", () => {
    const random = numpyRandom(42);
    // numpy.random.default_rng(42).random(3), as in NumPy's own documentation.
    expect(draw(3, random.float)).toEqual([
      0.7739560485559633, 0.4388784397520523, 0.8585979199113825,
    ]);
  });

  // What NumPy 2.4 gives; any Python with NumPy repeats it.
  it("takes seeds of more than 32 bits", () => {
    expect(asInteger(numpyRandom(5 + 2 ** 32).words())).toBe(0xc6323ec321deb8d1n);
    expect(asInteger(numpyRandom(2 ** 53 - 1).words())).toBe(0xc948dddc0fcf0895n);
  });

  it("draws whole numbers below small and large limits", () => {
    const { integer } = numpyRandom(42);
    expect(draw(3, () => integer(2 ** 21))).toEqual([187172, 1623103, 1372735]);
    expect(draw(3, () => integer(2))).toEqual([0, 0, 1]);
    expect(draw(3, () => integer(1_000_003))).toEqual([85945, 697370, 201470]);
  });
});

describe.skipIf(!hasOracle)("beside NumPy 1.24", () => {
  const extra = hasOracle
    ? readOracle(
        (all: {
          extra: { numpy_rng_vectors: Record<string, Vectors> & { raw64_seed42: string[] } };
        }) => all.extra.numpy_rng_vectors,
      )
    : undefined;

  it("gives the same 64-bit words", () => {
    const random = numpyRandom(42);
    expect(extra!.raw64_seed42.map(() => String(asInteger(random.words())))).toEqual(
      extra!.raw64_seed42,
    );
  });

  it.each(["42", "43", "44"])("gives the same choices and uniforms from seed %s", (seed) => {
    const expected = extra![seed]!;
    const random = numpyRandom(Number(seed));
    expect(draw(79, () => random.integer(79))).toEqual(expected.choice79);
    // A choice among one uses up no randomness, and one among five the half word left over.
    expect(draw(1, () => random.integer(1))).toEqual(expected.choice1_after);
    expect(draw(5, () => random.integer(5))).toEqual(expected.choice5_after);
    expect(draw(4, random.float)).toEqual(expected.random4_after);
  });
});
