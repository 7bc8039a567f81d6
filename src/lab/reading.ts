import {
  Fault,
  getJson,
  type Hash,
  type LedgerEvent,
  type ObjectStore,
  parseLedger,
} from "../record/index.ts";
import {
  type Claim,
  type ClaimStatus,
  claimStatuses,
  foldBudget,
  openRecordedPlan,
  type PlanDocument,
  reservedLevel,
  type StudyView,
  studyEvents,
  viewStudy,
} from "../study/index.ts";
import type { LabOptions } from "./settings.ts";
import { openForReading } from "./storage.ts";

/** What a lab holds, without opening it for writing. */
export interface LabOverview {
  readonly lab: string;
  readonly events: number;
  readonly budget: {
    readonly policy: string;
    readonly alpha: number;
    readonly reserved: number;
    readonly decided: number;
  };
  readonly studies: readonly StudyView[];
}

export interface StudyReport {
  readonly view: StudyView;
  readonly plan: PlanDocument;
  readonly claims: readonly Claim[];
  readonly statuses: ReadonlyMap<string, ClaimStatus>;
  /** The article as plain text; the blind one hides whose work it is. */
  readonly text: { readonly open: string; readonly blind: string } | null;
  /** The log of a run, where it left one. */
  readLog(run: string): Promise<string>;
}

export async function overview(options: LabOptions): Promise<LabOverview> {
  const lab = await openForReading(options);
  const events = readEvents(lab.ledgerBytes, lab.ledgerLocation);
  const decided = studyEvents(events).flatMap((event) =>
    event.kind === "hypothesis.decided" ? [event.body] : [],
  );
  const { policy, alpha } = foldBudget(events);
  return {
    lab: lab.settings.lab,
    events: events.length,
    budget: {
      policy,
      alpha,
      reserved: reservedLevel(events),
      decided: decided.length,
    },
    studies: studyIds(events).map((study) =>
      viewStudy(
        study,
        events.filter((event) => event.study === study),
      ),
    ),
  };
}

/** Everything on record about one study, by id or name. */
export async function showStudy(options: LabOptions, name: string): Promise<StudyReport> {
  const lab = await openForReading(options);
  const events = readEvents(lab.ledgerBytes, lab.ledgerLocation);
  const study = findStudyId(events, name);
  const view = viewStudy(
    study,
    events.filter((event) => event.study === study),
  );
  const plan = await openRecordedPlan(events, lab.objects, study);
  const object = view.claims.get("original")?.object;
  const claims = object ? ((await getJson(lab.objects, object)) as unknown as Claim[]) : [];
  const article = view.articles.final ?? view.articles.draft;
  return {
    view,
    plan: plan.document,
    claims,
    statuses: claimStatuses(
      claims,
      view.decisions,
      view.replications.map((round) => round.verdicts),
    ),
    text: article
      ? {
          open: await text(lab.objects, article.text),
          blind: await text(lab.objects, article.blind),
        }
      : null,
    async readLog(run) {
      const found = view.runs.filter((candidate) => candidate.id.startsWith(run)).at(-1);
      if (!found)
        throw new Fault(
          `run ${run}`,
          `the study ${study} has no such run`,
          `\`glasshouse show ${study} --runs\` lists its runs`,
        );
      return found.log ? text(lab.objects, found.log) : "";
    },
  };
}

/** The events of a ledger that can be read at all; verification says what is wrong with others. */
export function readEvents(bytes: Uint8Array, location: string): readonly LedgerEvent[] {
  const { events, broken } = parseLedger(bytes);
  if (broken)
    throw new Fault(
      `${location}:${broken.line}`,
      broken.problem,
      "Run `glasshouse verify` to see all that is wrong",
    );
  return events;
}

export function studyIds(events: readonly LedgerEvent[]): readonly string[] {
  return studyEvents(events).flatMap((event) =>
    event.kind === "plan.frozen" && event.study ? [event.study] : [],
  );
}

export function findStudyId(events: readonly LedgerEvent[], name: string): string {
  const found = studyEvents(events)
    .filter(
      (event) => event.kind === "plan.frozen" && (event.study === name || event.body.slug === name),
    )
    .at(-1)?.study;
  if (found) return found;
  const known = studyIds(events).join(", ");
  throw new Fault(
    `study ${name}`,
    "this lab has no such study",
    known === "" ? "Run one first: glasshouse run" : `It has: ${known}`,
  );
}

async function text(objects: ObjectStore, hash: Hash): Promise<string> {
  return Buffer.from(await objects.get(hash)).toString("utf8");
}
