import { Fault } from "../../record/index.ts";
import { add, type CheckContext } from "./check-context.ts";
import { checkCitation, checkDirective } from "./check-names.ts";
import { checkHypotheses, checkRecord } from "./check-record.ts";
import type { ArticleInput, ArticleProblem } from "./input.ts";
import { type Leaf, type LeafItem, range, readLeaf } from "./leaf.ts";
import { type Nodes, parseMarkdown, restoreBars } from "./markdown.ts";
import { isMathProblem, mathToText, parseMath } from "./math.ts";
import { findMeasurements } from "./measurements.ts";
import { type Finding, findHidden, findNumerals } from "./numerals.ts";
import { placeBlocks, plainText } from "./sections.ts";
import type { Directive } from "./syntax.ts";
import { isWebAddress } from "./web-address.ts";

/**
 * Everything that keeps an article from compiling, in the order of the text: numerals without
 * evidence, names that lead nowhere, raw HTML, hypotheses left unreported. Empty means it compiles.
 */
export function checkArticle(input: ArticleInput): readonly ArticleProblem[] {
  const source = parseMarkdown(input.markdown);
  const context: CheckContext = {
    input,
    source,
    identifiers: identifiersOf(input),
    placed: new Map(),
    reported: new Set(),
    found: [],
  };
  for (const finding of findHidden(input.markdown)) {
    add(context, finding.start, finding.problem, finding.remedy);
  }
  for (const { block, exempt, isTitle } of placeBlocks(source.root)) {
    if (isTitle) checkTitle(context, plainText(block), range(block).start);
    else checkBlock(context, block, exempt, true);
  }
  checkHypotheses(context);
  checkRecord(context);
  const position = positions(input.markdown);
  return context.found
    .sort((a, b) => a.offset - b.offset)
    .map(({ offset, problem, remedy }) => ({ ...position(offset), problem, remedy }))
    .filter(
      (problem, index, all) =>
        all.findIndex(
          (other) =>
            other.line === problem.line &&
            other.column === problem.column &&
            other.problem === problem.problem,
        ) === index,
    );
}

/** Names of the plan that may carry digits where they stand whole. */
function identifiersOf({ definition }: ArticleInput): ReadonlySet<string> {
  return new Set(
    [...definition.hypotheses, ...definition.conditions, ...definition.measures].map(
      (named) => named.id,
    ),
  );
}

function checkTitle(context: CheckContext, title: string | null, offset: number): void {
  if (title?.trim() === context.input.definition.title.trim()) return;
  add(
    context,
    offset,
    "this heading is not the study's title",
    "Remove it: the lab prints the title of study.yaml above the article",
  );
}

function checkBlock(context: CheckContext, block: Nodes, exempt: boolean, top: boolean): void {
  const { start, end } = range(block);
  switch (block.type) {
    case "paragraph": {
      const leaf = readLeaf(block.children, context.source.text);
      const alone = top ? standsAlone(leaf) : null;
      if (alone) place(context, alone, start);
      checkLeaf(context, leaf, exempt);
      return;
    }
    case "heading": {
      const leaf = readLeaf(block.children, context.source.text);
      if (!top) add(context, start, "a heading inside another block", "Put it at the margin");
      for (const item of leaf.items) {
        if (item.kind !== "directive" && item.kind !== "citation" && item.kind !== "math") continue;
        add(context, item.offset, `a ${item.kind} in a heading`, "Move it into the text");
      }
      checkLeaf(context, leaf, exempt);
      return;
    }
    case "table":
      for (const row of block.children) {
        for (const cell of row.children) {
          checkLeaf(context, readLeaf(cell.children, context.source.text), exempt);
        }
      }
      return;
    case "list":
      if (block.ordered && !exempt) {
        add(
          context,
          start,
          "a numbered list has numerals without evidence",
          "Use a list with bullets",
        );
      }
      for (const item of block.children) checkBlock(context, item, exempt, false);
      return;
    case "listItem":
    case "blockquote":
      for (const child of block.children) checkBlock(context, child, exempt, false);
      return;
    case "code": {
      const inside = start + Math.max(0, context.source.text.slice(start, end).indexOf("\n")) + 1;
      const code = restoreBars(block.value);
      checkCode(context, code, start);
      checkText(context, code, exempt, (index) => lineOffset(context, inside, code, index, end));
      return;
    }
    case "math": {
      const item: LeafItem = {
        kind: "math",
        tex: restoreBars(block.value),
        display: true,
        offset: start,
      };
      checkItem(context, item, exempt);
      return;
    }
    case "thematicBreak":
      return;
    case "html":
      add(context, start, "raw HTML", "Use Markdown alone; the lab writes the HTML");
      return;
    case "definition":
      add(context, start, "a link by reference", "Write the link in place: [text](https://...)");
      return;
    default:
      add(
        context,
        start,
        `Markdown of the kind "${block.type}"`,
        "Use paragraphs, lists, tables, quotes, code and formulas",
      );
  }
}

