import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import {
  dashes,
  type LegendEntry,
  type Panel,
  renderChart,
  serializeSvg,
  seriesColors,
  symbols,
} from "../../charts/index.ts";
import type { Condition, FigureSpec, Measure, Unit } from "../definition.ts";
import {
  type CurveSeries,
  chartOf,
  curveSeries,
  type DotRow,
  dotRows,
  type FigureInput,
} from "./figure-data.ts";

const WIDTH = 680;

/**
 * Draws a figure of the study as SVG, the same bytes for the same input: no styles, no ids, text in
 * the reader's colour. Throws a Fault that names the artifact when a number is missing.
 */
export function renderFigure(spec: FigureSpec, input: FigureInput): string {
  if (spec.kind === "chart") return renderChart(chartOf(spec, input));
  const { document } = parseHTML("<html><body></body></html>");
  const panels =
    spec.kind === "dots" ? dotPanels(spec, input, document) : [curvePanel(spec, input, document)];
  return serializeSvg(panels, WIDTH);
}

type DotSpec = Extract<FigureSpec, { kind: "dots" }>;
type CurveSpec = Extract<FigureSpec, { kind: "curves" }>;

/** One panel a unit: numbers of different units share no axis. */
function dotPanels(spec: DotSpec, input: FigureInput, document: Document): readonly Panel[] {
  const measures = spec.measures.map((id) => find(input.definition.measures, id));
  const units = [...new Set(measures.map((measure) => measure.unit))];
  return units.map((unit) => {
    const group = measures.filter((measure) => measure.unit === unit);
    const label = units.length === 1 ? spec.x : group.map((measure) => measure.title).join(", ");
    return dotPanel(spec, group, withUnit(label, unit), input, document);
  });
}

function dotPanel(
  spec: DotSpec,
  measures: readonly Measure[],
  label: string,
  input: FigureInput,
  document: Document,
): Panel {
  const conditions = spec.conditions.map((id) => find(input.definition.conditions, id));
  const rows = dotRows(measures, conditions, input);
  const rowHeight = measures.length === 1 ? 46 : 36;
  const band = rowHeight * measures.length;
  const height = band * conditions.length + 56;
  const margin = labelMargin(conditions);
  const points = rows.flatMap((row) => row.points.map((point) => ({ ...point, row })));
  const values = rows.flatMap((row) => [
    ...row.points.map((point) => point.value),
    row.mean,
    row.low ?? row.mean,
    row.high ?? row.mean,
  ]);
  const colorOf = (row: DotRow) => seriesColors[row.series % seriesColors.length]!;
  const centre = (row: DotRow) => row.condition * measures.length + row.series + 0.5;
  const marks: Plot.Markish[] = [
    Plot.gridX({ stroke: "currentColor", strokeOpacity: 0.14 }),
    Plot.axisX({
      label,
      labelAnchor: "center",
      labelArrow: "none",
      fontSize: 12,
      tickSize: 4,
      labelOffset: 40,
    }),
    Plot.ruleY(conditions.slice(1), {
      y: (_, index: number) => (index + 1) * measures.length,
      stroke: "currentColor",
      strokeOpacity: 0.14,
    }),
    Plot.text(conditions, {
      y: (_, index: number) => (index + 0.5) * measures.length,
      text: "title",
      frameAnchor: "left",
      textAnchor: "end",
      dx: -12,
      fontSize: 12.5,
      lineWidth: (margin - 16) / 12.5 / 0.9,
    }),
  ];
  for (const row of rows) {
    const symbol = symbols[row.series % symbols.length]!;
    marks.push(
      Plot.dot(
        points.filter((point) => point.row === row),
        {
          x: "value",
          y: (_, index: number) => centre(row) - 0.14 + spread(index) * 0.2,
          symbol,
          r: 3.2,
          fill: colorOf(row),
          fillOpacity: 0.65,
        },
      ),
    );
    if (row.low !== null && row.high !== null) {
      marks.push(
        Plot.link([row], {
          x1: () => row.low,
          x2: () => row.high,
          y1: centre(row) + 0.2,
          y2: centre(row) + 0.2,
          stroke: colorOf(row),
          strokeWidth: 2.5,
          strokeLinecap: "round",
        }),
      );
    }
    marks.push(
      Plot.dot([row], {
        x: "mean",
        y: centre(row) + 0.2,
        symbol: "diamond2",
        r: 5,
        fill: colorOf(row),
        stroke: "none",
      }),
    );
  }
  const svg = Plot.plot({
    document,
    className: "figure",
    width: WIDTH,
    height,
    marginLeft: margin,
    marginRight: 18,
    marginTop: 8,
    marginBottom: 48,
    x: { domain: padded(values), nice: true },
    y: { domain: [0, conditions.length * measures.length], reverse: true, axis: null },
    marks,
  });
  const legend =
    measures.length === 1
      ? []
      : measures.map((measure, series) => ({
          label: measure.title,
          color: seriesColors[series % seriesColors.length]!,
          shape: symbols[series % symbols.length]!,
          dash: undefined,
        }));
  return { svg, height, legend };
}

