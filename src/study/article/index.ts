/**
 * The article compiler. An article is Markdown whose numbers are directives, and the record that
 * they point into; out come HTML, PDF and terminal text.
 *
 * | written | printed |
 * |---|---|
 * | `{{claim:ID}}` | the estimate with its interval; IDs are hypotheses ("H1"), cells ("measure/condition"), extra claims and counts |
 * | `{{claim:ID|part}}` | one of estimate, difference, interval, low, high, level, p, e, n, status |
 * | `{{figure:ID}}`, `{{table:ID}}` | alone in a paragraph: placed there; in a sentence: "Figure 1" |
 * | `{{plan:/pointer}}`, `{{plan:/pointer|unit}}` | a number or text of the frozen plan, or of its definition |
 * | `[@key; @other]` | citations of the study's references |
 *
 * No numeral in any form may stand elsewhere, but for the sections named Background, Related work,
 * Methods and Limitations, where measured values may not. A first section named Abstract, or what
 * stands before the first section, becomes the abstract.
 */
export { checkArticle } from "./check.ts";
export { compileArticle, compileText } from "./compile.ts";
export type { FigureInput } from "./figure-data.ts";
export { renderFigure } from "./figures.ts";
export { type ClaimPart, claimParts, formatClaim, partsOf } from "./format.ts";
export type { ArticleInput, ArticleProblem, CompiledArticle } from "./input.ts";
export { formatNumber, formatP, formatPlain } from "./numbers.ts";
