import type { Chart } from "../charts/index.ts";
import { Fault, writeDurably } from "../record/index.ts";

export interface FigureOption {
  readonly figure?: string;
}

/** A colour that shows on a light and on a dark page, where nobody knows the page. */
const INK = "#767676";

/** Draws the chart into the file that was asked for; the chart is made only then. */
export async function drawFigure({ figure }: FigureOption, chart: () => Chart): Promise<void> {
  if (figure === undefined) return;
  if (!figure.endsWith(".svg")) {
    throw new Fault(`--figure ${figure}`, "figures are SVG", "Give a name that ends in .svg");
  }
  // Loaded only here: drawing takes longer to load than all else.
  const { renderChart } = await import("../charts/index.ts");
  await writeDurably(figure, renderChart(chart()).replaceAll("currentColor", INK));
}
