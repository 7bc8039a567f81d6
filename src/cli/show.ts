import { overview, showStudy } from "../lab/index.ts";
import { formatClaim, type StudyView } from "../study/index.ts";
import { cleanLine, type GlobalOptions, paint, print, printJson } from "./output.ts";
import { reportJson, reportText, statusColour } from "./report.ts";
import { table } from "./table.ts";

export async function show(
  study: string | undefined,
  options: ShowOptions,
  global: GlobalOptions,
): Promise<void> {
  if (study === undefined) {
    const lab = await overview(global);
    if (global.json) printJson(lab);
    else print(labText(lab));
    return;
  }
  const report = await showStudy(global, study);
  if (options.run !== undefined) print(cleanLines(await report.readLog(options.run)));
  else if (options.plan) printJson(report.plan);
  else if (global.json) printJson(reportJson(report));
  else if (options.article) print(report.text?.open ?? "The article is not compiled yet.");
  else if (options.claims) print(claimsTable(report));
  else if (options.runs) print(runsTable(report.view));
  else print(reportText(report));
}

export interface ShowOptions {
  readonly claims?: boolean;
  readonly runs?: boolean;
  readonly run?: string;
  readonly article?: boolean;
  readonly plan?: boolean;
}

function labText(lab: Awaited<ReturnType<typeof overview>>): string {
  const { budget } = lab;
  const rows = lab.studies.map((view) => [
    paint("bold", view.study),
    stageOf(view),
    `${view.runs.length}`,
    `${view.reviews.length}`,
  ]);
  return [
    `Lab ${lab.lab}: ${lab.events} events on record`,
    `Error budget: ${budget.policy} at level ${budget.alpha}; ${budget.reserved.toPrecision(3)} of it held by hypotheses, ${budget.decided} decided`,
    "",
    table(
      [
        { title: "Study" },
        { title: "Stands at" },
        { title: "Runs", align: "right" },
        { title: "Reviews", align: "right" },
      ],
      rows,
    ),
  ].join("\n");
}

function stageOf(view: StudyView): string {
  if (view.reviews.length > 0) return "reviewed";
  if (view.queued) return "waits for peer review";
  if (view.gates.length > 0) return "held: a check did not pass";
  if (view.replications.length > 0) return "replicated";
  if (view.articles.draft) return "replication under way";
  if (view.claims.size > 0) return "claims derived";
  return view.runs.length > 0 ? "runs under way" : "plan frozen";
}

function claimsTable({ claims, statuses }: Awaited<ReturnType<typeof showStudy>>): string {
  const rows = claims.map((claim) => [
    paint("bold", claim.id),
    cleanLine(claim.title),
    formatClaim(claim, "full"),
    `${claim.value.n}`,
    statusColour(statuses.get(claim.id)),
  ]);
  return table(
    [
      { title: "Claim", width: 40 },
      { title: "What", width: 44 },
      { title: "Value", align: "right" },
      { title: "n", align: "right" },
      { title: "Status" },
    ],
    rows,
  );
}

function runsTable(view: StudyView): string {
  const rows = view.runs.map((run) => [
    run.id,
    run.role,
    run.condition,
    `${run.seed}`,
    `${run.attempt}`,
    run.status === "ok" ? paint("green", "ok") : paint("yellow", run.status),
    run.cpuSeconds.toFixed(1),
    run.peakMemoryMb.toFixed(0),
    run.isolation,
    cleanLine(run.reason),
  ]);
  const right = "right" as const;
  return table(
    [
      { title: "Run" },
      { title: "Role" },
      { title: "Condition" },
      { title: "Seed", align: right },
      { title: "Try", align: right },
      { title: "Status" },
      { title: "CPU s", align: right },
      { title: "MB", align: right },
      { title: "Isolation" },
      { title: "Reason", width: 50 },
    ],
    rows,
  );
}

function cleanLines(text: string): string {
  return text.split("\n").map(cleanLine).join("\n");
}
