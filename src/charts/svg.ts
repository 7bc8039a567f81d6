import { visible } from "../record/index.ts";

/** Plot's names of the shapes that tell series apart. */
export const symbols = ["circle", "triangle", "square", "star", "wye", "cross"] as const;

/** One drawing of a figure, and the legend above it. */
export interface Panel {
  readonly svg: Element;
  readonly height: number;
  readonly legend: readonly LegendEntry[];
}

export interface LegendEntry {
  readonly label: string;
  readonly color: string;
  readonly shape: "line" | (typeof symbols)[number];
  readonly dash: string | undefined;
}

const LEGEND_HEIGHT = 24;
const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif";

/**
 * Writes panels under each other as one SVG of well-formed XML. Plot's style sheet, classes and
 * inline styles are left out, so that the figure stands alone, needs no style permission on its page
 * and takes the reader's text colour. Coordinates are rounded to a hundredth of a pixel.
 */
export function serializeSvg(panels: readonly Panel[], width: number, title?: string): string {
  let y = 0;
  const parts = title === undefined ? [] : [`<title>${escapeXml(title)}</title>`];
  for (const panel of panels) {
    const rows = legendRows(panel.legend, width);
    parts.push(...rows.map((row, index) => legendRow(row, y + index * LEGEND_HEIGHT)));
    y += rows.length * LEGEND_HEIGHT;
    const inside = [...childrenOf(panel.svg)].map(serialize).join("");
    parts.push(
      `<g transform="translate(0,${y})" fill="currentColor" text-anchor="middle">${inside}</g>`,
    );
    y += panel.height;
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${y}" viewBox="0 0 ${width} ${y}" fill="currentColor" font-family="${FONT}" font-size="11">${parts.join("")}</svg>`;
}

/** The same figure for the PDF: black, in the article's own typeface. */
export function svgForPrint(svg: string): string {
  return svg.replaceAll("currentColor", "#1a1a1a").replace(FONT, "Libertinus Serif");
}

function legendRows(
  entries: readonly LegendEntry[],
  width: number,
): readonly (readonly (LegendEntry & { x: number })[])[] {
  const rows: (LegendEntry & { x: number })[][] = [];
  let x = Number.POSITIVE_INFINITY;
  for (const entry of entries) {
    const room = 44 + entry.label.length * 6.8;
    if (x + room > width) {
      rows.push([]);
      x = 8;
    }
    rows.at(-1)!.push({ ...entry, x });
    x += room;
  }
  return rows;
}

function legendRow(row: readonly (LegendEntry & { x: number })[], top: number): string {
  const y = top + LEGEND_HEIGHT / 2;
  return row
    .map(({ x, label, color, shape, dash }) => {
      const key =
        shape === "line"
          ? `<path d="M${x},${y}h24" fill="none" stroke="${color}" stroke-width="2.4"${dash === undefined ? "" : ` stroke-dasharray="${dash}"`}/>`
          : symbolPath(shape, x + 12, y, color);
      return `${key}<text x="${round(x + 31)}" y="${y}" dy="0.35em" font-size="12.5">${escapeXml(label)}</text>`;
    })
    .join("");
}

/** Plain shapes that match Plot's symbols of the same names closely enough for a key. */
function symbolPath(
  shape: Exclude<LegendEntry["shape"], "line">,
  x: number,
  y: number,
  color: string,
): string {
  if (shape === "circle") return `<circle cx="${round(x)}" cy="${y}" r="4.5" fill="${color}"/>`;
  const paths = {
    triangle: "M0,-5.5L5,3.5L-5,3.5Z",
    square: "M-4,-4H4V4H-4Z",
    star: "M0,-6L1.5,-2H5.7L2.4,0.7L3.5,4.9L0,2.5L-3.5,4.9L-2.4,0.7L-5.7,-2H-1.5Z",
    wye: "M-1.6,5V0.5L-5,-1.7L-3.4,-4.3L0,-2L3.4,-4.3L5,-1.7L1.6,0.5V5Z",
    cross: "M-1.7,-5H1.7V-1.7H5V1.7H1.7V5H-1.7V1.7H-5V-1.7H-1.7Z",
  };
  return `<path transform="translate(${round(x)},${y})" d="${paths[shape]}" fill="${color}"/>`;
}

function* childrenOf(node: Node): Generator<Node> {
  for (let child = node.firstChild; child; child = child.nextSibling) yield child;
}

function serialize(node: Node): string {
  if (node.nodeType === 3) return escapeXml(node.nodeValue ?? "");
  if (node.nodeType !== 1) return "";
  const element = node as Element;
  const tag = element.localName;
  if (tag === "style" || tag === "script") return "";
  const attributes = Array.from(element.attributes)
    .filter(
      ({ name }) =>
        name !== "class" && name !== "style" && !name.startsWith("on") && !name.startsWith("aria-"),
    )
    .map(
      ({ name, value }) =>
        ` ${name}="${escapeXml(numeric.has(name) ? value.replace(/-?\d+\.\d+(?:e-?\d+)?/g, (number) => round(Number(number))) : value)}"`,
    )
    .join("");
  const inside = [...childrenOf(element)].map(serialize).join("");
  return inside === "" ? `<${tag}${attributes}/>` : `<${tag}${attributes}>${inside}</${tag}>`;
}

/** Attributes that hold coordinates. */
const numeric = new Set([
  "d",
  "x",
  "y",
  "x1",
  "x2",
  "y1",
  "y2",
  "cx",
  "cy",
  "r",
  "transform",
  "width",
  "height",
  "dx",
  "dy",
  "points",
]);

function round(value: number): string {
  return String(Math.round(value * 100) / 100);
}

function escapeXml(text: string): string {
  return visible(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
