import type { Json } from "./canonical.ts";

/**
 * One run of an agent as it was recorded: what it was given, thought, said, did and got back, in the
 * order in which that happened. Every format that the lab reads comes to this one shape.
 *
 * All text is data from outside, kept as it was: it may hold terminal escapes or markup, and whoever
 * shows it escapes it. Numbers that JSON cannot hold exactly (NaN, Infinity, integers beyond 2^53)
 * stand as strings of what was written.
 */
export interface Transcript {
  /** Unique within its source. */
  readonly id: string;
  readonly source: TranscriptSource;
  readonly agent?: TranscriptAgent | undefined;
  /** Models that answered or were named, without repeats. */
  readonly models: readonly string[];
  readonly task: TranscriptTask;
  /** When the run started: RFC 3339 in UTC, or as written where it is no such time. */
  readonly started?: string | undefined;
  /** How it ended, as written: "success", "error", "submitted", "started" for one still running. */
  readonly status?: string | undefined;
  readonly scores: readonly TranscriptScore[];
  /** What people or rules said of the run (unsafe, reward hack, first mistaken step). */
  readonly labels: JsonObject;
  readonly usage?: TokenUsage | undefined;
  readonly metadata: JsonObject;
  /**
   * The events in order. Each call reads them anew from the source, so the source must still be
   * open; a large transcript is never in memory whole.
   */
  events(): AsyncIterable<TranscriptEvent>;
}

export type JsonObject = { readonly [key: string]: Json };

export interface TranscriptSource {
  readonly format: string;
  /** The file's name, for people; never a path to open. */
  readonly file: string;
  /** The member of an archive, or the record of a file that holds several transcripts. */
  readonly member?: string | undefined;
}

export interface TranscriptAgent {
  readonly name: string;
  readonly version?: string | undefined;
}

export interface TranscriptTask {
  readonly id?: string | undefined;
  /** What the agent was asked, as text. */
  readonly input?: string | undefined;
  /** What a right answer is, where the task says so. */
  readonly target?: Json | undefined;
}

export interface TranscriptScore {
  readonly scorer: string;
  readonly value: Json;
  readonly answer?: string | undefined;
  readonly explanation?: string | undefined;
}

/** Tokens, summed over the run; cached tokens are part of `input` where the format says so. */
export interface TokenUsage {
  readonly input?: number | undefined;
  readonly output?: number | undefined;
  readonly cacheRead?: number | undefined;
  readonly cacheWrite?: number | undefined;
  readonly reasoning?: number | undefined;
  readonly costUsd?: number | undefined;
}

/**
 * raw: the chain of thought itself; summary: the provider's summary of it; encrypted: only a
 * ciphertext; empty: a block of reasoning with nothing in it (a bare signature); absent: the model's
 * turn carries no reasoning at all.
 */
export type ReasoningVisibility = "raw" | "summary" | "encrypted" | "empty" | "absent";

export type TranscriptEvent = EventBase & EventBody;

/** Where and when an event happened. */
export interface EventBase {
  /** Position in the transcript, from 0, without gaps. */
  readonly index: number;
  /** RFC 3339 in UTC, or as written where it is no such time. */
  readonly time?: string | undefined;
  /** Who acted: the model or the (sub)agent, where the format tells. */
  readonly actor?: string | undefined;
  /** The branch of a session that was rewound or forked; absent on the main line. */
  readonly branch?: string | undefined;
  /** Where the record stands in the source. */
  readonly at: SourcePointer;
}

export interface SourcePointer {
  /** The archive's member or the file's line (`line 12`); absent where the file is one document. */
  readonly part?: string | undefined;
  /** RFC 6901 pointer within the part. */
  readonly pointer: string;
}

export type EventBody =
  | InputEvent
  | ReasoningEvent
  | OutputEvent
  | ToolCallEvent
  | ToolResultEvent
  | DiffEvent
  | DecisionEvent
  | ScoreEvent
  | SettingEvent
  | CompactionEvent
  | SpanEvent
  | ErrorEvent
  | OtherEvent
  | ProblemEvent;

/** A message that the model was given, when it was first given. */
export interface InputEvent {
  readonly kind: "input";
  readonly role: "system" | "user" | "assistant" | "tool";
  readonly text: string;
  readonly media?: readonly Media[] | undefined;
}

/** Each turn of a model has at least one, so that no monitor mistakes silence for innocence. */
export interface ReasoningEvent {
  readonly kind: "reasoning";
  readonly visibility: ReasoningVisibility;
  /** The thought or its summary; "" where it cannot be read. */
  readonly text: string;
}

/** What the model said, apart from its tool calls. */
export interface OutputEvent {
  readonly kind: "output";
  readonly text: string;
  readonly media?: readonly Media[] | undefined;
  readonly stopReason?: string | undefined;
}

export interface ToolCallEvent {
  readonly kind: "tool-call";
  readonly callId?: string | undefined;
  readonly tool: string;
  /** An object as a rule; the text itself where the arguments could not be parsed. */
  readonly arguments: Json;
  readonly parseError?: string | undefined;
}

export interface ToolResultEvent {
  readonly kind: "tool-result";
  readonly callId?: string | undefined;
  readonly tool?: string | undefined;
  readonly text: string;
  readonly media?: readonly Media[] | undefined;
  /** What went wrong, where the format says that the call failed. */
  readonly error?: string | undefined;
}

/** A change of a file. */
export interface DiffEvent {
  readonly kind: "diff";
  readonly path: string;
  /** Unified diff, or the format's own patch. */
  readonly patch: string;
  readonly callId?: string | undefined;
}

/** Somebody decided on an action: an approver, a person, a protocol. */
export interface DecisionEvent {
  readonly kind: "decision";
  readonly decider: string;
  /** As written: "approve", "modify", "reject", "escalate", "terminate". */
  readonly verdict: string;
  readonly callId?: string | undefined;
  readonly explanation?: string | undefined;
}

export interface ScoreEvent {
  readonly kind: "score";
  readonly score: TranscriptScore;
  /** Given while the run went on. */
  readonly intermediate?: boolean | undefined;
}

/** What the agent was allowed from here on: permission mode, approval policy, sandbox, model. */
export interface SettingEvent {
  readonly kind: "setting";
  readonly name: string;
  readonly value: Json;
}

/** The context was shortened; `text` is the summary that took its place. */
export interface CompactionEvent {
  readonly kind: "compaction";
  readonly text: string;
}

/** A part of the run begins or ends: a solver, a subagent, a step. */
export interface SpanEvent {
  readonly kind: "span";
  readonly edge: "begin" | "end";
  readonly name: string;
  readonly spanId?: string | undefined;
  readonly parentId?: string | undefined;
}

/** The run, a model call or a limit stopped something. */
export interface ErrorEvent {
  readonly kind: "error";
  readonly text: string;
}

/** What has no kind of its own: `name` is the format's word, `data` the record. */
export interface OtherEvent {
  readonly kind: "other";
  readonly name: string;
  readonly data: Json;
}

/** A part of the source that could not be read; the events around it stand. */
export interface ProblemEvent {
  readonly kind: "problem";
  readonly problem: string;
}

export interface Media {
  /** "image", "audio", "video", "document", "data". */
  readonly type: string;
  /** Its address or its beginning; the whole stands in the source. */
  readonly reference: string;
}
