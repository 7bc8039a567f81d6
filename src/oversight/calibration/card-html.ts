import { visible } from "../../record/index.ts";
import { reliabilityChart, rocChart } from "./card-charts.ts";
import type { MonitorCard } from "./card-schema.ts";
import { type CardSection, cardHeading, cardSections } from "./card-tables.ts";

/**
 * The card as a fragment of HTML with its figures as SVG: no scripts, styles, links or ids. All text
 * is escaped, whatever names it holds.
 */
export async function cardHtml(card: MonitorCard): Promise<string> {
  // Loaded only here: drawing takes longer to load than all else.
  const { renderChart } = await import("../../charts/index.ts");
  const { title, text } = cardHeading(card);
  const figures = [
    ...card.discrimination.map(({ unit }) => rocChart(card, unit)),
    ...[...new Set(card.calibration.map(({ unit }) => unit))].map((unit) =>
      reliabilityChart(card, unit),
    ),
  ];
  return [
    "<article>",
    `<h1>${escaped(title)}</h1>`,
    `<p>${escaped(text)}</p>`,
    ...(card.limits.length > 0
      ? ["<ul>", ...card.limits.map((limit) => `<li>${escaped(limit)}</li>`), "</ul>"]
      : []),
    ...figures.map((chart) => `<figure>${renderChart(chart)}</figure>`),
    ...cardSections(card).flatMap(section),
    "</article>",
    "",
  ].join("\n");
}

function section({ title, note, head, rows }: CardSection): string[] {
  return [
    "<section>",
    `<h2>${escaped(title)}</h2>`,
    ...(note === undefined ? [] : [`<p>${escaped(note)}</p>`]),
    '<table class="stack">',
    `<thead><tr>${head.map((cell) => `<th>${escaped(cell)}</th>`).join("")}</tr></thead>`,
    "<tbody>",
    ...rows.map(
      (row) => `<tr>${row.map((cell, i) => dataCell(cell, head[i] ?? "")).join("")}</tr>`,
    ),
    "</tbody>",
    "</table>",
    "</section>",
  ];
}

/** Names its column, for a screen on which a row stands as a block. */
function dataCell(cell: string, column: string): string {
  const names = column === "" ? "" : ` data-th="${escaped(column)}"`;
  return `<td${names}>${escaped(cell)}</td>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(text: string): string {
  return visible(text).replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}
