import { createHash } from "node:crypto";
import { NodeCompiler } from "@myriaddreamin/typst-ts-node-compiler";
import { svgForPrint } from "../../charts/index.ts";
import {
  type ArticleDocument,
  anchor,
  type Block,
  type EvidenceEntry,
  type Field,
  type Inline,
  type ReferenceEntry,
  type TableBlock,
} from "./document.ts";
import { mathToTypst } from "./typst-math.ts";
import { typstTemplate } from "./typst-template.ts";
import { typstString } from "./typst-text.ts";
import { isWebAddress } from "./web-address.ts";

/** Renders an article as PDF: the same bytes for the same article, with no date in it. */
export function renderPdf(article: ArticleDocument): Uint8Array {
  const typst = openCompiler();
  const result = typst.compile({ mainFileContent: typstSource(article) });
  const failure = result.takeError();
  if (failure || !result.result) {
    const [first] = failure ? (typst.fetchDiagnostics(failure) as { message: string }[]) : [];
    throw new Error(`the article could not be typeset: ${first?.message ?? "unknown reason"}`);
  }
  const pdf = steady(typst.pdf(result.result, { creationTimestamp: 0 }));
  typst.evictCache(4);
  return pdf;
}

/**
 * Typst lists the resources of a figure in an order that differs from process to process, and names
 * the document by a hash that covers it. The order means nothing: it is made the same, and the name
 * follows from the rest. Nothing changes its length, so all offsets in the file still hold.
 */
