import { Fault } from "../../record/index.ts";
import type { RowProblem } from "./run.ts";

/** Rows that were left out for one reason. */
export interface Dropped {
  readonly file: string;
  readonly column?: string;
  readonly reason: string;
  readonly rows: number;
  /** The first of them, and what stood there. */
  readonly firstRow: number;
  readonly found?: string;
}

/** What becomes of bad rows: the first one ends the reading, or each is left out and counted. */
export interface Rejections {
  reject(file: string, row: number, problem: RowProblem): void;
  readonly dropped: readonly Dropped[];
}

/** The first bad row is thrown as a Fault that names file, row and column. */
export function refuseBadRows(): Rejections {
  return {
    dropped: [],
    reject(file, row, problem) {
      throw rowFault(file, row, problem);
    },
  };
}

/** Bad rows are left out, and counted by file, column and reason. */
export function skipBadRows(): Rejections {
  const byReason = new Map<string, Dropped>();
  return {
    get dropped() {
      return [...byReason.values()];
    },
    reject(file, row, { column, reason, found }) {
      const key = JSON.stringify([file, column, reason]);
      const before = byReason.get(key);
      byReason.set(
        key,
        before
          ? { ...before, rows: before.rows + 1 }
          : {
              file,
              reason,
              rows: 1,
              firstRow: row,
              ...(column === undefined ? {} : { column }),
              ...(found === undefined ? {} : { found }),
            },
      );
    },
  };
}

function rowFault(file: string, row: number, { column, reason, found }: RowProblem): Fault {
  return new Fault(
    `${file}, row ${row}${column === undefined ? "" : `, column ${column}`}`,
    found === undefined ? reason : `${reason}; here stands ${shorten(found)}`,
    "Mend the row, or leave out all such rows with --skip-bad-rows",
  );
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
