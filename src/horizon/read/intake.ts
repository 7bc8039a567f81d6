import type { Suite } from "../suite.ts";
import { type Dropped, refuseBadRows, skipBadRows } from "./rejections.ts";
import type { RowProblem, Run, ScoreColumn } from "./run.ts";
import { createRunIds } from "./run-ids.ts";
import { openTally } from "./tally.ts";

/** Takes in what the files of one suite hold: counts good runs, and rejects bad rows. */
export interface Intake {
  /** A run, or what is wrong with its row. `file` is the index of the file's name. */
  take(file: number, row: number, run: Run | RowProblem): void;
  /** Counts of `n` runs of an agent at a task. `within` says which part of the file the row is of. */
  takeCounts(file: number, within: string, row: number, run: Omit<Run, "id">, n: number): void;
  reject(file: number, row: number, problem: RowProblem, within?: string): void;
  readonly dropped: readonly Dropped[];
  suite(): Suite;
}

export interface IntakeOptions {
  readonly score: ScoreColumn;
  readonly skipBadRows: boolean;
  readonly perRun: boolean;
}

export function openIntake(
  names: readonly string[],
  { score, skipBadRows: skips, perRun }: IntakeOptions,
): Intake {
  const rejections = skips ? skipBadRows() : refuseBadRows();
  const tally = openTally(perRun ? "always" : score === "continuous" ? "fractional" : "never");
  const ids = createRunIds();

  const stoodBefore = ({ id }: Run, file: number, row: number): RowProblem | null => {
    const first = id === undefined ? null : ids.add(id, file, row);
    if (!first) return null;
    const where = first.file === file ? "" : ` of ${names[first.file]}`;
    return {
      column: "run_id",
      reason: "the run stands twice",
      found: `${id!.replaceAll("\t", " ")}, first in row ${first.row}${where}`,
    };
  };
  const reject: Intake["reject"] = (file, row, problem, within) => {
    const name = within === undefined ? names[file]! : `${names[file]}, ${within}`;
    rejections.reject(name, row, problem);
  };

  return {
    reject,
    take(file, row, run) {
      const problem = "reason" in run ? run : (stoodBefore(run, file, row) ?? tally.add(run));
      if (problem) reject(file, row, problem);
    },
    takeCounts(file, within, row, run, n) {
      const problem = tally.addCounts(run, n);
      if (problem) reject(file, row, problem, within);
    },
    get dropped() {
      return rejections.dropped;
    },
    suite: tally.suite,
  };
}
