import { createHash } from "node:crypto";
import { visible } from "../../record/index.ts";
import {
  type ArticleDocument,
  anchor,
  type Block,
  type Column,
  type EvidenceEntry,
  type Field,
  type Inline,
  type ReferenceEntry,
  type TableBlock,
} from "./document.ts";
import { pageScript } from "./html-script.ts";
import { pageStyle } from "./html-style.ts";
import { mathToMarkup } from "./math.ts";
import { isWebAddress } from "./web-address.ts";

/**
 * Renders an article as one HTML file that loads nothing: its policy allows its own style sheet and
 * its own script by their hashes, and nothing else. Without the script, each number is a link to its
 * entry under "Evidence"; with it, a button that opens the entry beside the text.
 */
export function renderHtml(article: ArticleDocument): string {
  const policy = `default-src 'none'; style-src '${digest(pageStyle)}'; script-src '${digest(pageScript)}'; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${escapeHtml(article.title)}</title>
<style>${pageStyle}</style>
</head>
<body>
<a class="skip" href="#article">Skip to the article</a>
${contents(article)}
<main id="article">
<header>
<h1>${escapeHtml(article.title)}</h1>
<p class="question">${escapeHtml(article.question)}</p>
${fields(article.byline, "byline")}
</header>
<section class="abstract" aria-labelledby="abstract">
<h2 id="abstract">Abstract</h2>
${blocks(article.abstract)}
</section>
${blocks(article.body)}
${article.references.length === 0 ? "" : references(article.references)}
<div class="appendix">
${blocks(article.appendix)}
</div>
<section class="evidence" aria-labelledby="evidence">
<h2 id="evidence">Evidence</h2>
<p>Every number above leads here: to what it is derived from, and how to check it.</p>
${article.evidence.map(evidence).join("\n")}
</section>
<footer><p>${escapeHtml(article.foot)}</p></footer>
</main>
<dialog id="drawer" aria-labelledby="drawer-title">
<form method="dialog"><button type="submit" class="close" aria-label="Close the evidence">✕</button></form>
<div id="drawer-content"></div>
</dialog>
<script>${pageScript}</script>
</body>
</html>
`;
}

