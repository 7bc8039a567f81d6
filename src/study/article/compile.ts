import { assembleArticle } from "./assemble.ts";
import { blindArticle } from "./blind.ts";
import { checkArticle, faultOf } from "./check.ts";
import { type ArticleDocument, figuresOf } from "./document.ts";
import { renderHtml } from "./html.ts";
import type { ArticleInput, CompiledArticle } from "./input.ts";
import { renderText } from "./text.ts";
import { renderPdf } from "./typst.ts";

/**
 * Compiles a study's article from its Markdown and the lab's record: HTML, PDF and terminal text.
 * Deterministic: equal inputs give equal bytes. Throws a Fault of one line, placed at
 * "article.md:LINE:COLUMN", when `checkArticle` finds anything.
 */
export function compileArticle(input: ArticleInput): CompiledArticle {
  const article = assemble(input);
  return {
    html: renderHtml(article),
    pdf: renderPdf(article),
    figures: figuresOf(article),
    text: renderText(article),
    used: article.evidence.map((entry) => entry.claim),
  };
}

/** The text of the article alone, as `compileArticle` gives it: the form that blind reviewers read. */
export function compileText(input: ArticleInput): string {
  return renderText(assemble(input));
}

function assemble(input: ArticleInput): ArticleDocument {
  const problems = checkArticle(input);
  if (problems.length > 0) throw faultOf(input.file, problems);
  const assembled = assembleArticle(input);
  return input.anonymous ? blindArticle(assembled, input.lab.name) : assembled;
}
