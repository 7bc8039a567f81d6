import type { KernelOperations } from "./kernel.ts";

type Attention = Pick<KernelOperations, "attend" | "attendBackward">;

/** Causal attention in plain TypeScript, one query at a time. */
export function createPlainAttention(x: Float32Array, indices: Int32Array): Attention {
  return {
    attend(q, kv, p, out, starts, places, _scratch, examples, length, heads, headWidth) {
      const width = heads * headWidth;
      const rows = indices[starts + examples]!;
      const scale = 1 / Math.sqrt(headWidth);
      for (let e = 0; e < examples; e++) {
        for (let h = 0; h < heads; h++) {
          const keys = kv + e * length * 2 * width + h * headWidth;
          for (let r = indices[starts + e]!; r < indices[starts + e + 1]!; r++) {
            const seen = indices[places + r]! + 1;
            const query = q + r * width + h * headWidth;
            const weights = p + (h * rows + r) * length;
            const result = out + r * width + h * headWidth;
            let largest = Number.NEGATIVE_INFINITY;
            for (let s = 0; s < seen; s++) {
              const score = scale * dot(x, query, keys + s * 2 * width, headWidth);
              x[weights + s] = score;
              largest = Math.max(largest, score);
            }
            let sum = 0;
            for (let s = 0; s < seen; s++) {
              const value = Math.exp(x[weights + s]! - largest);
              x[weights + s] = value;
              sum += value;
            }
            x.fill(0, result, result + headWidth);
            for (let s = 0; s < seen; s++) {
              x[weights + s]! /= sum;
              addScaled(x, result, x[weights + s]!, keys + width + s * 2 * width, headWidth);
            }
          }
        }
      }
    },
    attendBackward(
      q,
      kv,
      p,
      dout,
      dq,
      dkv,
      starts,
      places,
      scratch,
      examples,
      length,
      heads,
      headWidth,
    ) {
      const width = heads * headWidth;
      const rows = indices[starts + examples]!;
      const scale = 1 / Math.sqrt(headWidth);
      for (let e = 0; e < examples; e++) {
        for (let h = 0; h < heads; h++) {
          const keys = kv + e * length * 2 * width + h * headWidth;
          const dkeys = dkv + e * length * 2 * width + h * headWidth;
          for (let r = indices[starts + e]!; r < indices[starts + e + 1]!; r++) {
            const seen = indices[places + r]! + 1;
            const weights = p + (h * rows + r) * length;
            const upstream = dout + r * width + h * headWidth;
            const query = q + r * width + h * headWidth;
            const dquery = dq + r * width + h * headWidth;
            let inner = 0;
            for (let s = 0; s < seen; s++) {
              const at = s * 2 * width + width;
              const gradient = dot(x, upstream, keys + at, headWidth);
              x[scratch + s] = gradient;
              inner += gradient * x[weights + s]!;
              addScaled(x, dkeys + at, x[weights + s]!, upstream, headWidth);
            }
            x.fill(0, dquery, dquery + headWidth);
            for (let s = 0; s < seen; s++) {
              const score = scale * x[weights + s]! * (x[scratch + s]! - inner);
              addScaled(x, dquery, score, keys + s * 2 * width, headWidth);
              addScaled(x, dkeys + s * 2 * width, score, query, headWidth);
            }
          }
        }
      }
    },
  };
}

function dot(x: Float32Array, a: number, b: number, n: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += x[a + i]! * x[b + i]!;
  return sum;
}

function addScaled(x: Float32Array, to: number, factor: number, from: number, n: number): void {
  for (let i = 0; i < n; i++) x[to + i]! += factor * x[from + i]!;
}
