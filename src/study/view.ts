import type { Hash, LedgerEvent } from "../record/index.ts";
import { type EventBody, type ReviewForm, studyEvents } from "./events.ts";
import type { Decision, Gate, ReplicationVerdict, RunRecord, RunRole } from "./records.ts";

/** A study as its events tell it: a pure fold, computed anew whenever it is needed. */
export interface StudyView {
  readonly study: string;
  readonly slug: string;
  readonly plan: { readonly hash: Hash; readonly seq: number; readonly frozenAt: string } | null;
  readonly hypotheses: readonly string[];
  /** Every attempt at every run, in the order they started. */
  readonly runs: readonly RunRecord[];
  readonly claims: ReadonlyMap<RunRole, { readonly object: Hash; readonly seq: number }>;
  readonly decisions: readonly (Decision & { readonly seq: number })[];
  readonly replications: readonly {
    readonly role: RunRole;
    readonly seq: number;
    readonly verdicts: readonly ReplicationVerdict[];
  }[];
  readonly gates: readonly Gate[];
  readonly articles: Partial<
    Record<"draft" | "final", EventBody<"article.compiled"> & { seq: number }>
  >;
  readonly queued: { readonly article: Hash; readonly at: string } | null;
  readonly reviews: readonly {
    readonly reviewer: string;
    readonly form: ReviewForm;
    readonly at: string;
  }[];
}

/** Folds the events of one study. */
export function viewStudy(study: string, events: readonly LedgerEvent[]): StudyView {
  const runs = new Map<string, RunRecord>();
  const claims = new Map<RunRole, { object: Hash; seq: number }>();
  const decisions: StudyView["decisions"][number][] = [];
  const replications: StudyView["replications"][number][] = [];
  const reviews: StudyView["reviews"][number][] = [];
  const articles: StudyView["articles"] = {};
  let plan: StudyView["plan"] = null;
  let slug = study;
  let hypotheses: readonly string[] = [];
  let gates: readonly Gate[] = [];
  let queued: StudyView["queued"] = null;

  for (const event of studyEvents(events)) {
    switch (event.kind) {
      case "plan.frozen":
        plan = { hash: event.body.plan, seq: event.seq, frozenAt: event.time };
        slug = event.body.slug;
        hypotheses = event.body.hypotheses;
        break;
      case "run.started": {
        const { run, role, condition, seed, attempt, isolation } = event.body;
        runs.set(`${run}#${attempt}`, {
          id: run,
          role: role as RunRole,
          condition,
          seed,
          attempt,
          status: "running",
          reason: "",
          artifacts: {},
          log: null,
          isolation,
          cpuSeconds: 0,
          wallSeconds: 0,
          peakMemoryMb: 0,
          events: [event.seq],
        });
        break;
      }
      case "run.finished": {
        const { run, attempt, status, reason, artifacts, log, usage } = event.body;
        const started = runs.get(`${run}#${attempt}`);
        if (!started) break;
        runs.set(`${run}#${attempt}`, {
          ...started,
          status,
          reason,
          artifacts,
          log,
          ...usage,
          events: [...started.events, event.seq],
        });
        break;
      }
      case "claims.derived":
        claims.set(event.body.role as RunRole, { object: event.body.claims, seq: event.seq });
        break;
      case "hypothesis.decided":
        decisions.push({ ...event.body, seq: event.seq });
        break;
      case "article.compiled":
        articles[event.body.edition] = { ...event.body, seq: event.seq };
        break;
      case "replication.judged":
        replications.push({
          role: event.body.role as RunRole,
          seq: event.seq,
          verdicts: event.body.verdicts as ReplicationVerdict[],
        });
        break;
      case "study.assessed":
        gates = event.body.gates;
        break;
      case "review.queued":
        queued = { article: event.body.article, at: event.time };
        break;
      case "review.submitted":
        reviews.push({ reviewer: event.body.reviewer, form: event.body.form, at: event.time });
        break;
      case "lab.created":
        break;
    }
  }
  return {
    study,
    slug,
    plan,
    hypotheses,
    runs: [...runs.values()],
    claims,
    decisions,
    replications,
    gates,
    articles,
    queued,
    reviews,
  };
}

/** The runs of a role that gave artifacts: at most one attempt of each run can have. */
export function finishedRuns(view: StudyView, role: RunRole): readonly RunRecord[] {
  return view.runs.filter((run) => run.role === role && run.status === "ok");
}
