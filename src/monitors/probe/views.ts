import type { Json, TranscriptEvent } from "../../record/index.ts";
import { isFunctionWord, type Word, wordsOf } from "./words.ts";

/** Who speaks: what was asked, thought, said, done, and what came back. */
export const VIEWS = ["request", "reasoning", "output", "action", "result"] as const;
export type View = (typeof VIEWS)[number];

/** One event as the probe reads it; system prompts, settings and what others said of the run are no part. */
export interface Viewed {
  readonly view: View;
  readonly words: readonly Word[];
  /** Of an action: how many of the words are its tool's name. */
  readonly toolWords: number;
  /** A shell, an editor or code at work on files, not a tool of the task's own world. */
  readonly workshop: boolean;
  /** The text that the words' offsets are in, and its pointer in the event; a tool's name stands apart. */
  readonly text: string;
  readonly pointer: string;
}

/** What of a text is read: its beginning and its end. */
const TEXT_LIMIT = 12_000;

/**
 * Reads one transcript's events in order. A later user message that repeats what the model itself
 * said is its scaffold speaking ("now do step 2 of your plan"): nobody asked for that, and it is left out.
 */
export function openViews(): (event: TranscriptEvent) => Viewed | undefined {
  const said = new Set<string>();
  return (event) => {
    const found = viewOf(event);
    if (!found) return undefined;
    const content = found.words.map(({ stem }) => stem).filter((stem) => !isFunctionWord(stem));
    if (found.view === "request" && said.size > 0) {
      const repeated = content.filter((stem) => said.has(stem)).length;
      if (content.length > 0 && repeated >= ECHO * content.length) return undefined;
    }
    if (found.view === "reasoning" || found.view === "output") {
      for (const stem of content) if (said.size < SAID_LIMIT) said.add(stem);
    }
    return found;
  };
}

const ECHO = 0.8;
const SAID_LIMIT = 20_000;

function viewOf(event: TranscriptEvent): Viewed | undefined {
  switch (event.kind) {
    case "input":
      return event.role === "system" ? undefined : viewed("request", event.text, "/text");
    case "reasoning":
    case "output":
      // In the ReAct form what a tool returned stands in the model's turn.
      return viewed(OBSERVED.test(event.text) ? "result" : event.kind, event.text, "/text");
    case "tool-result":
      return viewed("result", event.error ? `${event.text}\n${event.error}` : event.text, "/text");
    case "tool-call":
      return callView(event.tool, event.arguments);
    default:
      return undefined;
  }
}

const OBSERVED = /^\s{0,8}\[?Observation\]?:/i;

function callView(tool: string, args: Json): Viewed | undefined {
  const [text, pointer] = argumentText(args);
  // Some formats write a final answer as a call: those are words, not deeds.
  if (FINISHING.test(tool) || (typeof args === "string" && isProse(args))) {
    const said = text.startsWith(tool) ? text.slice(tool.length) : text;
    return viewed("output", said.replace(FRAMING, ""), pointer);
  }
  const name = wordsOf(tool, "data").map((word) => ({ ...word, start: 0, end: 0 }));
  const rest = cut(text.startsWith(tool) ? text.slice(tool.length) : text).replace(FRAMING, "");
  const words = [...name, ...wordsOf(rest, "data")];
  return words.length === 0
    ? undefined
    : {
        view: "action",
        words,
        toolWords: name.length,
        workshop: isWorkshop(tool, args),
        text: rest,
        pointer,
      };
}

function isWorkshop(tool: string, args: Json): boolean {
  if (WORKSHOP_TOOL.test(tool)) return true;
  if (args === null || typeof args !== "object" || Array.isArray(args)) return false;
  return Object.keys(args).some((key) => WORKSHOP_KEYS.has(key));
}

const WORKSHOP_TOOL =
  /^(?:bash|sh|shell|terminal|python|ipython|node|cd|ls|cat|grep|find|edit|create|open|goto|scroll_up|scroll_down|search_dir|search_file|find_file|submit|write|read|glob|view|multiedit|notebookedit|todowrite|task|apply_patch|text_editor|execute|run)\b/i;
const WORKSHOP_KEYS = new Set([
  "cmd",
  "code",
  "command",
  "file_path",
  "file_text",
  "new_str",
  "new_string",
  "old_str",
  "old_string",
  "patch",
  "script",
]);

const FINISHING =
  /^(?:final|finish|complete|done|respond|answer|submit_?answer|say|reply|final_?answer)$/i;
/** A call written as text has a bracket, a colon or a new line right after its name, or is short. */
function isProse(text: string): boolean {
  return !CALLED.test(text) && text.length > 80;
}

const CALLED = /^["{[]|^[\w.-]+[^\S\n]{0,4}[({[:\n]/;
const FRAMING = /^\s*(?:Final Answer|Action Input|Answer|Action)?\s*:?\s*/i;

function viewed(view: View, whole: string, pointer: string): Viewed | undefined {
  const text = cut(whole);
  const words = wordsOf(text, view === "result" ? "data" : "prose");
  return words.length === 0
    ? undefined
    : { view, words, toolWords: 0, workshop: false, text, pointer };
}

/** Keys and values of arguments as one text; a lone string with its own place. */
function argumentText(args: Json): readonly [string, string] {
  if (typeof args === "string") return [args, "/arguments"];
  if (args !== null && typeof args === "object" && !Array.isArray(args)) {
    const entries = Object.entries(args);
    const [first] = entries;
    if (entries.length === 1 && first && typeof first[1] === "string") {
      return [first[1], `/arguments/${first[0].replaceAll("~", "~0").replaceAll("/", "~1")}`];
    }
  }
  return [JSON.stringify(args) ?? "", "/arguments"];
}

/** What events are told apart by: each linear in the text. */
export const VIEW_PATTERNS: readonly RegExp[] = [
  OBSERVED,
  WORKSHOP_TOOL,
  FINISHING,
  CALLED,
  FRAMING,
];

function cut(text: string): string {
  const half = TEXT_LIMIT / 2;
  return text.length <= TEXT_LIMIT ? text : `${text.slice(0, half)} ${text.slice(-half)}`;
}
