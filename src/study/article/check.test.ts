import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkArticle } from "./check.ts";
import { compileArticle } from "./compile.ts";
import { ordinarySentences } from "./corpus.test-support.ts";
import { exampleInput, exampleWith } from "./example.test-support.ts";
import { exampleMarkdown } from "./example-study.test-support.ts";
import type { ArticleInput, ArticleProblem } from "./input.ts";

/** The problems that a sentence adds to the results of the example. */
const inResults = (sentence: string) => checkArticle(exampleWith(sentence));
const problems = (markdown: string, changes: Partial<ArticleInput> = {}) =>
  checkArticle(
    exampleInput({
      markdown: `${markdown}\n\n{{claim:H1}} {{claim:H2}} {{claim:H3}}\n`,
      ...changes,
    }),
  );
const says = (found: readonly ArticleProblem[]) => found.map((one) => one.problem).join("\n");

describe("a clean article", () => {
  it("has no problem", () => {
    expect(checkArticle(exampleInput())).toEqual([]);
  });

  it("may hold any ordinary sentence", () => {
    const identifiers = /H1|H2|wide-64|top1/;
    const kept = ordinarySentences.filter((sentence) => !identifiers.test(sentence));
    expect(kept.length).toBeGreaterThan(70);
    expect(inResults(kept.join("\n\n"))).toEqual([]);
  });
});

