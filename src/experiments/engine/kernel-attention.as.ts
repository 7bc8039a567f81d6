// Causal attention. See kernel.as.ts for what the arguments are.

import { outer, product } from "./kernel-products.as";
import { exponential } from "./kernel-vectors.as";

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
