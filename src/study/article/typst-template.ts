/** Layout and typography of the PDF; the content follows as calls of the functions defined here. */
export const typstTemplate = `
#let ink = luma(10%)
#let soft = luma(38%)
#let line-colour = luma(72%)
#let tones = (
  "confirmed": rgb("#17693a"),
  "supported": rgb("#1f5f99"),
  "not replicated": rgb("#a8330f"),
  "not supported": luma(38%),
  "exploratory": rgb("#81530a"),
)
#let verdict-tones = (
  "pass": rgb("#17693a"),
  "warn": rgb("#81530a"),
)
#let serif = ("Libertinus Serif", "New Computer Modern", "DejaVu Sans Mono")
#set page(
  paper: "a4",
  margin: (x: 3cm, top: 2.6cm, bottom: 2.6cm),
  footer: context {
    set text(size: 8pt, fill: soft)
    line(length: 100%, stroke: 0.4pt + line-colour)
    v(-4pt)
    foot
    h(1fr)
    counter(page).display("1 / 1", both: true)
  },
)
#set text(font: serif, size: 10.2pt, fill: ink, lang: "en", fallback: false, hyphenate: true)
#set par(justify: true, leading: 0.62em, spacing: 0.95em)
#set list(indent: 0.6em, spacing: 0.62em)
#set enum(indent: 0.6em, spacing: 0.62em)
#show math.equation: set text(font: ("New Computer Modern Math", ..serif), fallback: false)
#show raw: set text(font: "DejaVu Sans Mono", size: 0.82em)
#show heading: set text(hyphenate: false)
#show heading.where(level: 1): set text(size: 13.5pt)
#show heading.where(level: 1): set block(above: 1.7em, below: 0.8em, sticky: true)
#show heading.where(level: 2): set text(size: 11pt)
#show heading.where(level: 2): set block(above: 1.4em, below: 0.7em, sticky: true)
#show heading.where(level: 3): set text(size: 10.2pt, style: "italic", weight: "regular")
#show link: set text(fill: rgb("#1f4f80"))

#let mathsymbol(x) = $#symbol(x)$.body
#let mathtext(x) = $#x$.body
#let anchor(name) = [#metadata(none)#label(name)]
#let mono(x) = text(font: "DejaVu Sans Mono", size: 0.8em, x)
#let badge(status) = text(
  fill: tones.at(status), size: 0.86em, weight: "semibold", tracking: 0.02em, hyphenate: false,
  smallcaps(status),
)
#let verdict(name) = text(fill: verdict-tones.at(name, default: rgb("#a8330f")), weight: "semibold", name)
#let raised(status) = box(super(typographic: false, size: 0.72em, baseline: -0.42em, {
  h(0.14em)
  text(fill: tones.at(status), weight: "semibold", tracking: 0.02em, smallcaps(status))
}))
#let claim(name, shown, status) = {
  set text(hyphenate: false)
  let body = underline(stroke: (paint: soft, thickness: 0.4pt, dash: "dotted"), offset: 2pt, text(fill: ink, shown))
  link(label(name), if status == none { body } else { [#body#sym.wj#raised(status)] })
}
#let title-block(title, question, byline) = {
  set par(justify: false)
  block(below: 1.5em, { set text(size: 20pt, weight: "bold", hyphenate: false); set par(leading: 0.42em); title })
  block(below: 1.5em, text(size: 11.5pt, style: "italic", fill: soft, question))
  block(below: 1.2em, {
    set text(size: 8.6pt)
    for (label, content) in byline {
      box({ text(fill: soft, label + " "); content })
      h(1.6em)
    }
  })
  line(length: 100%, stroke: 0.6pt + ink)
}
#let abstract(body) = block(
  width: 100%, fill: luma(96%), inset: (x: 12pt, y: 10pt), radius: 3pt, above: 1.2em, below: 1.4em,
  { block(below: 0.6em, text(weight: "bold", size: 9.4pt, "Abstract")); set text(size: 9.7pt); body },
)
#let section(level, number, name, body) = {
  heading(level: level, { anchor(name); if number != "" { text(fill: soft, weight: "regular", number); h(0.6em) }; body })
}
#let table-block(name, caption, columns, alignment, head, rows, dense: false) = {
  let size = if dense { 6.9pt } else { 8.6pt }
  let gap = if dense { 3.2pt } else { 5pt }
  block(breakable: dense, width: 100%, above: 1.3em, below: 1.5em, {
    set par(justify: false, leading: 0.5em)
    anchor(name)
    if caption != none { block(sticky: true, below: 0.7em, text(size: 8.6pt, caption)) }
    set text(size: size, hyphenate: false, number-width: "tabular")
    table(
      columns: columns,
      align: alignment,
      stroke: none,
      inset: (x: 3.2pt, y: gap),
      table.hline(stroke: 0.9pt + ink),
      table.header(..head.map(cell => text(weight: "bold", cell))),
      table.hline(stroke: 0.5pt + ink),
      ..rows.flatten(),
      table.hline(stroke: 0.9pt + ink),
    )
  })
}
#let figure-block(name, picture, description, caption) = place(auto, float: true, clearance: 1.8em, block(breakable: false, width: 100%, {
  set align(left)
  anchor(name)
  image(bytes(picture), format: "svg", width: 100%, alt: description)
  set par(justify: false)
  block(above: 0.7em, text(size: 8.6pt, caption))
}))
#let fields(list) = block(width: 100%, above: 0.8em, below: 1em, {
  set text(size: 8.4pt)
  set par(justify: false, leading: 0.5em)
  grid(columns: (2.7cm, 1fr), column-gutter: 8pt, row-gutter: 5pt, ..list.map(((label, content)) => (text(fill: soft, label), content)).flatten())
})
#let entry(name, title, list) = {
  block(sticky: true, above: 1.6em, below: 0.6em, { anchor(name); text(weight: "bold", size: 9.6pt, title) })
  fields(list)
}
#let reference(name, number, body) = block(above: 0.6em, below: 0.6em, {
  set text(size: 9pt)
  set par(justify: false)
  grid(columns: (1.9em, 1fr), { anchor(name); text(fill: soft, "[" + number + "]") }, body)
})
#let quoted(body) = block(inset: (left: 10pt, y: 3pt), stroke: (left: 2pt + line-colour), text(style: "italic", fill: soft, body))
#let listing(body) = block(width: 100%, fill: luma(96%), inset: 8pt, radius: 3pt, text(font: "DejaVu Sans Mono", size: 7.8pt, body))
#let small(body) = block(above: 0.9em, below: 1.2em, { set text(size: 8.4pt, fill: soft); set par(justify: false); body })
`;
