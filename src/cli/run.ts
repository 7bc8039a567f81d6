import {
  type Lab,
  openLab,
  openStudy,
  type RunEvents,
  type StudyOutcome,
  showStudy,
} from "../lab/index.ts";
import { Fault } from "../record/index.ts";
import { EXIT, fail, type GlobalOptions, paint, print, printJson } from "./output.ts";
import { watchRun } from "./progress.ts";
import { reportJson, reportText } from "./report.ts";

export async function run(
  study: string,
  options: RunCommand,
  global: GlobalOptions,
): Promise<void> {
  // Read first: a study that cannot be run leaves no trace, not even an empty lab.
  const source = await openStudy(study, options.data);
  await withLab(global, (lab, events) =>
    lab.run(source, { newPlan: options.newPlan ?? false, ...events }),
  );
}

export interface RunCommand {
  readonly newPlan?: boolean;
  readonly data: Readonly<Record<string, string>>;
}

/** A word as a POSIX shell reads it. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/**
 * Opens the lab, shows how the work goes, and reports how it ended. Ctrl-C stops the runs under way,
 * leaves everything on record, and says how to go on; a second Ctrl-C leaves at once.
 */
export async function withLab(
  global: GlobalOptions,
  work: (lab: Lab, events: RunEvents) => Promise<StudyOutcome>,
): Promise<void> {
  // The very words that were typed, so that the same lab goes on.
  const again = ["npx", "glasshouse", ...process.argv.slice(2)].map(quoted).join(" ");
  const controller = new AbortController();
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    controller.abort();
  };
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  const lab = await openLab(global, { clock: () => new Date(), signal: controller.signal });
  const watch = watchRun(lab, { quiet: global.json });
  try {
    const outcome = await work(lab, watch.events);
    await watch.stop();
    const report = await showStudy(global, outcome.study);
    if (global.json)
      printJson({ ...reportJson(report), reused: outcome.reused, article: outcome.article });
    else print(reportText(report, outcome));
    const held = report.view.gates.some(
      (gate) => gate.verdict !== "pass" && gate.verdict !== "warn",
    );
    if (held) process.exitCode = EXIT.findings;
  } catch (error) {
    await watch.stop();
    if (!controller.signal.aborted || !(error instanceof Fault)) throw error;
    if (global.json) printJson({ stopped: true, resume: again });
    else print(`\nStopped. Everything done so far is on record. To go on: ${paint("bold", again)}`);
    process.exitCode = EXIT.interrupted;
  } finally {
    await lab.close().catch((error: unknown) => fail(error));
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
  }
}
