import { z } from "zod";
import { isProblem, openFileSource, readTranscripts } from "../../formats/index.ts";
import { Fault, type Transcript } from "../../record/index.ts";
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
  { eval: spec, samples }: InspectLog,
  options: InspectOptions,
): (Run | RowProblem)[] {
  return samplesToRuns(
    name,
    (samples ?? []).map(({ id, epoch, uuid, scores, metadata, error }) => ({
      id: runId(spec.model, `${spec.task}/${id}`, uuid ?? `${id}_epoch_${epoch}`, spec.run_id),
      task: `${spec.task}/${id}`,
      model: spec.model,
      scores: new Map(Object.entries(scores ?? {}).map(([scorer, { value }]) => [scorer, value])),
      metadata: metadata ?? {},
      endedInError: Boolean(error),
    })),
    options,
  );
}

/** The same of an Inspect `.eval` archive on disk. */
export async function inspectArchiveRuns(
  path: string,
  options: InspectOptions,
): Promise<(Run | RowProblem)[]> {
  const source = await openFileSource(path);
  try {
    const samples: (Sample | RowProblem)[] = [];
    for await (const item of readTranscripts(source)) {
      samples.push(
        isProblem(item)
          ? { reason: `${item.place} cannot be read: ${item.problem}` }
          : sampleOf(item),
      );
    }
    return samplesToRuns(path, samples, options);
  } finally {
    await source.close();
  }
}

/** A sample, whatever it was read from. */
interface Sample {
  readonly id: string;
  readonly task: string;
  readonly model: string;
  readonly scores: ReadonlyMap<string, unknown>;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly endedInError: boolean;
}

function sampleOf({ id, task, models, scores, metadata, ...rest }: Transcript): Sample {
  return {
    id: runId(models[0] ?? "", task.id ?? "", id, rest.started ?? rest.source.file),
    task: task.id ?? id,
    model: models[0] ?? "",
    scores: new Map(scores.map(({ scorer, value }) => [scorer, value])),
    metadata,
    endedInError: rest.status === "error",
  };
}

/** Before samples had unique ids, an id and epoch came again in each log: then `log` tells them apart. */
function runId(model: string, task: string, sample: string, log = ""): string {
  return [model, task, sample, /_epoch_\d+$/.test(sample) ? log : ""].join("\t");
}

function samplesToRuns(
  name: string,
  samples: readonly (Sample | RowProblem)[],
  options: InspectOptions,
): (Run | RowProblem)[] {
  if (samples.length === 0) {
    throw new Fault(name, "the log has no samples", "Give the full log, not its header");
  }
  const scorer = options.scorer ?? onlyScorer(name, samples);
  return samples.map((sample) => ("reason" in sample ? sample : runOf(sample, scorer, options)));
}

function onlyScorer(name: string, samples: readonly (Sample | RowProblem)[]): string {
  const scorers = [
    ...new Set(samples.flatMap((each) => ("scores" in each ? [...each.scores.keys()] : []))),
  ];
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
  { id, task, model, scores, metadata, endedInError }: Sample,
  scorer: string,
  { score: kind, humanTime }: InspectOptions,
): Run | RowProblem {
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
  const value = scores.get(scorer);
  if (value === undefined) {
    const because = endedInError ? ", since it ended in an error" : "";
    return { column, reason: `the sample has no score${because}` };
  }
  const score = scoreOf(value);
  const wrongScore = scoreProblem(column, score, kind);
  if (wrongScore) return wrongScore;
  if (model === "") return { column: "eval.model", reason: "the log names no model" };
  const family = metadata.task_family;
  return {
    ...{ id, task, minutes, score, agent: model, source: "Inspect" },
    family:
      typeof family === "string" && family !== "" ? family : task.slice(0, task.lastIndexOf("/")),
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
