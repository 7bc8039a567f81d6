import { paint } from "./output.ts";

/** A title longer than this is wrapped, so that it does not make its column wide. */
const HEAD_WIDTH = 20;

/** A column of a table for the terminal. */
export interface Column {
  readonly title: string;
  readonly align?: "left" | "right";
  /** Where the text is longer it is wrapped. */
  readonly width?: number;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: matches the codes that colour text
const ansi = /\u001b\[[0-9;]*m/g;

/** Lays out rows under column titles, with a rule between; long cells are wrapped at words. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) =>
    row.map((cell, index) => wrap(cell, columns[index]!.width ?? Infinity)),
  );
  const heads = columns.map((column) =>
    wrap(column.title, Math.max(column.width ?? 0, HEAD_WIDTH)),
  );
  const widths = columns.map((_, index) =>
    Math.max(...[heads[index]!, ...cells.map((row) => row[index]!)].flat().map(visible)),
  );
  const line = (parts: readonly string[]) =>
    parts
      .map((part, index) => pad(part, widths[index]!, columns[index]!.align ?? "left"))
      .join("  ")
      .trimEnd();
  const tall = Math.max(...heads.map((head) => head.length));
  const out = Array.from({ length: tall }, (_, at) =>
    // Titles stand on the rule, whatever their height.
    paint("bold", line(heads.map((head) => head[at - (tall - head.length)] ?? ""))),
  );
  out.push(paint("dim", widths.map((width) => "─".repeat(width)).join("  ")));
  for (const row of cells) {
    const height = Math.max(...row.map((cell) => cell.length));
    for (let index = 0; index < height; index++)
      out.push(line(row.map((cell) => cell[index] ?? "")));
  }
  return out.join("\n");
}

export function visible(text: string): number {
  return [...text.replace(ansi, "")].length;
}

export function wrap(text: string, width: number): string[] {
  if (visible(text) <= width) return [text];
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && visible(line) + 1 + visible(word) > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

function pad(text: string, width: number, align: "left" | "right"): string {
  const fill = " ".repeat(Math.max(0, width - visible(text)));
  return align === "left" ? text + fill : fill + text;
}
