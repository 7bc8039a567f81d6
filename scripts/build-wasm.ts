/**
 * Compiles the AssemblyScript of the house and writes it as WebAssembly beside its source:
 *
 *     npx tsx scripts/build-wasm.ts
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const MODULES = {
  /** The training engine's kernel. */
  kernel: "src/experiments/engine",
  /** What finds the structure of JSON without parsing it. */
  skim: "src/formats/json",
} as const;
const root = fileURLToPath(new URL("..", import.meta.url));

/** The module's bytes, by the AssemblyScript of package.json. */
export function buildWasm(name: keyof typeof MODULES): Buffer {
  const folder = mkdtempSync(join(tmpdir(), "wasm-"));
  try {
    const output = join(folder, "out.wasm");
    execFileSync(
      process.execPath,
      [
        join(root, "node_modules/assemblyscript/bin/asc.js"),
        join(root, MODULES[name], `${name}.as.ts`),
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
  for (const name of Object.keys(MODULES) as (keyof typeof MODULES)[]) {
    const bytes = buildWasm(name);
    writeFileSync(
      join(root, MODULES[name], `${name}-bytes.ts`),
      [
        `/** ${name}.as.ts as WebAssembly, in base64. Written by scripts/build-wasm.ts: do not edit. */`,
        `export const ${name.toUpperCase()}_BASE64 =`,
        `  "${bytes.toString("base64")}";`,
        "",
      ].join("\n"),
    );
    console.log(`${name}-bytes.ts: ${bytes.length} bytes of WebAssembly`);
  }
}
