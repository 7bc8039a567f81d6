import type { ArticleInput } from "./input.ts";
import type { MarkdownSource } from "./markdown.ts";

/** What is known while an article is checked, and what was found so far. */
export interface CheckContext {
  readonly input: ArticleInput;
  readonly source: MarkdownSource;
  readonly identifiers: ReadonlySet<string>;
  /** Figures and tables that stand as blocks of their own. */
  readonly placed: Map<string, number>;
  readonly reported: Set<string>;
  readonly found: { offset: number; problem: string; remedy: string }[];
}

/** Notes a problem at an offset of the source. */
export function add(context: CheckContext, offset: number, problem: string, remedy: string): void {
  context.found.push({ offset, problem, remedy });
}
