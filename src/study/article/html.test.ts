import { createHash } from "node:crypto";
import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import { compileArticle } from "./compile.ts";
import { exampleInput } from "./example.test-support.ts";

const { html } = compileArticle(exampleInput());
const { document } = parseHTML(html);
const all = (selector: string) => Array.from(document.querySelectorAll(selector));

describe("the page", () => {
  it("loads nothing: its policy allows its own style and script by hash, and nothing else", () => {
    const policy = document.querySelector("meta[http-equiv]")?.getAttribute("content") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain("unsafe");
    for (const [tag, directive] of [
      ["script", "script-src"],
      ["style", "style-src"],
    ] as const) {
      const elements = all(tag);
      expect(elements).toHaveLength(1);
      const source = new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`).exec(html)?.[1] ?? "";
      const hash = createHash("sha256").update(source).digest("base64");
      expect(policy).toContain(`${directive} 'sha256-${hash}'`);
    }
    expect(html).not.toMatch(/\s(?:src|srcset|action|style)=|@import|url\(/);
  });

  it("says its policy before anything that the policy is about", () => {
    expect(html.indexOf("Content-Security-Policy")).toBeLessThan(html.indexOf("<style>"));
  });
});

describe("without its script", () => {
  it("leads from each number to an entry of the evidence", () => {
    const numbers = all("a.claim");
    expect(numbers.length).toBeGreaterThan(30);
    for (const number of numbers) {
      const target = number.getAttribute("href") ?? "";
      expect(target).toMatch(/^#evidence-/);
      expect(document.getElementById(target.slice(1))?.querySelector("h3")).not.toBeNull();
    }
  });

  it("has a target for every link within the page", () => {
    for (const link of all("a[href^='#']")) {
      expect(
        document.getElementById((link.getAttribute("href") ?? "").slice(1)),
        link.outerHTML,
      ).not.toBeNull();
    }
  });
});

describe("for readers who do not see the page", () => {
  it("every button and link has a name", () => {
    for (const control of all("button, a")) {
      const name = control.getAttribute("aria-label") ?? control.textContent ?? "";
      expect(name.trim()).not.toBe("");
    }
  });

  it("a number's name begins with what stands in the text", () => {
    for (const number of all("a.claim")) {
      const shown = all.length > 0 ? (number.querySelectorAll(".value")[0]?.textContent ?? "") : "";
      expect(number.getAttribute("aria-label")?.startsWith(shown)).toBe(true);
    }
  });

  it("headings are in order: one h1, and no level left out", () => {
    const levels = all("main h1, main h2, main h3, main h4, main h5, main h6").map((heading) =>
      Number(heading.localName.slice(1)),
    );
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    for (const [index, level] of levels.entries()) {
      expect(level).toBeLessThanOrEqual((levels[index - 1] ?? 0) + 1);
    }
  });

  it("every table has heads with a scope, and a name", () => {
    const tables = all("table");
    expect(tables.length).toBeGreaterThan(8);
    for (const table of tables) {
      for (const head of Array.from(table.querySelectorAll("th"))) {
        expect(head.getAttribute("scope")).toMatch(/^(col|row)$/);
        expect(head.textContent?.trim()).not.toBe("");
      }
      const label = table.getAttribute("aria-labelledby");
      const name =
        label === null
          ? table.getAttribute("aria-label")
          : document.getElementById(label)?.textContent;
      expect(name?.trim()).toBeTruthy();
    }
  });

  it("every figure is an image with a description, and what scrolls can be reached by keyboard", () => {
    const drawings = all("svg");
    expect(drawings.length).toBe(2);
    for (const drawing of drawings) {
      expect(drawing.getAttribute("role")).toBe("img");
      expect(drawing.getAttribute("aria-label")).toContain("Conditions:");
    }
    for (const region of all(".scroll, .drawing, pre"))
      expect(region.getAttribute("tabindex")).toBe("0");
  });

  it("ids are unique, and the page tells its language", () => {
    const ids = all("[id]").map((element) => element.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(document.documentElement.getAttribute("lang")).toBe("en");
  });
});

describe("headings of the author", () => {
  it("never leave out a level, whatever the Markdown does", () => {
    const markdown =
      "### Results\n\n{{claim:H1}} {{claim:H2}} {{claim:H3}}\n\n###### Deep\n\nText.\n\n##### Less deep\n\nText.\n\n### Next\n\nText.";
    const page = parseHTML(compileArticle(exampleInput({ markdown })).html).document;
    const levels = Array.from(page.querySelectorAll("[id^=section-1], [id^=section-2]")).map(
      (heading) => heading.localName,
    );
    expect(levels).toEqual(["h2", "h3", "h3", "h2"]);
  });
});