/** Escapes text for HTML content and quoted attributes; hidden characters are shown. */
export function escapeHtml(value: string): string {
  return visible(value)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

function digest(source: string): string {
  return `sha256-${createHash("sha256").update(source).digest("base64")}`;
}

function contents(article: ArticleDocument): string {
  const entries = [...article.body, ...article.appendix].flatMap((block) =>
    block.kind === "heading" && block.level === 2
      ? [`<li><a href="#${block.id}">${number(block.number)}${inlines(block.children)}</a></li>`]
      : [],
  );
  return `<nav class="contents" aria-label="Contents"><ul>
<li><a href="#abstract">Abstract</a></li>
${entries.join("\n")}
<li><a href="#evidence">Evidence</a></li>
</ul></nav>`;
}

function number(value: string): string {
  return value === "" ? "" : `<span class="number">${value}</span> `;
}

function blocks(list: readonly Block[]): string {
  return list.map(block).join("\n");
}

function block(value: Block): string {
  switch (value.kind) {
    case "heading": {
      const level = Math.min(value.level, 6);
      return `<h${level} id="${value.id}">${number(value.number)}${inlines(value.children)}</h${level}>`;
    }
    case "paragraph":
      return `<p>${inlines(value.children)}</p>`;
    case "note":
      return `<p class="note">${inlines(value.children)}</p>`;
    case "list": {
      const tag = value.ordered ? "ol" : "ul";
      return `<${tag}>${value.items.map((item) => `<li>${item.length === 1 && item[0]?.kind === "paragraph" ? inlines(item[0].children) : blocks(item)}</li>`).join("")}</${tag}>`;
    }
    case "quote":
      return `<blockquote>${blocks(value.children)}</blockquote>`;
    case "code":
      return `<pre tabindex="0"><code>${escapeHtml(value.text)}</code></pre>`;
    case "math":
      return `<div class="formula" tabindex="0" role="group" aria-label="Formula">${mathToMarkup(value.math, true)}</div>`;
    case "rule":
      return "<hr>";
    case "legend":
      return `<p class="legend">Beside each number stands what the lab says of it: ${value.entries.map(({ status, meaning }) => `${badge(status)} ${escapeHtml(meaning)}`).join("; ")}.</p>`;
    case "fields":
      return fields(value.fields, "fields");
    case "table":
      return table(value);
    case "figure":
      return `<figure id="${value.id}">
<div class="drawing" tabindex="0" role="group" aria-label="Figure ${value.number}">${value.svg.replace("<svg ", `<svg role="img" aria-label="${escapeHtml(value.description)}" `)}</div>
<figcaption><b>Figure ${value.number}.</b> ${inlines(value.caption)}</figcaption>
</figure>`;
  }
}

function table(value: TableBlock): string {
  const caption = `${value.number === null ? "" : `<b>Table ${value.number}.</b> `}${inlines(value.caption)}`;
  const named = caption === "" ? 'aria-label="Table"' : `aria-labelledby="${value.id}-caption"`;
  const head = value.columns.map((column) =>
    column.title.length === 0
      ? "<td></td>"
      : `<th scope="col" class="${columnClass(column)}">${inlines(column.title)}</th>`,
  );
  const rows = value.rows.map((row) => {
    const cells = value.columns.map((column, index) => {
      const content = inlines(row[index] ?? []);
      return column.header
        ? `<th scope="row" class="${column.align}">${content}</th>`
        : `<td class="${column.align}">${content}</td>`;
    });
    return `<tr>${cells.join("")}</tr>`;
  });
  return `<figure class="table${value.dense ? " dense" : ""}" id="${value.id}">
${caption === "" ? "" : `<figcaption id="${value.id}-caption">${caption}</figcaption>\n`}<div class="scroll" role="region" ${named} tabindex="0"><table ${named}>
<thead><tr>${head.join("")}</tr></thead>
<tbody>
${rows.join("\n")}
</tbody></table></div></figure>`;
}

/** Alignment, and a width in steps: the page's policy allows no style of its own to a cell. */
function columnClass(column: Column): string {
  return `${column.align} w${Math.max(1, Math.min(4, Math.round(column.weight)))}`;
}

function fields(list: readonly Field[], kind: string): string {
  return `<dl class="${kind}">${list.map((field) => `<div><dt>${escapeHtml(field.label)}</dt><dd>${inlines(field.content)}</dd></div>`).join("")}</dl>`;
}

function evidence(entry: EvidenceEntry): string {
  return `<article class="entry" id="${anchor("evidence", entry.claim)}">
<h3>${escapeHtml(entry.title)}</h3>
${fields(entry.fields, "fields")}
${entry.inputs === null ? "" : table(entry.inputs)}
</article>`;
}

function references(list: readonly ReferenceEntry[]): string {
  return `<section class="references" aria-labelledby="references"><h2 id="references">References</h2><ol>
${list
  .map((entry) => {
    const title = `<cite>${escapeHtml(entry.title)}</cite>`;
    const linked =
      entry.url !== null && isWebAddress(entry.url)
        ? `<a href="${escapeHtml(entry.url)}" rel="noopener noreferrer">${title}</a>`
        : title;
    const shown = entry.url !== null && !isWebAddress(entry.url) ? ` ${escapeHtml(entry.url)}` : "";
    return `<li id="${entry.id}">${escapeHtml(entry.text)}${linked}${escapeHtml(entry.rest)}${shown}</li>`;
  })
  .join("\n")}
</ol></section>`;
}

function inlines(list: readonly Inline[]): string {
  return list.map(inline).join("");
}

function inline(value: Inline): string {
  switch (value.kind) {
    case "text":
      return escapeHtml(value.text);
    case "emphasis":
      return `<em>${inlines(value.children)}</em>`;
    case "strong":
      return `<strong>${inlines(value.children)}</strong>`;
    case "code":
      return `<code>${escapeHtml(value.text)}</code>`;
    case "hash":
      return value.whole
        ? `<code class="hash">${escapeHtml(value.text)}</code>`
        : `<code class="hash" title="${escapeHtml(value.text)}">${escapeHtml(value.text.slice(0, 12))}…</code>`;
    case "math":
      return mathToMarkup(value.math, value.display);
    case "link":
      return isWebAddress(value.url)
        ? `<a href="${escapeHtml(value.url)}" rel="noopener noreferrer">${inlines(value.children)}</a>`
        : inlines(value.children);
    case "claim": {
      const spoken = `${value.text}${value.status === null ? "" : `, ${value.status}`}. ${value.label}. Evidence`;
      const kind = value.status === null ? "" : ` ${statusClass(value.status)}`;
      const [start, end] = value.text.length > 24 ? lastWordApart(value.text) : ["", value.text];
      const last = `<span class="whole"><span class="value">${escapeHtml(end)}</span>${value.status === null ? "" : badge(value.status)}</span>`;
      return `<a class="claim${kind}" href="#${anchor("evidence", value.claim)}" aria-label="${escapeHtml(spoken)}">${start === "" ? "" : `<span class="value">${escapeHtml(start)}</span>`}${last}</a>`;
    }
    case "status":
      return badge(value.status);
    case "verdict":
      return `<span class="verdict ${escapeHtml(value.verdict)}">${escapeHtml(value.verdict)}</span>`;
    case "citation":
      return `<a class="citation" href="#${anchor("reference", value.reference)}" aria-label="Reference ${value.number}">[${value.number}]</a>`;
    case "jump":
      return `<a href="#${value.target}">${escapeHtml(value.text)}</a>`;
    case "break":
      return "<br>";
  }
}

/** Splits before the last word, which stays on one line with the badge behind it. */
function lastWordApart(text: string): readonly [string, string] {
  const blank = text.lastIndexOf(" ") + 1;
  return [text.slice(0, blank), text.slice(blank)];
}

function badge(status: string): string {
  return `<span class="status ${statusClass(status)}">${escapeHtml(status)}</span>`;
}

function statusClass(status: string): string {
  return `is-${status.replaceAll(" ", "-")}`;
}
