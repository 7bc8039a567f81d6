import { describe, expect, it } from "vitest";
import { createRandom } from "../stats/index.ts";
import { fromRows, type Matrix, matrix, product, rowOf, transposed } from "./linear.ts";
import {
  effectiveSubspace,
  linearMapR2,
  nullSpaceTwin,
  parallelogramError,
  probeAccuracy,
} from "./representation.ts";

const SIZE = 8;
const PAIRS = SIZE * SIZE;
const FIRST = Array.from({ length: PAIRS }, (_, i) => Math.floor(i / SIZE));
const FOLDS = Array.from({ length: PAIRS }, (_, i) => (Math.floor(i / SIZE) + i) % 4);

describe("parallelogramError", () => {
  it("is 0 for representations that add up over the factors", () => {
    expect(parallelogramError(additive(1, 10), SIZE)).toBeLessThan(1e-14);
  });

  it("is about 1 for unrelated representations", () => {
    expect(parallelogramError(normals(PAIRS, 200, 2), SIZE)).toBeCloseTo(1, 1);
  });

  it("does not change with scale or shift", () => {
    const f = normals(PAIRS, 5, 3);
    const moved = { ...f, values: f.values.map((value) => 7 * value - 100) };
    expect(parallelogramError(moved, SIZE)).toBeCloseTo(parallelogramError(f, SIZE), 10);
  });

  it("grows with the share of variance that does not add up", () => {
    const f = additive(4, 50);
    const noise = normals(PAIRS, 50, 5);
    const errors = [0.1, 0.5, 2].map((share) =>
      parallelogramError(
        { ...f, values: f.values.map((v, i) => v + share * noise.values[i]!) },
        SIZE,
      ),
    );
    expect(errors).toEqual([...errors].sort((a, b) => a - b));
    expect(errors[0]).toBeLessThan(0.1);
  });
});

describe("probeAccuracy", () => {
  it("finds a factor that is held linearly, on contexts never fitted", () => {
    expect(probeAccuracy(additive(6, 15), FIRST, FOLDS)).toBe(1);
  });

  it("is near chance where each context has a representation of its own", () => {
    const accuracies = [7, 8, 9, 10].map((seed) =>
      probeAccuracy(normals(PAIRS, 15, seed), FIRST, FOLDS),
    );
    const mean = accuracies.reduce((a, b) => a + b) / accuracies.length;
    expect(mean).toBeLessThan(0.25);
  });
});

describe("linearMapR2", () => {
  it("is 1 for an affine image", () => {
    const f = normals(PAIRS, 6, 11);
    const g = product(f, normals(6, 9, 12));
    expect(linearMapR2(f, { ...g, values: g.values.map((v) => v + 3) }, FOLDS)).toBeCloseTo(1, 10);
  });

  it("is not above 0 for unrelated representations", () => {
    expect(linearMapR2(normals(PAIRS, 6, 13), normals(PAIRS, 9, 14), FOLDS)).toBeLessThan(0.05);
  });

  it("is not above 0 for a nonlinear image that no line follows", () => {
    const f = normals(PAIRS, 1, 15);
    const squares = { ...f, values: f.values.map((v) => Math.cos(9 * v)) };
    expect(linearMapR2(f, squares, FOLDS)).toBeLessThan(0.1);
  });
});

describe("effectiveSubspace", () => {
  it("has one dimension less than the vocabulary: adding the same to all logits changes nothing", () => {
    const basis = effectiveSubspace(normals(16, 32, 16));
    expect([basis.rows, basis.columns]).toEqual([32, 15]);
    const gram = product(transposed(basis), basis);
    gram.values.forEach((value, i) => {
      expect(value).toBeCloseTo(i % 16 === 0 ? 1 : 0, 12);
    });
  });

  it("keeps what differences between unembeddings see, and nothing else", () => {
    const unembedding = normals(5, 12, 17);
    const basis = effectiveSubspace(unembedding);
    const f = normals(3, 12, 18);
    const kept = product(product(f, basis), transposed(basis));
    const before = product(f, transposed(unembedding));
    const after = product(kept, transposed(unembedding));
    for (let row = 0; row < 3; row++) {
      const [a, b] = [rowOf(before, row), rowOf(after, row)];
      for (let y = 1; y < 5; y++) expect(b[y]! - b[0]!).toBeCloseTo(a[y]! - a[0]!, 12);
    }
  });
});

describe("nullSpaceTwin", () => {
  it("gives the same logits from quite different representations", () => {
    const f = additive(19, 32);
    const unembedding = normals(16, 32, 20);
    const twin = nullSpaceTwin(f, unembedding, createRandom(21));
    const before = product(f, transposed(unembedding));
    product(twin, transposed(unembedding)).values.forEach((logit, i) => {
      expect(logit).toBeCloseTo(before.values[i]!, 12);
    });
    expect(parallelogramError(f, SIZE)).toBeLessThan(1e-14);
    expect(parallelogramError(twin, SIZE)).toBeGreaterThan(0.5);
  });
});

function normals(rows: number, columns: number, seed: number): Matrix {
  const random = createRandom(seed);
  return matrix(
    rows,
    columns,
    Float64Array.from({ length: rows * columns }, () => random.normal()),
  );
}

function additive(seed: number, width: number): Matrix {
  const [first, second] = [normals(SIZE, width, seed), normals(SIZE, width, seed + 1000)];
  return fromRows(
    FIRST.map((a, i) => rowOf(first, a).map((value, j) => value + rowOf(second, i % SIZE)[j]!)),
  );
}
