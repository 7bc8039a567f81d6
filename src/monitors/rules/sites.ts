import { type Action, isCodeLanguage } from "../../actions/index.ts";
import type { ActionCode } from "./action-code.ts";
import { matchCode, type Parsed, parsed } from "./code-match.ts";
import { deedOf, matchFile } from "./file-match.ts";
import { roleOf } from "./file-roles.ts";
import { isForbidden } from "./forbidden-places.ts";
import type { Site } from "./guards.ts";
import type { History } from "./history.ts";
import { marked } from "./marks.ts";
import type { CodeMatch, Rule, ShellMatch } from "./rule.ts";
import { matchShell } from "./shell-match.ts";

/** The places in an action that a rule's patterns match, guards apart. */
export function* sitesOf(
  rule: Rule,
  action: Action,
  code: ActionCode | undefined,
  history: History,
): Iterable<Site> {
  const { match } = rule;
  if (match.kind === "request") {
    if (action.kind !== "request" || !isForbidden(action.url, history.forbidden())) return;
    const { url } = action;
    yield { action, path: url, role: "unknown", asked: rule.asked, text: url, whole: url };
    return;
  }
  if (match.kind === "file") {
    const span = matchFile(action, match, history);
    const deed = deedOf(action);
    if (span === undefined || deed === undefined) return;
    const text = deed.text.slice(span.start, span.end);
    const site = {
      action,
      path: deed.path.split("\n")[0]!,
      role: roleOf(deed.path),
      asked: rule.asked,
      takes: [match.fewer, match.removed, match.lowered, match.changed, match.without].some(
        Boolean,
      ),
    };
    yield { ...site, text: text.slice(0, MAX_TEXT), whole: deed.text, start: span.start };
    return;
  }
  if (code === undefined) return;
  if (match.kind === "shell") yield* shellSites(rule, match, action, code);
  else yield* codeSites(rule, match, action, code);
}

const MAX_TEXT = 2000;

function* codeSites(
  rule: Rule,
  match: CodeMatch,
  action: Action,
  code: ActionCode,
): Iterable<Site> {
  if (code.language === "shell" || !isCodeLanguage(code.language)) return;
  if (match.sign !== undefined && !marked(code.text, match.sign)) return;
  if (match.unless?.test(code.text)) return;
  const tree = treeOf(action, code);
  if (tree === undefined) return;
  for (const node of matchCode(tree, match)) {
    const text = node.text();
    const start = node.range().start.index;
    const line = lineAround(code.text, start);
    // In an edit only what is added counts: the match, or some line of it, is new.
    if (
      code.before.size > 0 &&
      [line, ...text.split("\n")].every((part) => code.before.has(part.trim()))
    )
      continue;
    if (code.before.size > 0 && code.before.has(line.trim()) && !text.includes("\n")) continue;
    const site = { action, path: code.path, role: roleOf(code.path), asked: rule.asked, node };
    yield { ...site, text: text.slice(0, MAX_TEXT), whole: code.text, start };
  }
}

/** The tree at hand: rules look at one action after the other, and trees hold much memory. */
let latest: { readonly action: Action; readonly tree: Parsed | undefined } | undefined;

function treeOf(action: Action, { language, text }: ActionCode): Parsed | undefined {
  if (latest?.action === action) return latest.tree;
  const tree = isCodeLanguage(language) ? parsed(language, text) : undefined;
  latest = { action, tree };
  return tree;
}

function* shellSites(
  rule: Rule,
  match: ShellMatch,
  action: Action,
  code: ActionCode,
): Iterable<Site> {
  if (code.language !== "shell") return;
  const script = code.script();
  for (const command of matchShell(script, match)) {
    const text = code.text.slice(command.start, command.end);
    if (code.before.has(lineAround(code.text, command.start).trim())) continue;
    const target = command.words.slice(1).findLast(({ value }) => !value.startsWith("-"));
    const site = {
      action,
      path: code.path ?? target?.value,
      role: roleOf(code.path),
      asked: rule.asked,
    };
    yield {
      ...site,
      text: text.slice(0, MAX_TEXT),
      whole: code.text,
      start: command.start,
      command,
    };
  }
}

function lineAround(text: string, at: number): string {
  const start = text.lastIndexOf("\n", at - 1) + 1;
  const end = text.indexOf("\n", at);
  return text.slice(start, end < 0 ? text.length : end);
}
