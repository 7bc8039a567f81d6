import type { Claim, ClaimStatus } from "../claims/claim.ts";
import { anchor, type Block, type Inline, type TableBlock, text } from "./document.ts";
import { formatClaim, partsOf } from "./format.ts";
import type { ArticleInput } from "./input.ts";
import { type Nodes, type PhrasingContent, parseMarkdown, restoreBars } from "./markdown.ts";
import { isMathProblem, type MathNode, parseMath } from "./math.ts";
import type { Numbering } from "./numbering.ts";
import { formatPlanValue, resolvePlan } from "./plan-values.ts";
import { placeBlocks } from "./sections.ts";
import { type Directive, type Token, tokenize } from "./syntax.ts";

/** The author's part of an article, with the lab's values in place. */
export interface AuthoredBlocks {
  readonly abstract: readonly Block[];
  readonly body: readonly Block[];
}

/** How composed blocks get their numbers, figures and tables. */
export interface Composer {
  readonly input: ArticleInput;
  readonly numbering: Numbering;
  readonly figure: (id: string) => Block;
  readonly table: (id: string) => TableBlock;
}

/**
 * Turns checked Markdown into blocks. What stands before the first section, or in a first section
 * named Abstract, is the abstract. Markdown that `checkArticle` refuses is not expected here.
 */
export function composeAuthored(composer: Composer): AuthoredBlocks {
  const { root } = parseMarkdown(composer.input.markdown);
  const abstract: Block[] = [];
  const body: Block[] = [];
  let named = false;
  for (const { block, section, level, isTitle } of placeBlocks(root)) {
    if (isTitle) continue;
    const inAbstract = section === null || (isAbstract(section) && body.length === 0);
    if (block.type === "heading") {
      if (inAbstract && level === 1 && !named) {
        named = true;
        continue;
      }
      body.push(headingBlock(composer, block.children, level));
      continue;
    }
    const composed = composeBlock(composer, block, true);
    if (composed) (inAbstract ? abstract : body).push(composed);
  }
  return { abstract, body };
}

/** A claim as it stands in text: its number, and beside it what the lab says of it. */
export function claimInline(
  input: Pick<ArticleInput, "claims" | "statuses">,
  id: string,
  part: string | null,
  badge = true,
): Inline {
  const claim = input.claims.get(id)!;
  const status = statusOf(input, claim);
  if (part === "status") {
    return { kind: "claim", claim: id, text: status, label: claim.title, status: null };
  }
  const shown = formatClaim(claim, partsOf(claim).find((name) => name === part) ?? "full");
  return {
    kind: "claim",
    claim: id,
    text: shown,
    label: claim.title,
    status: badge && hasBadge(claim, input) ? status : null,
  };
}

/** What the lab says of a claim; what it does not speak of is exploratory. */
export function statusOf(input: Pick<ArticleInput, "statuses">, claim: Claim): ClaimStatus {
  return input.statuses.get(claim.id) ?? "exploratory";
}

/** A count of the record, such as runs started, is a fact and no finding. */
function hasBadge(claim: Claim, input: Pick<ArticleInput, "statuses">): boolean {
  return claim.kind !== "count" || input.statuses.has(claim.id);
}

function isAbstract(section: string): boolean {
  return section.trim().toLowerCase() === "abstract";
}

function headingBlock(
  composer: Composer,
  children: readonly PhrasingContent[],
  level: number,
): Block {
  return {
    kind: "heading",
    level: level + 1,
    ...composer.numbering.section(level),
    children: children.flatMap((child) => composeInline(composer, child)),
  };
}

