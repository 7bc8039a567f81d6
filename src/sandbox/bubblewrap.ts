import { execFile } from "node:child_process";
import { accessSync, constants, realpathSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { release } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import {
  bubblewrapArguments,
  etcFiles,
  memoryFolders,
  sandboxEnvironment,
} from "./bubblewrap-arguments.ts";
import { checkJob } from "./check-job.ts";
import { SandboxUnavailable } from "./errors.ts";
import type { Sandbox, SandboxJob, SandboxOutcome } from "./job.ts";
import {
  type Footing,
  footings,
  type JobUser,
  nextUser,
  switchCommand,
  userInside,
} from "./job-user.ts";
import { gated, LaunchFailed } from "./launcher.ts";
import { collectOutputs } from "./outputs.ts";
import { namespaceView } from "./process-view.ts";
import { howToAllow, howToInstall } from "./remedy.ts";
import { makeScratch, type Scratch } from "./scratch.ts";
import { type Confinement, supervise } from "./supervise.ts";
import { syscallFilter } from "./syscall-filter.ts";
import { proveSandbox } from "./trial.ts";

export interface BubblewrapOptions {
  /** The program; where absent, `bwrap` is looked for on the PATH. */
  readonly executable?: string;
  /** Folder for the jobs' files and outputs; the system's temporary folder where absent. */
  readonly scratch?: string;
  /** Options of bubblewrap to do without, as if it were an older one. */
  readonly without?: readonly string[];
  /** How jobs lose their rights; where absent, the best way that works. */
  readonly footing?: Footing;
}

/** How bubblewrap was found to work here. */
export interface BubblewrapSetup {
  readonly executable: string;
  readonly version: string;
  readonly footing: Footing;
  readonly has: (option: string) => boolean;
}

export interface BubblewrapSandbox extends Sandbox {
  /** Finds out how it works here, by a trial job; rejects with SandboxUnavailable. Done once. */
  setUp(): Promise<BubblewrapSetup>;
}

/**
 * Holds untrusted code by Linux namespaces, through bubblewrap: no network, no files but the job's, the
 * system's programs and Node, no process but the job's, a system call filter, and limits kept from
 * outside. The lab may be root or not; as root, each job is a user of its own, without rights, on the
 * host too. Kernel memory, such as that of sockets, is not counted. Proves itself by a trial job before
 * the first job, and refuses to run any where the trial fails.
 */
export function bubblewrapSandbox(options: BubblewrapOptions = {}): BubblewrapSandbox {
  let found: Promise<BubblewrapSetup> | undefined;
  const setUp = () => {
    found ??= findSetup(options).catch((error) => {
      found = undefined;
      throw error;
    });
    return found;
  };
  return {
    name: NAME,
    isolates: ISOLATES,
    setUp,
    async run(job) {
      checkJob(job);
      return runWith(await setUp(), options.scratch, job).catch(explain);
    },
  };
}

const NAME = "bubblewrap";
const ISOLATES = { network: true, files: true, processes: true };

async function findSetup(options: BubblewrapOptions): Promise<BubblewrapSetup> {
  const program = await findProgram(options);
  let reason: unknown;
  for (const footing of options.footing === undefined ? footings() : [options.footing]) {
    const setup = { ...program, footing };
    const run = (job: SandboxJob) => runWith(setup, options.scratch, job);
    try {
      await proveSandbox({ name: NAME, isolates: ISOLATES, run });
      return setup;
    } catch (error) {
      reason = error;
    }
  }
  return explain(reason);
}

/** Turns the failure of bubblewrap itself into one with a remedy. */
function explain(error: unknown): never {
  if (!(error instanceof LaunchFailed)) throw error;
  throw new SandboxUnavailable(NAME, error.message, howToAllow(error.message));
}

async function findProgram(options: BubblewrapOptions): Promise<Omit<BubblewrapSetup, "footing">> {
  const executable = process.platform === "linux" ? (options.executable ?? onPath("bwrap")) : null;
  if (executable === null) {
    const reason = process.platform === "linux" ? "bwrap is not installed" : "it needs Linux";
    throw new SandboxUnavailable(NAME, reason, howToInstall());
  }
  try {
    const ask = promisify(execFile);
    const [help, version] = await Promise.all([
      ask(executable, ["--help"]),
      ask(executable, ["--version"]),
    ]);
    const listed = new Set(`${help.stdout}\n${help.stderr}`.match(/--[a-z0-9-]+/g) ?? []);
    for (const option of options.without ?? []) listed.delete(option);
    return { executable, version: version.stdout.trim(), has: (option) => listed.has(option) };
  } catch (error) {
    throw new SandboxUnavailable(NAME, (error as Error).message, howToInstall());
  }
}

function onPath(program: string): string | null {
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return join(folder, program);
    } catch {
      // not in this folder
    }
  }
  return null;
}

async function runWith(
  setup: BubblewrapSetup,
  parent: string | undefined,
  job: SandboxJob,
): Promise<SandboxOutcome> {
  const user = nextUser(setup.footing);
  const scratch = await makeScratch(parent, job.files, user);
  try {
    const ending = await supervise(await confine(setup, user, scratch, job), job);
    return { ...ending, outputs: await collectOutputs(scratch), isolation: NAME };
  } catch (error) {
    await scratch.remove();
    throw error;
  }
}

async function confine(
  { executable, footing, has }: BubblewrapSetup,
  user: JobUser | null,
  scratch: Scratch,
  job: SandboxJob,
): Promise<Confinement> {
  const etc = join(scratch.root, "etc");
  await mkdir(etc);
  for (const [name, text] of Object.entries(etcFiles(userInside(footing, user)))) {
    await writeFile(join(etc, name), text);
  }
  const rules = syscallFilter(process.arch);
  const filter = rules === null ? null : join(scratch.root, "filter");
  if (filter !== null && rules !== null) await writeFile(filter, rules);

  const inMemory = memoryFolders(has);
  const walls = bubblewrapArguments({
    ...{ job: scratch.job, out: scratch.out, tmp: scratch.tmp, etc, footing, has },
    env: sandboxEnvironment(job.env ?? {}),
    tmpMb: job.limits.diskMb,
    filtered: filter !== null,
  });
  const [name = "", ...rest] = job.command;
  const program = name === "node" ? realpathSync(process.execPath) : name;
  const command = gated([program, ...rest], taskLimit(job.limits.processes), true);
  return {
    launch: {
      command: [executable, ...walls, ...switchCommand(footing, user), ...command],
      cwd: "/",
      user: footing === "drop" ? user : null,
      filter,
      scratch: scratch.root,
      reportsNamespace: true,
    },
    writable: inMemory.includes("/tmp") ? [scratch.out] : [scratch.out, scratch.tmp],
    view: ({ namespacePid }) => {
      if (namespacePid === null) throw new LaunchFailed("bubblewrap did not tell its namespace");
      return namespaceView(namespacePid, inMemory);
    },
  };
}

/**
 * Threads the job may have, as a second line behind the count of its processes: bounds a fork bomb
 * between two looks. Since Linux 5.14 the kernel counts them for each user namespace; before, for all
 * that the user runs, where a bound would hit the wrong ones.
 */
function taskLimit(processes: number): number | null {
  const [major = 0, minor = 0] = release().split(".").map(Number);
  return major > 5 || (major === 5 && minor >= 14) ? Math.max(256, 32 * processes) : null;
}
