import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { type Axis, type Chart, type CheckedChart, chartSchema, type Layer } from "./chart.ts";
import { placeNames } from "./names.ts";
import { dashes, seriesColors } from "./palette.ts";
import { domainOf, isLogarithmic, ticksOf } from "./scales.ts";
import { type LegendEntry, serializeSvg, symbols } from "./svg.ts";

const WIDTH = 680;
/** The least part of an axis between two ticks of its own: names need more room beside than above one another. */
const GAP = { x: 0.09, y: 0.03 } as const;
const FAINT = { stroke: "currentColor", strokeOpacity: 0.14 } as const;

/**
 * Draws a chart as SVG of 680 pixels' width, the same bytes for the same chart: no styles, no ids,
 * text in the reader's colour. Throws a ZodError for what is not a chart.
 */
export function renderChart(chart: Chart): string {
  const checked = chartSchema.parse(chart);
  const { document } = parseHTML("<html><body></body></html>");
  const domains = { x: domainOf(checked, "x"), y: domainOf(checked, "y") };
  const options: Plot.PlotOptions = {
    document,
    className: "figure",
    width: WIDTH,
    height: checked.height,
    marginLeft: leftMargin(checked.y),
    marginRight: 22,
    marginTop: 28,
    marginBottom: 54,
    x: scaleOptions(checked.x, domains.x),
    y: { ...scaleOptions(checked.y, domains.y), reverse: checked.y.scale === "names" },
    marks: [
      ...(checked.x.scale === "names"
        ? []
        : [Plot.gridX({ ...FAINT, ...gridTicks(checked.x, domains.x, GAP.x) })]),
      ...(checked.y.scale === "names"
        ? []
        : [Plot.gridY({ ...FAINT, ...gridTicks(checked.y, domains.y, GAP.y) })]),
      Plot.axisX({
        label: titleOf(checked.x),
        labelAnchor: "center",
        labelArrow: "none",
        fontSize: 12,
        tickSize: 4,
        labelOffset: 46,
        ...ticksFor(checked.x, domains.x, GAP.x),
      }),
      Plot.axisY({
        label: checked.y.scale === "names" ? null : titleOf(checked.y),
        labelArrow: "none",
        labelAnchor: "top",
        fontSize: 12,
        tickSize: 4,
        ...ticksFor(checked.y, domains.y, GAP.y),
      }),
      ...checked.layers.flatMap((layer, index) => marksOf(layer, seriesOf(layer, index), checked)),
    ],
  };
  const bare = Plot.plot(options);
  const names = placeNames(checked, {
    x: (value) => bare.scale("x")!.apply(coordinate(checked.x, value)) as number,
    y: (value) => bare.scale("y")!.apply(coordinate(checked.y, value)) as number,
    left: leftMargin(checked.y) + 2,
    right: WIDTH,
    height: checked.height,
  });
  const svg = Plot.plot({
    ...options,
    marks: [
      ...options.marks!,
      ...names.map(({ text, x, y, anchor }) =>
        Plot.text([text], {
          frameAnchor: "top-left",
          textAnchor: anchor,
          dx: x - leftMargin(checked.y),
          dy: y - 28,
          lineAnchor: "middle",
          fontSize: 10.5,
        }),
      ),
    ],
  });
  return serializeSvg(
    [{ svg: svg as unknown as Element, height: checked.height, legend: legendOf(checked) }],
    WIDTH,
    checked.title,
  );
}

/** The series of a layer: as it says, or one of its own. */
function seriesOf(layer: Layer, index: number): number {
  return layer.series ?? index;
}

function colorOf(series: number): string {
  return seriesColors[series % seriesColors.length]!;
}

