import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { openLab, openStudy } from "../../src/lab/index.ts";
import { Fault } from "../../src/record/index.ts";
import type { Sandbox } from "../../src/sandbox/index.ts";
import type { ReviewForm } from "../../src/study/index.ts";

/** A lab that really ran, with something of everything that a forger might wish to change. */
export interface BaseLab {
  readonly folder: string;
  /** The study that came to its end, was replicated twice and reviewed. */
  readonly coins: string;
  /** The study that failed. */
  readonly failing: string;
}

/** A thousand small files: the system's own program copies them with a tenth of the work. */
const copyTree = promisify(execFile);
const e2e = fileURLToPath(new URL("..", import.meta.url));
const sources = fileURLToPath(new URL("../../src/", import.meta.url));

/** A new folder of its own under the system's temporary folder. */
export function newFolder(what: string): Promise<string> {
  return mkdtemp(join(tmpdir(), `glasshouse-${what}-`));
}

/**
 * Runs the study of coins to its end through the death of the lab in its first run, lets another
 * study fail, replicates the first once more and reviews it. The lab lies in `lab` in the folder.
 */
export async function makeBaseLab(folder: string, sandbox: Sandbox): Promise<BaseLab> {
  const source = await openStudy(await writeCoins(join(folder, "study"), { seeds: 3, shift: 1 }));
  const options = { folder: join(folder, "lab") };
  const clock = steppingClock();
  const dying = await openLab(options, { clock, sandbox: dyingSandbox() });
  await dying.run(source).catch(() => undefined);
  await dying.close();

  const lab = await openLab(options, { clock, sandbox });
  try {
    const { study: coins } = await lab.run(source);
    const failing = await lab.run(await openStudy(join(e2e, "failing"))).then(
      () => {
        throw new Error("the failing study did not fail");
      },
      (error: unknown) => {
        if (!(error instanceof Fault)) throw error;
        return /show (\S+)/.exec(error.remedy)![1]!;
      },
    );
    await lab.replicate(coins);
    await lab.review(coins, "reviewer-1", review);
    return { ...options, coins, failing };
  } finally {
    await lab.close();
  }
}

/** A study of coins as it varies from lab to lab. */
export interface CoinsVariant {
  readonly name?: string;
  readonly shift: number;
  readonly seeds: number;
}

/** Runs a variant of the study of coins in a new lab, `lab` in the folder. */
export async function makeVariantLab(
  folder: string,
  variant: CoinsVariant,
  /** A database to start from: it only carries workflows, and making one takes seconds. */
  database: string,
  sandbox: Sandbox,
): Promise<void> {
  const source = await openStudy(await writeCoins(join(folder, "study"), variant));
  await mkdir(join(folder, "lab"));
  await copyTree("cp", ["-R", database, join(folder, "lab", "database")]);
  const lab = await openLab({ folder: join(folder, "lab") }, { clock: steppingClock(), sandbox });
  try {
    await lab.run(source);
  } finally {
    await lab.close();
  }
}

/** Writes a variant of the study of coins into a folder, with two seeds for its replication. */
async function writeCoins(folder: string, variant: CoinsVariant): Promise<string> {
  await cp(join(e2e, "coins"), folder, { recursive: true });
  await change(join(folder, "experiment.ts"), (text) => text.replaceAll("../../src/", sources));
  await change(join(folder, "study.yaml"), (text) =>
    text
      .replace("study: coins", `study: ${variant.name ?? "coins"}`)
      .replace("original: 4, replication: 4", `original: ${variant.seeds}, replication: 2`)
      .replace("parameters: { shift: 1 }", `parameters: { shift: ${variant.shift} }`),
  );
  return folder;
}

/** A clock that goes on by a second whenever it is asked. */
export function steppingClock(): () => Date {
  let seconds = 0;
  return () => new Date(Date.UTC(2030, 0, 1) + 1000 * seconds++);
}

/** A sandbox under which the lab dies as soon as a run has started, as in a power cut. */
function dyingSandbox(): Sandbox {
  return {
    name: "bubblewrap",
    isolates: { network: true, files: true, processes: true },
    run: () => Promise.reject(new Error("the power went")),
  };
}

/** A sandbox of someone who has tampered with the lab: what runs measure is made up on its way out. */
export function lyingSandbox(honest: Sandbox): Sandbox {
  return {
    ...honest,
    async run(job) {
      const outcome = await honest.run(job);
      const { outputs } = outcome;
      const read: typeof outputs.read = async (name) => {
        const bytes = await outputs.read(name);
        if (name !== "result.json") return bytes;
        const result = JSON.parse(Buffer.from(bytes).toString("utf8")) as { score: number };
        return Buffer.from(JSON.stringify({ ...result, score: result.score + 1 }));
      };
      return { ...outcome, outputs: { ...outputs, read, dispose: () => outputs.dispose() } };
    },
  };
}

const review: ReviewForm = {
  summary: "A planted shift is found.",
  strengths: "Every number can be traced.",
  weaknesses: "Coins are not models.",
  questions: "Would it be found in noise of another kind?",
  limitations: "",
  soundness: 3,
  presentation: 4,
  contribution: 1,
  overall: 5,
  confidence: 4,
  provenanceChecked: 7,
  provenanceHeld: true,
  ethicsConcern: "",
  verdict: "revise",
  minutes: 12.5,
};

async function change(path: string, edit: (text: string) => string): Promise<void> {
  await writeFile(path, edit(await readFile(path, "utf8")));
}
