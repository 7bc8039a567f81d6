import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileArticle } from "./compile.ts";
import { exampleInput } from "./example.test-support.ts";
import { TEXT_COLUMNS } from "./text.ts";
import { displayWidth, wrap } from "./text-width.ts";

const { text } = compileArticle(exampleInput());

describe("an article in a terminal", () => {
  it("keeps to its columns", () => {
    for (const line of text.split("\n"))
      expect(displayWidth(line), line).toBeLessThanOrEqual(TEXT_COLUMNS);
  });

  it("has no control character and no trailing blank", () => {
    expect(text.replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
    expect(text).not.toMatch(/ \n/);
  });

  it("says the status of each claim in words", () => {
    expect(text).toContain("+21.3 percentage points (confirmed)");
  });

  it("aligns the numbers of a table, and names figures with their captions", () => {
    const lines = text.split("\n");
    const head = lines.find(
      (line) => line.startsWith("Condition") && line.endsWith("Calibration loss"),
    )!;
    const row = lines.find((line) => line.startsWith("Text monitor") && line.endsWith("nats"))!;
    expect(row.length).toBe(head.length);
    expect(text).toContain("[Figure 1] Incidents caught by each monitor.");
  });

  it("leaves out no section that the page has", () => {
    for (const heading of [
      "Abstract",
      "What was asked and what was found",
      "Conditions",
      "A Everything we ran",
      "B The plan",
      "References",
      "Evidence",
    ]) {
      expect(text.split("\n")).toContain(heading);
    }
  });
});

describe("wrapping", () => {
  it("never exceeds the width, and loses nothing but blanks", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme" }),
        fc.integer({ min: 2, max: 30 }),
        (source, width) => {
          const lines = wrap(source, width);
          for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(width);
          expect(lines.join("").replace(/\s/gu, "")).toBe(source.replace(/\s/gu, ""));
        },
      ),
    );
  });

  it("counts wide characters twice and marks not at all", () => {
    expect(displayWidth("漢字e\u0301")).toBe(5);
  });
});
