import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildWasm } from "../../../scripts/build-wasm.ts";
import { createRandom } from "../../stats/index.ts";
import { createKernel } from "./create-kernel.ts";
import { KERNEL_BASE64 } from "./kernel-bytes.ts";

describe("the committed kernel", () => {
  it("is what its source compiles to, byte for byte", () => {
    expect(buildWasm("kernel").toString("base64")).toBe(KERNEL_BASE64);
  });
});

describe.each(["wasm", "plain"] as const)("matrix products of the %s kernel", (kind) => {
  it("are right for any number of rows and any inner length, on a start or on nothing", () => {
    fc.assert(
      fc.property(sizes(), fc.boolean(), fc.integer(), ({ m, n, k }, onStart, seed) => {
        const { kernel, at, x } = filled(kind, seed);
        const [a, b, c, d] = [at(m * k), at(k * n), at(m * n), at(m * n)];
        const start = x.slice(d, d + m * n);
        kernel.multiply(a, k, b, n, c, n, onStart ? d : -1, n, m, n, k, 0, -1);
        for (let i = 0; i < m; i++) {
          for (let j = 0; j < n; j++) {
            let sum = onStart ? start[i * n + j]! : 0;
            for (let t = 0; t < k; t++) sum += x[a + i * k + t]! * x[b + t * n + j]!;
            expect(x[c + i * n + j]).toBeCloseTo(sum, 4);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it("add A'B to what is there", () => {
    fc.assert(
      fc.property(sizes(), fc.integer(), ({ m, n, k }, seed) => {
        const { kernel, at, x } = filled(kind, seed);
        const [a, b, c] = [at(k * m), at(k * n), at(m * n)];
        const start = x.slice(c, c + m * n);
        kernel.multiplyTransposed(a, m, b, n, c, n, m, n, k);
        for (let i = 0; i < m; i++) {
          for (let j = 0; j < n; j++) {
            let sum = start[i * n + j]!;
            for (let t = 0; t < k; t++) sum += x[a + t * m + i]! * x[b + t * n + j]!;
            expect(x[c + i * n + j]).toBeCloseTo(sum, 4);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it("write nothing outside the result", () => {
    const { kernel, at, x } = filled(kind, 3);
    const [a, b, before, c, after] = [at(7 * 5), at(5 * 12), at(8), at(7 * 12), at(8)];
    const around = [...x.slice(before, before + 8), ...x.slice(after, after + 8)];
    kernel.multiply(a, 5, b, 12, c, 12, -1, 0, 7, 12, 5, 1, -1);
    expect([...x.slice(before, before + 8), ...x.slice(after, after + 8)]).toEqual(around);
  });

  it("give softmax numerators to 1e-6 relative, and exactly nothing far below the maximum", () => {
    const { kernel, at, x } = filled(kind, 4);
    const [row, maxima, sums] = [at(104), at(1), at(1)];
    const logits = Float32Array.from({ length: 101 }, (_, i) => -0.65 * ((i + 7) % 101));
    logits[57] = -200;
    x.set(logits, row);
    kernel.exponentiate(row, 104, 1, 101, maxima, sums);
    expect(x[maxima]).toBeCloseTo(0, 12);
    logits.forEach((logit, i) => {
      const exact = Math.exp(logit);
      expect(Math.abs(x[row + i]! - exact)).toBeLessThan(1e-6 * exact + 1e-40);
    });
    expect([...x.slice(row + 101, row + 104)]).toEqual([0, 0, 0]);
  });
});

function sizes() {
  return fc.record({
    m: fc.integer({ min: 1, max: 13 }),
    n: fc.integer({ min: 1, max: 6 }).map((vectors) => 4 * vectors),
    k: fc.integer({ min: 1, max: 140 }),
  });
}

/** A kernel whose memory is full of random numbers, and an allocator over it. */
function filled(kind: "wasm" | "plain", seed: number) {
  const kernel = createKernel(kind, 16_384);
  const random = createRandom(seed);
  for (let i = 0; i < 16_384; i++) kernel.numbers[i] = random.normal();
  let next = 256;
  const at = (size: number) => {
    const start = next;
    next += (size + 3) & ~3;
    return start;
  };
  return { kernel, at, x: kernel.numbers };
}
