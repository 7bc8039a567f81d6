import { Fault, type Json } from "../../record/index.ts";
import type { Claim, ClaimInput } from "../claims/claim.ts";
import { resolveNumber } from "../claims/pointer.ts";
import { contrastOf } from "./appendix.ts";
import { statusOf } from "./compose.ts";
import {
  anchor,
  type EvidenceEntry,
  type Field,
  type Inline,
  type TableBlock,
  text,
} from "./document.ts";
import { column, formatLevel } from "./findings.ts";
import type { ArticleInput } from "./input.ts";
import { formatNull, formatPlain } from "./numbers.ts";

/**
 * The evidence of each claim, in the order given, followed by the claims they are derived from:
 * value, plan, transform, every input with its raw number, ledger events, and how to check it.
 */
export function evidenceEntries(
  input: ArticleInput,
  ids: Iterable<string>,
): readonly EvidenceEntry[] {
  return withSources(input, ids).map((id) => evidenceEntry(input, input.claims.get(id)!));
}

/** Ids of claims and, after them, of the claims they rest on; each once. */
export function withSources(
  input: Pick<ArticleInput, "claims">,
  ids: Iterable<string>,
): readonly string[] {
  const all = new Set(ids);
  // A Set's iterator also visits what is added on the way.
  for (const id of all) {
    for (const source of input.claims.get(id)?.derivation.inputs ?? []) {
      if (source.from !== "claim") continue;
      if (!input.claims.has(source.claim)) {
        throw new Fault(
          `claim ${id}`,
          `it rests on the claim "${source.claim}", which was not derived`,
          "Mend the claim in study.yaml, and run the study again",
        );
      }
      all.add(source.claim);
    }
  }
  return [...all];
}

function evidenceEntry(input: ArticleInput, claim: Claim): EvidenceEntry {
  const runIds = new Set(
    claim.derivation.inputs.flatMap((source) => (source.from === "artifact" ? [source.run] : [])),
  );
  const events = input.runs.filter((run) => runIds.has(run.id)).flatMap((run) => run.events);
  const fields: Field[] = [
    field("Claim", claim.id),
    { label: "Status", content: [{ kind: "status", status: statusOf(input, claim) }] },
    field("Value", exactValue(claim)),
    field("Unit", claim.unit === "proportion" ? "proportion (0 to 1)" : claim.unit),
    ...planFields(input, claim),
    { label: "Transform", content: [{ kind: "code", text: claim.derivation.transform }] },
    ...parameterFields(claim.derivation.parameters),
    ...sourceFields(input, claim.derivation.inputs),
    field("Ledger events", eventsText(claim, events)),
    {
      label: "Check it",
      content: [{ kind: "code", text: `glasshouse verify ${input.definition.study}` }],
    },
  ];
  return {
    claim: claim.id,
    title: claim.title,
    status: statusOf(input, claim),
    fields: fields.filter(({ content }) => content.length > 0),
    inputs: inputsTable(input, claim),
  };
}

function eventsText(claim: Claim, events: readonly number[]): string {
  if (events.length > 0) return events.join(", ");
  return claim.kind === "count"
    ? "those of every run; the appendix lists them"
    : "those of the claims it is derived from";
}

/** Every part with all its digits, as the derivation gave it. */
function exactValue(claim: Claim): string {
  const { estimate, low, high, level, p, e, n } = claim.value;
  return [
    `estimate ${estimate}`,
    low === undefined ? null : `low ${low}`,
    high === undefined ? null : `high ${high}`,
    level === undefined ? null : `level ${level}`,
    p === undefined ? null : `p ${p}`,
    e === undefined ? null : `e ${e}`,
    `n ${n}`,
  ]
    .filter((part) => part !== null)
    .join(" · ");
}

function planFields(input: ArticleInput, claim: Claim): readonly Field[] {
  const index = input.definition.hypotheses.findIndex(({ id }) => id === claim.hypothesis);
  const hypothesis = input.definition.hypotheses[index];
  if (!hypothesis) return [field("Plan", "not in the plan's hypotheses: described, never tested")];
  const decision = input.decisions.find((candidate) => candidate.hypothesis === hypothesis.id);
  return [
    {
      label: "Plan",
      content: [
        { kind: "hash", text: input.plan.hash, whole: true },
        text(` at /definition/hypotheses/${index}, frozen at ledger event ${input.plan.seq}`),
      ],
    },
    field(
      "Contrast",
      `${contrastOf(hypothesis)}, ${hypothesis.direction} than ${formatNull(hypothesis, claim.unit)}, by ${hypothesis.analysis}`,
    ),
    ...(decision
      ? [
          field(
            "Decision",
            `p ${decision.p} against the level ${formatLevel(decision.level)}: null ${decision.rejected ? "" : "not "}rejected`,
          ),
        ]
      : []),
    ...input.replications
      .filter((verdict) => verdict.hypothesis === hypothesis.id)
      .map((verdict) =>
        field(
          "Replication",
          `estimate ${formatPlain(verdict.value.estimate)} over ${verdict.value.n} seeds: ${verdict.reason}`,
        ),
      ),
  ];
}

function parameterFields(parameters: { readonly [name: string]: Json }): readonly Field[] {
  const entries = Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1));
  if (entries.length === 0) return [];
  return [
    field(
      "Parameters",
      entries.map(([name, value]) => `${name} = ${JSON.stringify(value)}`).join(", "),
    ),
  ];
}

function sourceFields(input: ArticleInput, inputs: readonly ClaimInput[]): readonly Field[] {
  const links = inputs.flatMap((source): readonly Inline[] =>
    source.from === "claim"
      ? [
          {
            kind: "jump",
            target: anchor("evidence", source.claim),
            text: input.claims.get(source.claim)?.id ?? source.claim,
          },
        ]
      : [],
  );
  if (links.length === 0) return [];
  return [
    {
      label: "Derived from",
      content: links.flatMap((link, index) => (index === 0 ? [link] : [text(", "), link])),
    },
  ];
}

function inputsTable(input: ArticleInput, claim: Claim): TableBlock | null {
  const rows = claim.derivation.inputs.flatMap((source) =>
    source.from === "artifact" ? [inputRow(input, source)] : [],
  );
  if (rows.length === 0) return null;
  return {
    kind: "table",
    id: anchor("inputs", claim.id),
    number: null,
    caption: [text("What the number is derived from.")],
    columns: [
      column("Group", 0.9, "left", true),
      column("Seed", 1, "right"),
      column("Condition", 1),
      column("Raw number", 1.1, "right"),
      column("Run", 1.5),
      column("Pointer", 1.1),
      column("Artifact", 1.2),
    ],
    rows,
    dense: true,
  };
}

function inputRow(
  input: ArticleInput,
  source: Extract<ClaimInput, { from: "artifact" }>,
): readonly (readonly Inline[])[] {
  const run = input.runs.find((candidate) => candidate.id === source.run);
  const document = input.artifacts.get(source.artifact);
  const raw =
    document === undefined
      ? "in the artifact"
      : String(resolveNumber(document, source.pointer, `run ${source.run}`));
  return [
    [text(source.group)],
    [text(String(source.seed))],
    [text(run?.condition ?? "–")],
    [text(raw)],
    [text(source.run)],
    [{ kind: "code", text: source.pointer }],
    [{ kind: "hash", text: source.artifact, whole: true }],
  ];
}

function field(label: string, content: string): Field {
  return { label, content: [text(content)] };
}
