/** The page's style sheet: light and dark, wide and narrow, screen and paper. */
export const pageStyle = `
:root {
  color-scheme: light dark;
  --paper: #fdfdfb; --ink: #1c1d1f; --soft: #5b5f66; --line: #d9d9d3; --wash: #f3f3ee;
  --link: #1f5f99; --confirmed: #17693a; --supported: #1f5f99; --not-replicated: #a8330f;
  --not-supported: #5b5f66; --exploratory: #81530a;
  --serif: Charter, "Bitstream Charter", "Sitka Text", Cambria, "Libertinus Serif", Georgia, serif;
  --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #15171a; --ink: #e4e4df; --soft: #a2a6ad; --line: #363a40; --wash: #1e2125;
    --link: #84b8ea; --confirmed: #6fcf97; --supported: #84b8ea; --not-replicated: #f29b7a;
    --not-supported: #a2a6ad; --exploratory: #dcb062;
  }
}
* { box-sizing: border-box; }
html { font-size: 112.5%; -webkit-text-size-adjust: 100%; scroll-behavior: smooth; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body { margin: 0; background: var(--paper); color: var(--ink); font-family: var(--serif); line-height: 1.58;
  font-variant-numeric: lining-nums; hanging-punctuation: first; overflow-wrap: break-word; }
main { max-width: 39rem; margin: 0 auto; padding: 3.5rem 1.1rem 4rem; }
h1, h2, h3, h4, h5, h6 { line-height: 1.22; font-weight: 650; text-wrap: balance; scroll-margin-top: 1rem; }
h1 { font-size: 2.05rem; letter-spacing: -0.012em; margin: 0 0 0.9rem; }
h2 { font-size: 1.38rem; margin: 2.8rem 0 0.8rem; }
h3 { font-size: 1.1rem; margin: 2rem 0 0.5rem; }
h4, h5, h6 { font-size: 1rem; font-style: italic; margin: 1.5rem 0 0.4rem; }
.number { color: var(--soft); font-weight: 400; padding-right: 0.25em; }
p, ul, ol, blockquote, pre { margin: 0 0 1rem; }
p { hyphens: auto; text-wrap: pretty; }
ul, ol { padding-left: 1.3rem; }
li { margin: 0.25rem 0; }
a { color: var(--link); text-decoration-thickness: 0.06em; text-underline-offset: 0.16em; }
a:focus-visible, button:focus-visible, [tabindex]:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 2px; }
blockquote { border-left: 3px solid var(--line); padding-left: 1rem; margin-left: 0; color: var(--soft); font-style: italic; }
code, pre { font-family: var(--mono); font-size: 0.82em; }
pre { background: var(--wash); padding: 0.8rem 1rem; overflow-x: auto; border-radius: 4px; line-height: 1.45; }
hr { border: 0; border-top: 1px solid var(--line); margin: 2rem 0; }
math { font-size: 1.05em; }
.formula { overflow-x: auto; overflow-y: hidden; padding: 0.2rem 0; margin: 1rem 0; }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; top: 1rem; background: var(--paper); padding: 0.4rem 0.8rem; z-index: 2; }
.question { font-size: 1.14rem; font-style: italic; color: var(--soft); margin-bottom: 1.2rem; }
header { border-bottom: 1px solid var(--line); margin-bottom: 1.6rem; padding-bottom: 1rem; }
.byline { display: flex; flex-wrap: wrap; gap: 0.3rem 1.6rem; margin: 0; font-family: var(--sans); font-size: 0.76rem; }
.byline div { display: flex; gap: 0.5em; }
.byline dt { color: var(--soft); }
.byline dd { margin: 0; }
.abstract { background: var(--wash); padding: 1rem 1.3rem 0.4rem; border-radius: 5px; }
.abstract h2 { font-size: 0.95rem; margin: 0 0 0.4rem; font-family: var(--sans); letter-spacing: 0.02em; }
.legend { font-family: var(--sans); font-size: 0.76rem; color: var(--soft); hyphens: none; }

.claim { color: inherit; text-decoration: none; cursor: pointer; unicode-bidi: isolate; direction: ltr; border-radius: 3px; }
.claim:hover { background: color-mix(in srgb, var(--tone, var(--link)) 14%, transparent); }
.value { text-decoration: underline dotted; text-decoration-color: var(--tone, var(--link)); text-decoration-thickness: 0.09em;
  text-underline-offset: 0.16em; }
.whole { white-space: nowrap; }
.status { font-family: var(--sans); font-size: 0.74em; font-variant-caps: all-small-caps; letter-spacing: 0.03em;
  font-weight: 600; color: var(--tone); white-space: nowrap; }
.claim .status { vertical-align: 0.5em; line-height: 0; margin-left: 0.28em; }
td .status, dd .status, .legend .status { font-size: 1.02em; }
td .status { white-space: normal; }
.is-confirmed { --tone: var(--confirmed); }
.is-supported { --tone: var(--supported); }
.is-not-replicated { --tone: var(--not-replicated); }
.is-not-supported { --tone: var(--not-supported); }
.is-exploratory { --tone: var(--exploratory); }
.verdict { font-family: var(--sans); font-weight: 600; }
.verdict.pass { color: var(--confirmed); }
.verdict.warn { color: var(--exploratory); }
.verdict.fail, .verdict.blocked, .verdict.error { color: var(--not-replicated); }
.citation { text-decoration: none; font-size: 0.9em; white-space: nowrap; }

figure { margin: 2rem 0; width: min(calc(100vw - 2.2rem), 49rem); position: relative; left: 50%; transform: translateX(-50%); }
.drawing { overflow-x: auto; }
.drawing svg { display: block; width: 100%; min-width: 33rem; height: auto; color: var(--ink); }
figcaption { font-family: var(--sans); font-size: 0.78rem; line-height: 1.45; color: var(--soft); }
figcaption { margin-top: 0.6rem; }
figcaption b { color: var(--ink); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-family: var(--sans); font-size: 0.8rem; line-height: 1.42;
  font-variant-numeric: lining-nums tabular-nums; }
.table figcaption { margin: 0 0 0.55rem; }
.w3 { min-width: 9rem; }
.w4 { min-width: 13rem; }
thead { border-top: 1.5px solid var(--ink); border-bottom: 1px solid var(--ink); }
tbody { border-bottom: 1.5px solid var(--ink); }
tbody tr + tr { border-top: 1px solid var(--line); }
th, td { padding: 0.42rem 0.55rem; vertical-align: top; text-align: left; font-weight: 400; hyphens: none; }
thead th { font-weight: 600; vertical-align: bottom; }
th:first-child, td:first-child { padding-left: 0.1rem; }
.right { text-align: right; }
.center { text-align: center; }
.dense table { font-size: 0.7rem; }
.dense th, .dense td { padding: 0.26rem 0.5rem; }
.dense .w3, .dense .w4 { min-width: 8rem; }
#lab-runs td, #lab-runs th, .entry td, .entry th { white-space: nowrap; }
#lab-runs td:nth-child(6) { white-space: normal; min-width: 9rem; }
.hash { font-size: 0.92em; overflow-wrap: anywhere; }
.entry .scroll .hash { overflow-wrap: normal; }
.hash[title] { white-space: nowrap; }

.fields { font-family: var(--sans); font-size: 0.78rem; line-height: 1.5; margin: 0 0 1rem; }
.fields div { display: grid; grid-template-columns: 9rem 1fr; gap: 0.8rem; padding: 0.22rem 0; }
.fields code { font-size: 0.94em; }
.fields dt { color: var(--soft); }
.fields dd { margin: 0; overflow-wrap: anywhere; }
.references ol { list-style: none; padding: 0; font-size: 0.86rem; counter-reset: reference; }
.references li { counter-increment: reference; padding-left: 2rem; position: relative; margin: 0.45rem 0; }
.references li::before { content: "[" counter(reference) "]"; position: absolute; left: 0; color: var(--soft); }
.appendix { border-top: 1px solid var(--line); margin-top: 3rem; }
.appendix h2 { font-size: 1.2rem; }
.entry { border-top: 1px solid var(--line); padding: 0.2rem 0.8rem 0.4rem; margin: 0 -0.8rem; }
.entry h3 { margin-top: 1rem; }
.entry figure { width: auto; left: 0; transform: none; margin: 0.8rem 0; }
.entry:target { background: var(--wash); box-shadow: inset 3px 0 0 var(--link); }
li:target, figure:target { background: var(--wash); }
footer { border-top: 1px solid var(--line); margin-top: 3rem; font-family: var(--sans); font-size: 0.74rem; color: var(--soft); }

dialog { position: fixed; inset: 0 0 0 auto; width: min(44rem, 100vw); max-width: none; height: 100%; max-height: none;
  margin: 0; border: 0; border-left: 1px solid var(--line); padding: 1.2rem 1.6rem 2rem; background: var(--paper);
  color: var(--ink); overflow-y: auto; box-shadow: -1rem 0 3rem rgb(0 0 0 / 0.18); }
dialog::backdrop { background: rgb(0 0 0 / 0.28); }
dialog .entry { border: 0; margin: 0; padding: 0; }
dialog h3 { margin: 0 3rem 1rem 0; font-size: 1.2rem; }
.close { position: absolute; top: 0.9rem; right: 1rem; width: 2.4rem; height: 2.4rem; border: 1px solid var(--line);
  border-radius: 50%; background: var(--paper); color: var(--ink); font: 1rem/1 var(--sans); cursor: pointer; }
.close:hover { background: var(--wash); }
.close:focus-visible { border-radius: 50%; }

.contents { font-family: var(--sans); font-size: 0.76rem; line-height: 1.4; max-width: 39rem; margin: 0 auto; padding: 1.2rem 1.1rem 0; }
.contents ul { list-style: none; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: 0.2rem 1.1rem; }
.contents li { margin: 0; }
.contents a { color: var(--soft); text-decoration: none; }
.contents a:hover { color: var(--link); text-decoration: underline; }
@media (min-width: 82rem) {
  .contents { position: fixed; top: 3.7rem; left: max(1.5rem, calc(50vw - 40rem)); width: 12.5rem; padding: 0; margin: 0; max-height: 85vh; overflow-y: auto; }
  .contents ul { display: block; }
  .contents li { margin: 0.42rem 0; }
}
@media (max-width: 40rem) {
  html { font-size: 100%; }
  main { padding-top: 1.6rem; }
  h1 { font-size: 1.6rem; }
  .byline { display: block; }
  .fields div { grid-template-columns: 1fr; gap: 0; padding: 0.35rem 0; }
  dialog { width: 100vw; border: 0; padding: 1rem 1.1rem 2rem; }
  .w3, .w4 { min-width: 7.5rem; }
}
@media print {
  :root { --paper: #fff; --ink: #000; --soft: #444; --line: #bbb; --wash: #fff; }
  html { font-size: 10pt; }
  .contents, .skip, dialog { display: none; }
  main { max-width: none; padding: 0; }
  figure { width: auto; left: 0; transform: none; }
  .scroll, .drawing { overflow: visible; }
  figure:not(.table), tr, .entry .fields { break-inside: avoid; }
  h1, h2, h3, .table figcaption { break-after: avoid; }
  .abstract { border: 1px solid var(--line); }
  .drawing svg { min-width: 0; }
  .dense table { font-size: 6.5pt; }
  #lab-runs td, #lab-runs th, .entry td, .entry th { white-space: normal; }
  .entry .scroll .hash { overflow-wrap: anywhere; }
  a { color: inherit; }
}
`;
