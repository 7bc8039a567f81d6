import type { Json, JsonObject } from "../../record/index.ts";
import { asArray, asString, asText, member } from "../json/shape.ts";
import type { EventDraft } from "../transcript/draft.ts";
import { brief, type SeenItems, seenItems } from "../transcript/seen.ts";
import { messageContent } from "./message.ts";

/**
 * Which messages, calls and results were told already: each model call repeats the conversation so
 * far, and a tool's result comes once as an event and once as a message.
 */
export interface SeenMessages {
  readonly items: SeenItems;
  /** What the last model call listed. */
  listed: readonly Json[];
  /** A log may list one long message a million times: its key is made once. */
  readonly keys: WeakMap<JsonObject, string>;
  readonly calls: Set<string>;
  readonly results: Map<string, string>;
  /** Of texts that are in memory anyway no hash is kept in their stead. */
  readonly isHeld: boolean;
}

export function seenMessages(isHeld: boolean): SeenMessages {
  return {
    isHeld,
    items: seenItems(),
    listed: [],
    keys: new WeakMap(),
    calls: new Set(),
    results: new Map(),
  };
}

/**
 * A model call begins to list what it was given. Returns how many of the first messages are those of
 * the last call, all of them: they are known.
 */
export function startInput(seen: SeenMessages, input: readonly Json[]): number {
  const { listed } = seen;
  seen.listed = input;
  let same = 0;
  while (same < listed.length && listed[same] === input[same]) same++;
  if (same === listed.length) return same;
  seen.items.startList();
  return 0;
}

/** Whether a message is told for the first time; from now on it is known. */
export function isNewMessage(seen: SeenMessages, message: JsonObject): boolean {
  return seen.items.isNew(keyOf(seen, message));
}

/** Remembers a model's own turn, which comes back as input. */
export function addTurn(
  seen: SeenMessages,
  message: JsonObject,
  events: readonly EventDraft[],
): void {
  seen.items.add(keyOf(seen, message));
  for (const event of events) {
    if (event.kind === "tool-call" && event.callId !== undefined) seen.calls.add(event.callId);
  }
}

/** Whether just this was told as the call's result. */
export function isResult(seen: SeenMessages, callId: string, text: string): boolean {
  return seen.results.get(callId) === (seen.isHeld ? text : brief(text));
}

export function addResult(seen: SeenMessages, callId: string, text: string): void {
  seen.results.set(callId, seen.isHeld ? text : brief(text));
}

function keyOf(seen: SeenMessages, message: JsonObject): string {
  const known = seen.keys.get(message);
  if (known !== undefined) return known;
  const key = messageKey(message, seen.isHeld);
  seen.keys.set(message, key);
  return key;
}

/**
 * The same for a message and its repetition. An id alone would not do: an edited message keeps its
 * id, and old logs have none.
 */
function messageKey(message: JsonObject, isHeld: boolean): string {
  const id = asString(message.id);
  const { text } = messageContent(message.content);
  const role = asText(message.role);
  if (id !== undefined) return `${id} ${role} ${text.length}`;
  const answered = asText(message.tool_call_id);
  let head = `${role.length} ${role} ${answered.length} ${answered}`;
  for (const call of asArray(message.tool_calls)) {
    const callId = asText(member(call, "id"));
    head += ` ${callId.length} ${callId}`;
  }
  // The lengths tell where each part ends, so that no two messages are one.
  return isHeld ? `${head}\n${text}` : brief(`${head}\n${text}`);
}
