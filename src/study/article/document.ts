import type { ClaimStatus } from "../claims/claim.ts";
import { type MathNode, mathToText } from "./math.ts";

/**
 * An article before it is a page: what HTML, PDF and terminal text are all rendered from. Strings
 * are plain text; each renderer escapes them in its own way.
 */
export interface ArticleDocument {
  readonly title: string;
  readonly question: string;
  /** What stands under the title: label and content. */
  readonly byline: readonly Field[];
  readonly abstract: readonly Block[];
  readonly body: readonly Block[];
  readonly appendix: readonly Block[];
  readonly references: readonly ReferenceEntry[];
  readonly evidence: readonly EvidenceEntry[];
  /** Short, for the foot of each page. */
  readonly foot: string;
}

export interface Field {
  readonly label: string;
  readonly content: readonly Inline[];
}

export type Inline =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "emphasis" | "strong"; readonly children: readonly Inline[] }
  | { readonly kind: "code"; readonly text: string }
  /** A hash of 64 hexadecimal digits; not `whole` shows its start where there is little room. */
  | { readonly kind: "hash"; readonly text: string; readonly whole: boolean }
  | { readonly kind: "math"; readonly math: MathNode; readonly display: boolean }
  | { readonly kind: "link"; readonly url: string; readonly children: readonly Inline[] }
  /** A number with evidence; `label` says what it is, for readers who do not see its place. */
  | {
      readonly kind: "claim";
      readonly claim: string;
      readonly text: string;
      readonly label: string;
      readonly status: ClaimStatus | null;
    }
  | { readonly kind: "status"; readonly status: ClaimStatus }
  | { readonly kind: "verdict"; readonly verdict: string }
  | { readonly kind: "citation"; readonly reference: string; readonly number: number }
  /** A reference to a figure, table or evidence entry of this article. */
  | { readonly kind: "jump"; readonly target: string; readonly text: string }
  | { readonly kind: "break" };

/** A status, and what it means in this article. */
export interface LegendEntry {
  readonly status: ClaimStatus;
  readonly meaning: string;
}

export type Block =
  | {
      readonly kind: "heading";
      readonly level: number;
      readonly id: string;
      readonly number: string;
      readonly children: readonly Inline[];
    }
  | { readonly kind: "paragraph"; readonly children: readonly Inline[] }
  | { readonly kind: "note"; readonly children: readonly Inline[] }
  | {
      readonly kind: "list";
      readonly ordered: boolean;
      readonly items: readonly (readonly Block[])[];
    }
  | { readonly kind: "quote"; readonly children: readonly Block[] }
  | { readonly kind: "code"; readonly text: string }
  | { readonly kind: "math"; readonly math: MathNode }
  | { readonly kind: "rule" }
  | { readonly kind: "legend"; readonly entries: readonly LegendEntry[] }
  | { readonly kind: "fields"; readonly fields: readonly Field[] }
  | TableBlock
  | {
      readonly kind: "figure";
      /** Its id in the study. */
      readonly spec: string;
      readonly id: string;
      readonly number: number;
      readonly caption: readonly Inline[];
      readonly svg: string;
      /** What the figure shows, for readers who cannot see it. */
      readonly description: string;
    };

export interface TableBlock {
  readonly kind: "table";
  readonly id: string;
  /** Null for a table that needs no number, as in the appendix. */
  readonly number: number | null;
  readonly caption: readonly Inline[];
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly (readonly Inline[])[])[];
  /** Small print: many columns or many rows. */
  readonly dense: boolean;
}

export interface Column {
  readonly title: readonly Inline[];
  readonly align: "left" | "right" | "center";
  /** Relative width where a page needs one. */
  readonly weight: number;
  /** The cells of this column name their rows. */
  readonly header: boolean;
  /** Left out where there is no room for it: the terminal. */
  readonly spare: boolean;
}

export interface ReferenceEntry {
  readonly id: string;
  readonly number: number;
  readonly text: string;
  readonly title: string;
  readonly rest: string;
  readonly url: string | null;
}

/** All that a number rests on. */
export interface EvidenceEntry {
  readonly claim: string;
  readonly title: string;
  readonly status: ClaimStatus;
  readonly fields: readonly Field[];
  readonly inputs: TableBlock | null;
}

export function text(value: string): Inline {
  return { kind: "text", text: value };
}

/** The text of inline content without its form. */
export function plain(children: readonly Inline[]): string {
  return children.map(plainInline).join("");
}

function plainInline(child: Inline): string {
  switch (child.kind) {
    case "text":
    case "code":
    case "hash":
    case "claim":
    case "jump":
      return child.text;
    case "emphasis":
    case "strong":
    case "link":
      return plain(child.children);
    case "citation":
      return `[${child.number}]`;
    case "status":
      return child.status;
    case "verdict":
      return child.verdict;
    case "break":
      return " ";
    case "math":
      return mathToText(child.math);
  }
}

/** The anchor of an id within the page; ids of claims hold a slash. */
export function anchor(kind: string, id: string): string {
  return `${kind}-${id.replace(/[^A-Za-z0-9-]/g, (character) => `_${character.codePointAt(0)!.toString(16)}_`)}`;
}

/** The drawings of an article, in the order in which they stand. */
export function figuresOf(
  article: ArticleDocument,
): readonly { readonly id: string; readonly svg: string }[] {
  return [...article.body, ...article.appendix].flatMap((block) =>
    block.kind === "figure" ? [{ id: block.spec, svg: block.svg }] : [],
  );
}
