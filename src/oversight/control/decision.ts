import type { Suspicion } from "../../monitors/index.ts";
import type { Json, TranscriptEvent } from "../../record/index.ts";

/** Where a protocol is asked: around each call of the model and each call of a tool. */
export type Point = "before-model" | "after-model" | "before-tool" | "after-tool";

/** One way on: what would be sent or done, or what came back, with what monitors say of it. */
export interface Candidate {
  readonly proposed: readonly TranscriptEvent[];
  /** Without any it counts as most suspicious: who was not looked at is not trusted. */
  readonly suspicions: readonly Suspicion[];
}

/** All that a protocol may decide by. */
export interface Occasion {
  readonly point: Point;
  /** What the model was sent: its context, after any compaction. */
  readonly sent: readonly TranscriptEvent[];
  /** Everything that happened before, also what the model no longer sees. */
  readonly history: readonly TranscriptEvent[];
  /** The agent's own first, then those that were drawn anew from the same context. At least one. */
  readonly candidates: readonly Candidate[];
  /** How often the agent was blocked here already. */
  readonly blocked: number;
  /** Uniform on [0, 1): the chance in a random audit, drawn by the caller so that deciding is pure. */
  readonly lot: number;
}

/** What happens next. `candidate` is a position in the occasion's candidates. */
export type Decision =
  | { readonly kind: "allow"; readonly candidate: number }
  | { readonly kind: "modify"; readonly candidate: number; readonly edit: Edit }
  /** The trusted model acts in the agent's place; the agent's own action is thrown away. */
  | { readonly kind: "defer" }
  /** So many more candidates from the same context; the agent does not learn of it. */
  | { readonly kind: "resample"; readonly draws: number }
  /** The action waits until a person has decided. */
  | { readonly kind: "ask"; readonly candidate: number }
  /** Not done. The agent learns neither why nor by what it was seen: a reason teaches evasion. */
  | { readonly kind: "block" }
  | { readonly kind: "stop" };

/** Who changes an action: the trusted model, with the action as its draft, or the protocol itself. */
export type Edit =
  | { readonly by: "trusted-model" }
  | { readonly by: "protocol"; readonly replacement: Json };

/** A decision with its audit, for the record. */
export interface Ruling {
  readonly decision: Decision;
  /** What the audit was decided on: 0 to 1, or Infinity where no monitor had a score. */
  readonly score: number;
  /** A person is to look at this step, now or later, whatever was decided. */
  readonly audit: boolean;
  /** The chance that the audit had, by which findings of random audits are weighted. */
  readonly auditChance: number;
}

/** What a run has used so far. */
export interface Spending {
  /** Occasions that were settled: each counts once, however often it was resampled or blocked. */
  readonly occasions: number;
  readonly audits: number;
  /** Candidates beyond the agent's own. */
  readonly draws: number;
  /** How often more candidates were asked for; those of one time are drawn side by side. */
  readonly resamples: number;
  readonly deferrals: number;
  readonly edits: number;
  readonly questions: number;
  readonly blocks: number;
}

/**
 * Decides and only decides: no clock, no chance, no side effect. The same occasion and spending give
 * the same ruling, so that a protocol can be replayed over old transcripts and simulated before it
 * guards anything.
 */
export type Protocol = (occasion: Occasion, spent: Spending) => Ruling;
