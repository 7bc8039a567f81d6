// What works row by row, and the optimiser. See kernel.as.ts for what the arguments are.

import { exponential, flush, maximum, total } from "./kernel-vectors.as";

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