function steady(pdf: Uint8Array): Uint8Array {
  const sorted = Buffer.from(pdf)
    .toString("latin1")
    .replace(/(?:\n +\/[a-zA-Z]+\d+ \d+ 0 R){2,}/g, (list) => list.split("\n").sort().join("\n"));
  const id = /\/ID \[\(([A-Za-z0-9+/=]{24})\)/.exec(sorted)?.[1];
  if (id === undefined) return Buffer.from(sorted, "latin1");
  const rest = createHash("sha256").update(sorted.replaceAll(id, ""), "latin1").digest();
  return Buffer.from(sorted.replaceAll(id, rest.subarray(0, 16).toString("base64")), "latin1");
}

let compiler: NodeCompiler | null = null;

/**
 * One compiler a process: opening it reads the list of the system's fonts. It has no workspace, so a
 * source can reach no file, and articles name only the fonts inside it.
 */
function openCompiler(): NodeCompiler {
  compiler ??= NodeCompiler.create({ workspace: "/nonexistent" });
  return compiler;
}

/** The article as Typst source: a template, then calls whose every text is a string literal. */
export function typstSource(article: ArticleDocument): string {
  return `#set document(title: ${typstString(article.title)}, date: none)
#let foot = ${typstString(article.foot)}
${typstTemplate}
#{
title-block(${typstString(article.title)}, ${typstString(article.question)}, ${pairs(article.byline)})
abstract(${group(article.abstract.map(block))})
${article.body.map(block).join("\n")}
${article.references.length === 0 ? "" : `section(1, "", "references", "References")\n${article.references.map(reference).join("\n")}`}
${article.appendix.map(block).join("\n")}
section(1, "", "evidence", "Evidence")
small("Every number above leads here: to its value in full and how it is derived. The HTML article shows for each the runs, artifacts and pointers behind it.")
${article.evidence.map(entry).join("\n")}
}
`;
}

function block(value: Block): string {
  switch (value.kind) {
    case "heading":
      return `section(${value.level - 1}, ${typstString(value.number)}, ${typstString(value.id)}, ${inlines(value.children)})`;
    case "paragraph":
      return `par(${inlines(value.children)})`;
    case "note":
      return `small(${inlines(value.children)})`;
    case "list":
      return `${value.ordered ? "enum" : "list"}(${value.items.map((item) => `${item.length === 1 && item[0]?.kind === "paragraph" ? inlines(item[0].children) : group(item.map(block))}, `).join("")})`;
    case "quote":
      return `quoted(${group(value.children.map(block))})`;
    case "code":
      return `listing(${typstString(value.text)})`;
    case "math":
      return mathToTypst(value.math, true);
    case "rule":
      return "line(length: 100%, stroke: 0.4pt + line-colour)";
    case "legend":
      return `small(${group([
        typstString("Beside each number stands what the lab says of it: "),
        ...value.entries.flatMap(({ status, meaning }, index) => [
          `badge(${typstString(status)})`,
          typstString(` ${meaning}${index === value.entries.length - 1 ? "." : "; "}`),
        ]),
      ])})`;
    case "fields":
      return `fields(${pairs(value.fields)})`;
    case "table":
      return table(value);
    case "figure":
      return `figure-block(${typstString(value.id)}, ${typstString(svgForPrint(value.svg))}, ${typstString(value.description)}, ${group([`strong(${typstString(`Figure ${value.number}. `)})`, inlines(value.caption)])})`;
  }
}

function table(value: TableBlock): string {
  const columns = value.columns.map((column) => `${column.weight}fr`);
  const caption = [
    ...(value.number === null ? [] : [`strong(${typstString(`Table ${value.number}. `)})`]),
    inlines(value.caption),
  ];
  const rows = value.rows.map((row) =>
    list(value.columns.map((_, index) => cell(row[index] ?? []))),
  );
  return `table-block(${[
    typstString(value.id),
    value.number === null && value.caption.length === 0 ? "none" : group(caption),
    list(columns),
    list(value.columns.map((column) => column.align)),
    list(value.columns.map((column) => inlines(column.title))),
    list(rows),
    `dense: ${value.dense}`,
  ].join(", ")})`;
}

/** A cell as one piece of content, which the template's `flatten` leaves whole. */
function cell(children: readonly Inline[]): string {
  return `[#${inlines(children, true)}]`;
}

/** On paper an entry says what the value is and how it is derived; its inputs would fill a page each. */
function entry(value: EvidenceEntry): string {
  const fields = value.fields.filter(({ label }) => PRINTED_FIELDS.includes(label));
  return `entry(${typstString(anchor("evidence", value.claim))}, ${typstString(value.title)}, ${pairs(fields)})`;
}

const PRINTED_FIELDS = ["Claim", "Status", "Value", "Hypothesis", "Transform"];

function reference(value: ReferenceEntry): string {
  const linked =
    value.url !== null && isWebAddress(value.url)
      ? `link(${typstString(value.url)}, emph(${typstString(value.title)}))`
      : `emph(${typstString(value.title)})`;
  return `reference(${typstString(value.id)}, ${typstString(String(value.number))}, ${group([typstString(value.text), linked, typstString(value.rest)])})`;
}

function pairs(fields: readonly Field[]): string {
  return list(fields.map((field) => list([typstString(field.label), inlines(field.content)])));
}

/** A Typst array; the comma at the end keeps an array of one an array. */
function list(items: readonly string[]): string {
  return `(${items.map((item) => `${item}, `).join("")})`;
}

/** Pieces of content joined into one; always content, never a bare string. */
function group(items: readonly string[]): string {
  return `{[]; ${items.join("; ")}}`;
}

function inlines(children: readonly Inline[], inTable = false): string {
  return group(children.map((child) => inline(child, inTable)));
}

function inline(value: Inline, inTable: boolean): string {
  switch (value.kind) {
    case "text":
      return typstString(value.text);
    case "emphasis":
      return `emph(${inlines(value.children)})`;
    case "strong":
      return `strong(${inlines(value.children)})`;
    case "code":
      return `mono(${breakable(value.text)})`;
    case "hash":
      return `mono(${value.whole && !inTable ? breakable(value.text) : typstString(`${value.text.slice(0, 12)}…`)})`;
    case "math":
      return mathToTypst(value.math, value.display);
    case "link":
      return isWebAddress(value.url)
        ? `link(${typstString(value.url)}, ${inlines(value.children)})`
        : inlines(value.children);
    case "claim":
      return `claim(${typstString(anchor("evidence", value.claim))}, ${typstString(value.text.length > 24 ? value.text : value.text.replaceAll(" ", "\u00a0"))}, ${value.status === null ? "none" : typstString(value.status)})`;
    case "status":
      return `badge(${typstString(value.status)})`;
    case "verdict":
      return `verdict(${typstString(value.verdict)})`;
    case "citation":
      return `link(label(${typstString(anchor("reference", value.reference))}), ${typstString(`[${value.number}]`)})`;
    case "jump":
      return `link(label(${typstString(value.target)}), ${typstString(value.text)})`;
    case "break":
      return "linebreak()";
  }
}

/** A long word with places where a line may break, as a Typst expression. */
function breakable(text: string): string {
  const pieces = text.match(/.{1,8}/gsu) ?? [];
  return pieces.length < 2
    ? typstString(text)
    : `(${pieces.map(typstString).join(", ")}).join("\\u{200b}")`;
}
