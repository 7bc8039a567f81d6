/**
 * Charts as SVG: a declarative chart that any room can fill, and what turns a plot into an SVG that
 * stands alone, on paper and on a page, in light and in dark.
 */
export { type Chart, chartSchema } from "./chart.ts";
export { dashes, seriesColors } from "./palette.ts";
export { renderChart } from "./render.ts";
export { type LegendEntry, type Panel, serializeSvg, svgForPrint, symbols } from "./svg.ts";
