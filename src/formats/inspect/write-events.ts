import { hash } from "node:crypto";
import type { Json, JsonObject, TranscriptEvent } from "../../record/index.ts";
import { pointer } from "../transcript/draft.ts";
import { STORED, type StoredEvent, sameEvents, storedEvent } from "../transcript/stored.ts";
import { turnGroups } from "../transcript/turn-groups.ts";
import { type InspectEvents, inspectEvents } from "./events.ts";
import {
  inputMessage,
  modelEvent,
  modelOutput,
  note,
  singleEvent,
  toolEvent,
  turnMessage,
} from "./records.ts";
import { inputMessages } from "./refs.ts";

/** A transcript's events in Inspect's form. */
export interface SampleEvents {
  readonly events: readonly JsonObject[];
  /** The conversation, which the events refer to. */
  readonly messages: readonly JsonObject[];
  /** The model's last answer. */
  readonly output: JsonObject;
}

export interface SampleScope {
  /** When the log was made: the time of events that have none. */
  readonly created: string;
  /** Tells the sample from all others, so that its events' ids differ from theirs. */
  readonly scope: string;
}

/**
 * Goes through the events with Inspect's own reader beside: where it would not give back just what
 * was written, the events are kept verbatim in the record's metadata.
 */
export async function writeSampleEvents(
  source: AsyncIterable<TranscriptEvent>,
  { created, scope }: SampleScope,
): Promise<SampleEvents> {
  const reader = sampleReader();
  const messages: JsonObject[] = [];
  const events: JsonObject[] = [];
  const tools = new Map<string, string>();
  let inputs: TranscriptEvent[] = [];
  let output: JsonObject = { model: "none", choices: [] };

  const say = (message: JsonObject) => messages.push({ id: `m${messages.length}`, ...message });
  const write = (told: readonly TranscriptEvent[], body: JsonObject) => {
    const timestamp = told[0]!.time ?? created;
    const uuid = eventUuid(scope, events.length);
    const event = { timestamp, working_start: 0, uuid, ...body };
    const stored = told.map(storedEvent);
    const isExact = sameEvents(reader.read(event, messages), stored);
    const metadata = { [STORED]: stored as unknown as Json };
    events.push(isExact ? event : { ...event, metadata });
  };
  /** Inputs that no call follows: the conversation has them, a note keeps their place. */
  const flush = () => {
    for (const input of inputs) write([input], note(storedEvent(input)));
    inputs = [];
  };

  for await (const { isTurn, events: group } of turnGroups(source)) {
    const [first] = group as [TranscriptEvent];
    if (first.kind === "input") {
      say(inputMessage(first));
      inputs.push(first);
      continue;
    }
    if (isTurn) {
      const message = { id: `m${messages.length}`, ...turnMessage(group) };
      for (const event of group) {
        if (event.kind === "tool-call" && event.callId) tools.set(event.callId, event.tool);
      }
      output = modelOutput(group, message);
      const refs = messages.length === 0 ? [] : [[0, messages.length]];
      write([...inputs, ...group], modelEvent(first, output, refs));
      inputs = [];
      messages.push(message);
      continue;
    }
    flush();
    if (first.kind === "tool-result") {
      const tool = first.tool ?? tools.get(first.callId ?? "") ?? "";
      write(group, toolEvent(first, tool));
      say({
        role: "tool",
        content: first.text,
        tool_call_id: first.callId ?? null,
        function: tool,
      });
    } else write(group, singleEvent(storedEvent(first)));
  }
  flush();
  return { events, messages: reader.sawModel() ? messages : [], output };
}

/** By this id the results of a scan refer to an event. The same log has the same ids. */
function eventUuid(scope: string, index: number): string {
  return hash("sha256", `${scope}\n${index}`, "base64url").slice(0, 22);
}

/** What reading gives, record by record: the reader remembers what it was told. */
function sampleReader(): {
  read(event: JsonObject, messages: readonly JsonObject[]): readonly StoredEvent[];
  sawModel(): boolean;
} {
  const converter: InspectEvents = inspectEvents();
  const known = inputMessages();
  return {
    read(event, messages) {
      const input = known.unseen(event)?.flatMap(([from, to]) => messages.slice(from, to));
      return converter.convert(event, pointer(""), input).map(({ at, index, ...read }) => read);
    },
    sawModel: () => !converter.needsLeftover(),
  };
}
