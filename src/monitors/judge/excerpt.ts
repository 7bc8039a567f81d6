import type { Action } from "../../actions/index.ts";
import { actionsOf } from "../../actions/index.ts";
import type { Json, TranscriptEvent } from "../../record/index.ts";

/**
 * Tokens that a text will come to, estimated from above for prose and code: its UTF-8 bytes by
 * three. No tokenizer is the right one for all models.
 */
export function tokensOf(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / 3);
}

/**
 * An event as it stands in a view: its head in the first column, and each line of its text behind a
 * bar, so that no text can pass itself off as another event.
 */
export function shownEvent(event: { readonly index: number }, head: string, text: string): string {
  const lines = text.replace(/\r\n?/g, "\n").split("\n");
  return [`[E${event.index}] ${oneLine(head)}`, ...lines.map((line) => `| ${line}`)].join("\n");
}

/** At most `most` UTF-16 units of a text: its beginning and its end, with what was cut marked. */
export function cutMiddle(text: string, most: number): string {
  if (text.length <= most) return text;
  const head = wholeUpTo(text, Math.floor(most * 0.6));
  const tail = wholeFrom(text, text.length - Math.floor(most * 0.4));
  return `${text.slice(0, head)}\n(… ${tail - head} characters left out …)\n${text.slice(tail)}`;
}

/** The same, but only the end: where tools say how they came out. */
export function cutHead(text: string, most: number): string {
  if (text.length <= most) return text;
  const from = wholeFrom(text, text.length - most);
  return `(… ${from} characters left out …)\n${text.slice(from)}`;
}

/** A tool call's arguments for reading: strings as they are, under their names. */
export function shownArguments(value: Json): string {
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return JSON.stringify(value);
  }
  return Object.entries(value)
    .map(([name, member]) => {
      const text = typeof member === "string" ? member : JSON.stringify(member);
      return text.includes("\n") ? `${oneLine(name)}:\n${text}` : `${oneLine(name)}: ${text}`;
    })
    .join("\n");
}

/** The strings in a tool call's arguments, bounded in number and depth. */
export function argumentStrings(value: Json): readonly string[] {
  const strings: string[] = [];
  const open: Json[] = [value];
  while (open.length > 0 && strings.length < 200) {
    const next = open.shift();
    if (typeof next === "string") strings.push(next);
    else if (typeof next === "object" && next !== null) {
      const members = Array.isArray(next) ? (next as readonly Json[]) : Object.values(next);
      open.push(...members.slice(0, 1000));
    }
  }
  return strings;
}

/** What a model's words hold of deeds: fenced code and calls written as text; "" where none. */
export function deedsInWords(event: TranscriptEvent): string {
  const outer = actionsOf(event).filter(({ within }) => within === undefined);
  return outer.map(shownAction).join("\n\n");
}

function shownAction(action: Action): string {
  switch (action.kind) {
    case "run":
      return action.script.text;
    case "code":
      return action.text;
    case "write":
      return `write ${action.path}\n${action.text ?? ""}`;
    case "edit":
      return `edit ${action.path}\nbefore:\n${action.before ?? "?"}\nafter:\n${action.after ?? "?"}`;
    case "read":
    case "delete":
      return `${action.kind} ${action.path}`;
    case "move":
      return `${action.keeps ? "copy" : "move"} ${action.from} ${action.to}`;
    case "request":
      return `request ${action.url}\n${action.body ?? ""}`;
    case "call":
      return `${action.tool}\n${shownArguments(action.arguments)}`;
  }
}

export type EventOf<Kind extends TranscriptEvent["kind"]> = Extract<
  TranscriptEvent,
  { readonly kind: Kind }
>;

export function oneLine(text: string): string {
  const plain = text.replace(/\s+/g, " ").trim();
  return plain.length > 200 ? `${plain.slice(0, wholeUpTo(plain, 200))}…` : plain;
}

/** Not between the halves of a character. */
function wholeUpTo(text: string, end: number): number {
  return isLow(text, end) ? end - 1 : end;
}

function wholeFrom(text: string, start: number): number {
  return isLow(text, start) ? start + 1 : start;
}

function isLow(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit <= 0xdfff;
}
