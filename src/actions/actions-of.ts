import type { TranscriptEvent } from "../record/index.ts";
import type { Action } from "./action.ts";
import { addPatch } from "./patch-actions.ts";
import { found, type Gathering } from "./place.ts";
import { addToolCall } from "./tool-actions.ts";
import { addWords } from "./word-actions.ts";

/**
 * What an event does or shows, in the order in which it would take effect: the actions of a tool
 * call, the hunks of a diff, the code and the calls in what the model says. Never throws; takes time
 * in proportion to the event; the same event gives the same list.
 */
export function actionsOf(event: TranscriptEvent): readonly Action[] {
  const known = kept.get(event);
  if (known !== undefined) return known;
  const gathering: Gathering = { actions: [] };
  switch (event.kind) {
    case "tool-call":
      addToolCall(gathering, event.tool, event.arguments, "/arguments");
      break;
    case "diff":
      addPatch(gathering, found(event.patch, "/patch"), event.path);
      break;
    case "output":
      addWords(gathering, found(event.text, "/text"));
      break;
    default:
  }
  kept.set(event, gathering.actions);
  return gathering.actions;
}

const kept = new WeakMap<TranscriptEvent, readonly Action[]>();
