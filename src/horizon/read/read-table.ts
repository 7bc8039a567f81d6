import { csvRows } from "./csv.ts";
import type { Format } from "./format.ts";
import type { Intake } from "./intake.ts";
import { jsonArray, jsonLines, type Row, type Rows } from "./rows.ts";
import { runOf, type ScoreColumn } from "./run.ts";
import type { Source } from "./source.ts";
import { difficultyOf, outcomeOf } from "./swe-bench.ts";

/** What the tables of one suite are read with. */
export interface TableContext {
  readonly intake: Intake;
  readonly score: ScoreColumn;
  /** SWE-bench: the minutes of annotated instances. Annotations are put in, outcomes look them up. */
  readonly minutesOfInstance: Map<string, number>;
}

/** Reads a table to its end, row by row. Returns how many rows it has, good and bad. */
export async function readTable(
  file: number,
  source: Source,
  format: Format,
  context: TableContext,
): Promise<number> {
  const takeRow = rowTaker(file, format, context);
  let count = 0;
  for await (const rows of rowsOf(source, format)) {
    count += rows.length;
    for (const row of rows) {
      if ("broken" in row) {
        const { broken: reason, column } = row;
        context.intake.reject(file, row.number, { reason, ...(column ? { column } : {}) });
      } else takeRow(row);
    }
  }
  return count;
}

function rowsOf({ name, chunks }: Source, { container }: Format): Rows {
  if (container === "csv") return csvRows(name, chunks);
  return container === "json-array" ? jsonArray(name, chunks) : jsonLines(name, chunks);
}

function rowTaker(
  file: number,
  { rows: kind }: Format,
  { intake, score, minutesOfInstance }: TableContext,
): (row: Row) => void {
  switch (kind) {
    case "runs":
      return (row) => intake.take(file, row.number, runOf(row, score));
    case "outcomes":
      return (row) => intake.take(file, row.number, outcomeOf(row, minutesOfInstance));
    case "difficulties":
      return (row) => {
        const annotation = difficultyOf(row);
        if ("reason" in annotation) intake.reject(file, row.number, annotation);
        else minutesOfInstance.set(annotation.instance, annotation.minutes);
      };
  }
}
