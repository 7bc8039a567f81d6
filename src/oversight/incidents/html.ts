import { visible } from "../../record/index.ts";

/** Markup that is safe as it stands; only `html` makes it. */
export interface Markup {
  readonly markup: string;
}

/**
 * A template whose values are text unless they are markup themselves: whatever an agent wrote is
 * shown and never obeyed, also what would be hidden or turn the direction of writing.
 */
export function html(
  strings: TemplateStringsArray,
  ...values: readonly (string | number | Markup | readonly Markup[] | undefined)[]
): Markup {
  let markup = strings[0]!;
  for (const [index, value] of values.entries()) markup += shown(value) + strings[index + 1]!;
  return { markup };
}

function shown(value: string | number | Markup | readonly Markup[] | undefined): string {
  if (value === undefined) return "";
  if (typeof value === "string" || typeof value === "number") return escaped(String(value));
  if ("markup" in value) return value.markup;
  return value.map(({ markup }) => markup).join("");
}

function escaped(text: string): string {
  return visible(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** A whole page that loads nothing and runs nothing. */
export function page(title: string, body: Markup): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${{ markup: STYLE }}</style>
</head>
<body><main>${body}</main></body>
</html>
`.markup;
}

const STYLE = `
:root { --ink: #1c2126; --soft: #59636e; --paper: #fdfdfc; --card: #f4f4f1; --line: #dcdcd6;
  --bad: #a3261b; --bad-soft: #fbe9e6; --warn: #865400; --good: #1c6b45; --mark: #ffe08a; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e6e2; --soft: #a0a8b0; --paper: #15181b;
  --card: #1e2226; --line: #343a40; --bad: #ff8f80; --bad-soft: #3a1d1a; --warn: #f0b958;
  --good: #74cfa2; --mark: #6b5410; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 1.25rem 1rem 4rem; }
h1 { font-size: 1.45rem; line-height: 1.25; margin: .2rem 0 .6rem; text-wrap: balance;
  overflow-wrap: anywhere; }
h2 { font-size: 1.05rem; margin: 2rem 0 .6rem; }
p { margin: .4rem 0; max-width: 44rem; }
.soft, small { color: var(--soft); font-size: .875rem; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 8px;
  padding: .8rem 1rem; margin: .6rem 0; }
.bad { border-left: 4px solid var(--bad); }
.tag { display: inline-block; border: 1px solid currentColor; border-radius: 99px;
  padding: 0 .55rem; font-size: .8rem; font-weight: 600; white-space: nowrap; }
.tag.red { color: var(--bad); } .tag.amber { color: var(--warn); } .tag.green { color: var(--good); }
pre, code { font: .84rem/1.45 ui-monospace, "Cascadia Mono", Menlo, monospace; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; margin: .4rem 0 0; }
code { overflow-wrap: anywhere; }
mark { background: var(--mark); color: inherit; border-radius: 2px; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: .4rem 0; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
ol.line { list-style: none; padding: 0; margin: 0; border-left: 2px solid var(--line); }
ol.line li { padding: .3rem 0 .3rem 1rem; position: relative; }
ol.line li::before { content: ""; position: absolute; left: -6px; top: .75rem; width: 10px;
  height: 10px; border-radius: 50%; background: var(--line); }
ol.line li.hit::before { background: var(--bad); }
ol.line li.hit { background: var(--bad-soft); }
.scroll { overflow-x: auto; margin: .4rem 0 1rem; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; }
th, td { text-align: left; padding: .35rem .8rem .35rem 0; border-bottom: 1px solid var(--line);
  vertical-align: top; }
th { color: var(--soft); font-weight: 600; }
td.num, th.num { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
summary { cursor: pointer; }
summary:focus-visible { outline: 2px solid var(--warn); outline-offset: 2px; }
svg { max-width: 100%; height: auto; }
figure { margin: 1rem 0; overflow-x: auto; }
svg text { fill: var(--soft); }
@media (max-width: 30rem) { dl { grid-template-columns: 1fr; } dd { margin-bottom: .4rem; } }
/* On a phone, figures keep a size at which they can be read, and slide. */
@media (max-width: 40rem) { figure svg { max-width: none; } }
/* On a phone, each row stands as a block whose cells name their column. */
@media (max-width: 40rem) { .stack, .stack tbody, .stack tr, .stack td { display: block; }
  .stack tr { border-bottom: 1px solid var(--line); padding: .5rem 0; }
  .stack tr:first-child:has(> th), .stack thead { display: none; }
  .stack td, .stack td.num { border: 0; padding: .1rem 0; text-align: left; white-space: normal;
    overflow-wrap: anywhere; }
  .stack td:first-child { font-weight: 600; }
  .stack td[data-th]::before { content: attr(data-th) ": "; color: var(--soft); } }
@media print { details { display: block; } .card { break-inside: avoid; } }
`;
