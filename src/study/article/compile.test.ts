import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import type { Json } from "../../record/index.ts";
import { hashJson } from "../../record/index.ts";
import { compileArticle } from "./compile.ts";
import { exampleInput } from "./example.test-support.ts";
import type { ArticleInput } from "./input.ts";

const input = exampleInput();
const article = compileArticle(input);

describe("a compiled article", () => {
  it("is the same bytes each time, as HTML, PDF and text", () => {
    const again = compileArticle(exampleInput());
    expect(again.html).toBe(article.html);
    expect(Buffer.from(again.pdf).equals(Buffer.from(article.pdf))).toBe(true);
    expect(again.text).toBe(article.text);
    expect(again.figures).toEqual(article.figures);
  });

  it("does not depend on the order in which a map was filled", () => {
    const artifacts = new Map([...input.artifacts].reverse());
    const statuses = new Map([...input.statuses].reverse());
    expect(compileArticle({ ...input, artifacts, statuses }).html).toBe(article.html);
  });

  it("is a PDF without a date", () => {
    expect(Buffer.from(article.pdf.slice(0, 5)).toString()).toBe("%PDF-");
    expect(Buffer.from(article.pdf).includes("CreationDate")).toBe(false);
  });

  it("changes when any raw number, claim or decision changes", () => {
    const claims = new Map(input.claims);
    const claim = claims.get("H1")!;
    claims.set("H1", {
      ...claim,
      value: { ...claim.value, estimate: claim.value.estimate + 1e-9 },
    });
    expect(compileArticle({ ...input, claims }).html).not.toBe(article.html);
  });

  it("tells which claims it rests on, sources included", () => {
    expect(article.used).toEqual(
      expect.arrayContaining(["H1", "H2", "H3", "gain", "caught/probe", "runs/started"]),
    );
    expect(new Set(article.used).size).toBe(article.used.length);
    const alone = exampleInput({
      markdown: "# Results\n\n{{claim:gain}} {{claim:H1}} {{claim:H2}} {{claim:H3}}",
    });
    expect(compileArticle(alone).used).toContain("caught/text");
  });
});

describe("what the lab adds", () => {
  const { document } = parseHTML(article.html);
  const rows = (id: string) =>
    Array.from(document.querySelectorAll(`#${id} tbody tr`)).map((row) =>
      Array.from(row.children).map((cell) => cell.textContent ?? ""),
    );

  it("lists every attempt, and counts that equal the list", () => {
    const listed = rows("lab-runs");
    expect(listed).toHaveLength(input.runs.length);
    const counts = rows("lab-run-counts");
    const heads = Array.from(document.querySelectorAll("#lab-run-counts thead th")).map(
      (head) => head.textContent,
    );
    for (const row of counts) {
      const mine = row[0] === "all" ? listed : listed.filter((one) => one[1] === row[0]);
      expect(Number(row[heads.indexOf("All")])).toBe(mine.length);
      for (const status of ["ok", "interrupted", "memory-limit"]) {
        const ended = mine.filter((one) => one[5] === status || one[5]!.startsWith(`${status}:`));
        expect(Number(row[heads.indexOf(status)])).toBe(ended.length);
      }
    }
  });

  it("adds up the CPU time of all of them", () => {
    const total = input.runs.reduce((sum, run) => sum + run.cpuSeconds, 0).toFixed(1);
    expect(rows("lab-run-counts").at(-1)?.at(-1)).toBe(total);
    expect(document.querySelector("main")?.textContent).toContain(`${total} s of CPU time in all`);
  });

  it("says of every hypothesis what was asked, found, decided and replicated", () => {
    expect(
      rows("lab-findings-table").map((row) => [row[0]!.slice(0, 2), row[3], row[4], row[6]]),
    ).toEqual([
      ["H1", "0.0125", "rejected", "confirmed"],
      ["H2", "0.0167", "not rejected", "not supported"],
      ["H3", "0.0083", "rejected", "not replicated"],
    ]);
  });

  it("shows the planned tables and figures that the author left out", () => {
    expect(input.markdown).not.toContain("unused");
    expect(document.querySelector("#table-unused")).not.toBeNull();
  });

  it("prints plan, seeds, exclusions, budget, checks, limitations and references", () => {
    const text = document.querySelector("main")?.textContent ?? "";
    for (const part of [
      input.plan.hash,
      "ledger event 12",
      "drawn from the hash of the plan",
      "the agent did not learn its task",
      "lord++: level 0.05",
      "No condition repeats another's numbers",
      "The agents are tiny transformers",
      "AI control: improving safety",
    ]) {
      expect(text).toContain(part);
    }
  });

  it("shows beside every number in text what the lab says of it", () => {
    const paragraphs = Array.from(document.querySelectorAll("main p a.claim"));
    const bare = paragraphs
      .filter((link) => link.querySelector(".status") === null)
      .map((link) => link.textContent);
    // A status itself needs none; a count of the record is no finding.
    expect(bare).toEqual(["not supported", "34"]);
    expect(paragraphs.length).toBeGreaterThan(8);
  });

  it("names the evidence of each number down to the raw one", () => {
    const entry = document.querySelector("#evidence-H1");
    const source = input.claims.get("H1")!.derivation.inputs[0]!;
    if (source.from !== "artifact") throw new Error("the example's H1 rests on artifacts");
    const raw = (input.artifacts.get(source.artifact) as { readonly caught: number }).caught;
    for (const part of [
      String(input.claims.get("H1")!.value.estimate),
      "paired-t",
      'direction = "greater"',
      source.run,
      String(source.seed),
      source.artifact,
      source.pointer,
      String(raw),
      input.plan.hash,
      "/definition/hypotheses/0",
      "glasshouse verify probe-monitor",
    ]) {
      expect(entry?.textContent).toContain(part);
    }
  });
});

