import type { Kernel, KernelKind } from "./kernel.ts";
import { createPlainAttention } from "./plain-attention.ts";
import { createPlainProducts } from "./plain-products.ts";

/** The kernel in plain TypeScript: what `kernel.as.ts` computes, without WebAssembly. */
export function createPlainKernel(kind: Exclude<KernelKind, "wasm">, size: number): Kernel {
  // Float64Array has Float32Array's members but for its name; the cast keeps one type for both.
  const x =
    kind === "reference"
      ? (new Float64Array(size) as unknown as Float32Array)
      : new Float32Array(size);
  const indices = new Int32Array(size);
  return {
    kind,
    numbers: x,
    indices,
    ...createPlainProducts(x),
    ...createPlainAttention(x, indices),
    normalize(from, gain, to, inverse, rows, width) {
      for (let i = 0; i < rows; i++) {
        const a = from + i * width;
        const b = to + i * width;
        let squares = 0;
        for (let j = 0; j < width; j++) squares += x[a + j]! * x[a + j]!;
        const scale = 1 / Math.sqrt(squares / width + 1e-6);
        x[inverse + i] = scale;
        for (let j = 0; j < width; j++) x[b + j] = x[a + j]! * scale * x[gain + j]!;
      }
    },
    normalizeBackward(from, gain, inverse, dy, dx, dgain, rows, width, factors) {
      for (let i = 0; i < rows; i++) {
        const a = from + i * width;
        const d = dy + i * width;
        const to = dx + i * width;
        const scale = x[inverse + i]!;
        const weight = factors < 0 ? scale : scale * x[factors + i]!;
        let dot = 0;
        for (let j = 0; j < width; j++) {
          const product = x[d + j]! * x[a + j]!;
          dot += product * x[gain + j]!;
          x[dgain + j]! += product * weight;
        }
        const inner = (dot * scale * scale * scale) / width;
        for (let j = 0; j < width; j++) {
          x[to + j]! += x[d + j]! * x[gain + j]! * scale - x[a + j]! * inner;
        }
      }
    },
    exponentiate(from, ldx, rows, n, maxima, sums) {
      for (let i = 0; i < rows; i++) {
        const row = from + i * ldx;
        let largest = x[row]!;
        for (let j = 1; j < n; j++) largest = Math.max(largest, x[row + j]!);
        let sum = 0;
        for (let j = 0; j < n; j++) {
          const value = Math.exp(x[row + j]! - largest);
          x[row + j] = value;
          sum += value;
        }
        x.fill(0, row + n, row + ldx);
        x[maxima + i] = largest;
        x[sums + i] = sum;
      }
    },
    scaleRows(to, ldx, rows, width, factors) {
      for (let i = 0; i < rows; i++) {
        const factor = x[factors + i]!;
        for (let j = 0; j < width; j++) x[to + i * ldx + j]! *= factor;
      }
    },
    scaleUnits(to, rows, width, masks, owners) {
      for (let i = 0; i < rows; i++) {
        const mask = masks + indices[owners + i]! * width;
        for (let j = 0; j < width; j++) x[to + i * width + j]! *= x[mask + j]!;
      }
    },
    sumRows(from, rows, width, sums) {
      for (let i = 0; i < rows; i++) {
        for (let j = 0; j < width; j++) x[sums + j]! += x[from + i * width + j]!;
      }
    },
    embed(token, place, shift, to, tokens, places, previous, rows, width) {
      for (let i = 0; i < rows; i++) {
        const a = token + indices[tokens + i]! * width;
        const b = place + indices[places + i]! * width;
        const before = shift < 0 ? -1 : indices[previous + i]!;
        for (let j = 0; j < width; j++) {
          const sum = x[a + j]! + x[b + j]!;
          x[to + i * width + j] = before < 0 ? sum : sum + x[shift + before * width + j]!;
        }
      }
    },
    gather(from, to, chosen, rows, width) {
      for (let i = 0; i < rows; i++) {
        const start = from + indices[chosen + i]! * width;
        x.copyWithin(to + i * width, start, start + width);
      }
    },
    scatterAdd(from, to, chosen, rows, width, factors) {
      for (let i = 0; i < rows; i++) {
        const index = indices[chosen + i]!;
        if (index < 0) continue;
        const factor = factors < 0 ? 1 : x[factors + i]!;
        for (let j = 0; j < width; j++)
          x[to + index * width + j]! += factor * x[from + i * width + j]!;
      }
    },
    adamw(p, g, m, v, n, rate, beta1, beta2, epsilon, shrink, correct1, correct2, clip) {
      for (let j = 0; j < n; j++) {
        const gradient = x[g + j]! * clip;
        const mean = flush(x[m + j]! * beta1 + gradient * (1 - beta1));
        const square = flush(x[v + j]! * beta2 + gradient * gradient * (1 - beta2));
        x[m + j] = mean;
        x[v + j] = square;
        const root = Math.sqrt(square * correct2) + epsilon;
        x[p + j] = x[p + j]! * shrink - (mean * rate * correct1) / root;
        x[g + j] = 0;
      }
    },
  };
}

/** Zero for what has decayed below 1e-30, before it becomes subnormal and slow. */
function flush(value: number): number {
  return Math.abs(value) > 1e-30 ? value : 0;
}
