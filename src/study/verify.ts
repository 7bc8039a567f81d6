import {
  canonicalJson,
  Fault,
  type Hash,
  hashBytes,
  type Json,
  type LedgerEvent,
  type ObjectStore,
} from "../record/index.ts";
import { allowance } from "../stats/index.ts";
import { assessStudy, planDeviatingRuns } from "./assess.ts";
import type { Claim } from "./claims/claim.ts";
import { deriveClaims, loadArtifacts } from "./claims/derive.ts";
import { foldBudget, pValue } from "./decide.ts";
import { definitionSchema } from "./definition.ts";
import { studyEvents } from "./events.ts";
import { type FrozenPlan, openRecordedPlan } from "./plan.ts";
import { compileEdition, ofStudy, recordedClaims } from "./publish.ts";
import { judgeReplication } from "./replicate.ts";
import { finishedRuns, type StudyView, viewStudy } from "./view.ts";

/** Something that does not hold, and where. */
export interface Finding {
  readonly place: string;
  readonly problem: string;
}

/** What was verified, for people to see that something was. */
export interface StudyVerification {
  readonly study: string;
  readonly findings: readonly Finding[];
  readonly counts: {
    readonly objects: number;
    readonly claims: number;
    readonly runs: number;
    readonly articles: number;
  };
}

/**
 * Verifies one study against the record alone: every object it names is whole; the plan came first
 * and its runs are the plan's; every claim, decision, replication verdict, check and article is
 * computed again and compared with what is on record. The chain of the ledger itself is verified
 * before (see record/). Nothing is trusted because it was written down.
 */
export async function verifyStudy(
  study: string,
  events: readonly LedgerEvent[],
  objects: ObjectStore,
  version: string,
): Promise<StudyVerification> {
  const findings: Finding[] = [];
  const counts = { objects: 0, claims: 0, runs: 0, articles: 0 };
  const report = (place: string, problem: string) => {
    findings.push({ place, problem });
  };
  const guarded = async (place: string, work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      if (error instanceof Fault) report(error.place, error.problem);
      else report(place, (error as Error).message);
    }
  };
  await guarded(`study ${study}`, async () => {
    const view = viewStudy(study, ofStudy(study, events));
    counts.runs = view.runs.length;
    const whole = async (named: readonly [string, Hash][]) => {
      for (const [name, hash] of named) {
        counts.objects++;
        await guarded(name, async () => {
          await objects.get(hash).catch((error: unknown) => {
            throw error instanceof Fault
              ? new Fault(`${name} (${error.place})`, error.problem, error.remedy)
              : error;
          });
        });
      }
    };
    if (view.plan) await whole([[`plan of ${study}`, view.plan.hash]]);
    await whole(namedObjects(view));
    const plan = await openRecordedPlan(events, objects, study);
    await whole(plannedObjects(plan));
    verifyPlan(plan, view, report);
    for (const role of view.claims.keys()) {
      await guarded(`claims of ${role}`, async () => {
        counts.claims += await verifyClaims(plan, view, role, events, objects, report);
      });
    }
    await guarded("decisions", () => verifyDecisions(plan, events, objects, report));
    await guarded("replication", () => verifyReplications(plan, view, events, objects, report));
    await guarded("automated checks", () =>
      verifyGates(plan, view, events, objects, version, report),
    );
    await guarded("reviews", async () => verifyReviews(plan, view, events, report));
    for (const edition of ["draft", "final"] as const) {
      await guarded(`${edition} article`, async () => {
        counts.articles += await verifyArticle(
          plan,
          view,
          edition,
          events,
          objects,
          version,
          report,
        );
      });
    }
  });
  return { study, findings: unique(findings), counts };
}

type Report = (place: string, problem: string) => void;

/** Every object that a study's events name, with a name for people. */
function namedObjects(view: StudyView): [string, Hash][] {
  const named: [string, Hash][] = [];
  for (const run of view.runs) {
    for (const [name, hash] of Object.entries(run.artifacts))
      named.push([`run ${run.id}, artifact ${name}`, hash]);
    if (run.log) named.push([`run ${run.id}, log`, run.log]);
  }
  for (const [role, claims] of view.claims) named.push([`claims of ${role}`, claims.object]);
  for (const [edition, article] of Object.entries(view.articles)) {
    for (const form of ["html", "pdf", "text", "blind"] as const)
      named.push([`${edition} article (${form})`, article[form]]);
  }
  return named;
}

