import type { Hypothesis } from "../definition.ts";
import type { Decision } from "../records.ts";
import { claimInline, statusOf } from "./compose.ts";
import { anchor, type Block, type Column, type Inline, type TableBlock, text } from "./document.ts";
import { intervalName, scaleOf } from "./format.ts";
import type { ArticleInput } from "./input.ts";
import type { Numbering } from "./numbering.ts";
import { formatP, formatPlain, writeValue } from "./numbers.ts";

/** The table "What was asked and what was found": every hypothesis of the plan, whatever came out. */
export function findingsTable(input: ArticleInput, numbering: Numbering): TableBlock {
  return {
    kind: "table",
    id: anchor("lab", "findings-table"),
    number: numbering.table("lab findings"),
    caption: [
      text(
        `Every hypothesis of the plan. Estimates with ${levels(input)} in brackets; p one-sided, against the null value of the plan; level: what the lab's error budget allowed.`,
      ),
    ],
    columns: [
      column("Hypothesis", 3.1, "left", true),
      column("Estimate", 1.6),
      column("p", 0.85),
      column("Level", 0.8),
      column("Null value", 1),
      column("Replication", 1.6),
      column("Status", 1.25),
    ],
    rows: input.definition.hypotheses.map((hypothesis) => findingsRow(input, hypothesis)),
    dense: false,
  };
}

/** A table of the plan: conditions by measures, each cell a claim with its interval. */
export function cellTable(input: ArticleInput, numbering: Numbering, id: string): TableBlock {
  const spec = input.definition.tables.find((table) => table.id === id)!;
  const measures = spec.measures.map(
    (name) => input.definition.measures.find((measure) => measure.id === name)!,
  );
  return {
    kind: "table",
    id: anchor("table", id),
    number: numbering.table(id),
    caption: [text(spec.caption)],
    columns: [
      column("Condition", 1.6, "left", true),
      ...measures.map((measure): Column => column(measure.title, 1, "right")),
    ],
    rows: spec.conditions.map((name) => [
      [text(input.definition.conditions.find((condition) => condition.id === name)!.title)],
      ...measures.map((measure) => cellOf(input, `${measure.id}/${name}`)),
    ]),
    dense: false,
  };
}

/** What was done in each condition, and how often it ended well. */
export function conditionsTable(input: ArticleInput, numbering: Numbering): TableBlock {
  const replicated = input.runs.some((run) => run.role !== "original");
  const ended = (condition: string, original: boolean) =>
    input.runs.filter(
      (run) =>
        run.condition === condition &&
        run.status === "ok" &&
        (run.role === "original") === original,
    ).length;
  return {
    kind: "table",
    id: anchor("lab", "conditions-table"),
    number: numbering.table("lab conditions"),
    caption: [text("The conditions of the plan, and the runs of each that ended well.")],
    columns: [
      column("Condition", 1.3, "left", true),
      column("What was done", 2.6),
      column("Starts from", 0.9),
      column("Original", 0.7, "right"),
      ...(replicated ? [column("Replication", 0.9, "right")] : []),
    ],
    rows: input.definition.conditions.map((condition) => [
      [text(condition.title)],
      [text(condition.description)],
      [
        text(
          input.definition.conditions.find((other) => other.id === condition.needs)?.title ?? "–",
        ),
      ],
      [text(String(ended(condition.id, true)))],
      ...(replicated ? [[text(String(ended(condition.id, false)))]] : []),
    ]),
    dense: false,
  };
}

/** The weaknesses that the plan named before there were data. */
export function plannedLimitations(input: ArticleInput): readonly Block[] {
  if (input.definition.limitations.length === 0) {
    return [{ kind: "paragraph", children: [text("The plan names none.")] }];
  }
  return [
    {
      kind: "list",
      ordered: false,
      items: input.definition.limitations.map((limitation) => [
        { kind: "paragraph", children: [text(limitation)] },
      ]),
    },
  ];
}

function findingsRow(input: ArticleInput, hypothesis: Hypothesis): readonly (readonly Inline[])[] {
  const claim = input.claims.get(hypothesis.id)!;
  const decision = input.decisions.find((candidate) => candidate.hypothesis === hypothesis.id);
  const verdicts = input.replications.filter((verdict) => verdict.hypothesis === hypothesis.id);
  const scale = scaleOf(claim);
  const number = (shown: string): Inline => ({
    kind: "claim",
    claim: claim.id,
    text: shown,
    label: claim.title,
    status: null,
  });
  const replication = verdicts.flatMap((verdict, index): readonly Inline[] => {
    const { estimate, ends } = writeValue(verdict.value, scale);
    return [
      ...(index === 0 ? [] : [{ kind: "break" } as const]),
      number(estimate),
      ...(ends === null ? [] : [{ kind: "break" } as const, number(ends)]),
      { kind: "break" },
      text(verdict.agrees ? "agrees" : "disagrees"),
    ];
  });
  return [
    [
      { kind: "strong", children: [text(hypothesis.id)] },
      text(hypothesis.primary ? " (primary) " : " "),
      text(hypothesis.statement),
    ],
    cellOf(input, hypothesis.id),
    [decision ? number(formatDecisionP(decision, hypothesis)) : text("–")],
    [text(decision ? formatLevel(decision.level) : "–")],
    [text(decision ? (decision.rejected ? "rejected" : "not rejected") : "not decided")],
    replication.length > 0 ? replication : [text("not yet")],
    [{ kind: "status", status: statusOf(input, claim) }],
  ];
}

/** Estimate, and below it the ends of its interval. */
function cellOf(input: ArticleInput, id: string): readonly Inline[] {
  const claim = input.claims.get(id);
  if (!claim) return [text("–")];
  const { ends } = writeValue(claim.value, scaleOf(claim));
  const estimate = claimInline(input, id, "estimate", false);
  if (ends === null) return [estimate];
  return [
    estimate,
    { kind: "break" },
    { kind: "claim", claim: id, text: ends, label: `${claim.title}, interval`, status: null },
  ];
}

/** "0.012", "< 0.001"; an e-process bounds its p value from above. */
export function formatDecisionP(decision: Decision, hypothesis: Hypothesis): string {
  const p = formatP(decision.p).replace(/^p = /, "").replace(/^p /, "");
  return hypothesis.analysis === "e-process" && !p.startsWith("<") ? `≤ ${p}` : p;
}

/** A significance level, to three digits. */
export function formatLevel(level: number): string {
  return formatPlain(Number(level.toPrecision(3)));
}

function levels(input: ArticleInput): string {
  const names = new Set(
    input.definition.hypotheses.flatMap(({ id }) => {
      const claim = input.claims.get(id);
      return claim?.value.low === undefined ? [] : [intervalName(claim)];
    }),
  );
  return [...names].join(" or ") || "intervals";
}

export function column(
  title: string,
  weight: number,
  align: Column["align"] = "left",
  header = false,
): Column {
  return { title: [text(title)], align, weight, header, spare: false };
}

/** A column that the terminal leaves out. */
export function spareColumn(
  title: string,
  weight: number,
  align: Column["align"] = "left",
): Column {
  return { ...column(title, weight, align), spare: true };
}
