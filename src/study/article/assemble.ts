import { checksTable, everythingWeRan, planBlocks } from "./appendix.ts";
import { type Composer, composeAuthored } from "./compose.ts";
import {
  type ArticleDocument,
  anchor,
  type Block,
  type Field,
  type Inline,
  type ReferenceEntry,
  text,
} from "./document.ts";
import { evidenceEntries } from "./evidence.ts";
import { renderFigure } from "./figures.ts";
import { cellTable, conditionsTable, findingsTable, plannedLimitations } from "./findings.ts";
import { intervalName } from "./format.ts";
import type { ArticleInput } from "./input.ts";
import { createNumbering, type Numbering } from "./numbering.ts";
import { legendOf } from "./statuses.ts";

/** The whole article as data: what the author wrote, and what the lab adds to it. */
export function assembleArticle(input: ArticleInput): ArticleDocument {
  const numbering = createNumbering();
  const shown = new Set<string>();
  const composer: Composer = {
    input,
    numbering,
    figure: (id) => {
      shown.add(`figure ${id}`);
      return figureBlock(input, numbering, id);
    },
    table: (id) => {
      shown.add(`table ${id}`);
      return cellTable(input, numbering, id);
    },
  };
  const findings = findingsTable(input, numbering);
  const authored = composeAuthored(composer);
  const body: Block[] = [
    labHeading("findings", "What was asked and what was found"),
    findings,
    { kind: "legend", entries: legendOf(input.definition.unit) },
    ...authored.body,
    labHeading("conditions", "Conditions"),
    conditionsTable(input, numbering),
    labHeading("known-limits", "Limitations known before the data"),
    ...plannedLimitations(input),
  ];
  numbering.appendix();
  const appendix: Block[] = [
    appendixHeading(numbering, "Everything we ran"),
    ...everythingWeRan(input),
    appendixHeading(numbering, "The plan"),
    ...planBlocks(input),
    ...leftOver(composer, shown),
    appendixHeading(numbering, "Automated checks"),
    checksTable(input),
  ];
  const abstract: readonly Block[] =
    authored.abstract.length > 0
      ? authored.abstract
      : [{ kind: "paragraph", children: [text(input.definition.question)] }];
  const used = claimsIn([...abstract, ...body, ...appendix]);
  return {
    title: input.definition.title,
    question: input.definition.question,
    byline: byline(input),
    abstract,
    body,
    appendix,
    references: referenceList(input, numbering),
    evidence: evidenceEntries(input, used),
    foot: `Plan ${input.plan.hash.slice(0, 16)}, frozen at ledger event ${input.plan.seq}`,
  };
}

function byline(input: ArticleInput): readonly Field[] {
  const { plan, lab } = input;
  return [
    input.anonymous
      ? { label: "Lab", content: [text("withheld for blind review")] }
      : { label: "Lab", content: [text(lab.name)] },
    {
      label: "Plan",
      content: [
        { kind: "hash", text: plan.hash, whole: false },
        text(`, frozen at ledger event ${plan.seq}`),
      ],
    },
    {
      label: "Record",
      content: input.anonymous
        ? [text(`compiled from ledger event ${lab.head.seq}`)]
        : [
            text(`compiled from ledger event ${lab.head.seq}, `),
            { kind: "hash", text: lab.head.hash, whole: false },
          ],
    },
  ];
}

function figureBlock(input: ArticleInput, numbering: Numbering, id: string): Block {
  const spec = input.definition.figures.find((figure) => figure.id === id)!;
  const titles = spec.conditions.map(
    (name) => input.definition.conditions.find((condition) => condition.id === name)?.title ?? name,
  );
  const first =
    spec.kind === "dots"
      ? input.claims.get(`${spec.measures[0]}/${spec.conditions[0]}`)
      : undefined;
  const note =
    spec.kind === "dots"
      ? ` Dots are runs, one a seed; diamonds are means, bars their ${first ? intervalName(first) : "CI"}.`
      : spec.kind === "curves"
        ? " Thin lines are runs, one a seed; thick lines are means of a condition."
        : " Drawn from an artifact of the first run.";
  return {
    kind: "figure",
    spec: id,
    id: anchor("figure", id),
    number: numbering.figure(id),
    caption: [text(spec.caption + note)],
    svg: renderFigure(spec, input),
    description: `${spec.caption} Conditions: ${titles.join("; ")}.`,
  };
}

/** Figures and tables of the plan that the author does not show are shown all the same. */
function leftOver(composer: Composer, shown: ReadonlySet<string>): readonly Block[] {
  const { definition } = composer.input;
  const blocks = [
    ...definition.figures
      .filter(({ id }) => !shown.has(`figure ${id}`))
      .map(({ id }) => composer.figure(id)),
    ...definition.tables
      .filter(({ id }) => !shown.has(`table ${id}`))
      .map(({ id }) => composer.table(id)),
  ];
  if (blocks.length === 0) return [];
  return [appendixHeading(composer.numbering, "Planned, and not shown in the text"), ...blocks];
}

function referenceList(input: ArticleInput, numbering: Numbering): readonly ReferenceEntry[] {
  return input.definition.references
    .map((reference) => ({ reference, number: numbering.reference(reference.id) }))
    .sort((a, b) => a.number - b.number)
    .map(({ reference, number }) => ({
      id: anchor("reference", reference.id),
      number,
      text: `${reference.authors} (${reference.year}). `,
      title: reference.title,
      rest: reference.venue === undefined ? "." : `. ${reference.venue}.`,
      url: reference.url ?? null,
    }));
}

function labHeading(id: string, title: string): Block {
  return { kind: "heading", level: 2, id: `lab-${id}`, number: "", children: [text(title)] };
}

function appendixHeading(numbering: Numbering, title: string): Block {
  return { kind: "heading", level: 2, ...numbering.section(1), children: [text(title)] };
}

/** Ids of the claims in blocks, in the order of their first use. */
function claimsIn(blocks: readonly Block[]): ReadonlySet<string> {
  const used = new Set<string>();
  const inline = (children: readonly Inline[]): void => {
    for (const child of children) {
      if (child.kind === "claim") used.add(child.claim);
      else if ("children" in child) inline(child.children);
    }
  };
  const visit = (block: Block): void => {
    switch (block.kind) {
      case "heading":
      case "paragraph":
      case "note":
        inline(block.children);
        return;
      case "list":
        for (const item of block.items) item.forEach(visit);
        return;
      case "quote":
        block.children.forEach(visit);
        return;
      case "table":
        for (const row of block.rows) row.forEach(inline);
        return;
      case "fields":
        for (const field of block.fields) inline(field.content);
        return;
      default:
        return;
    }
  };
  blocks.forEach(visit);
  return used;
}
