import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { memoryLedger, memoryObjectStore } from "../record/index.ts";
import { openSandbox } from "../sandbox/index.ts";
import { type Durable, executeLineage } from "./cycle.ts";
import { draft } from "./events.ts";
import type { Instruments } from "./execute.ts";

/** The folder of the tiny study that the tests run. */
export const coinsFolder = fileURLToPath(new URL("../../e2e/coins/", import.meta.url));

/** A lab in memory, with the real sandbox: what the cycle needs, and nothing durable. */
export async function memoryLab(clock: () => Date = () => new Date(0)): Promise<Instruments> {
  const ledger = memoryLedger(clock);
  await ledger.append(
    draft("lab.created", null, "", {
      lab: "00000000-0000-4000-8000-000000000000",
      publicKey: "none",
      policy: "online-fallback",
      alpha: 0.05,
    }),
  );
  return {
    ledger,
    objects: memoryObjectStore(),
    sandbox: await openSandbox(),
    // The tests' study is the project's own code, so it may run where bubblewrap is missing.
    isRegistered: async () => true,
    worker: "test",
    version: "test",
  };
}

/** Steps done one after the other in this process; `skip` passes over steps by name. */
export function inlineDurable(lab: Instruments, skip: readonly string[] = []): Durable {
  const step: Durable["step"] = async (name, work) => {
    if (!skip.includes(name)) await work();
  };
  return {
    step,
    lineages: async (study, lineages) => {
      for (const lineage of lineages) await executeLineage(study, lineage, lab, { step });
    },
  };
}

export async function temporaryFolder(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), "glasshouse-"));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
