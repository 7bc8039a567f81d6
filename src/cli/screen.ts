import { paint } from "./output.ts";
import { type Column, table, visible, wrap } from "./table.ts";

/** Characters across; what goes to a file or a pipe has all the room it wants. */
export function screenWidth(): number {
  return process.stdout.columns ?? Infinity;
}

/** Text wrapped to the screen; where it goes on, it is indented. */
export function wrapped(text: string, indent = ""): string {
  return wrap(text, Math.max(40, screenWidth() - indent.length)).join(`\n${indent}`);
}

/** An estimate and its interval; the interval is empty where there is none. */
export interface Estimate {
  readonly main: string;
  readonly range: string;
}

/**
 * A table whose cells may be estimates. Intervals stand beside them where the screen is wide
 * enough, else below; and where even that is too wide, the first column is wrapped.
 */
export function estimateTable(
  columns: readonly Column[],
  rows: readonly (readonly (string | Estimate)[])[],
): string {
  const beside = table(columns, oneLineRows(rows));
  if (widthOf(beside) <= screenWidth()) return beside;
  const below = twoLineRows(rows);
  const [first, ...others] = columns.map(
    (column, index): Column =>
      rows.some((row) => typeof row[index] === "object")
        ? { ...column, width: Math.max(...below.map((row) => longestWord(row[index]!))) }
        : column,
  ) as [Column, ...Column[]];
  const full = table([first, ...others], below);
  const excess = Math.max(0, widthOf(full) - screenWidth());
  const width = Math.max(NARROWEST, Math.max(...below.map((row) => visible(row[0]!))) - excess);
  return table([{ ...first, width }, ...others], below).replaceAll(NO_BREAK, " ");
}

/** A name is not wrapped to less than this. */
const NARROWEST = 12;

/** Keeps what belongs together on one line when a cell is wrapped; it is not printed. */
const NO_BREAK = "\u00a0";

function oneLineRows(rows: readonly (readonly (string | Estimate)[])[]): string[][] {
  const rangeWidth = (index: number) =>
    Math.max(
      0,
      ...rows.map(({ [index]: cell }) => (typeof cell === "object" ? visible(cell.range) : 0)),
    );
  return rows.map((row) =>
    row.map((cell, index) => {
      if (typeof cell === "string") return cell;
      const range = cell.range.padEnd(rangeWidth(index));
      return range === "" ? cell.main : `${cell.main}  ${paint("dim", range)}`;
    }),
  );
}

/** Estimates as wide as the widest part of their column, so that the interval goes below. */
function twoLineRows(rows: readonly (readonly (string | Estimate)[])[]): string[][] {
  const width = (index: number) =>
    Math.max(
      ...rows.map(({ [index]: cell }) =>
        typeof cell === "object" ? Math.max(visible(cell.main), visible(cell.range)) : 0,
      ),
    );
  return rows.map((row) =>
    row.map((cell, index) => {
      if (typeof cell === "string") return cell;
      const [main, range] = [cell.main, cell.range].map((part) => part.replaceAll(" ", NO_BREAK));
      if (range === "") return main!;
      return `${main!.padStart(width(index), NO_BREAK)} ${paint("dim", range!)}`;
    }),
  );
}

function longestWord(cell: string): number {
  return Math.max(...cell.split(" ").map(visible));
}

/** Characters of the longest line. */
export function widthOf(text: string): number {
  return Math.max(...text.split("\n").map(visible));
}