/** The offset of a unit of fenced code: its lines stand in the source as they are, but for indent. */
function lineOffset(
  context: CheckContext,
  inside: number,
  value: string,
  index: number,
  end: number,
): number {
  const line = value.slice(0, index).split("\n").length - 1;
  const column = index - (value.lastIndexOf("\n", index - 1) + 1);
  const lines = context.source.text.slice(inside, end).split("\n");
  const before = lines.slice(0, line).reduce((sum, text) => sum + text.length + 1, 0);
  return Math.min(inside + before + column, end - 1);
}

function checkLeaf(context: CheckContext, leaf: Leaf, exempt: boolean): void {
  checkText(context, leaf.text, exempt, (index) => leaf.offsets[index] ?? 0);
  for (const finding of findHidden(leaf.text)) {
    add(context, leaf.offsets[finding.start] ?? 0, finding.problem, finding.remedy);
  }
  for (const item of leaf.items) checkItem(context, item, exempt);
}

function checkText(
  context: CheckContext,
  text: string,
  exempt: boolean,
  offset: (index: number) => number,
): void {
  const findings: readonly Finding[] = exempt
    ? findMeasurements(text)
    : findNumerals(text, context.identifiers);
  for (const finding of findings) {
    add(context, offset(finding.start), finding.problem, finding.remedy);
  }
}

function checkItem(context: CheckContext, item: LeafItem, exempt: boolean): void {
  switch (item.kind) {
    case "directive":
      checkDirective(context, item.directive, item.offset);
      return;
    case "citation":
      checkCitation(context, item.keys, item.offset);
      return;
    case "malformed":
      add(context, item.offset, item.problem, item.remedy);
      return;
    case "math":
      checkMath(context, item.tex, item.display, exempt, item.offset);
      return;
    case "code":
      checkCode(context, item.text, item.offset);
      return;
    case "link":
      checkLink(context, item, exempt);
      return;
    case "refused":
      add(context, item.offset, item.what, item.remedy);
      return;
  }
}

function checkCode(context: CheckContext, text: string, offset: number): void {
  if (!/\{\{\s*(?:claim|figure|table|plan)\s*:/.test(text)) return;
  add(context, offset, "a directive inside code", "Move it out of the code");
}

function checkMath(
  context: CheckContext,
  tex: string,
  display: boolean,
  exempt: boolean,
  offset: number,
): void {
  const parsed = parseMath(tex, display);
  if (isMathProblem(parsed)) {
    add(
      context,
      offset,
      `the formula is not valid TeX: ${parsed.message}`,
      "Mend the formula; see katex.org/docs/supported",
    );
    return;
  }
  if (/\{\{\s*(?:claim|figure|table|plan)\s*:/.test(tex)) {
    add(context, offset, "a directive inside a formula", "Move it out of the formula");
  }
  // The TeX itself is searched as well as what it renders to (which its leaf's text holds).
  if (!exempt) checkText(context, tex, false, () => offset);
  if (display) checkText(context, mathToText(parsed), exempt, () => offset);
}

function checkLink(
  context: CheckContext,
  link: { readonly url: string; readonly title: string; readonly offset: number },
  exempt: boolean,
): void {
  if (!isWebAddress(link.url)) {
    add(
      context,
      link.offset,
      `the link "${link.url.slice(0, 60)}" is not a web address`,
      "Use http:// or https://",
    );
  }
  if (!exempt && /\p{N}/u.test(link.url)) {
    add(
      context,
      link.offset,
      "the link's address has numerals",
      "Put it into the study's references and cite it as [@key]",
    );
  }
  checkText(context, link.title, exempt, () => link.offset);
}

function standsAlone(leaf: Leaf): Directive | null {
  const only = leaf.items[0];
  if (leaf.items.length !== 1 || only?.kind !== "directive" || leaf.text.trim().length !== 1)
    return null;
  return only.directive.name === "figure" || only.directive.name === "table"
    ? only.directive
    : null;
}

function place(context: CheckContext, directive: Directive, offset: number): void {
  const key = `${directive.name} "${directive.argument}"`;
  if (context.placed.has(key)) {
    add(
      context,
      offset,
      `the ${key} is placed twice`,
      "Place it once; inside a sentence the directive refers to it",
    );
  }
  context.placed.set(key, offset);
}

/** Line and column, from 1, of an offset. */
function positions(text: string): (offset: number) => { line: number; column: number } {
  const starts = [0];
  for (const match of text.matchAll(/\r\n|\n|\r/g)) starts.push(match.index + match[0].length);
  return (offset) => {
    let line = starts.length;
    while (line > 1 && starts[line - 1]! > offset) line -= 1;
    return { line, column: offset - starts[line - 1]! + 1 };
  };
}

/** The first problem as a Fault of one line. */
export function faultOf(file: string, problems: readonly ArticleProblem[]): Fault {
  const first = problems[0]!;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : "";
  return new Fault(
    `${file}:${first.line}:${first.column}`,
    first.problem,
    `${first.remedy}${more}`,
  );
}
