import type { Hypothesis, StudyDefinition, Unit } from "../definition.ts";
import type { RunRecord } from "../records.ts";
import { anchor, type Block, type Field, type Inline, type TableBlock, text } from "./document.ts";
import { column, spareColumn } from "./findings.ts";
import type { ArticleInput } from "./input.ts";
import { formatNull, formatNumber, formatPlain } from "./numbers.ts";

/** Every attempt at every run of every role, and how often each ending came; the two must agree. */
export function everythingWeRan(input: ArticleInput): readonly Block[] {
  const { runs } = input;
  const seconds = runs.reduce((sum, run) => sum + run.cpuSeconds, 0);
  const failed = runs.filter((run) => run.status !== "ok").length;
  return [
    {
      kind: "paragraph",
      children: [
        text(
          `${count(runs.length, "attempt")} at ${count(new Set(runs.map((run) => run.id)).size, "run")}, ${failed === 0 ? "all of which ended well" : `of which ${failed} did not end well`}; ${formatSeconds(seconds)} s of CPU time in all, of ${formatPlain(input.definition.budget.cpuSeconds)} s that the plan allows. Nothing that ran is left out.`,
        ),
      ],
    },
    countsTable(runs),
    runsTable(input),
  ];
}

const unitMeanings: Readonly<Record<StudyDefinition["unit"], string>> = {
  seed: "one seed; inference treats nothing smaller as independent",
  resample:
    "none: every run resamples the same evidence, so intervals and tests come from the draws; a replication draws anew, and so checks the computation, not the evidence",
};

/** The frozen plan: what was decided before there were data. */
export function planBlocks(input: ArticleInput): readonly Block[] {
  const { definition, plan, lab, runs } = input;
  const fields: Field[] = [
    { label: "Plan", content: [{ kind: "hash", text: plan.hash, whole: true }] },
    { label: "Frozen at", content: [text(`ledger event ${plan.seq}`)] },
    { label: "Question", content: [text(definition.question)] },
    {
      label: "Unit of analysis",
      content: [text(unitMeanings[definition.unit])],
    },
    {
      label: "Seeds",
      content: [
        text(
          `${definition.seeds.original} original, ${definition.seeds.replication} for a replication; drawn from the hash of the plan`,
        ),
      ],
    },
    ...[...new Set(runs.map((run) => run.role))].map((role) => ({
      label: `Seeds, ${role}`,
      content: [
        text(
          [...new Set(runs.filter((run) => run.role === role).map((run) => run.seed))].join(", "),
        ),
      ],
    })),
    {
      label: "Stopping",
      content: [
        text(
          definition.stopping.rule === "fixed"
            ? "fixed: after the planned seeds"
            : `sequential: when every e-process has decided, after ${definition.stopping.most} seeds at most`,
        ),
      ],
    },
    { label: "Exclusions", content: exclusions(input) },
    {
      label: "Error budget",
      content: [
        text(
          `${lab.budget.policy}: level ${formatPlain(lab.budget.alpha)} for the lab as a whole, of which the hypotheses frozen so far hold ${formatPlain(Number(lab.budget.spent.toPrecision(3)))}`,
        ),
      ],
    },
    {
      label: "Limits of a run",
      content: [
        text(
          `${definition.limits.wallSeconds} s, ${definition.limits.memoryMb} MB of memory, ${definition.limits.processes} processes, ${definition.limits.diskMb} MB of disk`,
        ),
      ],
    },
  ];
  return [{ kind: "fields", fields }, hypothesesTable(input), measuresTable(input)];
}

/** The automated checks and their verdicts. A check without a verdict would have blocked. */
export function checksTable(input: ArticleInput): Block {
  if (input.gates.length === 0) {
    return {
      kind: "paragraph",
      children: [text("No automated check has looked at this article yet.")],
    };
  }
  return {
    kind: "table",
    id: anchor("lab", "checks"),
    number: null,
    caption: [text("Each automated check, its verdict, and what it found.")],
    columns: [column("Check", 1.4, "left", true), column("Verdict", 0.6), column("Found", 2.4)],
    rows: input.gates.map((gate) => [
      [text(gate.title)],
      [{ kind: "verdict", verdict: gate.verdict }],
      gate.evidence.length === 0
        ? [text("–")]
        : gate.evidence.flatMap((line, index): readonly Inline[] =>
            index === 0 ? [text(line)] : [{ kind: "break" }, text(line)],
          ),
    ]),
    dense: true,
  };
}

/** Roles down, endings across; the last column and row are sums of the list of runs. */
function countsTable(runs: readonly RunRecord[]): TableBlock {
  const roles = [...new Set(runs.map((run) => run.role))];
  const statuses = [...new Set(runs.map((run) => run.status))].sort((a, b) =>
    a === "ok" ? -1 : b === "ok" ? 1 : a < b ? -1 : 1,
  );
  const row = (name: string, list: readonly RunRecord[]) => [
    [text(name)],
    ...statuses.map((status) => [text(String(list.filter((run) => run.status === status).length))]),
    [text(String(list.length))],
    [text(formatSeconds(sum(list.map((run) => run.cpuSeconds))))],
  ];
  return {
    kind: "table",
    id: anchor("lab", "run-counts"),
    number: null,
    caption: [text("Attempts by how they ended, and their CPU time.")],
    columns: [
      column("Role", 1.4, "left", true),
      ...statuses.map((status) => column(status, 1, "right")),
      column("All", 0.8, "right"),
      column("CPU s", 0.9, "right"),
    ],
    rows: [
      ...roles.map((role) =>
        row(
          role,
          runs.filter((run) => run.role === role),
        ),
      ),
      row("all", runs),
    ],
    dense: true,
  };
}

