import { z } from "zod";
import { type EventDraft, Fault, type Hash, type Json, type LedgerEvent } from "../record/index.ts";

/**
 * Every kind of event that the research cycle writes, with the schema of its body. The ledger is
 * the only state of a study: each page, table and status is a fold over these.
 */

const hash = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .transform((text) => text as Hash);
const usage = z.strictObject({
  cpuSeconds: z.number(),
  wallSeconds: z.number(),
  peakMemoryMb: z.number(),
});
const claimValue = z.strictObject({
  estimate: z.number(),
  low: z.number().optional(),
  high: z.number().optional(),
  level: z.number().optional(),
  p: z.number().optional(),
  e: z.number().optional(),
  n: z.number(),
});
const gate = z.strictObject({
  id: z.string(),
  title: z.string(),
  verdict: z.enum(["pass", "warn", "fail", "blocked", "error"]),
  inputs: z.array(hash),
  evidence: z.array(z.string()),
});

/** Runs are told apart by why they were made; replications are numbered from 1. */
export const roleSchema = z.string().regex(/^(original|replication-[1-9][0-9]*)$/);

export const runStatusSchema = z.enum([
  "ok",
  "failed",
  "killed",
  "wall-limit",
  "cpu-limit",
  "memory-limit",
  "process-limit",
  "disk-limit",
  "output-limit",
  "aborted",
  "interrupted",
]);

export const reviewFormSchema = z.strictObject({
  /** What the article says, in the reviewer's words. */
  summary: z.string().min(1),
  strengths: z.string().min(1),
  weaknesses: z.string().min(1),
  questions: z.string().default(""),
  limitations: z.string().default(""),
  /** 1 poor, 2 fair, 3 good, 4 excellent. */
  soundness: z.number().int().min(1).max(4),
  presentation: z.number().int().min(1).max(4),
  contribution: z.number().int().min(1).max(4),
  /** 1 very strong reject … 5 borderline … 10 award. */
  overall: z.number().int().min(1).max(10),
  /** 1 guess … 5 certain. */
  confidence: z.number().int().min(1).max(5),
  /** How many numbers the reviewer traced to their evidence, and whether all held. */
  provenanceChecked: z.number().int().min(0).default(0),
  provenanceHeld: z.boolean().default(true),
  ethicsConcern: z.string().default(""),
  verdict: z.enum(["accept", "revise", "reject"]),
  minutes: z.number().nonnegative().default(0),
});
export type ReviewForm = z.infer<typeof reviewFormSchema>;

const bodies = {
  "lab.created": z.strictObject({
    lab: z.string(),
    publicKey: z.string(),
    policy: z.string(),
    alpha: z.number(),
  }),
  "plan.frozen": z.strictObject({
    plan: hash,
    slug: z.string(),
    hypotheses: z.array(z.string()),
  }),
  "run.started": z.strictObject({
    run: z.string(),
    role: roleSchema,
    condition: z.string(),
    seed: z.number(),
    attempt: z.number(),
    isolation: z.string(),
    worker: z.string(),
  }),
  "run.finished": z.strictObject({
    run: z.string(),
    attempt: z.number(),
    status: runStatusSchema,
    reason: z.string(),
    artifacts: z.record(z.string(), hash),
    log: hash.nullable(),
    usage,
  }),
  "claims.derived": z.strictObject({ role: roleSchema, claims: hash }),
  "hypothesis.decided": z.strictObject({
    hypothesis: z.string(),
    level: z.number(),
    p: z.number(),
    rejected: z.boolean(),
  }),
  "article.compiled": z.strictObject({
    edition: z.enum(["draft", "final"]),
    /** Version of the lab's code that compiled it; another may set the same article differently. */
    compiler: z.string(),
    /** The ledger as it was when the article was compiled: everything before this event. */
    asOf: z.number(),
    html: hash,
    pdf: hash,
    text: hash,
    blind: hash,
    claims: z.array(z.string()),
  }),
  "replication.judged": z.strictObject({
    role: roleSchema,
    verdicts: z.array(
      z.strictObject({
        hypothesis: z.string(),
        value: claimValue,
        agrees: z.boolean(),
        reason: z.string(),
      }),
    ),
  }),
  "study.assessed": z.strictObject({ gates: z.array(gate) }),
  "review.queued": z.strictObject({ article: hash }),
  "review.submitted": z.strictObject({
    article: hash,
    reviewer: z.string(),
    form: reviewFormSchema,
  }),
} as const;

export type EventKind = keyof typeof bodies;
export type EventBody<K extends EventKind> = z.infer<(typeof bodies)[K]>;

/** An event of a known kind, its body checked. */
export type StudyEvent = {
  [K in EventKind]: {
    readonly kind: K;
    readonly seq: number;
    readonly time: string;
    readonly key: string;
    readonly study: string | null;
    readonly hash: Hash;
    readonly body: EventBody<K>;
  };
}[EventKind];

/** Makes the draft of an event; `key` is made unique by kind and study. */
export function draft<K extends EventKind>(
  kind: K,
  study: string | null,
  key: string,
  body: z.input<(typeof bodies)[K]>,
): EventDraft {
  return { key: eventKey(kind, study, key), kind, study, body: body as Json };
}

export function eventKey(kind: EventKind, study: string | null, key: string): string {
  return [kind, study ?? "lab", key].filter((part) => part !== "").join(" ");
}

/** Reads ledger events into known kinds; kinds of other rooms are passed over. */
export function studyEvents(events: readonly LedgerEvent[]): StudyEvent[] {
  const known: StudyEvent[] = [];
  for (const event of events) {
    if (!(event.kind in bodies)) continue;
    const parsed = bodies[event.kind as EventKind].safeParse(event.body);
    if (!parsed.success) {
      const issue = parsed.error.issues[0];
      throw new Fault(
        `ledger event ${event.seq} (${event.kind})`,
        `its body is not valid: ${issue?.path.join(".")}: ${issue?.message}`,
        "Run `glasshouse verify`; a newer version of glasshouse may have written it",
      );
    }
    const { seq, time, key, study, hash: eventHash } = event;
    known.push({
      kind: event.kind,
      seq,
      time,
      key,
      study,
      hash: eventHash,
      body: parsed.data,
    } as StudyEvent);
  }
  return known;
}