function composeBlock(composer: Composer, block: Nodes, top: boolean): Block | null {
  switch (block.type) {
    case "paragraph": {
      const alone = top ? placedDirective(block.children) : null;
      if (alone)
        return alone.name === "figure"
          ? composer.figure(alone.argument)
          : composer.table(alone.argument);
      return {
        kind: "paragraph",
        children: block.children.flatMap((child) => composeInline(composer, child)),
      };
    }
    case "list":
      return {
        kind: "list",
        ordered: block.ordered ?? false,
        items: block.children.map((item) => composeAll(composer, item.children)),
      };
    case "blockquote":
      return { kind: "quote", children: composeAll(composer, block.children) };
    case "code":
      return { kind: "code", text: restoreBars(block.value) };
    case "math":
      return { kind: "math", math: formula(restoreBars(block.value), true) };
    case "thematicBreak":
      return { kind: "rule" };
    case "table": {
      const [head, ...rows] = block.children;
      const cells = (row: typeof head) =>
        (row?.children ?? []).map((cell) =>
          cell.children.flatMap((child) => composeInline(composer, child)),
        );
      return {
        kind: "table",
        id: composer.numbering.anonymousTable(),
        number: null,
        caption: [],
        columns: cells(head).map((title, index) => ({
          title,
          align: block.align?.[index] ?? "left",
          weight: 1,
          header: false,
          spare: false,
        })),
        rows: rows.map((row) => cells(row)),
        dense: false,
      };
    }
    default:
      return null;
  }
}

function composeAll(composer: Composer, children: readonly Nodes[]): readonly Block[] {
  return children.flatMap((child) => composeBlock(composer, child, false) ?? []);
}

function placedDirective(children: readonly PhrasingContent[]): Directive | null {
  const [only] = children;
  if (children.length !== 1 || only?.type !== "text") return null;
  const tokens = tokenize(only.value.trim());
  const token = tokens[0];
  if (tokens.length !== 1 || token?.kind !== "directive") return null;
  return token.name === "figure" || token.name === "table" ? token : null;
}

function composeInline(composer: Composer, node: PhrasingContent): readonly Inline[] {
  switch (node.type) {
    case "text":
      return tokenize(node.value).flatMap((token) => composeToken(composer, token));
    case "emphasis":
    case "strong":
      return [
        {
          kind: node.type,
          children: node.children.flatMap((child) => composeInline(composer, child)),
        },
      ];
    case "inlineCode":
      return [{ kind: "code", text: restoreBars(node.value) }];
    case "inlineMath":
      return [{ kind: "math", math: formula(restoreBars(node.value), false), display: false }];
    case "link":
      return [
        {
          kind: "link",
          url: node.url,
          children: node.children.flatMap((child) => composeInline(composer, child)),
        },
      ];
    case "break":
      return [{ kind: "break" }];
    default:
      return [];
  }
}

function composeToken(composer: Composer, token: Token): readonly Inline[] {
  switch (token.kind) {
    case "text":
      return [text(typographic(token.text.replaceAll("\n", " ")))];
    case "citation":
      return token.keys.map((key) => ({
        kind: "citation",
        reference: key,
        number: composer.numbering.reference(key),
      }));
    case "directive":
      return [composeDirective(composer, token)];
    case "malformed":
      return [];
  }
}

/** Straight quotation marks and apostrophes as they are set in print. */
function typographic(prose: string): string {
  return prose
    .replace(/(?<=^|[\s([{—–-])"(?=\S)/g, "“")
    .replaceAll('"', "”")
    .replace(/(?<=^|[\s([{—–“-])'(?=\S)/g, "‘")
    .replaceAll("'", "’");
}

function composeDirective({ input, numbering }: Composer, directive: Directive): Inline {
  const { name, argument, option } = directive;
  switch (name) {
    case "claim":
      return claimInline(input, argument, option);
    case "plan": {
      const resolved = resolvePlan(input, argument);
      return text("value" in resolved ? formatPlanValue(resolved.value, option) : "");
    }
    case "figure":
      return {
        kind: "jump",
        target: anchor("figure", argument),
        text: `Figure ${numbering.figure(argument)}`,
      };
    case "table":
      return {
        kind: "jump",
        target: anchor("table", argument),
        text: `Table ${numbering.table(argument)}`,
      };
  }
}

function formula(tex: string, display: boolean): MathNode {
  const parsed = parseMath(tex, display);
  if (isMathProblem(parsed)) throw new Error(parsed.message);
  return parsed;
}
