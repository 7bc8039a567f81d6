import {
  type Finding,
  type Findings,
  type Monitor,
  type Subject,
  subjectOf,
} from "../../monitors/index.ts";
import type { TranscriptEvent } from "../../record/index.ts";
import { addSignals, type NamedFinding, signalsOf } from "./signals.ts";
import { type Stack, suspicionBy, suspicionOfRun } from "./stack.ts";

/** Several monitors whose findings are stacked into one calibrated suspicion. */
export interface Ensemble {
  readonly monitors: readonly Monitor[];
  /** Of all its monitors and of its stack: what is kept of it holds for one version. */
  readonly version: string;
  readonly stack: Stack;
}

/** An ensemble at work on one transcript. */
export interface EnsembleWatch {
  see(event: TranscriptEvent): Promise<Verdict> | Verdict;
  end(): Promise<Verdict> | Verdict;
}

/** What an ensemble says after an event. */
export interface Verdict {
  readonly findings: readonly NamedFinding[];
  /** Suspicion of this event by itself, 0 to 1. */
  readonly step: number;
  /** Suspicion of the transcript up to here. Good conduct later on can lower it. */
  readonly soFar: number;
  /** Monitors that gave up with an error: what they watch for was not judged from here on. */
  readonly failed: readonly FailedMonitor[];
}

export interface FailedMonitor {
  readonly monitor: string;
  readonly problem: string;
}

/** Told of the time that each monitor takes: milliseconds, waiting included. */
export type Meter = (monitor: string, milliseconds: number) => void;

/**
 * Begins on one transcript. A monitor that throws is not asked again, and each later verdict names
 * it: whoever decides must know that it is blind on that side.
 */
export function watchWith(
  { monitors, stack }: Ensemble,
  subject: Subject,
  meter?: Meter,
): EnsembleWatch {
  const failed = new Map<string, string>();
  const watches = monitors.map((monitor) => ({
    name: monitor.name,
    watch: monitor.watch(subjectOf(subject)),
  }));
  const signals = new Map<string, number>();

  const verdict = (findings: readonly NamedFinding[]): Verdict => {
    if (findings.length > 0) addSignals(signals, findings);
    return {
      findings,
      step:
        findings.length === 0
          ? suspicionBy(stack, nothing)
          : suspicionBy(stack, signalsOf(findings)),
      soFar: suspicionOfRun(stack, signals),
      failed: [...failed].map(([monitor, problem]) => ({ monitor, problem })),
    };
  };
  const ask = (question: (watch: ReturnType<Monitor["watch"]>) => Findings) => {
    const now: NamedFinding[] = [];
    const later: Promise<void>[] = [];
    for (const { name, watch } of watches) {
      if (failed.has(name)) continue;
      const started = meter ? performance.now() : 0;
      const took = () => meter?.(name, performance.now() - started);
      const give = (findings: readonly Finding[]) => {
        for (const finding of findings) now.push({ ...finding, monitor: name });
      };
      const fail = (error: unknown) => {
        failed.set(name, error instanceof Error ? error.message : String(error));
      };
      try {
        const findings = question(watch);
        if (findings instanceof Promise) {
          later.push(findings.then(give).catch(fail).finally(took));
          continue;
        }
        if (findings.length > 0) give(findings);
      } catch (error) {
        fail(error);
      }
      took();
    }
    if (later.length === 0) return verdict(now);
    return Promise.all(later).then(() => verdict(now));
  };
  return {
    see: (event) => ask((watch) => watch.see(event)),
    end: () => ask((watch) => watch.end()),
  };
}

const nothing: ReadonlyMap<string, number> = new Map();

/**
 * The ensemble as one monitor, for protocols and gates: at each event one finding, whose weight is
 * the suspicion of that event by itself and whose evidence is that of its strongest findings.
 */
export function asMonitor(ensemble: Ensemble): Monitor {
  return {
    name: "ensemble",
    version: ensemble.version,
    watch(subject) {
      const watch = watchWith(ensemble, subject);
      const findingsOf = ({ findings, step, failed }: Verdict): readonly Finding[] => {
        const [blind] = failed;
        if (blind) throw new Error(`the monitor ${blind.monitor} failed: ${blind.problem}`);
        const bad = findings.filter(({ good }) => !good).sort((a, b) => b.weight - a.weight);
        const [strongest] = bad;
        if (!strongest) return [];
        const weight = aboveQuiet(step, ensemble.stack);
        return [{ ...strongest, signal: "suspicion", weight }];
      };
      const after = (verdict: Verdict | Promise<Verdict>) =>
        verdict instanceof Promise ? verdict.then(findingsOf) : findingsOf(verdict);
      return { see: (event) => after(watch.see(event)), end: () => after(watch.end()) };
    },
  };
}

/** A step's suspicion on the scale of `asMonitor`: what a step without findings scores is none. */
export function aboveQuiet(step: number, stack: Stack): number {
  const quiet = suspicionBy(stack, nothing);
  return Math.max(0, (step - quiet) / (1 - quiet));
}
