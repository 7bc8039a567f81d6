import { visible } from "../../record/index.ts";
import type {
  ArticleDocument,
  Block,
  EvidenceEntry,
  Field,
  Inline,
  TableBlock,
} from "./document.ts";
import { mathToText } from "./math.ts";
import { displayWidth, padTo, wrap } from "./text-width.ts";

/** Columns of the terminal that the text is set for. */
export const TEXT_COLUMNS = 88;

/** Renders an article as plain text for a terminal: wrapped, tables aligned, no control sequences. */
export function renderText(article: ArticleDocument): string {
  const parts = [
    wrap(clean(article.title).toUpperCase(), TEXT_COLUMNS).join("\n"),
    wrap(clean(article.question), TEXT_COLUMNS).join("\n"),
    fields(article.byline),
    heading("Abstract", 2),
    ...blocks(article.abstract),
    ...blocks(article.body),
    ...(article.references.length === 0
      ? []
      : [
          heading("References", 2),
          article.references
            .map((entry) =>
              hang(
                `[${entry.number}] `,
                clean(entry.text + entry.title + entry.rest) +
                  (entry.url === null ? "" : ` ${clean(entry.url)}`),
              ),
            )
            .join("\n"),
        ]),
    ...blocks(article.appendix),
    heading("Evidence", 2),
    ...article.evidence.map(evidence),
    wrap(clean(article.foot), TEXT_COLUMNS).join("\n"),
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function blocks(list: readonly Block[]): readonly string[] {
  return list.map((value) => block(value, TEXT_COLUMNS));
}

function block(value: Block, width: number): string {
  switch (value.kind) {
    case "heading":
      return heading(
        `${value.number === "" ? "" : `${value.number}  `}${inlines(value.children)}`,
        value.level,
      );
    case "paragraph":
    case "note":
      return wrap(inlines(value.children), width).join("\n");
    case "list":
      return value.items
        .map((item, index) => {
          const mark = value.ordered ? `${index + 1}. ` : "- ";
          return indent(item.map((child) => block(child, width - mark.length)).join("\n"), mark);
        })
        .join("\n");
    case "quote":
      return value.children
        .map((child) => block(child, width - 2))
        .join("\n\n")
        .split("\n")
        .map((line) => `| ${line}`)
        .join("\n");
    case "code":
      return indent(clean(value.text), "    ", "    ");
    case "math":
      return indent(clean(mathToText(value.math)), "    ");
    case "rule":
      return "-".repeat(width);
    case "legend":
      return value.entries
        .map(({ status, meaning }) => hang(`  ${status.padEnd(15)} `, meaning))
        .join("\n");
    case "fields":
      return fields(value.fields);
    case "table":
      return table(value, width);
    case "figure":
      return hang(
        `[Figure ${value.number}] `,
        `${inlines(value.caption)} (drawn in the HTML and PDF article)`,
      );
  }
}

function heading(title: string, level: number): string {
  const lines = wrap(clean(title), TEXT_COLUMNS);
  const rule = level <= 2 ? "=" : "-";
  return [...lines, rule.repeat(Math.max(...lines.map(displayWidth)))].join("\n");
}

function fields(list: readonly Field[]): string {
  const width = Math.min(20, Math.max(0, ...list.map((field) => displayWidth(field.label))));
  return list
    .map((field) => hang(`${padTo(clean(field.label), width, "left")}  `, inlines(field.content)))
    .join("\n");
}

function evidence(entry: EvidenceEntry): string {
  const parts = [heading(entry.title, 3), fields(entry.fields)];
  if (entry.inputs) parts.push(table(entry.inputs, TEXT_COLUMNS));
  return parts.join("\n");
}

/** A table whose columns are as wide as their content allows within the width. */
function table(value: TableBlock, width: number): string {
  const kept = [...value.columns.keys()].filter((index) => !value.columns[index]!.spare);
  const cells = [value.columns.map((column) => column.title), ...value.rows].map((row) =>
    kept.map((index) => inlines(row[index] ?? [], true)),
  );
  const widths = columnWidths(cells, width - 2 * (kept.length - 1));
  const lines = cells.map((row) => {
    const wrapped = row.map((cell, index) =>
      cell.split("\n").flatMap((line) => wrap(line, widths[index]!)),
    );
    const height = Math.max(1, ...wrapped.map((cell) => cell.length));
    return Array.from({ length: height }, (_, line) =>
      wrapped
        .map((cell, index) => {
          const align = value.columns[kept[index]!]!.align === "right" ? "right" : "left";
          return padTo(cell[line] ?? "", widths[index]!, align);
        })
        .join("  ")
        .trimEnd(),
    ).join("\n");
  });
  const rule = "-".repeat(widths.reduce((sum, one) => sum + one, 2 * (widths.length - 1)));
  const caption = [
    value.number === null ? "" : `Table ${value.number}. `,
    inlines(value.caption),
  ].join("");
  const spaced = lines
    .slice(1)
    .join(
      !value.dense && lines.some((line, index) => index > 0 && line.includes("\n")) ? "\n\n" : "\n",
    );
  return [...(caption === "" ? [] : wrap(caption, width)), rule, lines[0], rule, spaced, rule].join(
    "\n",
  );
}

/** Gives each column what it needs; where that is too much, the widest give way first. */
function columnWidths(cells: readonly (readonly string[])[], room: number): readonly number[] {
  const count = cells[0]?.length ?? 0;
  const natural = Array.from({ length: count }, (_, index) =>
    Math.max(1, ...cells.flatMap((row) => row[index]!.split("\n").map(displayWidth))),
  );
  const words = Array.from({ length: count }, (_, index) =>
    Math.min(
      24,
      Math.max(1, ...cells.flatMap((row) => row[index]!.split(/\s+/).map(displayWidth))),
    ),
  );
  const widths = [...natural];
  const total = () => widths.reduce((sum, one) => sum + one, 0);
  for (const floor of [words, words.map(() => 4)]) {
    while (total() > room) {
      let widest = -1;
      for (let index = 0; index < count; index += 1) {
        if (widths[index]! > floor[index]! && (widest < 0 || widths[index]! > widths[widest]!))
          widest = index;
      }
      if (widest < 0) break;
      widths[widest]! -= 1;
    }
  }
  return widths;
}

function inlines(list: readonly Inline[], inTable = false): string {
  return list.map((value) => inline(value, inTable)).join("");
}

function inline(value: Inline, inTable: boolean): string {
  switch (value.kind) {
    case "text":
      return clean(value.text);
    case "code":
      return clean(value.text);
    case "hash":
      return value.whole && !inTable ? value.text : value.text.slice(0, 12);
    case "emphasis":
    case "strong":
      return inlines(value.children, inTable);
    case "math":
      return clean(mathToText(value.math));
    case "link":
      return `${inlines(value.children, inTable)} <${clean(value.url)}>`;
    case "claim":
      return `${value.text.length > 24 ? clean(value.text) : clean(value.text).replaceAll(" ", "\u00a0")}${value.status === null ? "" : ` (${value.status})`}`;
    case "status":
      return value.status;
    case "verdict":
      return value.verdict;
    case "citation":
      return `[${value.number}]`;
    case "jump":
      return clean(value.text);
    case "break":
      return "\n";
  }
}

/** Hidden characters are shown; whatever could steer a terminal is among them. */
function clean(text: string): string {
  return visible(text).replaceAll("\t", "  ");
}

function hang(mark: string, text: string): string {
  const rest = " ".repeat(displayWidth(mark));
  const lines = text.split("\n").flatMap((line) => wrap(line, TEXT_COLUMNS - displayWidth(mark)));
  return lines.map((line, index) => (index === 0 ? mark : rest) + line).join("\n");
}

function indent(text: string, mark: string, rest = " ".repeat(mark.length)): string {
  return text
    .split("\n")
    .map((line, index) => (index === 0 ? mark : rest) + line)
    .join("\n");
}