/** The objects that the plan names in its turn. */
function plannedObjects({ study, document }: FrozenPlan): [string, Hash][] {
  return [
    [`code of ${study}`, document.code],
    [`article of ${study}`, document.article],
    ...Object.entries(document.sources).map(([path, source]): [string, Hash] => [
      `source ${path} of ${study}`,
      source,
    ]),
  ];
}

function verifyPlan(plan: FrozenPlan, view: StudyView, report: Report): void {
  const { definition } = plan.document;
  const expected = `${definition.study}-${plan.hash.slice(0, 8)}`;
  if (plan.study !== expected) report(`study ${plan.study}`, `its plan is that of ${expected}`);
  if (!definitionSchema.safeParse(definition).success)
    report(`plan of ${plan.study}`, "it is not a valid study definition");
  const planned = definition.hypotheses.map((hypothesis) => hypothesis.id);
  if (planned.join() !== view.hypotheses.join())
    report(`plan of ${plan.study}`, "its hypotheses are not those that the ledger froze");
  for (const { run, problem } of planDeviatingRuns(plan, view)) report(`run ${run}`, problem);
}

async function verifyClaims(
  plan: FrozenPlan,
  view: StudyView,
  role: StudyView["runs"][number]["role"],
  events: readonly LedgerEvent[],
  objects: ObjectStore,
  report: Report,
): Promise<number> {
  const { definition } = plan.document;
  const recorded = await recordedClaims(plan, events, role, objects);
  const runs = finishedRuns(view, role);
  const derived = deriveClaims(definition, runs, await loadArtifacts(objects, definition, runs));
  const again = new Map(derived.map((claim) => [claim.id, claim]));
  for (const claim of recorded) {
    const expected = again.get(claim.id);
    if (!expected) report(`claim ${claim.id} (${role})`, "the plan has no such claim");
    else compareClaim(claim, expected, role, report);
    again.delete(claim.id);
  }
  for (const id of again.keys()) report(`claim ${id} (${role})`, "it is missing from the record");
  return recorded.length;
}

function compareClaim(recorded: Claim, expected: Claim, role: string, report: Report): void {
  const place = `claim ${recorded.id} (${role})`;
  if (!sameJson(recorded.derivation, expected.derivation))
    report(place, "its derivation is not the one that the plan and the runs give");
  if (!sameJson(recorded.value, expected.value)) {
    report(
      place,
      `it says ${recorded.value.estimate}, its artifacts give ${expected.value.estimate}`,
    );
  }
  const { derivation: _d, value: _v, ...rest } = recorded;
  const { derivation: _e, value: _w, ...restExpected } = expected;
  if (!sameJson(rest, restExpected))
    report(place, "its title, unit or hypothesis is not the plan's");
}

async function verifyDecisions(
  plan: FrozenPlan,
  events: readonly LedgerEvent[],
  objects: ObjectStore,
  report: Report,
): Promise<void> {
  for (const event of studyEvents(events)) {
    if (event.kind !== "hypothesis.decided" || event.study !== plan.study) continue;
    const { hypothesis, level, p, rejected } = event.body;
    const claims = await recordedClaims(plan, events, "original", objects);
    const claim = claims.find((candidate) => candidate.id === hypothesis);
    const place = `decision on ${hypothesis}, ledger event ${event.seq}`;
    const allowed = allowance(
      foldBudget(events.slice(0, event.seq)),
      `${plan.study}/${hypothesis}`,
    );
    if (!claim || pValue(claim.value) !== p) report(place, "its p value is not the claim's");
    if (Math.abs(level - allowed) > 1e-9 * allowed)
      report(place, `it was decided at level ${level}, the error budget allowed ${allowed}`);
    if (rejected !== p <= level)
      report(place, "its verdict does not follow from its p value and level");
  }
}

