// Matrix products. See kernel.as.ts for what the arguments are.

/** C[m,n] = init + A[m,k] B[k,n], then max(., 0) if `relu`, then zero where `gate` is not positive. */
export function multiply(
  a: i32, lda: i32, b: i32, ldb: i32, c: i32, ldc: i32,
  init: i32, ldi: i32, m: i32, n: i32, k: i32, relu: i32, gate: i32,
): void {
  product(a << 2, lda << 2, b << 2, ldb << 2, c << 2, ldc << 2, init < 0 ? 0 : init << 2, ldi << 2, m, n, k);
  if (relu) rectify(c << 2, ldc << 2, m, n);
  if (gate >= 0) close(c << 2, gate << 2, ldc << 2, m, n);
}

/** C[m,n] += A[k,m]' B[k,n]: the shape of a weight gradient. The inner length is cut so that both inputs stay in cache. */
export function multiplyTransposed(
  a: i32, lda: i32, b: i32, ldb: i32, c: i32, ldc: i32, m: i32, n: i32, k: i32,
): void {
  const block = 128;
  for (let from = 0; from < k; from += block) {
    const rows = min(block, k - from);
    outer((a + from * lda) << 2, lda << 2, (b + from * ldb) << 2, ldb << 2, c << 2, ldc << 2, m, n, rows, false);
  }
}

/**
 * Tiles of 4 x 8 held in registers; one step of the inner loop is 6 loads and 32 products. (V8 unrolls
 * a plain loop better than we can by hand: two steps written out are a fifth slower.) Rows beyond the
 * last repeat it: they compute and store the same values, which costs less than a second code path.
 */
export function product(
  a: usize, lda: usize, b: usize, ldb: usize, c: usize, ldc: usize,
  init: usize, ldi: usize, m: i32, n: i32, k: i32,
): void {
  const wide = <usize>(n & ~7) << 2;
  const end = <usize>n << 2;
  for (let i = 0; i < m; i += 4) {
    const r1 = <usize>min(i + 1, m - 1), r2 = <usize>min(i + 2, m - 1), r3 = <usize>min(i + 3, m - 1);
    const a0 = a + <usize>i * lda, a1 = a + r1 * lda, a2 = a + r2 * lda, a3 = a + r3 * lda;
    const d0 = c + <usize>i * ldc, d1 = c + r1 * ldc, d2 = c + r2 * ldc, d3 = c + r3 * ldc;
    const i0 = init + <usize>i * ldi, i1 = init + r1 * ldi, i2 = init + r2 * ldi, i3 = init + r3 * ldi;
    let j: usize = 0;
    for (; j < wide; j += 32) {
      let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00;
      if (init) {
        c00 = v128.load(i0 + j); c01 = v128.load(i0 + j, 16);
        c10 = v128.load(i1 + j); c11 = v128.load(i1 + j, 16);
        c20 = v128.load(i2 + j); c21 = v128.load(i2 + j, 16);
        c30 = v128.load(i3 + j); c31 = v128.load(i3 + j, 16);
      }
      let p0 = a0, p1 = a1, p2 = a2, p3 = a3, q = b + j;
      for (let rest = k; rest > 0; rest--) {
        const b0 = v128.load(q), b1 = v128.load(q, 16);
        let x = v128.load32_splat(p0);
        c00 = f32x4.add(c00, f32x4.mul(x, b0)); c01 = f32x4.add(c01, f32x4.mul(x, b1));
        x = v128.load32_splat(p1);
        c10 = f32x4.add(c10, f32x4.mul(x, b0)); c11 = f32x4.add(c11, f32x4.mul(x, b1));
        x = v128.load32_splat(p2);
        c20 = f32x4.add(c20, f32x4.mul(x, b0)); c21 = f32x4.add(c21, f32x4.mul(x, b1));
        x = v128.load32_splat(p3);
        c30 = f32x4.add(c30, f32x4.mul(x, b0)); c31 = f32x4.add(c31, f32x4.mul(x, b1));
        q += ldb;
        p0 += 4; p1 += 4; p2 += 4; p3 += 4;
      }
      v128.store(d0 + j, c00); v128.store(d0 + j, c01, 16);
      v128.store(d1 + j, c10); v128.store(d1 + j, c11, 16);
      v128.store(d2 + j, c20); v128.store(d2 + j, c21, 16);
      v128.store(d3 + j, c30); v128.store(d3 + j, c31, 16);
    }
    if (j == end) continue;
    let c0 = f32x4.splat(0), c1 = c0, c2 = c0, c3 = c0;
    if (init) {
      c0 = v128.load(i0 + j); c1 = v128.load(i1 + j);
      c2 = v128.load(i2 + j); c3 = v128.load(i3 + j);
    }
    let p0 = a0, p1 = a1, p2 = a2, p3 = a3, q = b + j;
    for (let rest = k; rest > 0; rest--) {
      const b0 = v128.load(q);
      c0 = f32x4.add(c0, f32x4.mul(v128.load32_splat(p0), b0));
      c1 = f32x4.add(c1, f32x4.mul(v128.load32_splat(p1), b0));
      c2 = f32x4.add(c2, f32x4.mul(v128.load32_splat(p2), b0));
      c3 = f32x4.add(c3, f32x4.mul(v128.load32_splat(p3), b0));
      q += ldb;
      p0 += 4; p1 += 4; p2 += 4; p3 += 4;
    }
    v128.store(d0 + j, c0); v128.store(d1 + j, c1);
    v128.store(d2 + j, c2); v128.store(d3 + j, c3);
  }
}