function curvePanel(spec: CurveSpec, input: FigureInput, document: Document): Panel {
  const series = curveSeries(spec, input);
  const colorOf = (index: number) => seriesColors[index % seriesColors.length]!;
  const marks: Plot.Markish[] = [
    Plot.gridY({ stroke: "currentColor", strokeOpacity: 0.14 }),
    Plot.axisX({
      label: spec.x.label,
      labelAnchor: "center",
      labelArrow: "none",
      fontSize: 12,
      tickSize: 4,
      labelOffset: 40,
    }),
    Plot.axisY({
      label: withUnit(spec.y.label, spec.y.unit),
      labelArrow: "none",
      labelAnchor: "top",
      fontSize: 12,
      tickSize: 4,
    }),
  ];
  const drawn = series
    .map((one, index) => ({ one, index }))
    .filter(({ one }) => one.runs.length > 0);
  for (const { one, index } of drawn) {
    marks.push(
      ...one.runs.map((run) =>
        Plot.line(run.points, {
          x: "x",
          y: "y",
          stroke: colorOf(index),
          strokeOpacity: 0.3,
          strokeWidth: 1,
        }),
      ),
    );
  }
  for (const { one, index } of drawn) {
    const dash = dashes[index % dashes.length];
    marks.push(
      Plot.line(one.mean, {
        x: "x",
        y: "y",
        stroke: colorOf(index),
        strokeWidth: 2.4,
        ...(dash === undefined ? {} : { strokeDasharray: dash }),
      }),
    );
  }
  const all = series.flatMap((one) => one.runs.flatMap((run) => run.points));
  const height = 340;
  const svg = Plot.plot({
    document,
    className: "figure",
    width: WIDTH,
    height,
    marginLeft: 58,
    marginRight: 18,
    marginTop: 28,
    marginBottom: 48,
    x: {
      domain: padded(
        all.map((point) => point.x),
        0,
      ),
    },
    y: { domain: padded(all.map((point) => point.y)), nice: true },
    marks,
  });
  return { svg, height, legend: series.map((one, index) => legendLine(one, index)) };
}

function legendLine(series: CurveSeries, index: number): LegendEntry {
  return {
    label: series.title,
    color: seriesColors[index % seriesColors.length]!,
    shape: "line",
    dash: dashes[index % dashes.length],
  };
}

const unitNames: Readonly<Partial<Record<Unit, string>>> = {
  proportion: "%",
  nats: "nats",
  seconds: "s",
  days: "days",
};

/** "accuracy (%)"; a label that already names its unit stays as it is. */
export function withUnit(label: string, unit: Unit): string {
  const name = unitNames[unit];
  if (name === undefined || /[)\]]\s*$/.test(label)) return label;
  return `${label} (${name})`;
}

/** Room for the longest condition's title, which wraps when there is not enough. */
function labelMargin(conditions: readonly Condition[]): number {
  const longest = Math.max(...conditions.map((condition) => condition.title.length));
  return Math.min(210, Math.max(70, longest * 6.6 + 20));
}

/** Spreads dots that would lie on each other, from -1 to 1, without chance. */
function spread(index: number): number {
  return ((index * 0.618_033_988_75 + 0.5) % 1) * 2 - 1;
}

function padded(values: readonly number[], share = 0.04): [number, number] {
  if (values.length === 0) return [0, 1];
  const low = values.reduce((a, b) => Math.min(a, b));
  const high = values.reduce((a, b) => Math.max(a, b));
  const room = high > low ? (high - low) * share : Math.max(Math.abs(high) * 0.1, 0.5);
  return [low - room, high + room];
}

function find<T extends { readonly id: string }>(list: readonly T[], id: string): T {
  return list.find((item) => item.id === id)!;
}