describe("numerals outside the exempt sections", () => {
  it.each([
    ["in plain text", "It caught 93 of them."],
    ["in emphasis", "It caught *93* of them."],
    ["split by emphasis", "It caught t**w**o of them."],
    ["split by a link", "It caught t[wo](https://example.org) of them."],
    ["split by code", "It caught t`w`o of them."],
    ["split by a formula", "It caught t$w$o of them."],
    ["in a link's text", "It caught [93](https://example.org) of them."],
    ["in a link's title", 'It caught [most](https://example.org "93 of them") of them.'],
    ["in a link's address", "It caught [most](https://example.org/93) of them."],
    ["in an automatic link", "See <https://example.org/93>."],
    ["in code", "It caught `93` of them."],
    ["in a code block", "```\nprint(93)\n```"],
    ["in an indented code block", "    x = 93"],
    ["in a formula", "It caught $93$ of them."],
    ["in a displayed formula", "$$\nx = 93\n$$"],
    ["in a formula's text", "It caught $\\text{twelve}$ of them."],
    ["spelled by a formula's letters", "It caught $t w o$ of them."],
    ["split within a formula", "It caught $\\text{tw}\\text{o}$ of them."],
    ["in a table's cell", "| a | b |\n|---|---|\n| c | 93 |"],
    ["in a table's head", "| a | 93 |\n|---|---|\n| c | d |"],
    ["in a heading", "## Two findings"],
    ["in a heading underlined", "Two findings\n---"],
    ["in a quotation", "> It caught 93 of them."],
    ["in a list", "- It caught 93 of them."],
    ["as a list's numbers", "1. It caught most of them."],
    ["in a nested list", "- It caught\n  - 93 of them."],
    ["as a decimal reference", "It caught &#57;&#51; of them."],
    ["as a hexadecimal reference", "It caught &#x39; of them."],
    ["as a named reference", "It caught &frac12; of them."],
    ["behind a backslash", "It caught 9\\.3 of them."],
    ["as an image's text", "![93 of them](https://example.org/a.png)"],
    ["in raw HTML", "It caught <b>93</b> of them."],
    ["in an HTML comment", "It caught <!-- 93 --> most of them."],
  ])("are refused %s", (_, sentence) => {
    expect(inResults(sentence)).not.toEqual([]);
  });

  it.each([
    ["in plain text", "It caught most of them."],
    ["in emphasis", "It caught *most* of them."],
    ["in a link", 'It caught [most](https://example.org "of them") of them.'],
    ["in code", "It caught `most` of them, as `x[i] = f(y)` says."],
    ["in a code block", "```ts\nprint(most)\n```"],
    ["in a formula", "It caught $\\frac{a}{b} \\geq \\tau$ of them."],
    [
      "in a table",
      "| a | b |\n|---|---|\n| c | {{claim:caught/probe\\|estimate}} |\n| d | {{claim:H1|p}} |",
    ],
    ["in a heading", "## What was found"],
    ["in a list", "- It caught most of them."],
    ["as references", "It caught &mdash; and &quot;kept&quot; &amp; held."],
    [
      "with the plan's numbers",
      "All {{plan:/definition/seeds/original}} seeds, {{plan:/seeds/original}}.",
    ],
    ["with a citation", "As others found [@turpin2023; @lanham2023]."],
    ["with names of the study", "H1 held, H2 did not."],
  ])("are not seen where there are none: %s", (_, sentence) => {
    expect(inResults(sentence)).toEqual([]);
  });

  it("are placed at their line and column", () => {
    const markdown =
      "# Results\n\nWe saw *that* &amp; more,\nand **twelve** more.\n\n> - so `93` it\n>   was &#57; there\n";
    expect(problems(markdown).map(({ line, column }) => `${line}:${column}`)).toEqual([
      "4:7",
      "6:9",
      "7:9",
    ]);
  });

  it("are refused before the first section, and in the abstract", () => {
    expect(says(problems("We saw 93.\n\n# Results\n\nMore."))).toContain('"93"');
    expect(says(problems("# Abstract\n\nWe saw 93.\n\n# Results\n\nMore."))).toContain('"93"');
  });

  it("of every kind are refused wherever an ordinary sentence is spoiled by one", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("7", "½", "٣", "twelve", "&#55;", "`7`", "$7$", "**7**", "Ⅶ", "七"),
        fc.constantFrom(...ordinarySentences.filter((sentence) => !/[`$&*]/.test(sentence))),
        fc.nat(),
        (numeral, sentence, where) => {
          const words = sentence.split(" ");
          words.splice(where % (words.length + 1), 0, numeral);
          expect(problems(`# Results\n\nSo: ${words.join(" ")}`)).not.toEqual([]);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe("the exempt sections", () => {
  const sections = [
    "Background",
    "Related work",
    "Methods",
    "Limitations",
    "METHODS",
    "related Work",
  ];

  it.each(sections)("%s may state numbers of the design, also in its subsections", (name) => {
    expect(
      problems(
        `# ${name}\n\nThere are 64 of them.\n\n## Data\n\nAnd twelve more: $x^2$.\n\n1. One\n\n# Results`,
      ),
    ).toEqual([]);
  });

  it.each(sections)("%s may not state a measured value", (name) => {
    expect(says(problems(`# ${name}\n\nThe share was 93 %.\n\n# Results`))).toContain(
      "measured value",
    );
    expect(says(problems(`# ${name}\n\n## Data\n\nSo (p = 0.02).\n\n# Results`))).toContain(
      "measured value",
    );
    expect(says(problems(`# ${name}\n\nSo $1.2 \\pm 0.3$.\n\n# Results`))).toContain(
      "measured value",
    );
  });

  it.each([
    "# Results\n\n## Methods\n\nThere are 64 of them.",
    "# Methods and results\n\nThere are 64 of them.",
    "# Methods\n\n# Results\n\nThere are 64 of them.",
    "# *Methods*\n\nThere are 64 of them.\n\n# Results",
    "# Mеthods\n\nThere are 64 of them.\n\n# Results",
    "# Discussion\n\nThere are 64 of them.",
  ])("are those at the top that bear the exact name: %j", (markdown) => {
    expect(problems(markdown)).not.toEqual([]);
  });

  it("are found below a title too, when it is the study's own", () => {
    const { title } = exampleInput().definition;
    expect(problems(`# ${title}\n\n## Methods\n\nThere are 64.\n\n## Results\n\nMore.`)).toEqual(
      [],
    );
    expect(
      says(problems("# My title\n\n## Methods\n\nThere are 64.\n\n## Results\n\nMore.")),
    ).toContain("not the study's title");
  });
});

describe("names that lead nowhere", () => {
  it.each([
    ["{{claim:cought/probe}}", 'there is no claim "cought/probe"', "{{claim:caught/probe}}"],
    ["{{claim:caught/probe|p}}", 'the claim "caught/probe" has no p', "It has: full, estimate"],
    ["{{claim:H1|estimat}}", 'a claim has no part "estimat"', "{{claim:H1|estimate}}"],
    ["{{claim:caught/probe|difference}}", "has no difference", "estimate"],
    ["{{claim:H1|e}}", 'the claim "H1" has no e', "status"],
    ["{{figure:cauhgt}}", 'there is no figure "cauhgt"', "{{figure:caught}}"],
    ["{{figure:loss|big}}", 'a figure has no part "big"', "{{figure:loss}}"],
    ["{{table:mian}}", 'there is no table "mian"', "{{table:main}}"],
    [
      "{{plan:/definition/seeds/orignal}}",
      "the plan has nothing at",
      "{{plan:/definition/seeds/original}}",
    ],
    ["{{plan:/definition/seeds}}", "neither a number nor text", "{{plan:/definition/seeds/"],
    ["{{plan:/seeds/original|procent}}", '"procent" is not a unit', "proportion"],
    ["{{plan:/definition/title|count}}", "is no number", "{{plan:/definition/title}}"],
    ["[@turpin2024]", 'there is no reference "turpin2024"', "[@turpin2023]"],
    ["[@turpin2023, @lanham2023]", "is not a citation", "[@key; @other]"],
    ["{{clam:H1}}", 'there is no directive "clam"', "{{claim:H1}}"],
    ["{{claim:H1", "not closed", "{{claim:ID}}"],
    ["{{claim:*H1*}}", "not closed", "{{claim:ID}}"],
    ["`{{claim:H1}}`", "a directive inside code", "out of the code"],
    ["$x = {{claim:H1}}$", "a directive inside a formula", "out of the formula"],
    ["$\\frac{a$", "not valid TeX", "Mend"],
    ["## About {{claim:H1}}", "a directive in a heading", "into the text"],
  ])("are errors that propose what is near: %s", (sentence, problem, remedy) => {
    const found = inResults(sentence).find((one) => one.problem.includes(problem));
    expect(found?.remedy).toContain(remedy);
    expect(found?.line).toBeGreaterThan(1);
  });

  it("does not take the braces of a formula for a directive", () => {
    expect(inResults("So $x^{{a}}$ and $$\n\\frac{{a}}{{b}}\n$$")).toEqual([]);
  });

  it("a figure is placed once, and named as often as one likes", () => {
    expect(says(inResults("{{figure:caught}}"))).toContain('the figure "caught" is placed twice');
    expect(inResults("As {{figure:caught}} and {{table:main}} show.")).toEqual([]);
  });
});

describe("what an author may not write", () => {
  it.each([
    ["raw HTML", "It <b>held</b>."],
    ["raw HTML", "<script>alert()</script>"],
    ["an image", "![text](https://example.org/a.png)"],
    ["is not a web address", "[a](javascript:alert())"],
    ["is not a web address", "[a](data:text/html,x)"],
    ["is not a web address", "[a](/etc/passwd)"],
    ["is not a web address", "[a](https://user:secret@example.org)"],
    ["a link by reference", "[a][b]\n\n[b]: https://example.org"],
    ["a directive inside a link", "[it was {{claim:H1}}](https://example.org)"],
    ["a citation inside a link", "[as in [@turpin2023]](https://example.org)"],
    ["U+202E", "It \u202eheld."],
    ["U+200B", "It he\u200bld."],
    ["U+200D", "It he&zwj;ld."],
    ["mixes letters of different scripts", "It wаs so."],
    ["would change how it reads", "It was −{{claim:H1}}."],
    ["would change how it reads", "It was {{claim:H1}}{{claim:H2}}."],
  ])("%s: %j", (problem, sentence) => {
    expect(says(inResults(sentence))).toContain(problem);
  });
});

describe("hypotheses of the plan", () => {
  it("must all be reported", () => {
    const markdown = exampleMarkdown
      .replaceAll("{{claim:H2}}", "small")
      .replaceAll("{{claim:H2|status}}", "so");
    expect(says(checkArticle(exampleInput({ markdown })))).toContain(
      "the hypothesis H2 of the plan is not reported",
    );
  });

  it("are not reported by their number of seeds alone", () => {
    const markdown = "# Results\n\n{{claim:H1}} {{claim:H2|n}} {{claim:H3|level}}";
    expect(checkArticle(exampleInput({ markdown })).map((one) => one.problem)).toEqual([
      "the hypothesis H2 of the plan is not reported",
      "the hypothesis H3 of the plan is not reported",
    ]);
  });

  it("are reported from a table of the author's too", () => {
    const markdown =
      "# Results\n\n| a |\n|---|\n| {{claim:H1}} {{claim:H2|p}} {{claim:H3|status}} |";
    expect(checkArticle(exampleInput({ markdown }))).toEqual([]);
  });
});

describe("the record behind the article", () => {
  const input = exampleInput();

  it("must give each claim the status that it earned", () => {
    const statuses = new Map(input.statuses)
      .set("H2", "confirmed")
      .set("caught/probe", "supported");
    expect(says(checkArticle({ ...input, statuses }))).toContain(
      'the status of H2 is "confirmed", but its plan',
    );
    expect(says(checkArticle({ ...input, statuses }))).toContain(
      'the status of caught/probe is "supported"',
    );
  });

  it("may not confirm without a replication", () => {
    expect(says(checkArticle({ ...input, replications: [] }))).toContain('make it "supported"');
  });

  it("must hold every cell that the plan's tables and figures show", () => {
    const claims = new Map(input.claims);
    claims.delete("calibration/shuffled");
    expect(says(checkArticle({ ...input, claims }))).toContain(
      "show calibration/shuffled, but no such claim",
    );
  });

  it("must hold the plan that was frozen", () => {
    const definition = { ...input.definition, question: "Another question?" };
    expect(says(checkArticle({ ...input, definition }))).toContain(
      "not the one that the plan froze",
    );
    const document = { ...(input.plan.document as object), version: 2 };
    expect(says(checkArticle({ ...input, plan: { ...input.plan, document } }))).toContain(
      "not the one with the hash",
    );
  });
});

describe("compiling an article with problems", () => {
  it("throws one line with the first place, and counts the rest", () => {
    const input = exampleInput({ markdown: "# Results\n\nWe saw 93 and {{claim:nope}}.\n" });
    const count = checkArticle(input).length;
    expect(() => compileArticle(input)).toThrow(
      new RegExp(
        `^article\\.md:3:8: the numeral "93" has no evidence\\. [^\\n]*\\(and ${count - 1} more\\)$`,
      ),
    );
  });
});
