import type { z } from "zod";
import { Fault } from "../../record/index.ts";
import {
  type InspectOptions,
  inspectArchiveRuns,
  inspectLogSchema,
  inspectRuns,
} from "./inspect.ts";
import type { Intake } from "./intake.ts";
import { readWhole, type Source } from "./source.ts";
import { countedTasks, taskCountsSchema } from "./task-counts.ts";

/** Reads a file that is one JSON document: an Inspect log, or METR's per-task counts. */
export async function readDocument(
  file: number,
  source: Source,
  intake: Intake,
  options: InspectOptions,
): Promise<number> {
  const { name } = source;
  const document = parse(name, await readWhole(source));
  if ("eval" in document || "samples" in document) {
    const runs = inspectRuns(name, check(name, inspectLogSchema, document), options);
    runs.forEach((run, index) => {
      intake.take(file, index + 1, run);
    });
    return runs.length;
  }
  if (!Object.values(document).some((value) => value instanceof Object && "tasks" in value)) {
    throw new Fault(
      name,
      `the JSON document is neither an Inspect log nor METR's task counts; it has ${listed(document)}`,
      "Give runs as JSON Lines, as an array of objects, or as CSV",
    );
  }
  if (options.score === "continuous") {
    throw new Fault(
      name,
      "the file counts successes and has no continuous scores",
      "Leave out --score continuous",
    );
  }
  const tasks = countedTasks(check(name, taskCountsSchema, document));
  for (const { run, runs, row, problem } of tasks) {
    if (problem) intake.reject(file, row, problem, run.agent);
    else if (runs > 0) intake.takeCounts(file, run.agent, row, run, runs);
  }
  return tasks.length;
}

/** Reads an Inspect `.eval` archive, which has to lie on disk: its directory is at its end. */
export async function readArchive(
  file: number,
  { name, chunks }: Source,
  intake: Intake,
  options: InspectOptions,
): Promise<number> {
  await chunks.return(undefined);
  const runs = await inspectArchiveRuns(name, options);
  runs.forEach((run, index) => {
    intake.take(file, index + 1, run);
  });
  return runs.length;
}

function parse(name: string, text: string): object {
  try {
    return JSON.parse(text) as object;
  } catch (error) {
    const why = (error as Error).message.replace(/\s+/g, " ").slice(0, 120);
    throw new Fault(name, `not valid JSON (${why})`, "Mend it, or make the file again");
  }
}

function check<T>(name: string, schema: z.ZodType<T>, document: object): T {
  const result = schema.safeParse(document);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new Fault(
    `${name}, ${issue!.path.join(".")}`,
    issue!.message.replace(/^./, (first) => first.toLowerCase()),
    "Mend the value, or make the file again",
  );
}

function listed(document: object): string {
  const keys = Object.keys(document).slice(0, 5);
  return keys.length === 0 ? "no keys" : `the keys ${keys.join(", ")}`;
}
