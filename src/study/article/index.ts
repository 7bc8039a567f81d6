/**
 * The article compiler: an article is compiled from claims, and no number stands in it without
 * evidence.
 */
export { checkArticle } from "./check.ts";
export { compileArticle } from "./compile.ts";
export type { FigureInput } from "./figure-data.ts";
export { renderFigure } from "./figures.ts";
export {
  type ClaimPart,
  claimParts,
  formatClaim,
  formatNumber,
  formatP,
  partsOf,
} from "./format.ts";
export type { ArticleInput, ArticleProblem, CompiledArticle } from "./input.ts";