function runsTable(input: ArticleInput): TableBlock {
  return {
    kind: "table",
    id: anchor("lab", "runs"),
    number: null,
    caption: [text("Every attempt, in the order in which it started.")],
    columns: [
      column("Run", 1.4, "left", true),
      column("Role", 1.25),
      column("Condition", 1.2),
      column("Seed", 1.15, "right"),
      column("Attempt", 0.95, "right"),
      column("Ended", 1.9),
      column("CPU s", 0.8, "right"),
      spareColumn("Wall s", 0.8, "right"),
      spareColumn("Peak MB", 0.95, "right"),
      spareColumn("Isolation", 1.15),
      column("Events", 0.9),
      spareColumn("Log", 1.45),
    ],
    rows: input.runs.map((run) => [
      [text(run.id)],
      [text(run.role)],
      [text(run.condition)],
      [text(String(run.seed))],
      [text(String(run.attempt))],
      run.reason === ""
        ? [text(run.status)]
        : [
            text(
              `${run.status}: ${input.anonymous ? "the reason is withheld in the blind copy" : run.reason}`,
            ),
          ],
      [text(formatSeconds(run.cpuSeconds))],
      [text(formatSeconds(run.wallSeconds))],
      [text(run.peakMemoryMb.toFixed(0))],
      [text(run.isolation)],
      [text(run.events.join(", "))],
      run.log === null ? [text("–")] : [{ kind: "hash", text: run.log, whole: false }],
    ]),
    dense: true,
  };
}

function hypothesesTable(input: ArticleInput): TableBlock {
  return {
    kind: "table",
    id: anchor("lab", "plan-hypotheses"),
    number: null,
    caption: [text("The hypotheses as they were frozen.")],
    columns: [
      column("Hypothesis", 2.4, "left", true),
      column("Contrast", 1.8),
      column("Null", 0.9),
      column("Smallest effect", 0.8, "right"),
      column("Tolerance", 0.8, "right"),
      column("Analysis", 1),
      column("SD, power", 1),
    ],
    rows: input.definition.hypotheses.map((hypothesis) => [
      [
        { kind: "strong", children: [text(hypothesis.id)] },
        text(`${hypothesis.primary ? " (primary)" : ""} ${hypothesis.statement}`),
      ],
      [text(contrastOf(hypothesis))],
      [
        text(
          `${hypothesis.direction === "greater" ? "≤" : "≥"} ${formatNull(hypothesis, unitOf(input, hypothesis))}`,
        ),
      ],
      [text(formatPlain(hypothesis.smallestEffect))],
      [text(formatPlain(hypothesis.tolerance))],
      [text(hypothesis.analysis)],
      [
        text(
          `${formatPlain(hypothesis.planning.sd)}, ${formatNumber(hypothesis.planning.power, "proportion", "shortest")}`,
        ),
      ],
    ]),
    dense: true,
  };
}

function unitOf({ definition }: ArticleInput, { measure }: Hypothesis): Unit {
  return definition.measures.find(({ id }) => id === measure)!.unit;
}

function measuresTable(input: ArticleInput): TableBlock {
  return {
    kind: "table",
    id: anchor("lab", "plan-measures"),
    number: null,
    caption: [text("What was measured, and where it is read from.")],
    columns: [
      column("Measure", 1.2, "left", true),
      column("What it is", 2.4),
      column("Read from", 1.3),
      column("Unit", 0.8),
    ],
    rows: input.definition.measures.map((measure) => [
      [text(measure.title)],
      [text(measure.description)],
      [{ kind: "code", text: `${measure.artifact}#${measure.pointer}` }],
      [text(measure.unit)],
    ]),
    dense: true,
  };
}

/** "caught: probe − text". */
export function contrastOf(hypothesis: Hypothesis): string {
  const { measure, of, against, againstMeasure } = hypothesis;
  if (against === undefined) return `${measure}: ${of}`;
  if (againstMeasure !== undefined && againstMeasure !== measure) {
    return `${measure}: ${of} − ${againstMeasure}: ${against}`;
  }
  return `${measure}: ${of} − ${against}`;
}

function exclusions(input: ArticleInput): readonly Inline[] {
  const rules = input.definition.exclusions;
  if (rules.length === 0) return [text("none")];
  return rules.flatMap((rule, index): readonly Inline[] => [
    ...(index === 0 ? [] : [{ kind: "break" } as const]),
    text(
      `${rule.reason}: a seed counts only where ${rule.measure} in ${rule.condition} lies in [${formatPlain(rule.keep[0])}, ${formatPlain(rule.keep[1])}]`,
    ),
  ]);
}

function count(number: number, what: string): string {
  return `${formatNumber(number, "count")} ${what}${number === 1 ? "" : "s"}`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function formatSeconds(seconds: number): string {
  return seconds.toFixed(1);
}
