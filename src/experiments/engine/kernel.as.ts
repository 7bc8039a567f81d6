// The training engine's arithmetic, in AssemblyScript with 128-bit SIMD.
//
// Every argument that names an array is an element index into the one shared memory (byte address
// divided by four); `ld*` is a row length in elements. Rows are contiguous. -1 stands for "none".
// Sums are taken in a fixed order, so equal inputs give equal bytes on every machine.
// Column counts of outputs must be multiples of four; row counts and inner lengths may be anything.

const NONE: i32 = -1;

// --- matrix products -------------------------------------------------------------------------

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
function product(
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
function outer(
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

// --- normalisation ---------------------------------------------------------------------------

/** y = gain x / rms(x), row by row; `inverse` keeps 1/rms. RMSNorm, Zhang and Sennrich 2019. */
export function normalize(x: i32, gain: i32, y: i32, inverse: i32, rows: i32, width: i32): void {
  const bytes = <usize>width << 2;
  for (let i = 0; i < rows; i++) {
    const from = <usize>(x + i * width) << 2;
    const to = <usize>(y + i * width) << 2;
    let squares = f32x4.splat(0);
    for (let j: usize = 0; j < bytes; j += 16) {
      const value = v128.load(from + j);
      squares = f32x4.add(squares, f32x4.mul(value, value));
    }
    const scale: f32 = 1 / Mathf.sqrt(total(squares) / <f32>width + 1e-6);
    store<f32>(<usize>(inverse + i) << 2, scale);
    const factor = f32x4.splat(scale);
    for (let j: usize = 0; j < bytes; j += 16) {
      const value = f32x4.mul(v128.load(from + j), factor);
      v128.store(to + j, f32x4.mul(value, v128.load((<usize>gain << 2) + j)));
    }
  }
}

/** dx += the gradient through `normalize`; dgain += its gain's, row i counted `factors[i]` times. */
export function normalizeBackward(
  x: i32, gain: i32, inverse: i32, dy: i32, dx: i32, dgain: i32, rows: i32, width: i32, factors: i32,
): void {
  const bytes = <usize>width << 2;
  const gains = <usize>gain << 2;
  const gradient = <usize>dgain << 2;
  for (let i = 0; i < rows; i++) {
    const at = <usize>(i * width) << 2;
    const values = (<usize>x << 2) + at;
    const upstream = (<usize>dy << 2) + at;
    const out = (<usize>dx << 2) + at;
    const scale = load<f32>(<usize>(inverse + i) << 2);
    const weight = factors < 0 ? scale : scale * load<f32>(<usize>(factors + i) << 2);
    const weights = f32x4.splat(weight);
    let dot = f32x4.splat(0);
    for (let j: usize = 0; j < bytes; j += 16) {
      const product = f32x4.mul(v128.load(upstream + j), v128.load(values + j));
      dot = f32x4.add(dot, f32x4.mul(product, v128.load(gains + j)));
      v128.store(gradient + j, f32x4.add(v128.load(gradient + j), f32x4.mul(product, weights)));
    }
    const inner = f32x4.splat(total(dot) * scale * scale * scale / <f32>width);
    const scales = f32x4.splat(scale);
    for (let j: usize = 0; j < bytes; j += 16) {
      const direct = f32x4.mul(f32x4.mul(v128.load(upstream + j), v128.load(gains + j)), scales);
      const change = f32x4.sub(direct, f32x4.mul(v128.load(values + j), inner));
      v128.store(out + j, f32x4.add(v128.load(out + j), change));
    }
  }
}

// --- causal attention ------------------------------------------------------------------------

/**
 * Causal multi-head attention. Queries are compact: example e owns query rows starts[e]..starts[e+1],
 * in order, and query row r stands at place places[r] of its sequence. q[rows, width];
 * kv[examples*length, 2*width] holds keys then values; out[rows, width].
 *
 * p keeps the weights, transposed, for the backward pass: for each example and head in turn a matrix
 * [length, queries rounded up to 4]. A vector then holds one key's weights for four queries, and the
 * softmax over keys works on four (or eight) queries at once without ever summing across a vector.
 * scratch holds headWidth * (longest + 3) numbers.
 */
export function attend(
  q: i32, kv: i32, p: i32, out: i32, starts: i32, places: i32, scratch: i32,
  examples: i32, length: i32, heads: i32, headWidth: i32,
): void {
  const width = heads * headWidth;
  const scale: f32 = 1 / Mathf.sqrt(<f32>headWidth);
  let weights = p;
  for (let e = 0; e < examples; e++) {
    const first = load<i32>(<usize>(starts + e) << 2);
    const queries = load<i32>(<usize>(starts + e + 1) << 2) - first;
    const ldq = (queries + 3) & ~3;
    for (let h = 0; h < heads; h++) {
      const keys = kv + e * length * 2 * width + h * headWidth;
      const own = first * width + h * headWidth;
      turn(q + own, width, scratch, ldq, queries, headWidth, scale);
      for (let r = 0; r < queries; r += 8) {
        const lanes = min(8, ldq - r);
        const count = keysOf(places + first + r, min(8, queries - r), length);
        const block = <usize>(weights + r) << 2;
        product(keys << 2, width << 3, (scratch + r) << 2, ldq << 2, block, ldq << 2, 0, 0, count, lanes, headWidth);
        for (let v = 0; v < lanes; v += 4) {
          softmaxOverKeys(block + (<usize>v << 2), <usize>ldq << 2, <usize>(places + first + r + v) << 2, count);
        }
        outer(block, ldq << 2, (keys + width) << 2, width << 3, (out + own + r * width) << 2, width << 2, min(8, queries - r), headWidth, count, true);
      }
      weights += length * ldq;
    }
  }
}

/**
 * Gradients through `attend`: sets dq, and dkv at the keys that were seen. p becomes the gradient of
 * the scores. scratch holds headWidth * (longest + 3) + 8 * longest numbers.
 */
export function attendBackward(
  q: i32, kv: i32, p: i32, dout: i32, dq: i32, dkv: i32, starts: i32, places: i32, scratch: i32,
  examples: i32, length: i32, heads: i32, headWidth: i32,
): void {
  const width = heads * headWidth;
  const scale: f32 = 1 / Mathf.sqrt(<f32>headWidth);
  let weights = p;
  for (let e = 0; e < examples; e++) {
    const first = load<i32>(<usize>(starts + e) << 2);
    const queries = load<i32>(<usize>(starts + e + 1) << 2) - first;
    if (queries == 0) continue;
    const ldq = (queries + 3) & ~3;
    const gradients = scratch + headWidth * ldq;
    for (let h = 0; h < heads; h++) {
      const keys = kv + e * length * 2 * width + h * headWidth;
      const dkeys = dkv + e * length * 2 * width + h * headWidth;
      const own = first * width + h * headWidth;
      // Values first: they need the weights that the loop below overwrites.
      throughKeys(weights, ldq, dout + own, dkeys + width, places + first, queries, width, headWidth);
      turn(dout + own, width, scratch, ldq, queries, headWidth, 1);
      for (let r = 0; r < queries; r += 8) {
        const lanes = min(8, ldq - r);
        const count = keysOf(places + first + r, min(8, queries - r), length);
        const block = <usize>(weights + r) << 2;
        product((keys + width) << 2, width << 3, (scratch + r) << 2, ldq << 2, gradients << 2, 32, 0, 0, count, lanes, headWidth);
        for (let v = 0; v < lanes; v += 4) {
          softmaxOverKeysBackward(block + (<usize>v << 2), <usize>ldq << 2, <usize>(gradients + v) << 2, count, scale);
        }
        outer(block, ldq << 2, keys << 2, width << 3, (dq + own + r * width) << 2, width << 2, min(8, queries - r), headWidth, count, true);
      }
      throughKeys(weights, ldq, q + own, dkeys, places + first, queries, width, headWidth);
      weights += length * ldq;
    }
  }
}

/** Keys that the last of these queries sees, rounded up to 4 where there are as many. */
function keysOf(places: i32, queries: i32, length: i32): i32 {
  return min((load<i32>(<usize>(places + queries - 1) << 2) + 4) & ~3, length);
}

/** to[key, :] = sum over the queries at or after the key of weights[key, query] x[query, :]. */
function throughKeys(
  weights: i32, ldq: i32, x: i32, to: i32, places: i32, queries: i32, width: i32, headWidth: i32,
): void {
  const seen = load<i32>(<usize>(places + queries - 1) << 2) + 1;
  let from = 0;
  for (let s = 0; s < seen; s += 4) {
    while (load<i32>(<usize>(places + from) << 2) < s) from++;
    product(
      (weights + s * ldq + from) << 2, ldq << 2, (x + from * width) << 2, width << 2,
      (to + s * 2 * width) << 2, width << 3, 0, 0, min(4, seen - s), headWidth, queries - from,
    );
  }
}

/** y[columns, ldy] = scale * x[rows, columns]', with zeros after the rows. */
function turn(x: i32, ldx: i32, y: i32, ldy: i32, rows: i32, columns: i32, scale: f32): void {
  for (let i = 0; i < rows; i++) {
    let to = <usize>(y + i) << 2;
    const from = <usize>(x + i * ldx) << 2;
    for (let j = 0; j < columns; j++) {
      store<f32>(to, scale * load<f32>(from + (<usize>j << 2)));
      to += <usize>ldy << 2;
    }
  }
  for (let i = rows; i < ldy; i++) {
    for (let j = 0; j < columns; j++) store<f32>(<usize>(y + j * ldy + i) << 2, 0);
  }
}

/** Softmax over keys 0..place of four queries at once, in place; a key beyond a query's place gets 0. */
function softmaxOverKeys(p: usize, ldp: usize, places: usize, count: i32): void {
  const limit = v128.load(places);
  const least = f32x4.splat(-Infinity);
  let largest = least;
  let at = p;
  for (let s = 0; s < count; s++) {
    const seen = i32x4.ge_s(limit, i32x4.splat(s));
    largest = f32x4.pmax(largest, v128.bitselect(v128.load(at), least, seen));
    at += ldp;
  }
  let sums = f32x4.splat(0);
  at = p;
  for (let s = 0; s < count; s++) {
    const seen = i32x4.ge_s(limit, i32x4.splat(s));
    const value = v128.and(exponential(f32x4.sub(v128.load(at), largest)), seen);
    sums = f32x4.add(sums, value);
    v128.store(at, value);
    at += ldp;
  }
  const factor = f32x4.div(f32x4.splat(1), sums);
  at = p;
  for (let s = 0; s < count; s++) {
    v128.store(at, f32x4.mul(v128.load(at), factor));
    at += ldp;
  }
}

/** p = scale p (dp - <p, dp>) over keys, for four queries at once; dp's rows are 8 long. */
function softmaxOverKeysBackward(p: usize, ldp: usize, dp: usize, count: i32, scale: f32): void {
  let dots = f32x4.splat(0);
  for (let s: usize = 0; s < <usize>count; s++) {
    dots = f32x4.add(dots, f32x4.mul(v128.load(p + s * ldp), v128.load(dp + (s << 5))));
  }
  const scales = f32x4.splat(scale);
  for (let s: usize = 0; s < <usize>count; s++) {
    const change = f32x4.mul(f32x4.sub(v128.load(dp + (s << 5)), dots), scales);
    v128.store(p + s * ldp, f32x4.mul(v128.load(p + s * ldp), change));
  }
}

// --- softmax over the vocabulary --------------------------------------------------------------

/**
 * Each row of x[rows, ldx] becomes exp(x - max); `maxima` and `sums` keep the row's maximum and the
 * sum of its first n exponentials. Columns n..ldx become zero.
 */
export function exponentiate(x: i32, ldx: i32, rows: i32, n: i32, maxima: i32, sums: i32): void {
  const limit = i32x4.splat(n);
  for (let i = 0; i < rows; i++) {
    const row = <usize>(x + i * ldx) << 2;
    const largest = maximum(row, n);
    const shift = f32x4.splat(largest);
    let sum = f32x4.splat(0);
    let index = i32x4(0, 1, 2, 3);
    for (let j: usize = 0; j < <usize>ldx << 2; j += 16) {
      const value = v128.and(exponential(f32x4.sub(v128.load(row + j), shift)), i32x4.lt_s(index, limit));
      sum = f32x4.add(sum, value);
      v128.store(row + j, value);
      index = i32x4.add(index, i32x4.splat(4));
    }
    store<f32>(<usize>(maxima + i) << 2, largest);
    store<f32>(<usize>(sums + i) << 2, total(sum));
  }
}

/** x[i, :] *= factors[i]. */
export function scaleRows(x: i32, ldx: i32, rows: i32, width: i32, factors: i32): void {
  for (let i = 0; i < rows; i++) {
    const factor = f32x4.splat(load<f32>(<usize>(factors + i) << 2));
    const row = <usize>(x + i * ldx) << 2;
    for (let j: usize = 0; j < <usize>width << 2; j += 16) v128.store(row + j, f32x4.mul(v128.load(row + j), factor));
  }
}

/** x[i, :] *= masks[owners[i], :]: each row is multiplied by its example's mask. */
export function scaleUnits(x: i32, rows: i32, width: i32, masks: i32, owners: i32): void {
  for (let i = 0; i < rows; i++) {
    const mask = <usize>(masks + load<i32>(<usize>(owners + i) << 2) * width) << 2;
    const row = <usize>(x + i * width) << 2;
    for (let j: usize = 0; j < <usize>width << 2; j += 16) v128.store(row + j, f32x4.mul(v128.load(row + j), v128.load(mask + j)));
  }
}

/** sums += the sum of x's rows. */
export function sumRows(x: i32, rows: i32, width: i32, sums: i32): void {
  const to = <usize>sums << 2;
  for (let i = 0; i < rows; i++) {
    const row = <usize>(x + i * width) << 2;
    for (let j: usize = 0; j < <usize>width << 2; j += 16) v128.store(to + j, f32x4.add(v128.load(to + j), v128.load(row + j)));
  }
}

/** x[i, :] = tokens' row + place's row + (unless -1) the previous token's row. */
export function embed(
  token: i32, place: i32, shift: i32, x: i32, tokens: i32, places: i32, previous: i32, rows: i32, width: i32,
): void {
  for (let i = 0; i < rows; i++) {
    const a = <usize>(token + load<i32>(<usize>(tokens + i) << 2) * width) << 2;
    const b = <usize>(place + load<i32>(<usize>(places + i) << 2) * width) << 2;
    const before = shift < 0 ? -1 : load<i32>(<usize>(previous + i) << 2);
    const to = <usize>(x + i * width) << 2;
    for (let j: usize = 0; j < <usize>width << 2; j += 16) v128.store(to + j, f32x4.add(v128.load(a + j), v128.load(b + j)));
    if (before < 0) continue;
    const c = <usize>(shift + before * width) << 2;
    for (let j: usize = 0; j < <usize>width << 2; j += 16) v128.store(to + j, f32x4.add(v128.load(to + j), v128.load(c + j)));
  }
}

/** y[i, :] = x[indices[i], :]. */
export function gather(x: i32, y: i32, indices: i32, rows: i32, width: i32): void {
  for (let i = 0; i < rows; i++) {
    const from = <usize>(x + load<i32>(<usize>(indices + i) << 2) * width) << 2;
    const to = <usize>(y + i * width) << 2;
    for (let j: usize = 0; j < <usize>width << 2; j += 16) v128.store(to + j, v128.load(from + j));
  }
}

/** y[indices[i], :] += factors[i] x[i, :]; rows with a negative index are left out. */
export function scatterAdd(x: i32, y: i32, indices: i32, rows: i32, width: i32, factors: i32): void {
  for (let i = 0; i < rows; i++) {
    const index = load<i32>(<usize>(indices + i) << 2);
    if (index < 0) continue;
    const factor = f32x4.splat(factors < 0 ? 1 : load<f32>(<usize>(factors + i) << 2));
    const from = <usize>(x + i * width) << 2;
    const to = <usize>(y + index * width) << 2;
    for (let j: usize = 0; j < <usize>width << 2; j += 16) {
      v128.store(to + j, f32x4.add(v128.load(to + j), f32x4.mul(v128.load(from + j), factor)));
    }
  }
}

// --- optimiser -------------------------------------------------------------------------------

/**
 * One AdamW step over n numbers (n a multiple of 4; Loshchilov and Hutter 2019); g becomes zero.
 * `correct1` and `correct2` are 1/(1 - beta^t); `shrink` is 1 - rate * decay; g counts `clip` times.
 */
export function adamw(
  p: i32, g: i32, m: i32, v: i32, n: i32, rate: f32, beta1: f32, beta2: f32, epsilon: f32,
  shrink: f32, correct1: f32, correct2: f32, clip: f32,
): void {
  const keep1 = f32x4.splat(beta1), take1 = f32x4.splat(1 - beta1);
  const keep2 = f32x4.splat(beta2), take2 = f32x4.splat(1 - beta2);
  const small = f32x4.splat(epsilon), shrinks = f32x4.splat(shrink);
  const step = f32x4.splat(rate * correct1), second = f32x4.splat(correct2), clips = f32x4.splat(clip);
  for (let j: usize = 0; j < <usize>n << 2; j += 16) {
    const gradient = f32x4.mul(v128.load((<usize>g << 2) + j), clips);
    const mean = flush(f32x4.add(f32x4.mul(v128.load((<usize>m << 2) + j), keep1), f32x4.mul(gradient, take1)));
    const square = flush(f32x4.add(
      f32x4.mul(v128.load((<usize>v << 2) + j), keep2),
      f32x4.mul(f32x4.mul(gradient, gradient), take2),
    ));
    v128.store((<usize>m << 2) + j, mean);
    v128.store((<usize>v << 2) + j, square);
    const root = f32x4.add(f32x4.sqrt(f32x4.mul(square, second)), small);
    const value = f32x4.mul(v128.load((<usize>p << 2) + j), shrinks);
    v128.store((<usize>p << 2) + j, f32x4.sub(value, f32x4.div(f32x4.mul(mean, step), root)));
    v128.store((<usize>g << 2) + j, f32x4.splat(0));
  }
}

// --- small pieces ----------------------------------------------------------------------------

// @ts-ignore: decorator
@inline
function total(x: v128): f32 {
  return (f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1)) + (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3));
}

