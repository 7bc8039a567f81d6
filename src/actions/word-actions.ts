import { languageNamed, languageOfText } from "./languages.ts";
import { add, type Found, type Gathering, madeOf, slice } from "./place.ts";
import { addScript } from "./shell-actions.ts";
import { addToolCall } from "./tool-actions.ts";
import { parseWritten } from "./written-values.ts";

/**
 * What stands in a model's words: fenced code, which is shown and not run, and the calls of agents
 * that write theirs as text (`<tool_use>{…}</tool_use>`, Terminus' JSON of keystrokes).
 */
export function addWords(gathering: Gathering, words: Found): void {
  addWrittenCalls(gathering, words);
  addKeystrokes(gathering, words);
  addFences(gathering, words);
}

const CALL = "<tool_use>";
const CALL_END = "</tool_use>";

function addWrittenCalls(gathering: Gathering, words: Found): void {
  const { text } = words;
  for (let at = text.indexOf(CALL); at >= 0; ) {
    const start = at + CALL.length;
    const close = text.indexOf(CALL_END, start);
    const end = close < 0 ? text.length : close;
    const call = parseWritten(text.slice(start, end));
    const name = call?.tool_name ?? call?.name;
    const input = call?.tool_input ?? call?.input ?? call?.arguments;
    if (typeof name === "string" && input !== undefined) {
      const place = madeOf(slice(words, start, end), "");
      const inner: Gathering = { actions: [] };
      addToolCall(inner, name, input, words.at.pointer);
      const first = gathering.actions.length;
      for (const action of inner.actions) {
        const { at: _at, verbatim: _verbatim, within, ...body } = action;
        add(gathering, place, body, within === undefined ? undefined : within + first);
      }
    }
    at = close < 0 ? -1 : text.indexOf(CALL, end);
  }
}

/** Terminus: `{"commands": [{"keystrokes": "ls\n"}]}`. */
function addKeystrokes(gathering: Gathering, words: Found): void {
  if (!words.text.includes('"keystrokes"')) return;
  const commands = parseWritten(words.text)?.commands;
  if (!Array.isArray(commands)) return;
  for (const command of commands) {
    const keys = typeof command === "object" && command !== null ? command.keystrokes : undefined;
    if (typeof keys === "string" && keys.trim() !== "") addScript(gathering, madeOf(words, keys));
  }
}

const FENCE = /^[ \t]{0,8}(`{3,}|~{3,})[ \t]*([\w+#.-]{0,40})[^\n`]*$/gm;

function addFences(gathering: Gathering, words: Found): void {
  const { text } = words;
  if (!text.includes("```") && !text.includes("~~~")) {
    if (isAllCode(text)) {
      const language = languageOfText(text);
      add(gathering, words, { kind: "code", language, text, executed: false });
    }
    return;
  }
  let open: { mark: string; name: string; start: number } | undefined;
  for (const match of text.matchAll(FENCE)) {
    const mark = match[1]!;
    if (open === undefined) {
      open = { mark, name: match[2]!, start: match.index + match[0].length + 1 };
    } else if (mark.startsWith(open.mark) && match[2] === "") {
      addFence(
        gathering,
        slice(words, open.start, Math.max(match.index - 1, open.start)),
        open.name,
      );
      open = undefined;
    }
  }
  if (open !== undefined && open.start < text.length) {
    addFence(gathering, slice(words, open.start, text.length), open.name);
  }
}

function addFence(gathering: Gathering, code: Found, name: string): void {
  const language = languageNamed(name) ?? (name === "" ? languageOfText(code.text) : undefined);
  // Text without a language is output or prose.
  if (code.text === "" || (language === undefined && name === "")) return;
  add(gathering, code, { kind: "code", language, text: code.text, executed: false });
}

/** Lines that a person would not write as prose, and lines that nobody would take for prose. */
const CODE_LINE =
  /^\s|^$|[{}();:,\]>\\]$|^(?:#|\/\/|@|"""|import |from |return|raise |assert |pass$|else|try|\}|const |let |use |package )|^[\w.[\]"', ]+ [-+*/]?= /;
const SURELY_CODE =
  /^\s*(?:(?:async )?def \w+\(|class \w+[(:{]|import [\w.]+(?: as \w+|$)|from [\w.]+ import |(?:if|for|while|with|elif) .+:$|(?:const|let|var) \w+ = |function \w+\(|(?:pub )?fn \w+|func \w+\(|package \w+$|#include |assert \S|return\b|[\w.[\]]+ = \S|(?:if|for|while) .+: \w|\w[\w.]*\(.*\);?$)/;
const MAX_BARE = 100_000;

/** Agents whose words are a file's content and nothing else write it without a fence. */
function isAllCode(text: string): boolean {
  if (text.length > MAX_BARE) return false;
  let surely = false;
  for (const whole of text.trimEnd().split("\n")) {
    const line = whole.split(/ {1,2}(?:#|\/\/) /, 1)[0]!.trimEnd();
    const isSure = SURELY_CODE.test(line);
    if (!isSure && !CODE_LINE.test(line)) return false;
    surely ||= isSure;
  }
  return surely;
}
