import type { Action } from "../../actions/index.ts";
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
export function matchFile(action: Action, match: FileMatch): Span | undefined {
  const deed = deedOf(action);
  if (deed === undefined || !(match.does as readonly string[]).includes(action.kind))
    return undefined;
  const paths = deed.path.split("\n");
  if (!paths.some((path) => match.path.test(path) && !match.unless?.test(path))) return undefined;
  const before = action.kind === "edit" ? (action.before ?? "") : "";
  const { added, removed, fewer } = match;
  if (added !== undefined) {
    const known = new Set(before.split("\n").map((line) => line.trim()));
    return lines(deed.text).find(({ line }) => marked(line, added) && !known.has(line.trim()));
  }
  const whole = { start: 0, end: deed.text.length };
  if (removed !== undefined) {
    const kept = new Set(deed.text.split("\n").map((line) => line.trim()));
    const gone = before.split("\n").some((line) => marked(line, removed) && !kept.has(line.trim()));
    return gone ? whole : undefined;
  }
  if (fewer !== undefined) {
    const count = (text: string) => lines(text).filter(({ line }) => marked(line, fewer)).length;
    const [had, has] = [count(before), count(deed.text)];
    return action.kind === "edit" && action.after !== undefined && had > has ? whole : undefined;
  }
  return whole;
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
