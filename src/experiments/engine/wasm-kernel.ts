import type { Kernel, KernelOperations } from "./kernel.ts";
import { KERNEL_BASE64 } from "./kernel-bytes.ts";

/** The kernel as WebAssembly, its memory one arena of `size` elements. */
export function createWasmKernel(size: number): Kernel {
  const pages = Math.ceil((size * 4) / PAGE_BYTES) + 1;
  const memory = new WebAssembly.Memory({ initial: pages });
  compiled ??= new WebAssembly.Module(Buffer.from(KERNEL_BASE64, "base64"));
  const instance = new WebAssembly.Instance(compiled, { env: { memory } });
  // The module's exports are the operations, by construction: a test rebuilds it from kernel.as.ts.
  const operations = instance.exports as unknown as KernelOperations;
  return {
    ...operations,
    kind: "wasm",
    numbers: new Float32Array(memory.buffer),
    indices: new Int32Array(memory.buffer),
  };
}

const PAGE_BYTES = 65_536;
let compiled: WebAssembly.Module | undefined;
