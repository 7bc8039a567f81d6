import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "../stats/index.ts";
import { leastSquares, type Matrix, matrix, product, svd, transposed } from "./linear.ts";

describe("svd", () => {
  it("factors any matrix into orthonormal directions and falling singular values", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer(),
        (rows, columns, seed) => {
          const a = randomMatrix(rows, columns, seed);
          const { u, s, v } = svd(a);
          expectEqual(product(product(u, diagonal(s)), transposed(v)), a);
          expectEqual(product(transposed(u), u), diagonal(s.map(() => 1)));
          expectEqual(product(transposed(v), v), diagonal(s.map(() => 1)));
          for (let i = 1; i < s.length; i++) expect(s[i]!).toBeLessThanOrEqual(s[i - 1]!);
        },
      ),
    );
  });

  it("finds the singular values of the 3 x 3 Hilbert matrix", () => {
    const hilbert = matrix(3, 3, [1, 1 / 2, 1 / 3, 1 / 2, 1 / 3, 1 / 4, 1 / 3, 1 / 4, 1 / 5]);
    const { s } = svd(hilbert);
    expect(s[0]).toBeCloseTo(1.408318927123654, 14);
    expect(s[1]).toBeCloseTo(0.122327065853906, 14);
    expect(s[2]).toBeCloseTo(0.002687340355773529, 15);
  });

  it("tells a rank by zeros, and a tiny singular value from zero", () => {
    const { s } = svd(matrix(3, 2, [1, 2, 2, 4, 3, 6]));
    expect(s[1]).toBeLessThan(1e-14);
    expect(svd(matrix(2, 2, [1, 0, 0, 1e-12])).s[1]).toBeCloseTo(1e-12, 25);
  });

  it("refuses a number that is not finite instead of looping", () => {
    expect(() => svd(matrix(2, 2, [1, Number.NaN, 2, 3]))).toThrow(/not finite/);
  });
});

describe("leastSquares", () => {
  it("leaves a residual orthogonal to every column", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.integer(), (columns, seed) => {
        const a = randomMatrix(columns + 5, columns, seed);
        const b = randomMatrix(columns + 5, 3, seed + 1);
        const fitted = product(a, leastSquares(a, b));
        const residual = { ...b, values: b.values.map((value, i) => value - fitted.values[i]!) };
        expectEqual(
          product(transposed(a), residual),
          matrix(columns, 3, new Array(columns * 3).fill(0)),
        );
      }),
    );
  });

  it("takes the shortest of many solutions", () => {
    const solution = leastSquares(matrix(2, 2, [1, 1, 2, 2]), matrix(2, 1, [2, 4]));
    expectEqual(solution, matrix(2, 1, [1, 1]));
  });
});

function randomMatrix(rows: number, columns: number, seed: number): Matrix {
  const random = createRandom(seed);
  return matrix(
    rows,
    columns,
    Float64Array.from({ length: rows * columns }, () => random.normal()),
  );
}

function diagonal(values: Float64Array): Matrix {
  const n = values.length;
  return matrix(
    n,
    n,
    Float64Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? values[i / (n + 1)]! : 0)),
  );
}

function expectEqual(a: Matrix, b: Matrix): void {
  expect([a.rows, a.columns]).toEqual([b.rows, b.columns]);
  a.values.forEach((value, i) => {
    expect(value).toBeCloseTo(b.values[i]!, 10);
  });
}
