import { Fault } from "../../record/index.ts";
import type { Suite } from "../suite.ts";
import { type Container, type Format, formatOf } from "./format.ts";
import { openIntake } from "./intake.ts";
import { readArchive, readDocument } from "./read-document.ts";
import { readTable, type TableContext } from "./read-table.ts";
import type { Dropped } from "./rejections.ts";
import type { ScoreColumn } from "./run.ts";
import { openSource, type Source } from "./source.ts";

export interface ReadOptions {
  /** Which score counts; "binarized". */
  readonly score?: ScoreColumn;
  /** Leaves out bad rows and counts them, where otherwise the first is thrown as a Fault. */
  readonly skipBadRows?: boolean;
  /** Only these agents. Throws a Fault for one that has no run. */
  readonly agents?: readonly string[];
  /** Keeps each run's score even where all are 0 or 1. */
  readonly perRun?: boolean;
  /** Inspect logs: the key in a sample's metadata that has the human minutes. */
  readonly humanTime?: string;
  /** Inspect logs: the scorer whose score counts. */
  readonly scorer?: string;
}

/** A suite, and how it was read. */
export interface SuiteReading {
  readonly suite: Suite;
  readonly files: readonly FileReading[];
  readonly dropped: readonly Dropped[];
}

export interface FileReading {
  readonly file: string;
  readonly container: Container;
  /** Rows that were read, good and bad. */
  readonly rows: number;
}

/**
 * Reads files of runs into one suite: METR's run files of any year, the lab's own task runs, METR's
 * per-task counts, outcomes on SWE-bench with their difficulty annotations, and Inspect logs; as
 * CSV, JSON Lines or JSON, gzipped or not. What a file is, its content tells. Tables are streamed:
 * memory grows with tasks times agents, and by some 20 to 60 bytes a run to find runs that stand
 * twice.
 *
 * Throws a Fault that names file, row and column for what cannot be used.
 */
export async function readSuite(
  paths: readonly string[],
  options: ReadOptions = {},
): Promise<SuiteReading> {
  const files = await openAll(paths);
  try {
    const reading = await readAll(files, options);
    const { agents } = options;
    return agents ? { ...reading, suite: onlyAgents(reading.suite, agents) } : reading;
  } finally {
    await closeAll(files);
  }
}

interface OpenFile {
  readonly source: Source;
  readonly format: Format;
}

async function openAll(paths: readonly string[]): Promise<OpenFile[]> {
  const files: OpenFile[] = [];
  try {
    for (const path of paths) {
      const source = await openSource(path);
      files.push({ source, format: formatOf(source) });
    }
    return files;
  } catch (error) {
    await closeAll(files);
    throw error;
  }
}

async function closeAll(files: readonly OpenFile[]): Promise<void> {
  for (const { source } of files) await source.chunks.return(undefined);
}

async function readAll(
  files: readonly OpenFile[],
  { score = "binarized", skipBadRows = false, perRun = false, ...inspect }: ReadOptions,
): Promise<SuiteReading> {
  const names = files.map(({ source }) => source.name);
  const intake = openIntake(names, { score, skipBadRows, perRun });
  const context: TableContext = { intake, score, minutesOfInstance: new Map() };
  const read = async (file: number): Promise<FileReading> => {
    const { source, format } = files[file]!;
    const { container } = format;
    const options = { score, ...inspect };
    const rows =
      container === "json-document"
        ? await readDocument(file, source, intake, options)
        : container === "zip"
          ? await readArchive(file, source, intake, options)
          : await readTable(file, source, requireTable(source, format), context);
    return { file: source.name, container, rows };
  };
  // Outcomes on SWE-bench need the annotations, in whatever order the files were given.
  const annotationsFirst = [...files.keys()].sort(
    (a, b) => Number(isAnnotation(files[b]!)) - Number(isAnnotation(files[a]!)) || a - b,
  );
  const readings: FileReading[] = [];
  for (const file of annotationsFirst) readings[file] = await read(file);
  const suite = intake.suite();
  if (suite.agents.length === 0) throw noRuns(names, intake.dropped);
  return { suite, files: readings, dropped: intake.dropped };
}

function isAnnotation({ format }: OpenFile): boolean {
  return format.rows === "difficulties";
}

function requireTable({ name }: Source, format: Format): Format {
  if (format.container === "yaml") {
    throw new Fault(
      name,
      "the YAML file holds no runs",
      "If it is METR's published horizons, use `glasshouse horizon trend`",
    );
  }
  return format;
}

function noRuns(names: readonly string[], dropped: readonly Dropped[]): Fault {
  const [first] = dropped;
  return new Fault(
    names.join(", "),
    first ? `no row can be used: ${first.reason}` : "there are no runs",
    "Give a file with the runs of at least one agent",
  );
}

function onlyAgents({ tasks, agents }: Suite, wanted: readonly string[]): Suite {
  for (const name of wanted) {
    if (agents.some(({ agent }) => agent === name)) continue;
    const known = agents.map(({ agent }) => agent).join(", ");
    throw new Fault(`agent "${name}"`, "no row of the files has it", `There are: ${known}`);
  }
  return { tasks, agents: agents.filter(({ agent }) => wanted.includes(agent)) };
}
