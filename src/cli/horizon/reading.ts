import {
  type Dropped,
  type Method,
  readSuite,
  type ScoreColumn,
  type SuiteReading,
  type Weighting,
} from "../../horizon/index.ts";
import { cleanLine, paint } from "../output.ts";

/** What every command that reads runs takes. */
export interface RunOptions {
  readonly method: Method;
  readonly weighting: Weighting;
  readonly score: ScoreColumn;
  readonly agent?: readonly string[];
  readonly skipBadRows?: boolean;
  readonly humanTime?: string;
  readonly scorer?: string;
  readonly draws: number;
  readonly seed: number;
}

/** Reads the files into one suite, with every run's score where `perRun`. Rows that were left out are told on standard error. */
export async function readRuns(
  files: readonly string[],
  { score, agent, skipBadRows, humanTime, scorer }: RunOptions,
  perRun = false,
): Promise<SuiteReading> {
  const reading = await readSuite(files, {
    score,
    perRun,
    skipBadRows: skipBadRows ?? false,
    ...(agent ? { agents: agent } : {}),
    ...(humanTime === undefined ? {} : { humanTime }),
    ...(scorer === undefined ? {} : { scorer }),
  });
  for (const dropped of reading.dropped) warn(droppedLine(dropped));
  return reading;
}

/** Says on standard error what a reader should know. */
export function warn(text: string): void {
  process.stderr.write(`${paint("yellow", "warning:")} ${cleanLine(text)}\n`);
}

function droppedLine({ file, column, reason, rows, firstRow }: Dropped): string {
  const what = rows === 1 ? "1 row is" : `${rows} rows are`;
  const where = rows === 1 ? `row ${firstRow}` : `the first is row ${firstRow}`;
  return `${file}: ${what} left out: ${column === undefined ? "" : `column ${column}: `}${reason} (${where})`;
}
