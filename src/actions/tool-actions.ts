import type { Json, JsonObject } from "../record/index.ts";
import { addEditorCall } from "./editor-actions.ts";
import { languageNamed, languageOfText } from "./languages.ts";
import { addPatch } from "./patch-actions.ts";
import { add, type Found, found, type Gathering, join, madeOf } from "./place.ts";
import { addExecuted, addScript } from "./shell-actions.ts";
import { addAgentCommand } from "./swe-agent-actions.ts";
import { type Call, field, PATHS } from "./tool-fields.ts";
import { parseWritten } from "./written-values.ts";

/**
 * The actions of one tool call, by the tool's name where it tells and by the shape of its arguments
 * where it does not; a `call` where neither says what it would do.
 */
export function addToolCall(
  gathering: Gathering,
  tool: string,
  value: Json,
  pointer: string,
): void {
  const before = gathering.actions.length;
  const call = callOf(tool, value, pointer);
  if (call !== undefined) TOOLS.some((add) => add(gathering, call));
  if (gathering.actions.length > before) return;
  const at = typeof value === "string" ? found(value, pointer) : found(tool, "/tool");
  add(gathering, at, { kind: "call", tool, arguments: value });
}

type Adder = (gathering: Gathering, call: Call) => boolean;

const COMMANDS = [
  "command",
  "cmd",
  "keystrokes",
  "bash_command",
  "shell_command",
  "script",
  "commands",
] as const;
const EDITOR_COMMANDS = new Set(
  "view create str_replace insert undo_edit write read edit delete rename".split(" "),
);

const TOOLS: readonly Adder[] = [
  patchCall,
  editorCall,
  shellCall,
  codeCall,
  addEditorCall,
  requestCall,
];

function callOf(tool: string, value: Json, pointer: string): Call | undefined {
  const name = nameOf(tool);
  if (typeof value === "string") {
    const written = found(value, pointer);
    const parsed = parseWritten(value);
    const own = tool !== "" ? name : nameOf(/^[\w.-]{1,100}/.exec(value)?.[0] ?? "");
    if (parsed !== undefined) return { name: own, fields: parsed, pointer, written };
    return {
      name: own,
      fields: { "": value },
      pointer: pointer.slice(0, pointer.lastIndexOf("/")),
      written,
    };
  }
  if (value === null || typeof value !== "object") return undefined;
  if (Array.isArray(value)) return { name, fields: { command: value }, pointer, list: pointer };
  return { name, fields: value as JsonObject, pointer };
}

function nameOf(tool: string): string {
  const bare = tool.slice(0, 200).replace(/^(?:mcp__.*?__|functions?\.|tools?\.)/, "");
  return bare
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/[\s./:-]+/g, "_")
    .toLowerCase();
}

function patchCall(gathering: Gathering, call: Call): boolean {
  const patch = field(call, "input", "patch", "diff", "patch_text", "patchText", "");
  if (patch === undefined) return false;
  const marked = patch.text.includes("*** Begin Patch");
  if (!marked && !/^(?:@@ -\d|diff --git |--- \S)/m.test(patch.text)) return false;
  if (!marked && !/patch|diff|edit/.test(call.name)) return false;
  addPatch(gathering, patch, field(call, ...PATHS)?.text ?? "");
  return true;
}

/** An editor whose `command` says what it does with `path`. */
function editorCall(gathering: Gathering, call: Call): boolean {
  const command = call.fields.command;
  if (typeof command !== "string" || !EDITOR_COMMANDS.has(command)) return false;
  if (field(call, ...PATHS) === undefined) return false;
  return addEditorCall(gathering, { ...call, name: command });
}

function shellCall(gathering: Gathering, call: Call): boolean {
  const folder = field(call, "workdir", "cwd", "working_directory", "dir", "working_dir")?.text;
  const isShell = /(?:^|_)(?:bash|shell|sh|exec|terminal|command|cmd|console)(?:_|$)/.test(
    call.name,
  );
  const script = field(call, ...COMMANDS, ...(isShell ? ["input", "code", "", "chars"] : []));
  if (script !== undefined) {
    if (/python|javascript|node/.test(call.name)) return false;
    const { args } = call.fields;
    if (Array.isArray(args)) {
      const words = [script.text, ...args.map((arg) => quoted(String(arg)))];
      addScript(gathering, madeOf(script, words.join(" ")), { folder });
      return true;
    }
    if (!addAgentCommand(gathering, script)) addScript(gathering, script, { folder });
    return true;
  }
  const words = COMMANDS.map((key) => call.fields[key]).find((value) => Array.isArray(value));
  if (words === undefined) return false;
  return addWords(gathering, call, words as readonly Json[], folder);
}

