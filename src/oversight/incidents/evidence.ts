import { z } from "zod";
import type { Finding, Suspicion } from "../../monitors/index.ts";
import {
  canonicalJson,
  Fault,
  getJson,
  type Hash,
  hashJson,
  type Json,
  type JsonObject,
  type Ledger,
  type ObjectStore,
  type TranscriptEvent,
} from "../../record/index.ts";
import type { Ruling } from "../control/decision.ts";
import { OPENED } from "./events.ts";
import { type Kinship, pausesFor, type Traits } from "./kin.ts";
import type { TouchedFile } from "./touched.ts";

/** What there was at the moment of an incident. Secrets are taken out before it comes here. */
export interface IncidentScene {
  /** The incident's, where it was named when it was held up; else it is made from the scene. */
  readonly id?: string;
  readonly traits: Traits;
  /** As in a control protocol: before-model, after-model, before-tool, after-tool. */
  readonly point: string;
  readonly time: string;
  /** The transcript so far. */
  readonly events: readonly TranscriptEvent[];
  /** Indexes of the events that were decided on. */
  readonly proposed: readonly number[];
  readonly findings: readonly FoundBy[];
  readonly suspicions: readonly Suspicion[];
  readonly ruling: Ruling;
  readonly outcome: string;
  /** Files as they were, such as the session's record. */
  readonly files: readonly { readonly name: string; readonly bytes: Uint8Array | string }[];
  /** Files of the agent's folder that the action named. */
  readonly touched?: readonly TouchedFile[];
  /** What else may matter later: versions, working folder, protocol, monitors. */
  readonly environment: JsonObject;
}

export type FoundBy = Finding & { readonly monitor: string; readonly version: string };

/** An incident's evidence as the object store keeps it. */
export interface IncidentEvidence {
  readonly version: 1;
  readonly traits: Traits;
  readonly point: string;
  readonly time: string;
  readonly outcome: string;
  readonly proposed: readonly number[];
  /** The transcript's events up to the moment: a list of them in one object. */
  readonly transcript: Hash;
  readonly eventCount: number;
  readonly findings: readonly FoundBy[];
  /** A score that no number could say stands as the string "Infinity". */
  readonly suspicions: readonly (Omit<Suspicion, "score"> & { readonly score: number | string })[];
  readonly ruling: Json;
  readonly files: readonly { readonly name: string; readonly hash: Hash; readonly bytes: number }[];
  readonly touched: readonly KeptFile[];
  readonly environment: JsonObject;
}

/** A touched file; `text` is the object that holds what is kept of it. */
export interface KeptFile extends Omit<TouchedFile, "text"> {
  readonly text: Hash | null;
}

/**
 * Freezes the evidence in the object store, then opens the incident in the ledger with the pauses it
 * calls for. The same scene opens it once, however often it is tried. Returns the incident's id.
 */
export async function openIncident(
  { ledger, objects }: { readonly ledger: Ledger; readonly objects: ObjectStore },
  scene: IncidentScene,
  pauseBy: readonly Kinship[],
): Promise<string> {
  const files = [];
  for (const { name, bytes } of scene.files) {
    files.push({ name, hash: await objects.put(bytes), bytes: Buffer.byteLength(bytes) });
  }
  const touched: KeptFile[] = [];
  for (const { text, ...file } of scene.touched ?? []) {
    touched.push({ ...file, text: text === null ? null : await objects.put(text) });
  }
  const transcript = await objects.put(canonicalJson(plain(scene.events)));
  const { traits, point, time, outcome, proposed, findings, suspicions, ruling } = scene;
  const evidence = plain({
    ...{ version: 1, traits, point, time, outcome, proposed, transcript },
    eventCount: scene.events.length,
    ...{ findings, suspicions, ruling, files, touched, environment: scene.environment },
  });
  const hash = await objects.put(canonicalJson(evidence));
  const incident = scene.id ?? incidentId(scene);
  await ledger.append({
    key: `${OPENED} ${incident}`,
    kind: OPENED,
    study: null,
    body: plain({
      ...{ incident, traits, outcome, evidence: hash },
      pauses: pausesFor(incident, traits, pauseBy),
    }),
  });
  return incident;
}

/** The same for the same moment of the same session. */
export function incidentId({
  traits: { session },
  time,
  proposed,
}: Pick<IncidentScene, "traits" | "time" | "proposed">): string {
  return `${time.slice(0, 10)}-${hashJson([session, time, proposed]).slice(0, 8)}`;
}

/** The evidence and its transcript, every byte checked against its hash. */
export async function readEvidence(
  objects: ObjectStore,
  hash: Hash,
): Promise<{
  readonly evidence: IncidentEvidence;
  readonly events: readonly TranscriptEvent[];
  readonly touched: readonly TouchedFile[];
}> {
  const value = await getJson(objects, hash);
  if (!shape.safeParse(value).success) {
    throw new Fault(
      `object ${hash.slice(0, 12)}`,
      "it is no incident's evidence",
      "Check which object is meant",
    );
  }
  const kept = value as unknown as Omit<IncidentEvidence, "touched"> & Partial<IncidentEvidence>;
  const evidence: IncidentEvidence = { ...kept, touched: kept.touched ?? [] };
  const touched: TouchedFile[] = [];
  for (const { text, ...file } of evidence.touched) {
    const bytes = text === null ? null : await objects.get(text);
    touched.push({ ...file, text: bytes === null ? null : new TextDecoder().decode(bytes) });
  }
  const events = await getJson(objects, evidence.transcript);
  if (!Array.isArray(events)) {
    throw new Fault(
      `object ${evidence.transcript.slice(0, 12)}`,
      "it is no transcript",
      "Restore it from a copy of the lab",
    );
  }
  return { evidence, events: events as unknown as readonly TranscriptEvent[], touched };
}

const hashText = z.string().regex(/^[0-9a-f]{64}$/);
const shape = z.object({
  version: z.literal(1),
  traits: z.object({ session: z.string(), models: z.array(z.string()) }),
  ...{ point: z.string(), time: z.string(), outcome: z.string() },
  proposed: z.array(z.number()),
  transcript: hashText,
  eventCount: z.number(),
  findings: z.array(
    z.object({
      ...{ monitor: z.string(), version: z.string(), signal: z.string(), note: z.string() },
      weight: z.number(),
      evidence: z.array(z.object({ event: z.number(), pointer: z.string(), quote: z.string() })),
    }),
  ),
  suspicions: z.array(z.object({ monitor: z.string(), score: z.union([z.number(), z.string()]) })),
  files: z.array(z.object({ name: z.string(), hash: hashText, bytes: z.number() })),
  // Evidence that was frozen before files were kept has none.
  touched: z
    .array(
      z.object({
        ...{ path: z.string(), bytes: z.number(), cut: z.boolean() },
        ...{ whole: hashText.nullable(), text: hashText.nullable() },
      }),
    )
    .optional(),
});

/** As JSON: what is undefined is left out, and Infinity, which JSON lacks, stands as a string. */
function plain(value: unknown): Json {
  return JSON.parse(
    JSON.stringify(value, (_, inner: unknown) =>
      typeof inner === "number" && !Number.isFinite(inner) ? String(inner) : inner,
    ),
  ) as Json;
}
