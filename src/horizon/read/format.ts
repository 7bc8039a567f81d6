import { Fault } from "../../record/index.ts";
import { firstRecord } from "./csv.ts";
import { COLUMNS } from "./run.ts";
import type { Source } from "./source.ts";

/** How a file is written down. */
export type Container = "csv" | "json-lines" | "json-array" | "json-document" | "yaml" | "zip";

/** What the rows of a table are: runs, outcomes of SWE-bench, or its difficulty annotations. */
export type RowKind = "runs" | "outcomes" | "difficulties";

export interface Format {
  readonly container: Container;
  /** Of the rows of a table; "runs" for documents. */
  readonly rows: RowKind;
}

/** Tells a file's format from how it begins, whatever its name. */
export function formatOf({ name, head }: Source): Format {
  if (head.length === 0) throw new Fault(name, "the file is empty", "Check how it was made");
  if (head.subarray(0, 4).equals(Buffer.from("PK\x03\x04", "latin1"))) {
    return { container: "zip", rows: "runs" };
  }
  if (head.includes(0)) {
    throw new Fault(name, "the file is not text", "Give a table of runs as CSV or JSON");
  }
  const text = head.toString("utf8").trimStart();
  if (text.startsWith("[")) return { container: "json-array", rows: kindOfJson(text) };
  if (text.startsWith("{")) {
    return isJsonLines(text, head.length < 64 * 1024)
      ? { container: "json-lines", rows: kindOfJson(text) }
      : { container: "json-document", rows: "runs" };
  }
  // A YAML map starts with a key and a colon, perhaps after comments.
  if (/^(?:#[^\n]*\n|---\s*\n|\s*\n)*[\w .-]+:(?:\s|$)/.test(text)) {
    return { container: "yaml", rows: "runs" };
  }
  const header = firstRecord(text.includes("\n") ? text : `${text}\n`);
  const kind = header ? kindOfColumns(new Set(header.map((title) => title.trim()))) : null;
  if (kind !== null) return { container: "csv", rows: kind };
  throw new Fault(
    `${name}, row 1`,
    header && header.length > 1
      ? `there is no column ${COLUMNS.minutes.join(" or ")} beside ${header.filter(Boolean).slice(0, 5).join(", ")}`
      : "the file is neither CSV with a header, nor JSON, nor YAML",
    "`glasshouse horizon fit --help` says which files it reads",
  );
}

function kindOfJson(text: string): RowKind {
  const firstObject = text.slice(0, text.indexOf("}") + 1 || undefined);
  const keys = new Set([...firstObject.matchAll(/"(\w{1,64})"\s*:/g)].map((match) => match[1]!));
  return kindOfColumns(keys) ?? "runs";
}

/** Null where the columns are of no table that can be read. */
function kindOfColumns(columns: ReadonlySet<string>): RowKind | null {
  const has = (names: readonly string[]) => names.some((name) => columns.has(name));
  if (has(["resolved"])) return "outcomes";
  if (has(COLUMNS.minutes)) return "runs";
  if (has(["difficulty"])) return "difficulties";
  return has(COLUMNS.task) && has(COLUMNS.agent) ? "runs" : null;
}

/** One object a line, rather than one object over all lines. */
function isJsonLines(text: string, isWhole: boolean): boolean {
  const end = text.indexOf("\n");
  // A line longer than what was read of the file is no run.
  if (end < 0 && !isWhole) return false;
  const line = (end < 0 ? text : text.slice(0, end)).trim();
  let first: unknown;
  try {
    first = JSON.parse(line);
  } catch {
    // A flawed first row still ends like a row; a document over many lines does not.
    return line.endsWith("}") && line.length > 2;
  }
  const values = Object.values(first as object);
  const isLog = "eval" in (first as object);
  const isCounts =
    values.length > 0 && values.every((value) => isObject(value) && "tasks" in value);
  return !isLog && !isCounts && !/^\s*\{\s*\}\s*$/.test(line);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