/** A command as a list of words: `["bash", "-lc", "…"]`, or keystrokes by steps. */
function addWords(
  gathering: Gathering,
  call: Call,
  words: readonly Json[],
  folder: string | undefined,
): boolean {
  const key = COMMANDS.find((name) => Array.isArray(call.fields[name])) ?? "command";
  const list = call.list ?? join(call.pointer, key);
  if (words.length > 0 && words.every((word) => word !== null && typeof word === "object")) {
    for (const [index, step] of words.entries()) {
      if (Array.isArray(step)) continue;
      const inner = {
        ...call,
        fields: step as JsonObject,
        pointer: join(list, index),
      };
      const script = field(inner, ...COMMANDS);
      if (script !== undefined) addScript(gathering, script, { folder });
    }
    return true;
  }
  if (words.length === 0 || !words.every((word) => typeof word === "string")) return false;
  const texts = words as readonly string[];
  const isShell = /(?:^|\/)(?:ba|z|da)?sh$/.test(texts[0]!) && /^-\w*c$/.test(texts[1] ?? "");
  const at = found(texts[2] ?? "", join(list, 2));
  if (isShell && texts[2] !== undefined) {
    addScript(gathering, call.written === undefined ? at : madeOf(call.written, texts[2]), {
      folder,
    });
  } else if (texts[0] === "apply_patch" && texts[1] !== undefined) {
    const patch = found(texts[1], join(list, 1));
    addPatch(gathering, call.written === undefined ? patch : madeOf(call.written, texts[1]), "");
  } else {
    const whole = madeOf(found("", join(list, 0)), texts.map(quoted).join(" "));
    addScript(gathering, { ...whole, at: { ...whole.at, end: texts[0]!.length } }, { folder });
  }
  return true;
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

function codeCall(gathering: Gathering, call: Call): boolean {
  const named = call.name
    .split("_")
    .map(languageNamed)
    .find((language) => language !== undefined);
  const isCode = named !== undefined && named !== "shell";
  const code = field(
    call,
    "code",
    "new_source",
    "python_code",
    "source_code",
    ...(isCode ? ["input", "script", "command", "cmd", ""] : []),
  );
  if (code === undefined || code.text.trim() === "") return false;
  const path = field(call, ...PATHS)?.text;
  if (path !== undefined && !/run|exec/.test(call.name)) return false;
  const given = call.fields.language ?? call.fields.lang;
  const language =
    (typeof given === "string" ? languageNamed(given) : undefined) ??
    (isCode ? named : languageOfText(code.text));
  const executed = isCode || /run|exec|eval|interpret|cell|repl/.test(call.name);
  if (language === "shell") {
    if (executed || !/write|create|save/.test(call.name)) {
      addScript(gathering, code);
      return true;
    }
  }
  if (!executed) {
    add(gathering, code, { kind: "code", language, text: code.text, executed });
    return true;
  }
  const at = addExecuted(gathering, code, language);
  if (language === "python") addMagics(gathering, code, at);
  return true;
}

/** `%%bash` and `!command` of a notebook's cell. */
function addMagics(gathering: Gathering, code: Found, within: number): void {
  const cell = /^\s*%%(?:bash|sh|script bash)[^\n]*\n/.exec(code.text);
  if (cell !== null) {
    const rest = code.text.slice(cell[0].length);
    addScript(gathering, { ...madeOf(code, rest) }, { within });
    return;
  }
  const lines = code.text
    .split("\n")
    .filter(
      (line) => /^\s*[!%]\s?(?:\w|\/|\.)/.test(line) && /^\s*!|^\s*%(?:sx|system) /.test(line),
    );
  if (lines.length === 0) return;
  const script = lines.map((line) => line.replace(/^\s*(?:!|%(?:sx|system) )/, "")).join("\n");
  addScript(gathering, madeOf(code, script), { within });
}

function requestCall(gathering: Gathering, call: Call): boolean {
  const url = field(call, "url", "uri", "URL", "link", "href", "website");
  if (url === undefined || url.text === "") return false;
  const body = field(call, "body", "data", "payload", "content", "prompt");
  add(gathering, url, { kind: "request", url: url.text, ...(body ? { body: body.text } : {}) });
  return true;
}
