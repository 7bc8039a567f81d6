import type { Json, JsonObject, Media, ReasoningVisibility } from "../../record/index.ts";
import { asArray, asObject, asString, asText, member } from "../json/shape.ts";
import type { DraftBase, EventDraft } from "../transcript/draft.ts";

/** What an Inspect message says, apart from who says it. */
export interface MessageContent {
  readonly text: string;
  readonly media: readonly Media[] | undefined;
}

/** The text and media of `content`, which is a string or a list of blocks; reasoning is left out. */
export function messageContent(content: Json | undefined): MessageContent {
  if (!Array.isArray(content)) {
    const block = asObject(content);
    return block === undefined ? { text: asText(content), media: undefined } : blocks([block]);
  }
  return blocks(content);
}

/**
 * A model's turn as events: reasoning, output and tool calls in the order of its blocks, then the
 * tool calls beside the content. Has at least one reasoning event.
 */
export function turnEvents(
  message: JsonObject,
  base: DraftBase,
  stopReason?: string,
): readonly EventDraft[] {
  const { content } = message;
  const events: EventDraft[] = [];
  const said = asString(message.reasoning);
  if (said) events.push(reasoning(base, "raw", said));
  else if (!(Array.isArray(content) && (content as Json[]).some(isReasoning))) {
    events.push(reasoning(base, "absent", ""));
  }
  if (typeof content === "string") {
    if (content !== "") events.push(output(base, content, undefined));
  } else if (content !== undefined) {
    addBlocks(events, Array.isArray(content) ? (content as Json[]) : [content], base);
  }
  const calls = asArray(message.tool_calls);
  addStopReason(events, base, stopReason, calls.length > 0);
  for (const call of calls) events.push(toolCall(call, base));
  return events;
}

function addBlocks(events: EventDraft[], content: readonly Json[], base: DraftBase): void {
  let pending: Json[] = [];
  for (let index = 0; index <= content.length; index++) {
    const block = content[index];
    const type = asString(member(block, "type"));
    const isOther = type === "reasoning" || type === "tool_use";
    if (block !== undefined && !isOther) pending.push(block);
    if (pending.length > 0 && (isOther || index === content.length)) {
      const { text, media } = blocks(pending);
      if (text !== "" || media) events.push(output(base, text, media));
      pending = [];
    }
    if (type === "reasoning") events.push(reasoningEvent(block, base));
    if (type === "tool_use") events.push(...serverTool(asObject(block)!, base));
  }
}

/** A reason to stop belongs to the last words; a silent turn gets empty ones to carry it. */
function addStopReason(
  events: EventDraft[],
  base: DraftBase,
  stopReason: string | undefined,
  hasCalls: boolean,
): void {
  for (let index = events.length - 1; index >= 0; index--) {
    const event = events[index]!;
    if (event.kind !== "output") continue;
    if (stopReason !== undefined) events[index] = output(base, event.text, event.media, stopReason);
    return;
  }
  const isOrdinary = hasCalls && (stopReason === undefined || ORDINARY.has(stopReason));
  if (!isOrdinary) events.push(output(base, "", undefined, stopReason));
}

const ORDINARY = new Set(["stop", "tool_calls", "tool_use", "unknown"]);

function output(
  { at, time, actor }: DraftBase,
  text: string,
  media: readonly Media[] | undefined,
  stopReason?: string,
): EventDraft {
  return { index: 0, time, actor, at, kind: "output", text, media, stopReason };
}

function reasoning(
  { at, time, actor }: DraftBase,
  visibility: ReasoningVisibility,
  text: string,
): EventDraft {
  return { index: 0, time, actor, at, kind: "reasoning", visibility, text };
}

function isReasoning(block: Json): boolean {
  return member(block, "type") === "reasoning";
}

export function toolCall(call: Json, { at, time, actor }: DraftBase): EventDraft {
  const found = asObject(call) ?? NOTHING;
  return {
    index: 0,
    time,
    actor,
    at,
    kind: "tool-call",
    callId: asString(found.id),
    tool: asText(found.function),
    arguments: found.arguments ?? null,
    parseError: asString(found.parse_error),
  };
}

const NOTHING: JsonObject = Object.create(null) as JsonObject;

/** The message of an error object, with its type where it has one. */
export function errorText(error: Json | undefined): string | undefined {
  if (error === undefined || error === null) return undefined;
  const message = asString(member(error, "message"));
  if (message === undefined) return asText(error);
  const type = asString(member(error, "type"));
  return type ? `${type}: ${message}` : message;
}

function reasoningEvent(block: Json | undefined, base: DraftBase): EventDraft {
  const text = asText(member(block, "reasoning"));
  const summary = asText(member(block, "summary"));
  const isRedacted = member(block, "redacted") === true;
  if (text !== "" && !isRedacted) return reasoning(base, "raw", text);
  if (summary !== "") return reasoning(base, "summary", summary);
  return reasoning(base, isRedacted ? "encrypted" : "empty", "");
}

/** A tool that ran at the provider: call and result come in one block. */
function serverTool(block: JsonObject, base: DraftBase): readonly EventDraft[] {
  const callId = asString(block.id);
  const tool = asText(block.name) || asText(block.tool_type);
  return [
    { ...base, kind: "tool-call", callId, tool, arguments: parsedArguments(block.arguments) },
    {
      ...base,
      kind: "tool-result",
      callId,
      tool,
      text: asText(block.result),
      error: errorText(block.error),
    },
  ];
}

/** Providers hand arguments over as JSON text. */
export function parsedArguments(value: Json | undefined): Json {
  if (typeof value !== "string") return value ?? null;
  try {
    return JSON.parse(value) as Json;
  } catch {
    return value;
  }
}

function blocks(content: readonly Json[]): MessageContent {
  const texts: string[] = [];
  const media: Media[] = [];
  for (const block of content) {
    if (typeof block === "string") texts.push(block);
    const found = asObject(block);
    if (found === undefined) continue;
    const type = asText(found.type) || "data";
    if (type === "reasoning") continue;
    if (type === "text") texts.push(asText(found.text) || asText(found.refusal));
    else media.push({ type, reference: reference(found[type] ?? found.data ?? found) });
  }
  return { text: texts.join("\n"), media: media.length > 0 ? media : undefined };
}

/** Enough of an address to know the thing by; images ride in data URLs of megabytes. */
function reference(value: Json): string {
  const text = asText(value);
  return text.length <= 256 ? text : `${text.slice(0, 256)}…`;
}
