import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const engine = join(root, "src/experiments/engine");

/** Compiles the engine's kernel.as.ts with the AssemblyScript of package.json and returns the module's bytes. */
export function buildKernel(): Buffer {
  const folder = mkdtempSync(join(tmpdir(), "kernel-"));
  try {
    const output = join(folder, "kernel.wasm");
    execFileSync(
      process.execPath,
      [
        join(root, "node_modules/assemblyscript/bin/asc.js"),
        join(engine, "kernel.as.ts"),
        "--outFile",
        output,
        ..."-O3 --converge --runtime stub --enable simd --noAssert --importMemory".split(" "),
      ],
      { stdio: ["ignore", "ignore", "pipe"] },
    );
    return readFileSync(output);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const bytes = buildKernel();
  writeFileSync(
    join(engine, "kernel-bytes.ts"),
    [
      "/** kernel.as.ts as WebAssembly, in base64. Written by scripts/build-kernel.ts: do not edit. */",
      "export const KERNEL_BASE64 =",
      `  "${bytes.toString("base64")}";`,
      "",
    ].join("\n"),
  );
  console.log(`kernel-bytes.ts: ${bytes.length} bytes of WebAssembly`);
}
