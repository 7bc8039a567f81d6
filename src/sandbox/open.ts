import { type BubblewrapSetup, bubblewrapSandbox } from "./bubblewrap.ts";
import { SandboxUnavailable } from "./errors.ts";
import type { Isolation, Sandbox } from "./job.ts";
import { restrictedProcessSandbox } from "./restricted-process.ts";

export interface SandboxOptions {
  /** Folder for the jobs' files and outputs; the system's temporary folder where absent. */
  readonly scratch?: string;
}

/** What `glasshouse doctor` says of one sandbox. */
export interface SandboxProbe {
  readonly name: string;
  readonly works: boolean;
  /** How it works, or why it does not. */
  readonly detail: string;
  /** One line that mends it; null where it works. */
  readonly remedy: string | null;
  readonly isolates: Isolation;
}

/**
 * The best sandbox that works here, found by running a trial job in it: bubblewrap, or else the
 * restricted process, which refuses untrusted jobs. Rejects with SandboxUnavailable where none works.
 */
export async function openSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const bubblewrap = bubblewrapSandbox(options);
  try {
    await bubblewrap.setUp();
    return bubblewrap;
  } catch (error) {
    if (!(error instanceof SandboxUnavailable)) throw error;
    const lacking = { reason: `bubblewrap does not work: ${error.reason}`, remedy: error.remedy };
    const restricted = restrictedProcessSandbox({ ...options, lacking });
    await restricted.setUp();
    return restricted;
  }
}

/** Tries every sandbox, best first. */
export async function probeSandboxes(
  options: SandboxOptions = {},
): Promise<readonly SandboxProbe[]> {
  const bubblewrap = bubblewrapSandbox(options);
  const restricted = restrictedProcessSandbox(options);
  return [
    await probe(bubblewrap, async () => describe(await bubblewrap.setUp())),
    await probe(restricted, async () => {
      await restricted.setUp();
      return "runs studies that ship with the lab; refuses untrusted code";
    }),
  ];
}

const AS = {
  own: "jobs run in a user namespace of this user",
  switch: "each job runs as a user of its own",
  drop: "each job runs as a user of its own, in a user namespace",
};

function describe({ version, footing, has }: BubblewrapSetup): string {
  const old = has("--size")
    ? ""
    : "; /tmp lies on disk, as this version cannot bound one in memory";
  return `${version}; ${AS[footing]}${old}`;
}

async function probe(sandbox: Sandbox, setUp: () => Promise<string>): Promise<SandboxProbe> {
  const { name, isolates } = sandbox;
  try {
    return { name, works: true, detail: await setUp(), remedy: null, isolates };
  } catch (error) {
    if (!(error instanceof SandboxUnavailable)) throw error;
    return { name, works: false, detail: error.reason, remedy: error.remedy, isolates };
  }
}