/** Zero for what has decayed below 1e-30, before it becomes subnormal and slow. */
// @ts-ignore: decorator
@inline
function flush(x: v128): v128 {
  return v128.and(x, f32x4.gt(f32x4.abs(x), f32x4.splat(1e-30)));
}

/** The largest of n numbers; a whole vector may be read past the last. */
// @ts-ignore: decorator
@inline
function maximum(row: usize, n: i32): f32 {
  let best = f32x4.splat(-Infinity);
  const end = row + (<usize>(n & ~3) << 2);
  let at = row;
  for (; at < end; at += 16) best = f32x4.pmax(best, v128.load(at));
  if (n & 3) {
    const inside = i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(n & 3));
    best = f32x4.pmax(best, v128.bitselect(v128.load(at), best, inside));
  }
  best = f32x4.pmax(best, v128.shuffle<i32>(best, best, 2, 3, 0, 1));
  best = f32x4.pmax(best, v128.shuffle<i32>(best, best, 1, 0, 3, 2));
  return f32x4.extract_lane(best, 0);
}

/**
 * exp(x) for x <= 0, to about 3e-7 relative: 2^n times a polynomial on |r| <= ln(2)/2. Below -69 (1e-30)
 * it is 0: what follows would be subnormal numbers, which processors multiply a hundred times slower.
 */
// @ts-ignore: decorator
@inline
function exponential(x: v128): v128 {
  const bounded = f32x4.pmax(f32x4.splat(-70), x);
  // Adding 1.5 * 2^23 rounds to a whole number, which the low bits of the sum then hold.
  const magic = f32x4.splat(12582912);
  const shifted = f32x4.add(f32x4.mul(bounded, f32x4.splat(1.44269504088896341)), magic);
  const n = f32x4.sub(shifted, magic);
  let r = f32x4.sub(bounded, f32x4.mul(n, f32x4.splat(0.693359375)));
  r = f32x4.sub(r, f32x4.mul(n, f32x4.splat(-2.12194440e-4)));
  // Taylor's series to the sixth power: its remainder is below 2e-7 of the value here.
  let y = f32x4.splat(1.0 / 720.0);
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(1.0 / 120.0));
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(1.0 / 24.0));
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(1.0 / 6.0));
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(0.5));
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(1));
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(1));
  const power = i32x4.shl(i32x4.add(shifted, i32x4.splat(127)), 23);
  return v128.and(f32x4.mul(y, power), f32x4.gt(x, f32x4.splat(-69)));
}
