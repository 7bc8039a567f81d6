import type { Axis, CheckedChart, Layer } from "./chart.ts";

/** Lengths of work with their names, in minutes. */
const LENGTHS: readonly (readonly [minutes: number, name: string])[] = [
  [1 / 60, "1 s"],
  [4 / 60, "4 s"],
  [0.25, "15 s"],
  [1, "1 min"],
  [4, "4 min"],
  [15, "15 min"],
  [60, "1 h"],
  [240, "4 h"],
  [480, "8 h"],
  [960, "16 h"],
  [2400, "1 week"],
  [10_020, "1 month"],
  [40_080, "4 months"],
  [120_000, "1 year"],
  [1_200_000, "10 years"],
];

/** 1, 2 and 5 times powers of ten. */
const DECADES = Array.from({ length: 73 }, (_, index): readonly [number, string] => {
  const value = Number(`${[1, 2, 5][index % 3]}e${Math.floor(index / 3) - 12}`);
  return [value, value >= 1e6 || value < 1e-4 ? value.toExponential() : String(value)];
});

export function isLogarithmic({ scale }: Axis): boolean {
  return scale === "log" || scale === "minutes";
}

/** The values that an axis has to hold: those of its layers, or as its `domain` says. */
export function domainOf(chart: CheckedChart, which: "x" | "y"): [number, number] {
  const axis = chart[which];
  if (axis.domain) return [...axis.domain];
  if (axis.scale === "names") return [-0.5, Math.max(1, axis.names?.length ?? 1) - 0.5];
  const values = chart.layers.flatMap((layer) => valuesOf(layer, which));
  const usable = isLogarithmic(axis) ? values.filter((value) => value > 0) : values;
  if (usable.length === 0) return [1, 2];
  const low = usable.reduce((a, b) => Math.min(a, b));
  const high = usable.reduce((a, b) => Math.max(a, b));
  if (isLogarithmic(axis)) {
    const room = (high / low) ** 0.03 * (high > low ? 1 : 1.5);
    return [low / room, high * room];
  }
  const room = high > low ? (high - low) * 0.03 : Math.max(Math.abs(high) * 0.1, 0.5);
  return [low - room, high + room];
}

/** Ticks with their names, where the plot's own would not do; `gap` is the least part of the axis between two. */
export function ticksOf(
  axis: Axis,
  [low, high]: readonly [number, number],
  gap: number,
): readonly (readonly [value: number, name: string])[] | null {
  if (axis.scale === "names") return (axis.names ?? []).map((name, at) => [at, name] as const);
  if (!isLogarithmic(axis)) return null;
  const kept: (readonly [number, string])[] = [];
  for (const tick of axis.scale === "minutes" ? LENGTHS : DECADES) {
    const [at] = tick;
    const isFar = kept.length === 0 || Math.log(at / kept.at(-1)![0]) / Math.log(high / low) >= gap;
    if (at >= low && at <= high && isFar) kept.push(tick);
  }
  return kept;
}

function valuesOf(layer: Layer, which: "x" | "y"): number[] {
  const given = (...values: readonly (number | undefined)[]) =>
    values.filter((value): value is number => value !== undefined);
  switch (layer.kind) {
    case "line":
      return layer.points.map((point) => point[which]);
    case "band":
      return layer.points.flatMap((point) => (which === "x" ? [point.x] : [point.low, point.high]));
    case "points":
      return layer.points.flatMap((point) =>
        which === "x"
          ? given(point.x, point.left, point.right)
          : given(point.y, point.low, point.high),
      );
    case "bars":
      return layer.bars.flatMap((bar) =>
        layer.along === which
          ? [bar.from, bar.to]
          : [bar.at - layer.width / 2, bar.at + layer.width / 2],
      );
    case "rule":
      return layer.axis === which ? [layer.at] : [];
  }
}