describe("the copy for blind review", () => {
  const named = (changes: Partial<ArticleInput>) =>
    exampleInput({
      markdown: `${input.markdown}\nThis is work of the Greenhouse lab.\n`,
      ...changes,
    });
  const blind = compileArticle(named({ anonymous: true }));

  it("tells neither the lab nor a machine", () => {
    expect(compileArticle(named({ anonymous: false })).text).toContain("Greenhouse");
    for (const form of [blind.html, blind.text]) {
      expect(form).not.toMatch(/greenhouse/i);
      expect(form).not.toContain("/home/alice");
      expect(form).not.toContain(input.lab.head.hash.slice(0, 8));
      expect(form).toContain("withheld for blind review");
    }
  });

  it("keeps every number and its evidence", () => {
    expect(blind.used).toEqual(article.used);
    expect(blind.html).toContain(input.plan.hash);
  });
});

describe("a hostile study", () => {
  const hostile = `</script><img src=x onerror=alert(1)> "'><b> \u202e #read("/etc/passwd") #eval("1") @x $y$ \\ \\u{41} \`z\` ]]> [*_ \u0000 \u200b`;
  const definition = {
    ...input.definition,
    title: hostile,
    question: hostile,
    limitations: [hostile],
    conditions: input.definition.conditions.map((condition) => ({
      ...condition,
      title: hostile,
      description: hostile,
    })),
    tables: input.definition.tables.map((table) => ({ ...table, caption: hostile })),
    figures: input.definition.figures.map((figure) => ({ ...figure, caption: hostile })),
    references: input.definition.references.map((reference) => ({
      ...reference,
      title: hostile,
      url: "javascript:alert(1)",
    })),
  };
  const document = { ...(input.plan.document as object), definition } as unknown as Json;
  const compiled = compileArticle({
    ...input,
    definition,
    plan: { ...input.plan, document, hash: hashJson(document) },
    claims: new Map([...input.claims].map(([id, claim]) => [id, { ...claim, title: hostile }])),
    gates: [{ id: "x", title: hostile, verdict: "pass", inputs: [], evidence: [hostile] }],
    runs: input.runs.map((run) => ({ ...run, reason: hostile, isolation: hostile })),
  });

  it("compiles to a page with no element, attribute or address of its own", () => {
    const page = parseHTML(compiled.html).document;
    expect(page.querySelectorAll("script")).toHaveLength(1);
    expect(
      page.querySelectorAll("img, iframe, object, embed, form:not([method=dialog]), link, base"),
    ).toHaveLength(0);
    for (const element of Array.from(page.querySelectorAll("*"))) {
      for (const { name, value } of Array.from(element.attributes)) {
        expect(name).not.toMatch(/^on|^style$/);
        if (name === "href") expect(value).toMatch(/^(#|https?:\/\/)/);
      }
    }
  });

  it("shows hidden characters instead of obeying them", () => {
    for (const form of [compiled.html, compiled.text]) {
      for (const hidden of ["\u202e", "\u0000", "\u200b"]) expect(form).not.toContain(hidden);
      expect(form).toContain("⟨U+202E⟩");
    }
  });

  it("gets a PDF in which its words are words", () => {
    expect(Buffer.from(compiled.pdf.slice(0, 5)).toString()).toBe("%PDF-");
  });
});

describe("a study before its replication", () => {
  it("compiles, with what was rejected supported and nothing confirmed", () => {
    const early = exampleInput({
      replications: [],
      runs: input.runs.filter((run) => run.role === "original"),
      gates: [],
      statuses: new Map([
        ["H1", "supported"],
        ["H2", "not supported"],
        ["H3", "supported"],
      ]),
    });
    const { text } = compileArticle(early);
    expect(text).toContain("not yet");
    expect(text).not.toContain("(confirmed)");
    expect(text).toContain("No automated check has looked at this article yet.");
  });
});
