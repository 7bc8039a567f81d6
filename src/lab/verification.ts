import { randomInt } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  Fault,
  hashBytes,
  type LedgerEvent,
  type ObjectStore,
  openWitness,
  parseLedger,
  rememberedLab,
  verifyLedger,
} from "../record/index.ts";
import type { Sandbox } from "../sandbox/index.ts";
import { createRandom } from "../stats/index.ts";
import {
  type Finding,
  finishedRuns,
  openRecordedPlan,
  repeatRun,
  verifyStudy,
  viewStudy,
} from "../study/index.ts";
import { findStudyId, studyIds } from "./reading.ts";
import type { LabOptions } from "./settings.ts";
import { openForReading } from "./storage.ts";
import { registeredCode } from "./studies.ts";
import { COMPILER_VERSION } from "./version.ts";

export interface LabVerification {
  readonly findings: readonly Finding[];
  readonly events: number;
  readonly objects: number;
  readonly studies: number;
  readonly claims: number;
  readonly runs: number;
  readonly articles: number;
  /** Runs made again, and whether they gave the same artifacts. */
  readonly reruns: readonly { readonly run: string; readonly same: boolean }[];
}

/**
 * Verifies a lab from its files alone: the chain and its signatures, every object, and for each
 * study (or the one named) that everything in it follows from the record. With `rerun`, so many
 * random runs are made again and their artifacts compared byte for byte.
 */
export async function verifyLab(
  options: LabOptions,
  request: {
    readonly study?: string;
    readonly rerun?: number;
    readonly seed?: number;
    readonly sandbox?: () => Promise<Sandbox>;
    readonly onProgress?: (what: string) => void;
  },
): Promise<LabVerification> {
  const lab = await openForReading(options);
  const say = request.onProgress ?? (() => undefined);
  const parsed = parseLedger(lab.ledgerBytes);
  const findings: Finding[] = [];

  say("the chain of the ledger");
  const ownKey = keyOnThisMachine(lab.settings.lab);
  const trusted = {
    publicKey: ownKey ?? lab.settings.publicKey,
    lastHead: lab.lastHead,
  };
  for (const finding of verifyLedger(parsed, trusted)) {
    findings.push({
      place: `${lab.ledgerLocation}${finding.line === null ? "" : `:${finding.line}`}`,
      problem: finding.problem,
    });
  }
  const known = rememberedLab(options.folder);
  if (known !== null && known !== lab.settings.lab) {
    findings.push({
      place: join(options.folder, "lab.json"),
      problem: `it is another lab: this machine wrote lab ${known} in this folder`,
    });
  }
  if (ownKey !== null && ownKey !== lab.settings.publicKey) {
    findings.push({
      place: join(options.folder, "lab.json"),
      problem: "its key is not the one that this machine signs this lab's ledger with",
    });
  }
  // The first of its kind, not of all: before it may stand that a crash tore it and it was mended.
  const created = parsed.events.find((event) => event.kind === "lab.created")?.body as
    | { publicKey?: string; lab?: string }
    | undefined;
  if (
    parsed.events.length > 0 &&
    (created?.publicKey !== lab.settings.publicKey || created?.lab !== lab.settings.lab)
  ) {
    findings.push({
      place: join(options.folder, "lab.json"),
      problem: "its key is not the one the ledger began with",
    });
  }

  say("every object");
  const objects = await verifyObjects(lab.objects, findings);

  const studies = studiesOf(parsed.events, request.study, findings);
  const totals = { claims: 0, runs: 0, articles: 0 };
  for (const study of studies) {
    say(study);
    const verified = await verifyStudy(study, parsed.events, lab.objects, COMPILER_VERSION);
    findings.push(...verified.findings);
    totals.claims += verified.counts.claims;
    totals.runs += verified.counts.runs;
    totals.articles += verified.counts.articles;
    await verifyCopies(options.folder, study, parsed.events, findings);
  }
  const reruns = request.rerun
    ? await rerunSome(
        studies,
        parsed.events,
        lab.objects,
        request.rerun,
        request.seed ?? randomInt(2 ** 32),
        request.sandbox,
        say,
        findings,
      )
    : [];
  return {
    findings,
    events: parsed.events.length,
    objects,
    studies: studies.length,
    ...totals,
    reruns,
  };
}

/** The lab's key where this machine has it: a ledger signed with any other was not written here. */
function keyOnThisMachine(lab: string): string | null {
  try {
    return openWitness(lab, { create: false }).publicKey;
  } catch (error) {
    if (error instanceof Fault) return null;
    throw error;
  }
}

/** The studies to verify; a ledger with an event that cannot be read has none that can be told. */
function studiesOf(
  events: readonly LedgerEvent[],
  name: string | undefined,
  findings: Finding[],
): readonly string[] {
  try {
    studyIds(events);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    findings.push({ place: error.place, problem: error.problem });
    return [];
  }
  return name === undefined ? studyIds(events) : [findStudyId(events, name)];
}

async function verifyObjects(objects: ObjectStore, findings: Finding[]): Promise<number> {
  let count = 0;
  for await (const hash of objects.list()) {
    count++;
    await objects.get(hash).catch((error: unknown) => {
      if (!(error instanceof Fault)) throw error;
      findings.push({ place: error.place, problem: error.problem });
    });
  }
  return count;
}

/** The copies of articles that people open must be the recorded ones. */
async function verifyCopies(
  folder: string,
  study: string,
  events: readonly LedgerEvent[],
  findings: Finding[],
): Promise<void> {
  const view = viewStudy(
    study,
    events.filter((event) => event.study === study),
  );
  const recorded = view.articles.final ?? view.articles.draft;
  if (!recorded) return;
  for (const form of ["pdf", "html"] as const) {
    const path = join(folder, "articles", study, `article.${form}`);
    const bytes = await readFile(path).catch(() => null);
    if (bytes && hashBytes(bytes) !== recorded[form]) {
      findings.push({
        place: path,
        problem: "it is not the recorded article: it was changed after it was compiled",
      });
    }
  }
}

async function rerunSome(
  studies: readonly string[],
  events: readonly LedgerEvent[],
  objects: ObjectStore,
  count: number,
  seed: number,
  openSandbox: (() => Promise<Sandbox>) | undefined,
  say: (what: string) => void,
  findings: Finding[],
): Promise<LabVerification["reruns"]> {
  if (!openSandbox) throw new Error("making runs again needs a sandbox");
  const sandbox = await openSandbox();
  const isRegistered = registeredCode();
  const candidates = studies.flatMap((study) => {
    const view = viewStudy(
      study,
      events.filter((event) => event.study === study),
    );
    return view.runs.filter((run) => run.status === "ok").map((run) => ({ study, view, run }));
  });
  const chosen = createRandom(seed).shuffle(candidates).slice(0, count);
  const reruns: { run: string; same: boolean }[] = [];
  for (const { study, view, run } of chosen) {
    say(`run ${run.id} (${run.condition}, seed ${run.seed}) once more`);
    const plan = await openRecordedPlan(events, objects, study);
    const differing = await repeatRun(plan, run, finishedRuns(view, run.role), {
      objects,
      sandbox,
      isRegistered,
    });
    reruns.push({ run: run.id, same: differing.length === 0 });
    for (const artifact of differing) {
      findings.push({
        place: `run ${run.id}, artifact ${artifact}`,
        problem: "made again, it comes out different",
      });
    }
  }
  return reruns;
}
