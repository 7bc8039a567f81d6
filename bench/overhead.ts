import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEFAULT_STUDY, openLab, openStudy } from "../src/lab/index.ts";

/** What the lab itself costs, beside the experiments that it runs. */
export interface Overhead {
  readonly study: string;
  readonly runs: number;
  /** CPU seconds of the runs, as the sandbox counted them. */
  readonly experimentCpu: number;
  /** CPU seconds of the lab's own process: database, ledger, objects, articles, progress. */
  readonly labCpu: number;
  readonly wall: number;
}

/**
 * Runs a whole study in a fresh lab and sets the lab's own CPU time against the experiments'.
 * The study is the default one, or the one that GLASSHOUSE_BENCH_STUDY names.
 */
export async function benchOverhead(name: string): Promise<Overhead> {
  const folder = await mkdtemp(join(tmpdir(), "glasshouse-overhead-"));
  process.env.GLASSHOUSE_STATE = join(folder, "state");
  try {
    const before = process.cpuUsage();
    const started = process.hrtime.bigint();
    const source = await openStudy(name);
    const lab = await openLab({ folder: join(folder, "lab") }, { clock: () => new Date() });
    const { view } = await lab.run(source);
    await lab.close();
    const { user, system } = process.cpuUsage(before);
    return {
      study: view.study,
      runs: view.runs.length,
      experimentCpu: view.runs.reduce((sum, run) => sum + run.cpuSeconds, 0),
      labCpu: (user + system) / 1e6,
      wall: Number(process.hrtime.bigint() - started) / 1e9,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export async function run(): Promise<void> {
  const result = await benchOverhead(process.env.GLASSHOUSE_BENCH_STUDY ?? DEFAULT_STUDY);
  const share = (100 * result.labCpu) / result.experimentCpu;
  console.log(
    `${result.study}: ${result.runs} runs, original and replication, in ${result.wall.toFixed(0)} s`,
  );
  console.log(`  experiments  ${result.experimentCpu.toFixed(1)} CPU s`);
  console.log(
    `  lab          ${result.labCpu.toFixed(1)} CPU s, ${share.toFixed(1)} % of the experiments' (goal: below 3 %)`,
  );
}
