import { type Nodes, type PhrasingContent, restoreBars, sourceOffsets } from "./markdown.ts";
import { isMathProblem, mathToText, parseMath } from "./math.ts";
import { REFERENCE, VALUE } from "./numerals.ts";
import { type Directive, type Token, tokenize } from "./syntax.ts";

/** The running text of one paragraph, heading or table cell as a reader sees it. */
export interface Leaf {
  /** Words across emphasis, links, code and formulas; directives as VALUE or REFERENCE. */
  readonly text: string;
  /** Source offset of each unit of `text`. */
  readonly offsets: readonly number[];
  readonly items: readonly LeafItem[];
}

/** Something in a leaf that is checked on its own, with its offset in the source. */
export type LeafItem =
  | { readonly kind: "directive"; readonly directive: Directive; readonly offset: number }
  | { readonly kind: "citation"; readonly keys: readonly string[]; readonly offset: number }
  | {
      readonly kind: "malformed";
      readonly problem: string;
      readonly remedy: string;
      readonly offset: number;
    }
  | {
      readonly kind: "math";
      readonly tex: string;
      readonly display: boolean;
      readonly offset: number;
    }
  | { readonly kind: "code"; readonly text: string; readonly offset: number }
  | { readonly kind: "link"; readonly url: string; readonly title: string; readonly offset: number }
  | {
      readonly kind: "refused";
      readonly what: string;
      readonly remedy: string;
      readonly offset: number;
    };

/** Reads the inline content of a node; `source` is what the offsets point into. */
export function readLeaf(children: readonly PhrasingContent[], source: string): Leaf {
  let text = "";
  const offsets: number[] = [];
  const items: LeafItem[] = [];
  const add = (piece: string, at: (index: number) => number) => {
    for (let index = 0; index < piece.length; index += 1) offsets.push(at(index));
    text += piece;
  };
  const visit = (node: PhrasingContent): void => {
    const { start, end } = range(node);
    switch (node.type) {
      case "text": {
        const map = sourceOffsets(node.value, source, start, end);
        for (const token of tokenize(node.value)) {
          const offset = map[token.start] ?? start;
          if (token.kind === "text") add(token.text, (index) => map[token.start + index] ?? start);
          else {
            add(placeholder(token), () => offset);
            items.push(itemOf(token, offset));
          }
        }
        return;
      }
      case "emphasis":
      case "strong":
      case "delete":
        node.children.forEach(visit);
        return;
      case "link":
        items.push({ kind: "link", url: node.url, title: node.title ?? "", offset: start });
        visitLink(node.children);
        return;
      case "inlineCode": {
        const inside = start + source.slice(start, end).search(/[^`]/);
        const map = sourceOffsets(node.value, source, inside, end);
        const code = restoreBars(node.value);
        add(code, (index) => map[index] ?? start);
        items.push({ kind: "code", text: code, offset: start });
        return;
      }
      case "inlineMath": {
        const tex = restoreBars(node.value);
        const parsed = parseMath(tex, false);
        if (!isMathProblem(parsed)) add(mathToText(parsed), () => start);
        items.push({ kind: "math", tex, display: false, offset: start });
        return;
      }
      case "break":
        add("\n", () => start);
        return;
      case "html":
        items.push({
          kind: "refused",
          what: `raw HTML (${node.value.slice(0, 24)})`,
          remedy: "Use Markdown alone; the lab writes the HTML",
          offset: start,
        });
        return;
      case "image":
      case "imageReference":
        items.push({
          kind: "refused",
          what: "an image from outside the record",
          remedy: "Declare a figure in study.yaml and place it with {{figure:ID}}",
          offset: start,
        });
        return;
      default:
        items.push({
          kind: "refused",
          what:
            node.type === "linkReference"
              ? "a link by reference"
              : `Markdown of the kind "${node.type}"`,
          remedy: "Write the link in place: [text](https://...)",
          offset: start,
        });
    }
  };
  /** A number is a link to its evidence already, so it cannot stand in another. */
  const visitLink = (inside: readonly PhrasingContent[]): void => {
    const before = items.length;
    inside.forEach(visit);
    for (const { kind, offset } of items.slice(before)) {
      if (kind !== "directive" && kind !== "citation") continue;
      items.push({
        kind: "refused",
        what: `a ${kind} inside a link`,
        remedy: "Put it beside the link",
        offset,
      });
    }
  };
  children.forEach(visit);
  return { text, offsets, items };
}

/** Where a node stands in the source. */
export function range(node: Nodes): { readonly start: number; readonly end: number } {
  return { start: node.position?.start.offset ?? 0, end: node.position?.end.offset ?? 0 };
}

function placeholder(token: Exclude<Token, { kind: "text" }>): string {
  const value = token.kind === "directive" && (token.name === "claim" || token.name === "plan");
  return value ? VALUE : REFERENCE;
}

function itemOf(token: Exclude<Token, { kind: "text" }>, offset: number): LeafItem {
  switch (token.kind) {
    case "directive":
      return { kind: "directive", directive: token, offset };
    case "citation":
      return { kind: "citation", keys: token.keys, offset };
    case "malformed":
      return { kind: "malformed", problem: token.problem, remedy: token.remedy, offset };
  }
}
