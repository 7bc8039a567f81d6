import type { Row } from "./rows.ts";

/** One attempt of an agent at a task. */
export interface Run {
  /** Absent where the table has no such column. */
  readonly id?: string;
  readonly task: string;
  readonly family: string;
  readonly minutes: number;
  readonly agent: string;
  readonly score: number;
  /** The suite the task came from. */
  readonly source?: string;
  /** Whether `minutes` was guessed rather than timed, where the table says so. */
  readonly isEstimate?: boolean;
}

/** What is wrong with a row. */
export interface RowProblem {
  readonly column?: string;
  /** The kind of flaw, the same for all rows that have it: dropped rows are counted by it. */
  readonly reason: string;
  /** What stands there instead, where that helps. */
  readonly found?: string;
}

/** Which of METR's two scores counts: success or not by the task's threshold, or the points. */
export type ScoreColumn = "binarized" | "continuous";

/**
 * The names a column goes by, the first that a row has counts. METR's run files of January 2025
 * say `score` where those since say `score_cont`; the lab's own task runs have the short names.
 */
export const COLUMNS = {
  id: ["run_id", "run"],
  task: ["task_id", "task"],
  family: ["task_family", "family"],
  minutes: ["human_minutes", "minutes"],
  agent: ["alias", "agent", "model"],
  binarized: ["score_binarized"],
  continuous: ["score_cont", "score"],
  source: ["task_source", "source"],
  timing: ["human_source"],
} as const;

type Field = keyof typeof COLUMNS;

/** Reads one row of a table of runs, or says what is wrong with it. */
export function runOf({ cells }: Row, column: ScoreColumn): Run | RowProblem {
  const task = textOf(cells, "task");
  if (typeof task !== "string") return task;
  const agent = textOf(cells, "agent");
  if (typeof agent !== "string") return agent;
  const minutes = minutesOf(cells);
  if (typeof minutes !== "number") return minutes;
  const score = scoreOf(cells, column);
  if (typeof score !== "number") return score;
  const family = cellOf(cells, "family");
  const id = cellOf(cells, "id");
  const source = cellOf(cells, "source");
  const timing = cellOf(cells, "timing");
  return {
    task,
    agent,
    minutes,
    score,
    family: isText(family) ? family : familyOf(task),
    ...(isText(id) || typeof id === "number" ? { id: String(id) } : {}),
    ...(isText(source) ? { source } : {}),
    ...(timing === "baseline" || timing === "estimate"
      ? { isEstimate: timing === "estimate" }
      : {}),
  };
}

/** A task's family where no column says it: what stands before the first slash of its id. */
export function familyOf(task: string): string {
  const slash = task.indexOf("/");
  return slash > 0 ? task.slice(0, slash) : task;
}

/** Minutes are positive and finite, or the logarithm of them means nothing. */
export function minutesProblem(column: string, minutes: number): RowProblem | null {
  if (minutes > 0 && minutes < Infinity) return null;
  const found = String(minutes);
  if (Number.isNaN(minutes)) return { column, reason: "the minutes are not a number", found };
  const bounds = minutes > 0 ? "above 0 and finite" : "above 0";
  return { column, reason: `the minutes must be ${bounds}`, found };
}

/** Null where a score counts as it is, from 0 to 1, or is exactly 0 or 1 where it must be. */
export function scoreProblem(
  column: string,
  score: number,
  scores: ScoreColumn,
): RowProblem | null {
  const found = String(score);
  if (Number.isNaN(score)) return { column, reason: "the score is not a number", found };
  if (!(score >= 0 && score <= 1))
    return { column, reason: "the score lies outside 0 to 1", found };
  if (scores === "binarized" && score !== 0 && score !== 1) {
    return {
      column,
      reason: "the score is neither 0 nor 1, so it needs --score continuous",
      found,
    };
  }
  return null;
}

type Cells = Row["cells"];

function minutesOf(cells: Cells): number | RowProblem {
  const column = columnOf(cells, "minutes");
  if (column === null) return missing("minutes");
  const minutes = numberOf(cells[column]);
  return minutesProblem(column, minutes) ?? minutes;
}

function scoreOf(cells: Cells, scores: ScoreColumn): number | RowProblem {
  // A table with one column of scores has it for both; it is then checked to be 0 or 1.
  const column =
    scores === "binarized"
      ? (columnOf(cells, "binarized") ?? columnOf(cells, "continuous"))
      : columnOf(cells, "continuous");
  if (column === null) return missing(scores);
  const score = numberOf(cells[column]);
  return scoreProblem(column, score, scores) ?? score;
}

function textOf(cells: Cells, field: Field): string | RowProblem {
  const column = columnOf(cells, field);
  if (column === null) return missing(field);
  const value = cells[column];
  if (isText(value)) return value;
  return { column, reason: "the cell is empty or no text", found: JSON.stringify(value) };
}

function cellOf(cells: Cells, field: Field): unknown {
  const column = columnOf(cells, field);
  return column === null ? undefined : cells[column];
}

function columnOf(cells: Cells, field: Field): string | null {
  for (const name of COLUMNS[field]) if (cells[name] !== undefined) return name;
  return null;
}

function missing(field: Field): RowProblem {
  const [first, ...others] = COLUMNS[field];
  const aliases = others.length > 0 ? ` (or ${others.join(", ")})` : "";
  return { column: first, reason: `the row has no column ${first}${aliases}` };
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

/** NaN for all that is no number. Cells of a CSV file are text. */
export function numberOf(value: unknown): number {
  if (typeof value === "number") return value;
  if (typeof value === "string" && value.trim() !== "") return Number(value);
  return Number.NaN;
}
