import type { Kernel, KernelKind } from "./kernel.ts";
import { createPlainKernel } from "./plain-kernel.ts";
import { createWasmKernel } from "./wasm-kernel.ts";

/** A kernel with a zeroed memory of `size` elements. */
export function createKernel(kind: KernelKind, size: number): Kernel {
  if (kind === "wasm") return createWasmKernel(size);
  return createPlainKernel(kind, size);
}
