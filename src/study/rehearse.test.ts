import { describe, expect, it } from "vitest";
import { coinsFolder } from "./inline.test-support.ts";
import { loadStudy } from "./load.ts";
import { rehearseStudy } from "./rehearse.ts";

describe("the article, before anything has run", () => {
  it("passes when all it names will exist", async () => {
    const source = await loadStudy(coinsFolder);
    await expect(rehearseStudy(source, "article.md")).resolves.toBeUndefined();
  });

  it.each([
    ["a number typed by hand", "The shift was 0.97.", /article\.md:\d+:\d+: .*0\.97/],
    ["a claim that will not exist", "It was {{claim:score/bent}}.", /score\/bent/],
    ["a part that the claim will not have", "It was {{claim:kept|p}}.", /kept/],
    ["a figure that is not declared", "{{figure:none}}", /none/],
  ])("is refused for %s, before a run is spent on it", async (_what, text, message) => {
    const source = await loadStudy(coinsFolder);
    const planted = { ...source, articleMarkdown: `${source.articleMarkdown}\n\n${text}\n` };
    await expect(rehearseStudy(planted, "article.md")).rejects.toThrow(message);
  });
});
