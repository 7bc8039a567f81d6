import { addEditorCall } from "./editor-actions.ts";
import { languageOf, languageOfText } from "./languages.ts";
import { parseShell } from "./parse-shell.ts";
import { addPatch } from "./patch-actions.ts";
import { add, type Found, type Gathering, madeOf, slice, within } from "./place.ts";
import type { ShellWord } from "./shell.ts";
import type { Call } from "./tool-fields.ts";

/**
 * SWE-agent's own commands, which stand where a shell script would: `edit 3:5 … end_of_edit`, `open`,
 * `create`, `str_replace_editor view …`. They may follow one another with shell lines between them;
 * false where the text begins with none of them.
 */
export function addAgentCommand(gathering: Gathering, script: Found): boolean {
  const { text } = script;
  const name = /^\s*(edit|insert|create|open|str_replace_editor|apply_patch)(?=\s)/.exec(text)?.[1];
  switch (name) {
    case "edit":
    case "insert":
      return addLineEdit(gathering, script) || addSearchEdit(gathering, script);
    case "create":
    case "open": {
      const [, path, line] = words(text);
      if (
        path === undefined ||
        (name === "open" && line !== undefined && !/^\d+$/.test(line.value))
      ) {
        return false;
      }
      const language = languageOf(path.value);
      const at = slice(script, path.start, path.end);
      if (name === "open") add(gathering, at, { kind: "read", path: path.value });
      else
        add(gathering, madeOf(at, ""), {
          kind: "write",
          path: path.value,
          text: "",
          append: false,
          language,
        });
      return true;
    }
    case "str_replace_editor":
      return addEditorCommand(gathering, script);
    case "apply_patch":
      if (!text.includes("*** Begin Patch")) return false;
      addPatch(gathering, script, "");
      return true;
    default:
      return false;
  }
}

/** `edit 3:5` with the lines that take their place, in the file that is open: its name is not said. */
function addLineEdit(gathering: Gathering, script: Found): boolean {
  const head = /^\s*(?:edit \d+:\d+|insert \d+)[ \t]*\n/.exec(script.text)?.[0];
  if (head === undefined) return false;
  const mark = script.text.search(/^end_of_(?:edit|insert)[ \t]*$/m);
  const end = mark < 0 ? script.text.length : mark;
  const lines = slice(script, head.length, Math.max(end, head.length));
  const after = lines.text;
  const language = languageOfText(after);
  add(gathering, lines, { kind: "edit", path: "", before: undefined, after, language });
  return true;
}

/** `edit "search" "replacement"`. */
function addSearchEdit(gathering: Gathering, script: Found): boolean {
  const [, search, replacement] = words(script.text);
  if (search === undefined || replacement === undefined) return false;
  const at = inside(script, replacement);
  const language = languageOfText(replacement.value);
  const { value: before } = search;
  add(gathering, at, { kind: "edit", path: "", before, after: replacement.value, language });
  return true;
}

/** `str_replace_editor create /path --file_text '…'`. */
function addEditorCommand(gathering: Gathering, script: Found): boolean {
  const [, command, path, ...rest] = words(script.text);
  if (command === undefined || path === undefined) return false;
  const fields: Record<string, string> = { path: path.value };
  for (const [index, { value }] of rest.entries()) {
    const next = rest[index + 1];
    if (/^--[a-z_]{1,40}$/.test(value) && next !== undefined) fields[value.slice(2)] = next.value;
  }
  const call: Call = { name: command.value, fields, pointer: script.at.pointer, written: script };
  const first = gathering.actions.length;
  if (!addEditorCall(gathering, call)) return false;
  // The text of the file stands in one of the words.
  for (const [index, action] of gathering.actions.entries()) {
    if (index < first) continue;
    const text =
      action.kind === "write" ? action.text : action.kind === "edit" ? action.after : undefined;
    const word = rest.find(({ value }) => value === text) ?? path;
    const { at, verbatim } = inside(script, word);
    gathering.actions[index] = { ...action, at, verbatim };
  }
  return true;
}

function words(text: string): readonly ShellWord[] {
  return parseShell(text).commands[0]?.words ?? [];
}

function inside(script: Found, word: ShellWord): Found {
  const quote = /^['"]/.test(word.text) ? 1 : 0;
  return within(script, word.start + quote, word.end - quote, word.value);
}
