import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nearest, tokenize } from "./syntax.ts";

const kinds = (text: string) => tokenize(text).map((token) => token.kind);

describe("directives", () => {
  it("have a name, an argument and perhaps an option", () => {
    expect(tokenize("a {{claim:caught/probe|p}} b")).toMatchObject([
      { kind: "text", text: "a " },
      { kind: "directive", name: "claim", argument: "caught/probe", option: "p" },
      { kind: "text", text: " b" },
    ]);
    expect(tokenize("{{ plan:/definition/seeds/original }}")).toMatchObject([
      { kind: "directive", name: "plan", argument: "/definition/seeds/original", option: null },
    ]);
  });

  it.each([
    "{{claim:H1",
    "{{claim}}",
    "{{claim:}}",
    "{{:H1}}",
    "{{}}",
    "{{claim:H1|}}",
    "{{claim:H1|p|n}}",
    "{{claim:H1 H2}}",
    "{{claims:H1}}",
    "claim:H1}}",
    "{{claim:{{claim:H1}}",
  ])("that are malformed are told apart from text: %s", (text) => {
    expect(kinds(text)).toContain("malformed");
  });

  it("propose the nearest name", () => {
    const [token] = tokenize("{{clam:H1}}");
    expect(token).toMatchObject({ remedy: expect.stringContaining("{{claim:H1}}") });
  });

  it("are not single braces", () => {
    expect(kinds("a set {x} and {y}")).toEqual(["text"]);
  });
});

describe("citations", () => {
  it("name one reference or several", () => {
    expect(tokenize("see [@wei2022; @lin]")).toMatchObject([
      { kind: "text" },
      { kind: "citation", keys: ["wei2022", "lin"] },
    ]);
  });

  it.each(["[@]", "[@a b]", "[@a; b]", "[@a", "[@a_b]", "[-@a]", "[@a, p. 4]"])(
    "are refused when malformed: %s",
    (text) => {
      expect(kinds(text)).toEqual(["malformed"]);
    },
  );

  it("are not addresses of mail", () => {
    expect(kinds("write to ada@example.org")).toEqual(["text"]);
  });
});

it("covers any text from end to end, without gap or overlap", () => {
  const pieces = fc.constantFrom(
    "{{",
    "}}",
    "claim:",
    "H1",
    "|p",
    "[@",
    "]",
    ";",
    " ",
    "x",
    "@",
    "[",
  );
  fc.assert(
    fc.property(
      fc.array(pieces).map((list) => list.join("")),
      (text) => {
        let at = 0;
        for (const token of tokenize(text)) {
          expect(token.start).toBe(at);
          expect(token.end).toBeGreaterThan(at);
          at = token.end;
        }
        expect(at).toBe(text.length);
      },
    ),
  );
});

describe("the nearest id", () => {
  it("is the one with the fewest edits", () => {
    expect(nearest("cought/prob", ["caught/text", "caught/probe", "H1"])).toBe("caught/probe");
    expect(nearest("anything", [])).toBeNull();
  });
});
