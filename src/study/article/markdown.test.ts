import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseMarkdown, sourceOffsets } from "./markdown.ts";

describe("places in the source", () => {
  it.each<[string, string, string]>([
    ["a character reference", "say &amp; and 9", "say & and 9"],
    ["a numeric reference", "say &#x1F600; and 9", "say 😀 and 9"],
    ["a backslash", "say \\* and 9", "say * and 9"],
    ["a reference that is none", "say &nope; and 9", "say &nope; and 9"],
    ["a continued quotation", "say\n> and 9", "say\nand 9"],
    ["an indented line", "say\n   and 9", "say\nand 9"],
  ])("are found behind %s", (_, source, value) => {
    const offsets = sourceOffsets(value, source, 0, source.length);
    expect(offsets).toHaveLength(value.length);
    expect(source[offsets[value.indexOf("9")]!]).toBe("9");
  });

  it("never run backwards", () => {
    const piece = fc.constantFrom(
      "a",
      " ",
      "&amp;",
      "&#52;",
      "\\*",
      "\n",
      "9",
      "&",
      "😀",
      "*b*",
      "`c`",
    );
    fc.assert(
      fc.property(
        fc.array(piece).map((list) => `x${list.join("")}`),
        (source) => {
          const { root } = parseMarkdown(source);
          for (const block of root.children) {
            if (block.type !== "paragraph") continue;
            for (const child of block.children) {
              if (child.type !== "text") continue;
              const offsets = sourceOffsets(
                child.value,
                source,
                child.position!.start.offset!,
                child.position!.end.offset!,
              );
              expect([...offsets].sort((a, b) => a - b)).toEqual(offsets);
            }
          }
        },
      ),
    );
  });
});

describe("directives", () => {
  it("keep their bar inside a table's cell, escaped or not", () => {
    const { root } = parseMarkdown("| a | b |\n|---|---|\n| {{claim:H1|p}} | {{claim:H1\\|n}} |");
    const [table] = root.children;
    expect(table?.type === "table" && table.children[1]?.children.length).toBe(2);
  });
});
