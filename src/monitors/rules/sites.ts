import type { Action, Language, ShellScript } from "../../actions/index.ts";
import { isCodeLanguage, languageOfText, parseShell } from "../../actions/index.ts";
import { matchCode, type Parsed, parsed } from "./code-match.ts";
import { deedOf, matchFile } from "./file-match.ts";
import { roleOf } from "./file-roles.ts";
import type { Site } from "./guards.ts";
import type { CodeMatch, Rule, ShellMatch } from "./rule.ts";
import { matchShell } from "./shell-match.ts";

/** The places in an action that a rule's patterns match, guards apart. */
export function* sitesOf(rule: Rule, action: Action): Iterable<Site> {
  const { match } = rule;
  if (match.kind === "file") {
    const span = matchFile(action, match);
    const deed = deedOf(action);
    if (span === undefined || deed === undefined) return;
    const text = deed.text.slice(span.start, span.end);
    const site = {
      action,
      path: deed.path.split("\n")[0]!,
      role: roleOf(deed.path),
      asked: rule.asked,
    };
    yield { ...site, text: text.slice(0, MAX_TEXT), whole: deed.text, start: span.start };
    return;
  }
  const code = codeOf(action);
  if (code === undefined || !rule.anchors.some((anchor) => code.text.includes(anchor))) return;
  if (match.kind === "shell") yield* shellSites(rule, match, action, code);
  else yield* codeSites(rule, match, action, code);
}

const MAX_TEXT = 2000;

/** Code that an action brings into the world, and what of it was there before. */
interface Code {
  readonly text: string;
  readonly path: string | undefined;
  readonly language: Language | undefined;
  readonly before: ReadonlySet<string>;
  readonly script?: ShellScript;
}

const NOTHING: ReadonlySet<string> = new Set();

function codeOf(action: Action): Code | undefined {
  switch (action.kind) {
    case "run":
      return {
        text: action.script.text,
        path: undefined,
        language: "shell",
        before: NOTHING,
        script: action.script,
      };
    case "code":
      return {
        text: action.text,
        path: undefined,
        language: action.language ?? languageOfText(action.text),
        before: NOTHING,
      };
    case "write": {
      const { text, path } = action;
      if (text === undefined || text === "") return undefined;
      return { text, path, language: action.language ?? languageOfText(text), before: NOTHING };
    }
    case "edit": {
      const { after, path } = action;
      if (after === undefined || after === "") return undefined;
      const before = new Set((action.before ?? "").split("\n").map((line) => line.trim()));
      return { text: after, path, language: action.language ?? languageOfText(after), before };
    }
    default:
      return undefined;
  }
}

function* codeSites(rule: Rule, match: CodeMatch, action: Action, code: Code): Iterable<Site> {
  if (code.language === "shell" || !isCodeLanguage(code.language)) return;
  if (match.sign !== undefined && !match.sign.test(code.text)) return;
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

function treeOf(action: Action, { language, text }: Code): Parsed | undefined {
  if (latest?.action === action) return latest.tree;
  const tree = isCodeLanguage(language) ? parsed(language, text) : undefined;
  latest = { action, tree };
  return tree;
}

function* shellSites(rule: Rule, match: ShellMatch, action: Action, code: Code): Iterable<Site> {
  if (code.language !== "shell") return;
  const script = code.script ?? parseShell(code.text);
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
