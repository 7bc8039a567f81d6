import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { assembleArticle } from "./assemble.ts";
import { exampleInput } from "./example.test-support.ts";
import { isMathProblem, parseMath } from "./math.ts";
import { renderPdf, typstSource } from "./typst.ts";
import { mathToTypst } from "./typst-math.ts";
import { typstString } from "./typst-text.ts";

const article = assembleArticle(exampleInput());
const bare = { ...article, abstract: [], body: [], appendix: [], evidence: [] };

/** Typst source with every string literal emptied: what is left is code. */
const codeOf = (source: string) => source.replace(/"(?:[^"\\]|\\.)*"/gs, '""');

describe("text in Typst source", () => {
  it("is always a string literal, whatever it holds", () => {
    const empty = codeOf(typstSource({ ...bare, title: "a", question: "a" }));
    const tricky = fc.constantFrom(
      '"',
      "\\",
      "#",
      "$",
      "@",
      "`",
      "{",
      "}",
      "]",
      "[",
      "*",
      "_",
      "\n",
      "//",
      "/*",
      "\\u{",
      "<",
      ">",
      "é",
    );
    fc.assert(
      fc.property(
        fc.array(fc.oneof(tricky, fc.string({ unit: "binary" }))).map((list) => list.join("")),
        (text) => {
          expect(codeOf(typstSource({ ...bare, title: text, question: text }))).toBe(empty);
        },
      ),
      { numRuns: 200 },
    );
  });

  it.each([
    '#read("/etc/passwd")',
    '"; read("/etc/passwd"); "',
    '\\"; eval("panic()"); "',
    '#eval("1") @ref $x$ \\ <label> `raw` = heading',
    "\u202e bidi \u0000 nul \ud800 half",
    "漢字 👍 ‏עברית",
  ])("compiles as text: %j", (text) => {
    const pdf = renderPdf({
      ...article,
      title: text,
      question: text,
      appendix: [],
      evidence: [],
      body: [],
      abstract: [],
    });
    expect(Buffer.from(pdf.slice(0, 5)).toString()).toBe("%PDF-");
  });

  it("shows what the bundled fonts cannot", () => {
    expect(typstString('say "x\\y" 漢\u202e')).toBe('"say \\"x\\\\y\\" ⟨U+6F22⟩⟨U+202E⟩"');
  });
});

describe("formulas", () => {
  it.each([
    "w \\in \\mathbb{R}^d",
    "\\frac{1}{1+e^{-x}}",
    "\\sum_{i=1}^{n} x_i \\quad \\prod_j y_j",
    "\\sqrt{x} + \\sqrt[3]{y}",
    "\\hat{y} \\bar{x} \\tilde{z} \\vec{v} \\dot{a} \\overline{ab} \\underbrace{a+b}_{c}",
    "\\left( \\frac{a}{b} \\right] \\big| x \\big\\|",
    "\\begin{pmatrix} a & b \\\\ c & d \\end{pmatrix}",
    "\\begin{aligned} a &= b \\\\ &= c \\end{aligned}",
    "\\begin{cases} x & \\text{if } y \\\\ 0 & \\text{else} \\end{cases}",
    "\\operatorname{KL}(p \\,\\|\\, q) = \\mathbb{E}\\left[\\log \\tfrac{p}{q}\\right]",
    "\\argmax_\\theta \\mathcal{L}(\\theta), \\lim_{x \\to 0}, \\max_i",
    "\\mathbf{W} \\mathrm{d}x \\mathfrak{g} \\mathsf{T} \\mathtt{x}",
    "\\binom{n}{k} a' b'' \\not= \\phantom{x} \\ldots",
    "{}",
  ])("%s is set in the PDF", (tex) => {
    const parsed = parseMath(tex, true);
    if (isMathProblem(parsed)) throw new Error(parsed.message);
    expect(codeOf(mathToTypst(parsed, true))).not.toContain("\\");
    const pdf = renderPdf({
      ...article,
      body: [{ kind: "math", math: parsed }],
      appendix: [],
      evidence: [],
      abstract: [],
    });
    expect(pdf.length).toBeGreaterThan(1000);
  });
});
