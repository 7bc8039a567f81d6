import type { StudyOutcome, StudyReport } from "../lab/index.ts";
import { type Claim, type ClaimStatus, formatClaim } from "../study/index.ts";
import { cleanLine, paint } from "./output.ts";
import { table } from "./table.ts";

/** What the end of a run shows: what was asked, what was found, and where the article lies. */
export function reportText(report: StudyReport, outcome?: StudyOutcome): string {
  const { view, plan } = report;
  const out = [
    "",
    `${paint("bold", cleanLine(plan.definition.title))}`,
    paint(
      "dim",
      `${view.study}${outcome?.reused ? ", from the record: nothing was run again" : ""}`,
    ),
    "",
    hypothesesTable(report),
    "",
    ...cellTables(report),
    gatesLine(report),
    runsLine(report),
  ];
  if (view.queued) out.push(`Waits for peer review: ${paint("bold", "glasshouse review")}`);
  if (outcome?.article) {
    out.push(
      "",
      `  PDF   ${paint("bold", outcome.article.pdf)}`,
      `  HTML  ${paint("bold", outcome.article.html)}`,
    );
    out.push("", paint("dim", `Check every number: glasshouse verify ${view.slug}`));
  }
  return out.join("\n");
}

export function reportJson(report: StudyReport): Record<string, unknown> {
  const { view, plan, claims, statuses } = report;
  return {
    study: view.study,
    title: plan.definition.title,
    plan: view.plan,
    claims: claims.map((claim) => ({ ...claim, status: statuses.get(claim.id) })),
    decisions: view.decisions,
    replications: view.replications,
    gates: view.gates,
    runs: view.runs,
    reviews: view.reviews,
  };
}

export function statusColour(status: ClaimStatus | undefined): string {
  if (status === "confirmed") return paint("green", status);
  if (status === "supported") return paint("cyan", status);
  if (status === "exploratory" || status === undefined) return paint("dim", status ?? "undecided");
  return paint("yellow", status);
}

function hypothesesTable({ plan, claims, statuses, view }: StudyReport): string {
  const rows = plan.definition.hypotheses.map((hypothesis) => {
    const claim = claims.find((candidate) => candidate.id === hypothesis.id);
    const replication = view.replications
      .at(-1)
      ?.verdicts.find((verdict) => verdict.hypothesis === hypothesis.id);
    return [
      `${hypothesis.id}${hypothesis.primary ? "*" : ""}`,
      cleanLine(hypothesis.statement),
      claim ? `${formatClaim(claim, "estimate")} ${formatClaim(claim, "interval")}` : "…",
      claim && replication ? formatClaim({ ...claim, value: replication.value }, "estimate") : "…",
      claim
        ? formatClaim(claim, claim.value.p === undefined ? "e" : "p")
            .replace(/^[pe] = /, "")
            .replace(/^p /, "")
        : "…",
      statusColour(claim && statuses.get(claim.id)),
    ];
  });
  return table(
    [
      { title: "" },
      { title: "Hypothesis", width: 44 },
      { title: "Found [95 %]", align: "right" },
      { title: "Again", align: "right" },
      { title: "p" },
      { title: "Status" },
    ],
    rows,
  );
}

function cellTables({ plan, claims }: StudyReport): string[] {
  return plan.definition.tables.flatMap((spec) => {
    const measures = spec.measures.map(
      (id) => plan.definition.measures.find((measure) => measure.id === id)!,
    );
    const rows = spec.conditions.map((condition) => [
      cleanLine(plan.definition.conditions.find((candidate) => candidate.id === condition)!.title),
      ...spec.measures.map((measure) => cell(claims, `${measure}/${condition}`)),
    ]);
    const columns = [
      { title: "" },
      ...measures.map((measure) => ({ title: cleanLine(measure.title), align: "right" as const })),
    ];
    return [paint("dim", cleanLine(spec.caption)), table(columns, rows), ""];
  });
}

function cell(claims: readonly Claim[], id: string): string {
  const claim = claims.find((candidate) => candidate.id === id);
  return claim ? formatClaim(claim, "estimate") : "";
}

function gatesLine({ view }: StudyReport): string {
  const count = (verdict: string) => view.gates.filter((gate) => gate.verdict === verdict).length;
  const bad = view.gates.filter((gate) => !["pass", "warn"].includes(gate.verdict));
  const summary = `Checks: ${count("pass")} passed, ${count("warn")} warned, ${bad.length} failed`;
  const notes = view.gates
    .filter((gate) => gate.verdict !== "pass")
    .map(
      (gate) =>
        `\n  ${gate.verdict === "warn" ? paint("yellow", "warn") : paint("red", gate.verdict)} ${gate.title}: ${cleanLine(gate.evidence.slice(-1)[0] ?? "")}`,
    );
  return view.gates.length === 0 ? "" : summary + notes.join("");
}

function runsLine({ view }: StudyReport): string {
  const cpu = view.runs.reduce((sum, run) => sum + run.cpuSeconds, 0);
  const failed = view.runs.filter((run) => run.status !== "ok").length;
  return `Runs: ${view.runs.length} on record${failed ? `, ${failed} without a result` : ""}; ${cpu.toFixed(0)} CPU seconds`;
}