/**
 * C[m,n] = (C, or nothing if `fresh`) + A[k,m]' B[k,n] over one block of k: the tile of `product` with
 * A read across. Where m fills no tile, the tile reads up to three numbers past A's rows and drops them.
 */
export function outer(
  a: usize, lda: usize, b: usize, ldb: usize, c: usize, ldc: usize, m: i32, n: i32, k: i32, fresh: bool,
): void {
  const wide = <usize>(n & ~7) << 2;
  const end = <usize>n << 2;
  for (let i = 0; i < m; i += 4) {
    const d0 = c + <usize>i * ldc;
    const d1 = i + 1 < m ? d0 + ldc : d0, d2 = i + 2 < m ? d1 + ldc : d1, d3 = i + 3 < m ? d2 + ldc : d2;
    let j: usize = 0;
    for (; j < wide; j += 32) {
      let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00;
      if (!fresh) {
        c00 = v128.load(d0 + j); c01 = v128.load(d0 + j, 16);
        c10 = v128.load(d1 + j); c11 = v128.load(d1 + j, 16);
        c20 = v128.load(d2 + j); c21 = v128.load(d2 + j, 16);
        c30 = v128.load(d3 + j); c31 = v128.load(d3 + j, 16);
      }
      let p = a + (<usize>i << 2), q = b + j;
      for (let rest = k; rest > 0; rest--) {
        const b0 = v128.load(q), b1 = v128.load(q, 16);
        let x = v128.load32_splat(p);
        c00 = f32x4.add(c00, f32x4.mul(x, b0)); c01 = f32x4.add(c01, f32x4.mul(x, b1));
        x = v128.load32_splat(p, 4);
        c10 = f32x4.add(c10, f32x4.mul(x, b0)); c11 = f32x4.add(c11, f32x4.mul(x, b1));
        x = v128.load32_splat(p, 8);
        c20 = f32x4.add(c20, f32x4.mul(x, b0)); c21 = f32x4.add(c21, f32x4.mul(x, b1));
        x = v128.load32_splat(p, 12);
        c30 = f32x4.add(c30, f32x4.mul(x, b0)); c31 = f32x4.add(c31, f32x4.mul(x, b1));
        p += lda;
        q += ldb;
      }
      // Last row first: where rows are missing, the one that is there is written last.
      v128.store(d3 + j, c30); v128.store(d3 + j, c31, 16);
      v128.store(d2 + j, c20); v128.store(d2 + j, c21, 16);
      v128.store(d1 + j, c10); v128.store(d1 + j, c11, 16);
      v128.store(d0 + j, c00); v128.store(d0 + j, c01, 16);
    }
    if (j == end) continue;
    let c0 = f32x4.splat(0), c1 = c0, c2 = c0, c3 = c0;
    if (!fresh) {
      c0 = v128.load(d0 + j); c1 = v128.load(d1 + j);
      c2 = v128.load(d2 + j); c3 = v128.load(d3 + j);
    }
    let p = a + (<usize>i << 2), q = b + j;
    for (let rest = k; rest > 0; rest--) {
      const b0 = v128.load(q);
      c0 = f32x4.add(c0, f32x4.mul(v128.load32_splat(p), b0));
      c1 = f32x4.add(c1, f32x4.mul(v128.load32_splat(p, 4), b0));
      c2 = f32x4.add(c2, f32x4.mul(v128.load32_splat(p, 8), b0));
      c3 = f32x4.add(c3, f32x4.mul(v128.load32_splat(p, 12), b0));
      p += lda;
      q += ldb;
    }
    v128.store(d3 + j, c3); v128.store(d2 + j, c2);
    v128.store(d1 + j, c1); v128.store(d0 + j, c0);
  }
}

function rectify(c: usize, ldc: usize, m: i32, n: i32): void {
  const zero = f32x4.splat(0);
  for (let i = 0; i < m; i++) {
    const row = c + <usize>i * ldc;
    for (let j: usize = 0; j < <usize>n << 2; j += 16) v128.store(row + j, f32x4.pmax(v128.load(row + j), zero));
  }
}

function close(c: usize, gate: usize, ldc: usize, m: i32, n: i32): void {
  const zero = f32x4.splat(0);
  for (let i = 0; i < m; i++) {
    const row = <usize>i * ldc;
    for (let j: usize = 0; j < <usize>n << 2; j += 16) {
      const open = f32x4.gt(v128.load(gate + row + j), zero);
      v128.store(c + row + j, v128.and(v128.load(c + row + j), open));
    }
  }
}

/** Y[columns, ldy] = X[rows, ldx]', for weights that both passes read. */
export function transpose(x: i32, ldx: i32, y: i32, ldy: i32, rows: i32, columns: i32): void {
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      store<f32>((y + j * ldy + i) << 2, load<f32>((x + i * ldx + j) << 2));
    }
  }
}
