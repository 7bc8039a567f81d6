import { z } from "zod";
import { Fault } from "../../record/index.ts";
import {
  COLUMNS,
  minutesProblem,
  numberOf,
  type RowProblem,
  type Run,
  type ScoreColumn,
  scoreProblem,
} from "./run.ts";

/** What is read of an Inspect log (UK AI Security Institute; inspect.aisi.org.uk, "Log files"). */
export const inspectLogSchema = z.object({
  eval: z.object({ task: z.string(), model: z.string(), run_id: z.string().optional() }),
  samples: z
    .array(
      z.object({
        id: z.union([z.string(), z.number()]),
        epoch: z.number().default(1),
        uuid: z.string().nullish(),
        scores: z.record(z.string(), z.object({ value: z.unknown() })).nullish(),
        metadata: z.record(z.string(), z.unknown()).nullish(),
        error: z.unknown().optional(),
      }),
    )
    .nullish(),
});
export type InspectLog = z.infer<typeof inspectLogSchema>;
type Sample = NonNullable<InspectLog["samples"]>[number];

export interface InspectOptions {
  readonly score: ScoreColumn;
  /** The key in a sample's metadata that has the human minutes; `human_minutes` or `minutes`. */
  readonly humanTime?: string;
  /** Which scorer's score counts, where samples have several. */
  readonly scorer?: string;
}

/**
 * The samples of an Inspect log as runs, in order; each a run or what is wrong with it. The task is
 * the log's task and the sample's id; its family is the metadata's `task_family`, else the log's
 * task. Throws a Fault where the log has no samples, or several scorers and none was chosen.
 */
export function inspectRuns(
  name: string,
  log: InspectLog,
  options: InspectOptions,
): (Run | RowProblem)[] {
  const { samples } = log;
  if (!samples || samples.length === 0) {
    throw new Fault(name, "the log has no samples", "Give the full log, not its header");
  }
  const scorer = options.scorer ?? onlyScorer(name, samples);
  return samples.map((sample) => runOf(log, sample, scorer, options));
}

function onlyScorer(name: string, samples: readonly Sample[]): string {
  const scorers = [...new Set(samples.flatMap(({ scores }) => Object.keys(scores ?? {})))];
  if (scorers.length === 1) return scorers[0]!;
  if (scorers.length === 0) {
    throw new Fault(name, "no sample has a score", "Score the log first, with `inspect score`");
  }
  throw new Fault(
    name,
    `the samples have ${scorers.length} scorers`,
    `Choose one with --scorer: ${scorers.join(", ")}`,
  );
}

function runOf(
  log: InspectLog,
  sample: Sample,
  scorer: string,
  { score: scores, humanTime }: InspectOptions,
): Run | RowProblem {
  const metadata = sample.metadata ?? {};
  const keys = humanTime === undefined ? COLUMNS.minutes : [humanTime];
  const key = keys.find((each) => metadata[each] !== undefined);
  if (key === undefined) {
    return {
      column: `metadata.${keys[0]}`,
      reason: "the sample has no human time; --human-time names the key that has it",
    };
  }
  const minutes = numberOf(metadata[key]);
  const wrongMinutes = minutesProblem(`metadata.${key}`, minutes);
  if (wrongMinutes) return wrongMinutes;
  const column = `scores.${scorer}`;
  const value = sample.scores?.[scorer]?.value;
  if (value === undefined) {
    const because = sample.error ? ", since it ended in an error" : "";
    return { column, reason: `the sample has no score${because}` };
  }
  const score = scoreOf(value);
  const wrongScore = scoreProblem(column, score, scores);
  if (wrongScore) return wrongScore;
  const { task, model, run_id } = log.eval;
  const family = metadata.task_family;
  return {
    id: sample.uuid ?? [run_id ?? "", model, task, sample.id, sample.epoch].join("\t"),
    task: `${task}/${sample.id}`,
    family: typeof family === "string" && family !== "" ? family : task,
    minutes,
    agent: model,
    score,
    source: "Inspect",
  };
}

/** As Inspect turns values into numbers: correct, incorrect, partial, no answer; yes and no. */
const NAMED_VALUES: ReadonlyMap<string, number> = new Map([
  ["C", 1],
  ["I", 0],
  ["P", 0.5],
  ["N", 0],
  ["yes", 1],
  ["true", 1],
  ["no", 0],
  ["false", 0],
]);

function scoreOf(value: unknown): number {
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value === "string") {
    return NAMED_VALUES.get(value) ?? NAMED_VALUES.get(value.toLowerCase()) ?? numberOf(value);
  }
  return numberOf(value);
}
