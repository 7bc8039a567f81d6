import { createLogUpdate } from "log-update";
import type { Lab, RunEvents } from "../lab/index.ts";
import type { RunRecord, StudyDefinition, StudyView } from "../study/index.ts";
import { estimateSeconds } from "./estimate.ts";
import { cleanLine, paint, print } from "./output.ts";
import { wrap } from "./table.ts";

/** Shows how a study goes on; `stop` leaves the last state on the screen. */
export interface RunWatch {
  readonly events: RunEvents;
  stop(): Promise<void>;
}

const REFRESH_MS = 400;
const spinner = [..."⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"];

/** The stages as people know them, and the steps of the workflow that belong to each. */
const stages: readonly { readonly title: string; readonly step: RegExp }[] = [
  { title: "execute", step: /^run / },
  { title: "claims", step: /^(claims|decide)$/ },
  { title: "article", step: /^article$/ },
  { title: "replicate", step: /replication/ },
  { title: "assess", step: /^assess$/ },
  { title: "publish", step: /^publish$/ },
  { title: "peer review", step: /^queue/ },
];

interface Watched {
  readonly study: string;
  readonly definition: StudyDefinition;
}

/**
 * In a terminal a live picture: stages, runs with their share done, and an estimate that says so
 * when it is a guess. Elsewhere one line for each thing that has happened.
 */
export function watchRun(lab: Lab, options: { readonly quiet: boolean }): RunWatch {
  const live = !options.quiet && process.stdout.isTTY === true;
  const update = live ? createLogUpdate(process.stdout) : null;
  const started = Date.now();
  const fractions = new Map<string, number>();
  const told = new Set<string>();
  let watched: Watched | null = null;
  let view: StudyView | null = null;
  let step = "";
  let frame = 0;
  let refreshing: Promise<void> = Promise.resolve();

  const refresh = async () => {
    if (!watched) return;
    view = await lab.view(watched.study);
    if (update)
      update(
        draw(
          watched,
          view,
          step,
          fractions,
          (Date.now() - started) / 1000,
          spinner[frame++ % spinner.length]!,
        ),
      );
    else if (!options.quiet) tell(view, told);
  };
  const timer = setInterval(
    () => {
      refreshing = refreshing.then(refresh).catch(() => undefined);
    },
    live ? REFRESH_MS : 1000,
  );

  return {
    events: {
      onPlan: (study, planned, definition) => {
        watched = { study, definition };
        view = planned;
        // What was on record before is no news.
        for (const run of planned.runs)
          if (run.status !== "running") told.add(`${run.id}#${run.attempt}`);
        if (!live && !options.quiet) print(`${study}: ${cleanLine(definition.question)}`);
      },
      onStep: (_study, name) => {
        step = name;
        if (!live && !options.quiet && !name.startsWith("run ")) print(`  ${name}`);
      },
      onProgress: (run, fraction) => {
        fractions.set(run, fraction);
      },
    },
    stop: async () => {
      clearInterval(timer);
      await refreshing;
      await refresh().catch(() => undefined);
      update?.clear();
    },
  };
}

function tell(view: StudyView, told: Set<string>): void {
  for (const run of view.runs) {
    const key = `${run.id}#${run.attempt}`;
    if (run.status === "running" || told.has(key)) continue;
    told.add(key);
    print(
      `  ${run.role}: ${run.condition}, seed ${run.seed}: ${run.status} in ${run.wallSeconds.toFixed(1)} s${run.reason ? ` (${cleanLine(run.reason)})` : ""}`,
    );
  }
}

function draw(
  { study, definition }: Watched,
  view: StudyView,
  step: string,
  fractions: ReadonlyMap<string, number>,
  elapsed: number,
  spin: string,
): string {
  const width = Math.min(process.stdout.columns || 80, 100);
  const lines = [
    "",
    ` ${paint("bold", "glasshouse")}  ${study}`,
    ...wrap(cleanLine(definition.question), width - 2).map((line) => ` ${paint("dim", line)}`),
    "",
    ` ${paint("green", "✔")} plan         frozen as ${view.plan?.hash.slice(0, 8) ?? "…"}, ${definition.hypotheses.length} hypotheses, before any data`,
  ];
  const replicating = view.articles.draft !== undefined;
  const at = stages.findIndex(
    (stage) => stage.step.test(step) && (stage.title !== "execute" || !replicating),
  );
  const active =
    replicating && step.startsWith("run ")
      ? stages.findIndex((stage) => stage.title === "replicate")
      : at;
  for (const [index, stage] of stages.entries()) {
    const mark =
      index < active
        ? paint("green", "✔")
        : index === active
          ? paint("cyan", spin)
          : paint("dim", "·");
    lines.push(` ${mark} ${stage.title.padEnd(12)} ${describe(stage.title, definition, view)}`);
    if (index === active) lines.push(...runningLines(view, fractions, width));
  }
  const left = estimateSeconds(definition, view, fractions);
  lines.push(
    "",
    ` ${paint("dim", `${clock(elapsed)} so far, ${left === null ? "estimating the rest" : `about ${clock(left)} left`}   Ctrl-C stops; what is done stays`)}`,
    "",
  );
  return lines.join("\n");
}

function describe(stage: string, definition: StudyDefinition, view: StudyView): string {
  const ofRole = (original: boolean) =>
    view.runs.filter((run) => (run.role === "original") === original && run.status === "ok").length;
  const planned = (seeds: number) => definition.conditions.length * seeds;
  if (stage === "execute") return bar(ofRole(true), planned(definition.seeds.original));
  if (stage === "replicate") return bar(ofRole(false), planned(definition.seeds.replication));
  return "";
}

function bar(done: number, all: number): string {
  const cells = 20;
  const full = all === 0 ? 0 : Math.min(cells, Math.round((done / all) * cells));
  return `${paint("cyan", "━".repeat(full))}${paint("dim", "━".repeat(cells - full))} ${done}/${all} runs`;
}

function runningLines(
  view: StudyView,
  fractions: ReadonlyMap<string, number>,
  width: number,
): string[] {
  return view.runs
    .filter((run: RunRecord) => run.status === "running")
    .map((run) => {
      const share = `${Math.round((fractions.get(run.id) ?? 0) * 100)} %`;
      return `     ${paint("dim", `${run.condition}, seed ${run.seed}`.slice(0, width - 16))} ${share}`;
    });
}

function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  return whole < 60
    ? `${whole} s`
    : `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
}
