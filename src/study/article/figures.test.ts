import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import { Fault, type Json } from "../../record/index.ts";
import type { FigureSpec } from "../definition.ts";
import { exampleInput } from "./example.test-support.ts";
import { renderFigure, withUnit } from "./figures.ts";

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

describe("a chart that an experiment wrote", () => {
  const spec = { ...curves, kind: "chart", conditions: [curves.conditions[0]!] } as FigureSpec;
  const withChart = (chart: Json) => ({
    ...input,
    artifacts: new Map([...input.artifacts].map(([hash]) => [hash, chart])),
  });

  it("is drawn from the artifact of the condition's first run", () => {
    const axis = { label: "Days", scale: "linear" };
    const layers = [{ kind: "line", label: "Growth", points: [0, 1, 2].map((x) => ({ x, y: x })) }];
    const shown = texts(renderFigure(spec, withChart({ x: axis, y: axis, layers } as Json)));
    expect(shown).toEqual(expect.arrayContaining(["Days", "Growth"]));
  });

  it("is refused, with its place, where it is none", () => {
    expect(() => renderFigure(spec, withChart({ x: 1 }))).toThrow(
      /run [0-9a-f]{12}, .*#\/x: not a chart/,
    );
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
