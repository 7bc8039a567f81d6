import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import { type Chart, renderChart } from "./index.ts";

const day = (date: string) => Date.parse(date) / 86_400_000;

/** Horizons against release dates, with a trend, its band and a milestone. */
const trend: Chart = {
  x: { label: "Release date", scale: "date" },
  y: { label: "50 % time horizon", scale: "minutes" },
  layers: [
    {
      kind: "band",
      series: 0,
      points: [
        { x: day("2023-01-01"), low: 2, high: 6 },
        { x: day("2027-01-01"), low: 1500, high: 9000 },
      ],
    },
    {
      kind: "line",
      series: 0,
      label: "Trend",
      points: [
        { x: day("2023-01-01"), y: 3.5 },
        { x: day("2027-01-01"), y: 4000 },
      ],
    },
    {
      kind: "points",
      series: 1,
      label: "Models",
      points: [
        { x: day("2023-03-14"), y: 4, low: 1.9, high: 8, name: "Model <A>" },
        { x: day("2025-02-24"), y: 60, low: 33, high: 104, name: "Model B", hollow: true },
        { x: day("2025-02-24"), y: 62, name: "Model C" },
      ],
    },
    { kind: "rule", axis: "y", at: 6000, label: "100 h" },
  ],
};
const parse = (svg: string) => parseHTML(`<html><body>${svg}</body></html>`).document;
const texts = (svg: string) =>
  Array.from(parse(svg).querySelectorAll("text")).map((node) => node.textContent);

describe("a chart", () => {
  it("shows lengths of work by the names people use, and every series in the legend", () => {
    const shown = texts(renderChart(trend));
    expect(shown).toEqual(
      expect.arrayContaining(["4 min", "1 h", "16 h", "Trend", "Models", "100 h"]),
    );
    expect(shown).toEqual(expect.arrayContaining(["Release date", "50 % time horizon"]));
  });

  it("draws a dot a point, an interval where there is one, a line and a band", () => {
    const document = parse(renderChart(trend));
    expect(document.querySelectorAll("[fill-opacity='0.18']")).toHaveLength(1);
    const [intervals] = /<g[^>]*stroke-opacity="0.75".*?<\/g>/.exec(renderChart(trend))!;
    expect(intervals.match(/<path/g)).toHaveLength(2);
  });

  it("names points so that no name covers another", () => {
    const crowd = Array.from({ length: 40 }, (_, at) => ({
      x: at / 20,
      y: 1,
      name: `Model number ${at}`,
    }));
    const shown = texts(
      renderChart({
        x: { label: "x", scale: "linear" },
        y: { label: "y", scale: "linear" },
        layers: [{ kind: "points", points: crowd }],
      }),
    ).filter((text) => text?.startsWith("Model"));
    expect(shown.length).toBeGreaterThan(4);
    expect(shown.length).toBeLessThan(40);
  });

  it("lays bars along either axis, over places with names", () => {
    const shown = texts(
      renderChart({
        x: { label: "Hours", scale: "linear" },
        y: { label: "Stage", scale: "names", names: ["Planning", "Review"] },
        layers: [
          {
            kind: "bars",
            along: "x",
            bars: [
              { at: 0, from: 0, to: 8, name: "8 h" },
              { at: 1, from: 8, to: 12, name: "4 h" },
            ],
          },
        ],
      }),
    );
    expect(shown).toEqual(expect.arrayContaining(["Planning", "Review", "8 h", "4 h"]));
  });

  it("is the same twice, and holds no style, script, id or reference", () => {
    const svg = renderChart(trend);
    expect(renderChart(trend)).toBe(svg);
    expect(svg).not.toMatch(/<style|<script|style=|class=|\sid=|href|url\(|\son\w+=/);
    expect(svg).toContain("Model &lt;A&gt;");
  });

  it.each<[string, unknown]>([
    [
      "a number that is not finite",
      { ...trend, layers: [{ kind: "rule", axis: "x", at: Infinity }] },
    ],
    ["a key that it does not know", { ...trend, onload: "alert(1)" }],
    [
      "more points than can be drawn",
      { ...trend, layers: [{ kind: "line", points: Array(5001).fill({ x: 0, y: 0 }) }] },
    ],
    ["no layers", { ...trend, layers: [] }],
  ])("refuses %s", (_, chart) => {
    expect(() => renderChart(chart as Chart)).toThrow();
  });
});
