import type { KernelOperations } from "./kernel.ts";

type Products = Pick<KernelOperations, "multiply" | "multiplyTransposed" | "transpose">;

/** Matrix products in plain TypeScript, in tiles of 4 x 4 held in local variables. */
export function createPlainProducts(x: Float32Array): Products {
  return {
    multiply(a, lda, b, ldb, c, ldc, init, ldi, m, n, k, relu, gate) {
      tiled(x, a, lda, 1, b, ldb, c, ldc, init, ldi, m, n, k);
      if (relu === 0 && gate < 0) return;
      for (let i = 0; i < m; i++) {
        for (let at = i * ldc; at < i * ldc + n; at++) {
          if (relu !== 0 && x[c + at]! < 0) x[c + at] = 0;
          if (gate >= 0 && x[gate + at]! <= 0) x[c + at] = 0;
        }
      }
    },
    multiplyTransposed(a, lda, b, ldb, c, ldc, m, n, k) {
      tiled(x, a, 1, lda, b, ldb, c, ldc, c, ldc, m, n, k);
    },
    transpose(from, ldx, to, ldy, rows, columns) {
      for (let i = 0; i < rows; i++) {
        for (let j = 0; j < columns; j++) x[to + j * ldy + i] = x[from + i * ldx + j]!;
      }
    },
  };
}

/** C = init + A B where A(i, t) lies at a + i * rowStep + t * innerStep; rows past the last repeat it. */
export function tiled(
  x: Float32Array,
  a: number,
  rowStep: number,
  innerStep: number,
  b: number,
  ldb: number,
  c: number,
  ldc: number,
  init: number,
  ldi: number,
  m: number,
  n: number,
  k: number,
): void {
  for (let i = 0; i < m; i += 4) {
    const i1 = Math.min(i + 1, m - 1);
    const i2 = Math.min(i + 2, m - 1);
    const i3 = Math.min(i + 3, m - 1);
    for (let j = 0; j < n; j += 4) {
      let c00 = 0;
      let c01 = 0;
      let c02 = 0;
      let c03 = 0;
      let c10 = 0;
      let c11 = 0;
      let c12 = 0;
      let c13 = 0;
      let c20 = 0;
      let c21 = 0;
      let c22 = 0;
      let c23 = 0;
      let c30 = 0;
      let c31 = 0;
      let c32 = 0;
      let c33 = 0;
      let p0 = a + i * rowStep;
      let p1 = a + i1 * rowStep;
      let p2 = a + i2 * rowStep;
      let p3 = a + i3 * rowStep;
      let q = b + j;
      for (let t = 0; t < k; t++) {
        const a0 = x[p0]!;
        const a1 = x[p1]!;
        const a2 = x[p2]!;
        const a3 = x[p3]!;
        const b0 = x[q]!;
        const b1 = x[q + 1]!;
        const b2 = x[q + 2]!;
        const b3 = x[q + 3]!;
        c00 += a0 * b0;
        c01 += a0 * b1;
        c02 += a0 * b2;
        c03 += a0 * b3;
        c10 += a1 * b0;
        c11 += a1 * b1;
        c12 += a1 * b2;
        c13 += a1 * b3;
        c20 += a2 * b0;
        c21 += a2 * b1;
        c22 += a2 * b2;
        c23 += a2 * b3;
        c30 += a3 * b0;
        c31 += a3 * b1;
        c32 += a3 * b2;
        c33 += a3 * b3;
        p0 += innerStep;
        p1 += innerStep;
        p2 += innerStep;
        p3 += innerStep;
        q += ldb;
      }
      // All reads of `init` come before the first write, since it may be C itself.
      if (init >= 0) {
        const d0 = init + i * ldi + j;
        const d1 = init + i1 * ldi + j;
        const d2 = init + i2 * ldi + j;
        const d3 = init + i3 * ldi + j;
        c00 += x[d0]!;
        c01 += x[d0 + 1]!;
        c02 += x[d0 + 2]!;
        c03 += x[d0 + 3]!;
        c10 += x[d1]!;
        c11 += x[d1 + 1]!;
        c12 += x[d1 + 2]!;
        c13 += x[d1 + 3]!;
        c20 += x[d2]!;
        c21 += x[d2 + 1]!;
        c22 += x[d2 + 2]!;
        c23 += x[d2 + 3]!;
        c30 += x[d3]!;
        c31 += x[d3 + 1]!;
        c32 += x[d3 + 2]!;
        c33 += x[d3 + 3]!;
      }
      const e0 = c + i * ldc + j;
      const e1 = c + i1 * ldc + j;
      const e2 = c + i2 * ldc + j;
      const e3 = c + i3 * ldc + j;
      x[e0] = c00;
      x[e0 + 1] = c01;
      x[e0 + 2] = c02;
      x[e0 + 3] = c03;
      x[e1] = c10;
      x[e1 + 1] = c11;
      x[e1 + 2] = c12;
      x[e1 + 3] = c13;
      x[e2] = c20;
      x[e2 + 1] = c21;
      x[e2 + 2] = c22;
      x[e2 + 3] = c23;
      x[e3] = c30;
      x[e3 + 1] = c31;
      x[e3 + 2] = c32;
      x[e3 + 3] = c33;
    }
  }
}
