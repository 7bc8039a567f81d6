import type { CheckedChart } from "./chart.ts";

/** A name and where it stands: its middle's height, and the side that `x` is on. */
export interface PlacedName {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly anchor: "start" | "end" | "middle";
}

interface Frame {
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
  /** Where names may stand: right of the axis. */
  readonly left: number;
  readonly right: number;
  readonly height: number;
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const CHARACTER = 5.9;
const HALF_LINE = 6;

/**
 * Places the names of points, bars and rules beside them so that none covers another name or dot;
 * a point's name that finds no place is left out, as its dot is there all the same.
 */
export function placeNames(chart: CheckedChart, frame: Frame): PlacedName[] {
  const placed: PlacedName[] = [];
  const taken: Box[] = dotsOf(chart, frame);
  const put = (text: string, spots: readonly Omit<PlacedName, "text">[]) => {
    for (const spot of spots) {
      const box = boxOf(text, spot);
      const isInside =
        box.left >= frame.left &&
        box.right <= frame.right &&
        box.top >= 0 &&
        box.bottom <= frame.height;
      if (!isInside || taken.some((other) => overlap(other, box))) continue;
      taken.push(box);
      placed.push({ text, ...spot });
      return;
    }
  };
  for (const layer of chart.layers) {
    if (layer.kind === "rule" && layer.label !== undefined) {
      if (layer.axis === "y") {
        const y = frame.y(layer.at);
        const right = frame.right - 24;
        put(layer.label, [
          { x: right, y: y - 8, anchor: "end" },
          { x: right, y: y + 8, anchor: "end" },
        ]);
      } else {
        const x = frame.x(layer.at);
        put(layer.label, [
          { x: x + 4, y: 36, anchor: "start" },
          { x: x - 4, y: 36, anchor: "end" },
          { x: x + 4, y: 52, anchor: "start" },
        ]);
      }
    }
    if (layer.kind === "bars") {
      for (const bar of layer.bars) {
        if (bar.name === undefined) continue;
        const [length, place] = layer.along === "x" ? [frame.x, frame.y] : [frame.y, frame.x];
        const far =
          layer.along === "x"
            ? Math.max(length(bar.from), length(bar.to))
            : Math.min(length(bar.from), length(bar.to));
        put(
          bar.name,
          layer.along === "x"
            ? [
                { x: far + 5, y: place(bar.at), anchor: "start" },
                { x: far - 5, y: place(bar.at), anchor: "end" },
              ]
            : [{ x: place(bar.at), y: far - 8, anchor: "middle" }],
        );
      }
    }
    if (layer.kind === "points") {
      // The latest first: they are what a reader looks for.
      for (const point of [...layer.points].reverse()) {
        if (point.name === undefined) continue;
        const [x, y] = [frame.x(point.x), frame.y(point.y)];
        put(point.name, [
          { x: x - 8, y, anchor: "end" },
          { x: x + 8, y, anchor: "start" },
          { x: x - 6, y: y - 11, anchor: "end" },
          { x: x + 6, y: y + 11, anchor: "start" },
          { x, y: y - 13, anchor: "middle" },
          { x, y: y + 13, anchor: "middle" },
        ]);
      }
    }
  }
  return placed;
}

/** What names must not cover: dots, and upright intervals. */
function dotsOf(chart: CheckedChart, frame: Frame): Box[] {
  return chart.layers.flatMap((layer) =>
    layer.kind === "points"
      ? layer.points.flatMap((point) => {
          const [x, y] = [frame.x(point.x), frame.y(point.y)];
          const dot = { left: x - 5, right: x + 5, top: y - 5, bottom: y + 5 };
          if (point.low === undefined || point.high === undefined) return [dot];
          return [
            dot,
            { left: x - 1, right: x + 1, top: frame.y(point.high), bottom: frame.y(point.low) },
          ];
        })
      : [],
  );
}

function boxOf(text: string, { x, y, anchor }: Omit<PlacedName, "text">): Box {
  const width = text.length * CHARACTER;
  const left = anchor === "start" ? x : anchor === "end" ? x - width : x - width / 2;
  return { left, right: left + width, top: y - HALF_LINE, bottom: y + HALF_LINE };
}

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
