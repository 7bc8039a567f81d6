import type { Definition, Nodes, PhrasingContent, Root, RootContent } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmTableFromMarkdown } from "mdast-util-gfm-table";
import { mathFromMarkdown } from "mdast-util-math";
import { gfmTable } from "micromark-extension-gfm-table";
import { math } from "micromark-extension-math";

export type { Definition, Nodes, PhrasingContent, Root, RootContent };

/** Stands for "|" inside a directive while Markdown is parsed, so that table cells keep it. */
export const BAR = "\ue000";
/** Stands for the backslash of an escaped "\|" inside a directive. */
const GONE = "\ue001";

export interface MarkdownSource {
  readonly root: Root;
  /** What was parsed: the Markdown with the bars of directives replaced; offsets are unchanged. */
  readonly text: string;
}

/**
 * Parses CommonMark with GFM tables and `$math$`. Directives survive as text wherever they stand,
 * also in table cells, where a bar would otherwise end the cell.
 */
export function parseMarkdown(markdown: string): MarkdownSource {
  const text = markdown.replace(/\{\{[^{}\n]*\}\}/g, (directive) =>
    directive.replaceAll("\\|", GONE + BAR).replaceAll("|", BAR),
  );
  const root = fromMarkdown(text, {
    extensions: [gfmTable(), math()],
    mdastExtensions: [gfmTableFromMarkdown(), mathFromMarkdown()],
  });
  return { root, text };
}

/** Gives back the bars of a directive's inner text. */
export function restoreBars(text: string): string {
  return text.replaceAll(GONE, "").replaceAll(BAR, "|");
}

/**
 * For each UTF-16 unit of a node's value, the offset in the source that it came from: character
 * references, backslash escapes and the prefixes of continued lines make the two differ.
 */
export function sourceOffsets(
  value: string,
  source: string,
  start: number,
  end: number,
): readonly number[] {
  const offsets: number[] = [];
  let at = start;
  while (offsets.length < value.length) {
    const index = offsets.length;
    const want = value[index]!;
    if (at >= end) {
      offsets.push(Math.max(start, end - 1));
      continue;
    }
    if (source[at] === "\\" && source[at + 1] === want && /[!-/:-@[-`{-~]/.test(want)) {
      offsets.push(at + 1);
      at += 2;
      continue;
    }
    const reference = /^&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[0-9A-Za-z]{1,31});/.exec(
      source.slice(at, Math.min(end, at + 36)),
    )?.[0];
    if (reference !== undefined && !value.startsWith(reference, index)) {
      const units = value.codePointAt(index)! > 0xffff ? 2 : 1;
      for (let unit = 0; unit < units; unit += 1) offsets.push(at);
      at += reference.length;
      continue;
    }
    if (source[at] === want) offsets.push(at);
    at += 1;
  }
  return offsets;
}
