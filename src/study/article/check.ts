import { canonicalJson, Fault, hashJson, type Json } from "../../record/index.ts";
import type { Claim, ClaimStatus } from "../claims/claim.ts";
import { claimParts, partsOf } from "./format.ts";
import type { ArticleInput, ArticleProblem } from "./input.ts";
import { type Leaf, type LeafItem, range, readLeaf } from "./leaf.ts";
import { isHidden } from "./lookalikes.ts";
import { type MarkdownSource, type Nodes, parseMarkdown, restoreBars } from "./markdown.ts";
import { isMathProblem, mathToText, parseMath } from "./math.ts";
import { findMeasurements } from "./measurements.ts";
import { type Finding, findHidden, findNumerals } from "./numerals.ts";
import { planUnits, resolvePlan } from "./plan-values.ts";
import { placeBlocks, plainText } from "./sections.ts";
import { type Directive, nearest } from "./syntax.ts";

/**
 * Everything that keeps an article from compiling, in the order of the text: numerals without
 * evidence, names that lead nowhere, raw HTML, hypotheses left unreported. Empty means it compiles.
 */
export function checkArticle(input: ArticleInput): readonly ArticleProblem[] {
  const source = parseMarkdown(input.markdown);
  const context: Context = {
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

interface Context {
  readonly input: ArticleInput;
  readonly source: MarkdownSource;
  readonly identifiers: ReadonlySet<string>;
  /** Figures and tables that stand as blocks of their own. */
  readonly placed: Map<string, number>;
  readonly reported: Set<string>;
  readonly found: { offset: number; problem: string; remedy: string }[];
}

function add(context: Context, offset: number, problem: string, remedy: string): void {
  context.found.push({ offset, problem, remedy });
}

/** Names of the plan that may carry digits where they stand whole. */
function identifiersOf({ definition }: ArticleInput): ReadonlySet<string> {
  return new Set(
    [...definition.hypotheses, ...definition.conditions, ...definition.measures].map(
      (named) => named.id,
    ),
  );
}

function checkTitle(context: Context, title: string | null, offset: number): void {
  if (title?.trim() === context.input.definition.title.trim()) return;
  add(
    context,
    offset,
    "this heading is not the study's title",
    "Remove it: the lab prints the title of study.yaml above the article",
  );
}

function checkBlock(context: Context, block: Nodes, exempt: boolean, top: boolean): void {
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
  context: Context,
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

function checkLeaf(context: Context, leaf: Leaf, exempt: boolean): void {
  checkText(context, leaf.text, exempt, (index) => leaf.offsets[index] ?? 0);
  for (const finding of findHidden(leaf.text)) {
    add(context, leaf.offsets[finding.start] ?? 0, finding.problem, finding.remedy);
  }
  for (const item of leaf.items) checkItem(context, item, exempt);
}

function checkText(
  context: Context,
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

function checkItem(context: Context, item: LeafItem, exempt: boolean): void {
  switch (item.kind) {
    case "directive":
      checkDirective(context, item.directive, item.offset);
      return;
    case "citation":
      for (const key of item.keys) {
        const known = context.input.definition.references.map((reference) => reference.id);
        if (!known.includes(key)) {
          add(
            context,
            item.offset,
            `there is no reference "${key}"`,
            propose(key, known, "reference", (id) => `[@${id}]`),
          );
        }
      }
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

function checkCode(context: Context, text: string, offset: number): void {
  if (!/\{\{\s*(?:claim|figure|table|plan)\s*:/.test(text)) return;
  add(context, offset, "a directive inside code", "Move it out of the code");
}

function checkMath(
  context: Context,
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
  context: Context,
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

/** Whether a link may be followed from an article. */
export function isWebAddress(url: string): boolean {
  if (!/^https?:\/\//i.test(url) || [...url].some(isHidden) || !URL.canParse(url)) return false;
  const parsed = new URL(url);
  return parsed.username === "" && parsed.password === "";
}

function checkDirective(context: Context, directive: Directive, offset: number): void {
  const { input } = context;
  const { argument, option } = directive;
  switch (directive.name) {
    case "claim":
      checkClaim(context, argument, option, offset);
      return;
    case "plan":
      checkPlanValue(context, argument, option, offset);
      return;
    case "figure":
    case "table": {
      const known = (
        directive.name === "figure" ? input.definition.figures : input.definition.tables
      ).map((item) => item.id);
      if (!known.includes(argument)) {
        add(
          context,
          offset,
          `there is no ${directive.name} "${argument}"`,
          propose(argument, known, directive.name, (id) => `{{${directive.name}:${id}}}`),
        );
      }
      if (option !== null) {
        add(
          context,
          offset,
          `a ${directive.name} has no part "${option}"`,
          `Write {{${directive.name}:${argument}}}`,
        );
      }
      return;
    }
  }
}

function checkClaim(context: Context, id: string, part: string | null, offset: number): void {
  const claim = context.input.claims.get(id);
  if (!claim) {
    const known = [...context.input.claims.keys()];
    add(
      context,
      offset,
      `there is no claim "${id}"`,
      propose(id, known, "claim", (name) => `{{claim:${name}}}`),
    );
    return;
  }
  const parts: readonly string[] = [...partsOf(claim), "status"];
  if (part !== null && !parts.includes(part)) {
    const exists = (claimParts as readonly string[]).includes(part);
    add(
      context,
      offset,
      exists ? `the claim "${id}" has no ${part}` : `a claim has no part "${part}"`,
      `Did you mean {{claim:${id}|${nearest(part, parts)}}}? It has: ${parts.join(", ")}`,
    );
    return;
  }
  if (part !== "n" && part !== "level" && claim.hypothesis !== null) {
    context.reported.add(claim.hypothesis);
  }
}

function checkPlanValue(
  context: Context,
  pointer: string,
  option: string | null,
  offset: number,
): void {
  const resolved = resolvePlan(context.input, pointer);
  if ("problem" in resolved) {
    add(context, offset, resolved.problem, resolved.remedy);
    return;
  }
  if (option === null) return;
  if (!(planUnits as readonly string[]).includes(option)) {
    add(
      context,
      offset,
      `"${option}" is not a unit`,
      `Did you mean "${nearest(option, planUnits)}"? There are: ${planUnits.join(", ")}`,
    );
  } else if (typeof resolved.value !== "number") {
    add(
      context,
      offset,
      `"${pointer}" of the plan is no number, so it has no unit`,
      `Write {{plan:${pointer}}}`,
    );
  }
}

function standsAlone(leaf: Leaf): Directive | null {
  const only = leaf.items[0];
  if (leaf.items.length !== 1 || only?.kind !== "directive" || leaf.text.trim().length !== 1)
    return null;
  return only.directive.name === "figure" || only.directive.name === "table"
    ? only.directive
    : null;
}

function place(context: Context, directive: Directive, offset: number): void {
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

function checkHypotheses(context: Context): void {
  const end = Math.max(0, context.input.markdown.trimEnd().length - 1);
  for (const { id } of context.input.definition.hypotheses) {
    if (context.reported.has(id)) continue;
    add(
      context,
      end,
      `the hypothesis ${id} of the plan is not reported`,
      `Report what was found for it, whatever it was: {{claim:${id}}}`,
    );
  }
}

/** The record that the article prints must agree with itself, whoever handed it in. */
function checkRecord(context: Context): void {
  const { definition, plan, claims, statuses } = context.input;
  const remedy = "Compile from the lab's record: `glasshouse verify`";
  if (hashJson(plan.document) !== plan.hash) {
    add(context, 0, `the plan is not the one with the hash ${plan.hash.slice(0, 12)}`, remedy);
  }
  const frozen = (plan.document as { readonly definition?: Json } | null)?.definition ?? null;
  if (canonicalJson(frozen) !== canonicalJson(definition as unknown as Json)) {
    add(context, 0, "the study is not the one that the plan froze", remedy);
  }
  for (const claim of claims.values()) {
    const status = statuses.get(claim.id);
    const earned = earnedStatus(context.input, claim);
    if (status === earned || (status === undefined && claim.hypothesis === null)) continue;
    add(
      context,
      0,
      `the status of ${claim.id} is "${status ?? "missing"}", but its plan, decision and replication make it "${earned}"`,
      remedy,
    );
  }
}

/** What plan, decision and replication allow the lab to say of a claim. */
function earnedStatus(input: ArticleInput, claim: Claim): ClaimStatus {
  if (claim.hypothesis === null) return "exploratory";
  const id = claim.hypothesis;
  const decision = input.decisions.find((candidate) => candidate.hypothesis === id);
  if (!decision?.rejected) return "not supported";
  const verdicts = input.replications.filter((verdict) => verdict.hypothesis === id);
  if (verdicts.length === 0) return "supported";
  return verdicts.every((verdict) => verdict.agrees) ? "confirmed" : "not replicated";
}

function propose(
  written: string,
  known: readonly string[],
  what: string,
  write: (id: string) => string,
): string {
  const best = nearest(written, known);
  return best === null ? `The study has no ${what}s` : `Did you mean ${write(best)}?`;
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