function marksOf(layer: Layer, series: number, { x, y }: CheckedChart): Plot.Markish[] {
  const color = colorOf(series);
  const atX = (value: number) => coordinate(x, value);
  const atY = (value: number) => coordinate(y, value);
  switch (layer.kind) {
    case "line":
      return [
        Plot.line(layer.points, {
          x: (point: { x: number }) => atX(point.x),
          y: (point: { y: number }) => atY(point.y),
          stroke: color,
          strokeWidth: 2,
          ...(layer.dashed ? { strokeDasharray: dashes[1] } : {}),
        }),
      ];
    case "band":
      return [
        Plot.areaY(layer.points, {
          x: (point: { x: number }) => atX(point.x),
          y1: (point: { low: number }) => atY(point.low),
          y2: (point: { high: number }) => atY(point.high),
          fill: color,
          fillOpacity: 0.18,
        }),
      ];
    case "points": {
      const across = layer.points.filter(
        (point) => point.left !== undefined && point.right !== undefined,
      );
      const along = layer.points.filter(
        (point) => point.low !== undefined && point.high !== undefined,
      );
      const bar = { stroke: color, strokeWidth: 1.6, strokeOpacity: 0.75 };
      return [
        Plot.link(across, {
          x1: (point: { left?: number }) => atX(point.left!),
          x2: (point: { right?: number }) => atX(point.right!),
          y: (point: { y: number }) => atY(point.y),
          ...bar,
        }),
        Plot.link(along, {
          x: (point: { x: number }) => atX(point.x),
          y1: (point: { low?: number }) => atY(point.low!),
          y2: (point: { high?: number }) => atY(point.high!),
          ...bar,
        }),
        Plot.dot(layer.points, {
          x: (point: { x: number }) => atX(point.x),
          y: (point: { y: number }) => atY(point.y),
          symbol: symbols[series % symbols.length]!,
          r: 4,
          stroke: color,
          strokeWidth: 1.6,
          fill: (point: { hollow?: boolean }) => (point.hollow ? "none" : color),
        }),
      ];
    }
    case "bars": {
      const half = layer.width / 2;
      const along =
        layer.along === "x"
          ? (["x1", "x2", "y1", "y2"] as const)
          : (["y1", "y2", "x1", "x2"] as const);
      const [ofLength, ofPlace] = layer.along === "x" ? [atX, atY] : [atY, atX];
      return [
        Plot.rect(layer.bars, {
          [along[0]]: (bar: { from: number }) => ofLength(bar.from),
          [along[1]]: (bar: { to: number }) => ofLength(bar.to),
          [along[2]]: (bar: { at: number }) => ofPlace(bar.at - half),
          [along[3]]: (bar: { at: number }) => ofPlace(bar.at + half),
          fill: color,
          fillOpacity: 0.85,
        }),
      ];
    }
    case "rule": {
      const style = { stroke: "currentColor", strokeOpacity: 0.55, strokeDasharray: "4 3" };
      return [
        layer.axis === "x"
          ? Plot.ruleX([atX(layer.at)], style)
          : Plot.ruleY([atY(layer.at)], style),
      ];
    }
  }
}

/** What the plot's scale takes. Logarithms are taken here, because a log scale drops ticks of its own choice. */
function coordinate(axis: Axis, value: number): number | Date {
  if (isLogarithmic(axis)) return Math.log2(value);
  if (axis.scale === "percent") return value * 100;
  return axis.scale === "date" ? new Date(value * 86_400_000) : value;
}

function titleOf({ scale, label }: Axis): string {
  return scale === "percent" ? `${label} (%)` : label;
}

function scaleOptions(axis: Axis, domain: readonly [number, number]): Plot.ScaleOptions {
  return {
    type: axis.scale === "date" ? "utc" : "linear",
    domain: domain.map((value) => coordinate(axis, value)) as [number, number],
  };
}

/** Ticks of the axis's own where it has any; else the plot's, and no options. */
function ticksFor(axis: Axis, domain: readonly [number, number], gap: number) {
  const own = ticksOf(axis, domain, gap);
  if (!own) return {};
  const names = new Map(own.map(([value, name]) => [coordinate(axis, value), name]));
  return { ticks: [...names.keys()], tickFormat: (value: number) => names.get(value) ?? "" };
}

function gridTicks(axis: Axis, domain: readonly [number, number], gap: number) {
  const { ticks } = ticksFor(axis, domain, gap);
  return ticks ? { ticks } : {};
}

function leftMargin(axis: Axis): number {
  if (axis.scale === "minutes") return 72;
  if (axis.scale !== "names") return 58;
  const longest = Math.max(0, ...(axis.names ?? []).map((name) => name.length));
  return Math.min(310, Math.max(70, longest * 6.6 + 20));
}

/** One entry a series, by its first label; a series of points has their shape, others a line. */
function legendOf(chart: CheckedChart): LegendEntry[] {
  const entries = new Map<number, LegendEntry>();
  for (const [index, layer] of chart.layers.entries()) {
    const series = seriesOf(layer, index);
    if (layer.label === undefined || layer.kind === "rule" || entries.has(series)) continue;
    entries.set(series, {
      label: layer.label,
      color: colorOf(series),
      shape:
        layer.kind === "points"
          ? symbols[series % symbols.length]!
          : layer.kind === "bars"
            ? "square"
            : "line",
      dash: layer.kind === "line" && layer.dashed ? dashes[1] : undefined,
    });
  }
  return [...entries.values()];
}
