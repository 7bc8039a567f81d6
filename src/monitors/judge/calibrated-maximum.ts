import { Fault, hashJson, type Json, type TranscriptEvent } from "../../record/index.ts";
import { type Calibrator, probabilityOf } from "../calibrator.ts";
import { type Finding, type Findings, type Monitor, suspicionFrom } from "../monitor.ts";
import { isUnjudged } from "./findings.ts";

/**
 * Several monitors as one: at each step the highest of their calibrated suspicions. Scales of
 * different monitors cannot be compared before they are calibrated, so each needs its own calibrator,
 * by its name; a monitor without one is a Fault. What was not judged counts only where no monitor
 * judged; a hijacked judge always counts.
 */
export function calibratedMaximum(
  name: string,
  monitors: readonly Monitor[],
  calibrators: ReadonlyMap<string, Calibrator>,
): Monitor {
  for (const monitor of monitors) {
    if (calibrators.has(monitor.name)) continue;
    throw new Fault(
      `monitor ${name}`,
      `"${monitor.name}" has no calibrator`,
      "Calibrate it on labelled transcripts first",
    );
  }
  const own = monitors.map((monitor) => calibrators.get(monitor.name)!);
  const strongest = (all: readonly (readonly Finding[])[]) => maximum(monitors, own, all);
  return {
    name,
    version: hashJson({
      monitors: monitors.map((monitor) => `${monitor.name} ${monitor.version}`),
      calibrators: own as unknown as Json,
    }).slice(0, 12),
    watch(subject) {
      const watches = monitors.map((monitor) => monitor.watch(subject));
      return {
        see: (event: TranscriptEvent) =>
          together(
            watches.map((watch) => watch.see(event)),
            strongest,
          ),
        end: () =>
          together(
            watches.map((watch) => watch.end()),
            strongest,
          ),
      };
    },
  };
}

/** At once where all are there at once. */
function together(
  all: readonly Findings[],
  merge: (all: readonly (readonly Finding[])[]) => readonly Finding[],
): Findings {
  const ready = all.filter((findings): findings is readonly Finding[] => !isPromise(findings));
  return ready.length === all.length ? merge(ready) : Promise.all(all).then(merge);
}

function isPromise(findings: Findings): findings is Promise<readonly Finding[]> {
  return "then" in findings;
}

function maximum(
  monitors: readonly Monitor[],
  calibrators: readonly Calibrator[],
  all: readonly (readonly Finding[])[],
): readonly Finding[] {
  const good = all.flat().filter((finding) => finding.good);
  const missed = all.flatMap((findings, i) =>
    findings.filter(isUnjudged).map((finding) => ({ monitor: monitors[i]!.name, finding })),
  );
  const scored = all.flatMap((findings, i) => {
    const judged = findings.filter((finding) => !finding.good && !isUnjudged(finding));
    const top = judged.reduce<Finding | null>(
      (best, finding) => (best === null || finding.weight > best.weight ? finding : best),
      null,
    );
    if (top === null) return [];
    const monitor = monitors[i]!.name;
    const { score } = suspicionFrom(monitor, judged);
    return [{ monitor, top, chance: probabilityOf(calibrators[i]!, score) }];
  });
  const best = scored.reduce<(typeof scored)[number] | null>(
    (most, one) => (most === null || one.chance > most.chance ? one : most),
    null,
  );
  const hijacked = missed.filter(({ finding }) => finding.signal === "judge-hijacked");
  const kept = best === null ? missed : hijacked;
  return [
    ...good,
    ...kept.map(({ monitor, finding }) => ({ ...finding, note: `${monitor}: ${finding.note}` })),
    ...(best === null
      ? []
      : [
          {
            ...best.top,
            weight: Math.min(1, Math.max(0, best.chance)),
            note: `${best.monitor}: ${best.top.note}${missedNote(missed.length, all.length)}`,
          },
        ]),
  ];
}

function missedNote(missed: number, all: number): string {
  return missed === 0 ? "" : ` (${missed} of ${all} monitors could not judge)`;
}
