// Pieces that work on one vector, inlined where they are used.

// @ts-ignore: decorator
@inline
export function total(x: v128): f32 {
  return (f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1)) + (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3));
}

/** Zero for what has decayed below 1e-30, before it becomes subnormal and slow. */
// @ts-ignore: decorator
@inline
export function flush(x: v128): v128 {
  return v128.and(x, f32x4.gt(f32x4.abs(x), f32x4.splat(1e-30)));
}

/** The largest of n numbers; a whole vector may be read past the last. */
// @ts-ignore: decorator
@inline
export function maximum(row: usize, n: i32): f32 {
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
export function exponential(x: v128): v128 {
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
