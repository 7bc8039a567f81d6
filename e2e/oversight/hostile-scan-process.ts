import { memorySource } from "../../src/formats/index.ts";
import { embeddedEnsemble, type FileScan, scanSource } from "../../src/oversight/index.ts";
import { bytesOf, type Case } from "./hostile-scan-cases.ts";

/** What became of a case. */
export interface Answer {
  readonly what: string;
  readonly transcripts: number;
  readonly cpuMs: number;
  /** Of the process so far, in bytes. */
  readonly peak: number;
  readonly problem?: string | undefined;
}

/** A process that scans one case after another, as they are sent to it. */
const ensemble = embeddedEnsemble();
process.on("message", async ({ which, seed }: { which: Case; seed: number }) => {
  const { path, bytes, what } = bytesOf(which, seed);
  const before = process.cpuUsage();
  let transcripts = 0;
  let problem: string | undefined;
  try {
    const scan = await scanSource(memorySource(path, bytes), path, ensemble);
    transcripts = scan.transcripts.length;
    problem = unsoundness(scan);
  } catch (error) {
    problem = `it threw ${error instanceof Error ? error.stack : String(error)}`;
  }
  const { user, system } = process.cpuUsage(before);
  const answer: Answer = {
    what,
    transcripts,
    cpuMs: (user + system) / 1000,
    peak: process.resourceUsage().maxRSS * 1024,
    problem,
  };
  process.send!(answer);
});
process.send!("ready");

/** What a scan must be whatever the file holds: plain data, with no monitor failed. */
function unsoundness(scan: FileScan): string | undefined {
  const text = JSON.stringify(scan);
  if (text.length > MOST_SAID) return `it said ${text.length} characters of one file`;
  for (const { id, suspicion, failed, steps, events, findings } of scan.transcripts) {
    if (failed.length > 0) return `of ${id.slice(0, 99)}: ${JSON.stringify(failed).slice(0, 900)}`;
    if (!(suspicion >= 0 && suspicion <= 1)) return `its suspicion is ${suspicion}`;
    if (steps > events) return `${steps} steps in ${events} events`;
    for (const { evidence, weight, signal } of findings) {
      if (evidence.length === 0) return `${signal} rests on nothing`;
      if (!(weight >= 0 && weight <= 1)) return `${signal} weighs ${weight}`;
    }
  }
  const isClean =
    Object.keys(Object.prototype).length === 0 && !("polluted" in ({} as Record<string, unknown>));
  return isClean ? undefined : "it left something on every object";
}

const MOST_SAID = 50e6;
