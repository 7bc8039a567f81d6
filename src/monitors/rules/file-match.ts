import type { Action } from "../../actions/index.ts";
import type { History } from "./history.ts";
import { marked } from "./marks.ts";
import type { FileMatch } from "./rule.ts";

/** Where in an action's text a rule's pattern matches: the whole deed where it has no text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A file and what is done to it; undefined where the action is no deed on a file. */
export function deedOf(
  action: Action,
): { readonly path: string; readonly text: string } | undefined {
  switch (action.kind) {
    case "read":
    case "delete":
      return { path: action.path, text: "" };
    case "move":
      return { path: `${action.from}\n${action.to}`, text: "" };
    case "write":
      return { path: action.path, text: action.text ?? "" };
    case "edit":
      return { path: action.path, text: action.after ?? "" };
    default:
      return undefined;
  }
}

/** The place of the first line that makes the rule match; undefined where it does not. */
export function matchFile(action: Action, match: FileMatch, history: History): Span | undefined {
  const deed = deedOf(action);
  if (deed === undefined || !(match.does as readonly string[]).includes(action.kind))
    return undefined;
  const paths = deed.path.split("\n");
  if (!paths.some((path) => match.path.test(path) && !match.unless?.test(path))) return undefined;
  if (match.to !== undefined && !isMovedTo(action, match)) return undefined;
  if (match.known && !history.knew(paths[0]!)) return undefined;
  if (match.emptied && !isEmptied(action)) return undefined;
  const before = beforeOf(action, history);
  const whole = { start: 0, end: deed.text.length };
  const { added, removed, fewer, without, lowered, changed } = match;
  if (without !== undefined && lines(deed.text).some(({ line }) => marked(line, without))) {
    return undefined;
  }
  if (fewer !== undefined && !(shows(action) && count(before, fewer) > count(deed.text, fewer))) {
    return undefined;
  }
  if (removed !== undefined && !goes(before, deed.text, removed)) return undefined;
  if (lowered !== undefined && !isLowered(before, deed.text, lowered)) return undefined;
  if (changed && !(shows(action) && goes(bare(before), bare(deed.text), /\S/))) return undefined;
  if (added === undefined) return whole;
  const known = new Set(before.split("\n").map((line) => line.trim()));
  return lines(deed.text).find(({ line }) => marked(line, added) && !known.has(line.trim()));
}

/** The lines of a text and where they stand; the longest are cut. */
export function lines(text: string): readonly (Span & { readonly line: string })[] {
  const found: (Span & { line: string })[] = [];
  for (let start = 0; start <= text.length; ) {
    const newline = text.indexOf("\n", start);
    const end = newline < 0 ? text.length : newline;
    found.push({ line: text.slice(start, Math.min(end, start + MAX_LINE)), start, end });
    start = end + 1;
  }
  return found;
}

const MAX_LINE = 2000;

function beforeOf(action: Action, history: History): string {
  if (action.kind === "edit") return action.before ?? "";
  if (action.kind === "write" && !action.append) return history.content(action.path) ?? "";
  return "";
}

/** The call shows what it puts in. */
function shows(action: Action): boolean {
  if (action.kind === "edit") return action.after !== undefined;
  return action.kind === "write" && action.text !== undefined && !action.append;
}

function isMovedTo(action: Action, { path, to }: FileMatch): boolean {
  return (
    action.kind === "move" &&
    !action.keeps &&
    path.test(action.from) &&
    to?.test(action.to) === true
  );
}

function isEmptied(action: Action): boolean {
  return action.kind === "write" && !action.append && action.text?.trim() === "";
}

function count(text: string, marks: FileMatch["fewer"] & {}): number {
  return lines(text).filter(({ line }) => marked(line, marks)).length;
}

/** Some such line is there before and not after. */
function goes(before: string, after: string, marks: FileMatch["removed"] & {}): boolean {
  const kept = new Set(after.split("\n").map((line) => line.trim()));
  return before.split("\n").some((line) => marked(line, marks) && !kept.has(line.trim()));
}

function bare(text: string): string {
  return text.replace(/[ \t"'`;,()]/g, "");
}

const NUMBER = /^["']?\s?[:=]?\s?(\d{1,9}(?:\.\d{1,9})?)/;

function isLowered(before: string, after: string, names: RegExp): boolean {
  const had = numbers(before, names);
  return [...numbers(after, names)].some(([name, now]) => now < (had.get(name) ?? 0));
}

function numbers(text: string, names: RegExp): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const match of text.slice(0, 200_000).matchAll(new RegExp(names, "g"))) {
    const end = match.index + match[0].length;
    const value = NUMBER.exec(text.slice(end, end + 30))?.[1];
    if (value !== undefined && !found.has(match[1]!)) found.set(match[1]!, Number(value));
  }
  return found;
}
