import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import { Fault, type Json } from "../../record/index.ts";
import type { FigureSpec } from "../definition.ts";
import { exampleInput } from "./example.test-support.ts";
import { renderFigure, seriesColors, withUnit } from "./figures.ts";

const input = exampleInput();
const dots = input.definition.figures.find((figure) => figure.kind === "dots")!;
const curves = input.definition.figures.find((figure) => figure.kind === "curves")!;
const parse = (svg: string) => parseHTML(`<html><body>${svg}</body></html>`).document;

describe("a figure of dots", () => {
  const document = parse(renderFigure(dots, input));

  it("has one dot a run that counts, and a mean and an interval a condition", () => {
    const cells = dots.conditions.map((condition) => input.claims.get(`caught/${condition}`)!);
    const inputs = cells.flatMap((cell) => cell.derivation.inputs);
    expect(
      document.querySelectorAll("g[fill-opacity='0.65'] path, g[fill-opacity='0.65'] circle"),
    ).toHaveLength(inputs.length);
    expect(
      document.querySelectorAll("[stroke-linecap=round] path, path[stroke-linecap=round]"),
    ).toHaveLength(cells.length);
  });

  it("names its conditions, and the unit of its axis", () => {
    const texts = Array.from(document.querySelectorAll("text")).map((node) => node.textContent);
    expect(texts).toEqual(
      expect.arrayContaining(["Text monitor", "Text and probe", "Planted incidents caught (%)"]),
    );
  });

  it("draws measures of different units on axes of their own, and of one unit in one panel with a legend", () => {
    const two = { ...dots, measures: ["caught", "calibration"] } as FigureSpec;
    const labels = texts(renderFigure(two, input));
    expect(labels).toContain("Incidents caught (%)");
    expect(labels).toContain("Calibration loss (nats)");
  });
});

describe("a figure of curves", () => {
  const svg = renderFigure(curves, input);

  it("has a line a run and a thicker one a condition", () => {
    const lines = Array.from(parse(svg).querySelectorAll("g[stroke-opacity='0.3'] path"));
    const runs = input.runs.filter(
      (run) =>
        run.role === "original" && run.status === "ok" && curves.conditions.includes(run.condition),
    );
    expect(lines).toHaveLength(runs.length);
    expect(parse(svg).querySelectorAll("g g[stroke-width='2.4'] path")).toHaveLength(
      curves.conditions.length,
    );
  });

  it("tells series apart by dashes as well as by colour", () => {
    expect(svg).toContain("stroke-dasharray");
    expect(texts(svg)).toEqual(
      expect.arrayContaining(["Text monitor", "Loss (nats)", "Training step"]),
    );
  });

  it("says which artifact lacks its points", () => {
    const artifacts = new Map([...input.artifacts].map(([hash]) => [hash, { curve: 3 } as Json]));
    const run = input.runs.find((candidate) => candidate.condition === curves.conditions[0])!;
    expect(() => renderFigure(curves, { ...input, artifacts })).toThrow(Fault);
    expect(() => renderFigure(curves, { ...input, artifacts })).toThrow(
      /run [0-9a-f]{12}, result\.json#\/curve: not an array of points/,
    );
    expect(() => renderFigure(curves, { ...input, artifacts: new Map() })).toThrow(/is missing/);
    expect(run.id).toMatch(/^[0-9a-f]{12}$/);
  });
});

describe("every figure", () => {
  it.each(input.definition.figures.map((figure) => [figure.id, figure] as const))(
    "%s is the same twice, and holds no style, script, id or reference",
    (_, figure) => {
      const svg = renderFigure(figure, input);
      expect(renderFigure(figure, input)).toBe(svg);
      expect(svg).not.toMatch(/<style|<script|style=|class=|\sid=|href|url\(|\son\w+=/);
      expect(svg).toContain("currentColor");
    },
  );

  it("escapes what the study calls things", () => {
    const title = 'A </text><script>alert("x")</script> & \u202eB';
    const conditions = input.definition.conditions.map((condition) => ({ ...condition, title }));
    const svg = renderFigure(dots, { ...input, definition: { ...input.definition, conditions } });
    expect(svg).not.toContain("<script");
    expect(svg).not.toContain("\u202e");
    expect(svg).toContain("&lt;script&gt;");
  });
});

describe("the palette", () => {
  it("has a contrast of 3:1 or more on the light and on the dark page", () => {
    for (const color of seriesColors) {
      expect(contrast(color, "#fdfdfb")).toBeGreaterThanOrEqual(3);
      expect(contrast(color, "#15171a")).toBeGreaterThanOrEqual(3);
    }
  });

  it("stays apart for readers with protanopia or deuteranopia, in its first four colours", () => {
    const first = seriesColors.slice(0, 4);
    for (const matrix of [protanopia, deuteranopia]) {
      for (const [index, one] of first.entries()) {
        for (const other of first.slice(index + 1)) {
          expect(
            distance(simulate(one, matrix), simulate(other, matrix)),
            `${one} ${other}`,
          ).toBeGreaterThan(10);
        }
      }
    }
  });
});

describe("axis labels", () => {
  it("get their unit unless they name one", () => {
    expect(withUnit("Loss", "nats")).toBe("Loss (nats)");
    expect(withUnit("Share (%)", "proportion")).toBe("Share (%)");
    expect(withUnit("Ratio", "ratio")).toBe("Ratio");
  });
});

function texts(svg: string): readonly (string | null)[] {
  return Array.from(parse(svg).querySelectorAll("text")).map((node) => node.textContent);
}

type Triple = readonly [number, number, number];

/** Severity 1.0 of Machado, Oliveira and Fernandes (2009), on linear RGB. */
const protanopia = [
  [0.152286, 1.052583, -0.204868],
  [0.114503, 0.786281, 0.099216],
  [-0.003882, -0.048116, 1.051998],
] as const;
const deuteranopia = [
  [0.367322, 0.860646, -0.227968],
  [0.280085, 0.672501, 0.047413],
  [-0.01182, 0.04294, 0.968881],
] as const;

function linear(color: string): Triple {
  const channel = (at: number) => {
    const value = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [channel(1), channel(3), channel(5)];
}

function luminance([r, g, b]: Triple): number {
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string, other: string): number {
  const [a, b] = [luminance(linear(one)) + 0.05, luminance(linear(other)) + 0.05];
  return Math.max(a, b) / Math.min(a, b);
}

function simulate(color: string, matrix: readonly (readonly number[])[]): Triple {
  const from = linear(color);
  const row = (index: number) =>
    Math.min(
      1,
      Math.max(
        0,
        matrix[index]!.reduce((sum, weight, at) => sum + weight * from[at]!, 0),
      ),
    );
  return [row(0), row(1), row(2)];
}

/** CIE 1976 colour difference. */
function distance(one: Triple, other: Triple): number {
  const [a, b] = [lab(one), lab(other)];
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

function lab([r, g, b]: Triple): Triple {
  const f = (value: number) => (value > 0.008856 ? Math.cbrt(value) : 7.787 * value + 16 / 116);
  const x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505);
  const y = f(0.2126 * r + 0.7152 * g + 0.0722 * b);
  const z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}