async function verifyReplications(
  plan: FrozenPlan,
  view: StudyView,
  events: readonly LedgerEvent[],
  objects: ObjectStore,
  report: Report,
): Promise<void> {
  for (const round of view.replications) {
    const original = await recordedClaims(plan, events, "original", objects);
    const again = judgeReplication(
      plan.document.definition,
      original,
      await recordedClaims(plan, events, round.role, objects),
    );
    for (const id of new Set([...again, ...round.verdicts].map((verdict) => verdict.hypothesis))) {
      const of = (verdicts: typeof again) =>
        verdicts.filter((verdict) => verdict.hypothesis === id);
      if (!sameJson(of([...round.verdicts]), of(again))) {
        report(
          `${round.role} of ${id}, ledger event ${round.seq}`,
          "the verdict is not the one that the claims give",
        );
      }
    }
  }
}

async function verifyGates(
  plan: FrozenPlan,
  view: StudyView,
  events: readonly LedgerEvent[],
  objects: ObjectStore,
  version: string,
  report: Report,
): Promise<void> {
  const event = studyEvents(events).find(
    (candidate) => candidate.kind === "study.assessed" && candidate.study === plan.study,
  );
  if (event?.kind !== "study.assessed") return;
  const again = await assessStudy(plan, events.slice(0, event.seq), objects);
  for (const { id } of event.body.gates) {
    if (!again.some((gate) => gate.id === id))
      report(`check ${id}, ledger event ${event.seq}`, "there is no such check");
  }
  // Another version of the lab may word its evidence otherwise.
  const sameWords = view.articles.draft?.compiler === version;
  for (const gate of again) {
    const place = `check ${gate.id}, ledger event ${event.seq}`;
    const recorded = event.body.gates.find((candidate) => candidate.id === gate.id);
    if (recorded?.verdict !== gate.verdict) {
      report(
        place,
        `it is recorded as ${recorded?.verdict ?? "absent"}, made again it gives ${gate.verdict}`,
      );
    } else if (sameWords && !sameJson(recorded, gate))
      report(place, "its evidence is not what it finds when made again");
  }
}

async function verifyArticle(
  plan: FrozenPlan,
  view: StudyView,
  edition: "draft" | "final",
  events: readonly LedgerEvent[],
  objects: ObjectStore,
  version: string,
  report: Report,
): Promise<number> {
  const recorded = view.articles[edition];
  // Another version of the compiler may break lines elsewhere; its claims are verified above.
  if (!recorded || recorded.compiler !== version) return 0;
  const { open, blind } = await compileEdition(plan, events, recorded.asOf, objects);
  const forms = { html: open.html, pdf: open.pdf, text: open.text, blind };
  for (const [form, content] of Object.entries(forms)) {
    if (hashBytes(content) !== recorded[form as keyof typeof forms]) {
      report(
        `${edition} article (${form}), ledger event ${recorded.seq}`,
        "compiled again from the record it comes out different",
      );
    }
  }
  if (open.used.join() !== recorded.claims.join())
    report(
      `${edition} article, ledger event ${recorded.seq}`,
      "the claims it is said to print are not those it prints",
    );
  return 1;
}

/** What people reviewed must be the final article, anonymised. */
function verifyReviews(
  plan: FrozenPlan,
  view: StudyView,
  events: readonly LedgerEvent[],
  report: Report,
): void {
  for (const event of studyEvents(ofStudy(plan.study, events))) {
    if (event.kind !== "review.queued" && event.kind !== "review.submitted") continue;
    if (event.body.article === view.articles.final?.blind) continue;
    report(
      `${event.kind === "review.queued" ? "queue" : "review"} of ${plan.study}, ledger event ${event.seq}`,
      "it is not about the final article",
    );
  }
}

function sameJson(a: unknown, b: unknown): boolean {
  return canonicalJson(a as Json) === canonicalJson(b as Json);
}

function unique(findings: readonly Finding[]): Finding[] {
  return [
    ...new Map(
      findings.map((finding) => [`${finding.place}\n${finding.problem}`, finding]),
    ).values(),
  ];
}
