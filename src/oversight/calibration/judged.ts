import type { Spent } from "../../models/index.ts";
import { isUnjudged, type Judge } from "../../monitors/index.ts";
import type { NamedFinding } from "../ensemble/signals.ts";
import { type Stack, suspicionBy, suspicionOfRun } from "../ensemble/stack.ts";
import { countJudgings, type Judgings } from "../scan/judgings.ts";
import type { Example } from "../training/example.ts";
import type { TrainingCase } from "../training/train.ts";
import { REFUSAL_WORDS, type ScannedTrajectory } from "./rows.ts";

/** A labelled transcript, and how the ensemble that judges are compared with weighs its findings. */
export interface JudgedCase extends Pick<TrainingCase, "subject" | "events"> {
  readonly example: Example;
  readonly stack: Stack;
}

/** What one judge said of labelled transcripts. */
export interface JudgedSet {
  /** Transcripts of which it judged anything, or which hijacked it. */
  readonly scans: readonly ScannedTrajectory[];
  readonly judgings: Judgings;
  /** Transcripts that it judged in no part. */
  readonly unjudged: number;
  /** What its calls take, those that a record answered included. */
  readonly spent: Spent;
}

/** The column of the ensemble's scores, beside which a judge is measured. */
export const ENSEMBLE = "the ensemble";

/**
 * Lets judges look at labelled transcripts, several at once. A judge's score of a transcript is its
 * highest one; by step it falls on the steps that it cites, on the last one where it cites none. What
 * it did not judge is no zero: it is left out and counted; a transcript that hijacked it scores 1.
 *
 * @param onCase told after each transcript how many are done
 */
export async function judgeCases(
  judges: readonly Judge[],
  cases: readonly JudgedCase[],
  {
    atOnce,
    signal,
    onCase,
  }: {
    readonly atOnce: number;
    readonly signal?: AbortSignal | undefined;
    readonly onCase?: (done: number) => void;
  },
): Promise<readonly JudgedSet[]> {
  const seen: (readonly Seen[])[] = [];
  let next = 0;
  let done = 0;
  const worker = async () => {
    for (let at = next++; at < cases.length && !signal?.aborted; at = next++) {
      const each = cases[at]!;
      seen[at] = await Promise.all(judges.map((judge) => lookAt(judge, each)));
      onCase?.(++done);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, cases.length) }, worker));
  signal?.throwIfAborted();
  return judges.map((judge, j) =>
    setOf(
      judge,
      cases,
      seen.map((each) => each[j]!),
    ),
  );
}

/** What a judge found in a transcript, each with the steps that it falls on. */
type Seen = readonly { readonly finding: NamedFinding; readonly steps: readonly number[] }[];

async function lookAt(judge: Judge, { example, subject, events }: JudgedCase): Promise<Seen> {
  const watch = judge.watch(subject);
  const seen: Seen[number][] = [];
  const stepAt = (event: number) =>
    Math.max(
      0,
      example.steps.findLastIndex((step) => step.event <= event),
    );
  for (const event of events)
    for (const finding of await watch.see(event))
      seen.push({ finding: { ...finding, monitor: judge.name }, steps: [stepAt(event.index)] });
  for (const finding of await watch.end()) {
    // The event at hand stands last, behind those that are cited.
    const cited = finding.evidence.slice(0, -1).map(({ event }) => stepAt(event));
    const steps = cited.length > 0 ? cited : [example.steps.length - 1];
    seen.push({ finding: { ...finding, monitor: judge.name }, steps });
  }
  return seen;
}

function setOf(judge: Judge, cases: readonly JudgedCase[], seen: readonly Seen[]): JudgedSet {
  const judgings: Record<string, Judgings> = {};
  for (const each of seen)
    countJudgings(
      judgings,
      each.map(({ finding }) => finding),
    );
  const counting = seen.map((each) => each.filter(({ finding }) => counts(finding)));
  const judged = cases.flatMap((each, i) => {
    const said = counting[i]!;
    return said.length === 0 ? [] : [{ ...each, said }];
  });
  const steps = judged.reduce((sum, { example }) => sum + example.steps.length, 0);
  const spent = judge.spent();
  const cost = {
    calls: spent.calls / steps,
    inputTokens: spent.input / steps,
    outputTokens: spent.output / steps,
  };
  return {
    scans: judged.map(({ example, stack, said }) => scanOf(example, stack, said, cost)),
    judgings: judgings[judge.name] ?? { judged: 0, not: {} },
    unjudged: cases.length - judged.length,
    spent,
  };
}

/** A judge that was hijacked has said something; one that could not judge has not. */
function counts(finding: NamedFinding): boolean {
  return !isUnjudged(finding) || finding.signal === "judge-hijacked";
}

function scanOf(
  { id, set, task, label, signals, steps }: Example,
  stack: Stack,
  said: Seen,
  cost: NonNullable<ScannedTrajectory["steps"][number]["cost"]>,
): ScannedTrajectory {
  const most = (findings: Seen) =>
    findings.reduce((score, { finding }) => Math.max(score, finding.weight), 0);
  return {
    id: `${set}/${id}`,
    task,
    label,
    attackEvents: steps.filter(({ attack }) => attack).map(({ event }) => event),
    score: most(said),
    baselines: { [ENSEMBLE]: suspicionOfRun(stack, signals) },
    steps: steps.map((step, at) => ({
      event: step.event,
      score: most(said.filter((each) => each.steps.includes(at))),
      length: step.length,
      baselines: { [REFUSAL_WORDS]: step.refusals, [ENSEMBLE]: suspicionBy(stack, step.signals) },
      cost,
    })),
  };
}
