import type { Json, JsonObject } from "../record/index.ts";
import { languageOf } from "./languages.ts";
import { add, type Found, type Gathering, join } from "./place.ts";
import { type Call, field, PATHS } from "./tool-fields.ts";

/** Tools that read, write, edit, delete or move a file; false where the call is none of these. */
export function addEditorCall(gathering: Gathering, call: Call): boolean {
  const path = field(call, ...PATHS);
  return (
    addEdits(gathering, call, path) ||
    addWrite(gathering, call, path) ||
    addMove(gathering, call) ||
    (path !== undefined && addPlain(gathering, call, path))
  );
}

const BEFORE = ["old_string", "old_str", "oldText", "old_text", "search", "before", "old"] as const;
const AFTER = [
  "new_string",
  "new_str",
  "newText",
  "new_text",
  "replace",
  "after",
  "new",
  "replacement",
] as const;
const TEXT = [
  "content",
  "file_text",
  "contents",
  "text",
  "new_source",
  "data",
  "code",
  "code_edit",
  "new_content",
] as const;

function addEdits(gathering: Gathering, call: Call, path: Found | undefined): boolean {
  const { edits } = call.fields;
  if (Array.isArray(edits) && edits.length > 0) {
    for (const [index, edit] of (edits as readonly Json[]).entries()) {
      if (edit === null || typeof edit !== "object" || Array.isArray(edit)) continue;
      const pointer = join(call.pointer, "edits", index);
      const inner: Call = { ...call, fields: edit as JsonObject, pointer };
      addEdit(gathering, inner, field(inner, ...PATHS) ?? path);
    }
    return true;
  }
  return addEdit(gathering, call, path);
}

function addEdit(gathering: Gathering, call: Call, path: Found | undefined): boolean {
  const before = field(call, ...BEFORE);
  const after = field(call, ...AFTER);
  const inserts = /insert/.test(call.name) && after !== undefined;
  if (after === undefined || (before === undefined && !inserts)) return false;
  // A tool that replaces text in the file that is open names none.
  if (path === undefined && !/edit|replace/.test(call.name)) return false;
  const name = path?.text ?? "";
  const language = languageOf(name, after.text);
  const creates = before?.text === "" && !inserts;
  if (creates) {
    add(gathering, after, { kind: "write", path: name, text: after.text, append: false, language });
  } else {
    const text = before?.text ?? "";
    add(gathering, after, { kind: "edit", path: name, before: text, after: after.text, language });
  }
  return true;
}

function addWrite(gathering: Gathering, call: Call, path: Found | undefined): boolean {
  if (path === undefined || /read|view|search|grep|find|list|glob/.test(call.name)) return false;
  const text = field(call, ...TEXT);
  if (text === undefined) return false;
  const append =
    /append/.test(call.name) || call.fields.append === true || call.fields.mode === "a";
  const language = languageOf(path.text, text.text);
  const { text: content } = text;
  const whole = typeof call.fields.file_text === "string";
  if (/^(?:edit|notebook_edit|edit_file)$/.test(call.name) && !whole) {
    const body = {
      kind: "edit",
      path: path.text,
      before: undefined,
      after: content,
      language,
    } as const;
    add(gathering, text, body);
  } else {
    add(gathering, text, { kind: "write", path: path.text, text: content, append, language });
  }
  return true;
}

function addMove(gathering: Gathering, call: Call): boolean {
  if (!/move|rename|copy|link|^mv$|^cp$/.test(call.name)) return false;
  const from = field(call, "source", "from", "src", "old_path", "source_path", ...PATHS);
  const to = field(
    call,
    "destination",
    "to",
    "dst",
    "new_path",
    "target",
    "dest",
    "destination_path",
  );
  if (from === undefined || to === undefined) return false;
  const keeps = /copy|link|^cp$/.test(call.name);
  add(gathering, from, { kind: "move", from: from.text, to: to.text, keeps });
  return true;
}

/** Tools that take little more than a path: their names say what they do with it. */
function addPlain(gathering: Gathering, call: Call, path: Found): boolean {
  if (/delete|remove|unlink|^rm(?:dir)?$/.test(call.name)) {
    const recursive = call.fields.recursive === true || /dir|folder|recursive/.test(call.name);
    add(gathering, path, { kind: "delete", path: path.text, recursive });
  } else if (/write|create|save/.test(call.name)) {
    const language = languageOf(path.text);
    add(gathering, path, { kind: "write", path: path.text, append: false, language });
  } else if (/undo/.test(call.name)) {
    const language = languageOf(path.text);
    add(gathering, path, {
      kind: "edit",
      path: path.text,
      before: undefined,
      after: undefined,
      language,
    });
  } else if (/read|view|open|cat|get|list|grep|search|glob|find|ls|load|show/.test(call.name)) {
    add(gathering, path, { kind: "read", path: path.text });
  } else {
    return false;
  }
  return true;
}
