import type { ActionBody } from "./action.ts";
import { languageOf } from "./languages.ts";

/** What a call in a program does, and where it stands in the text. */
export interface CodeDeed {
  readonly start: number;
  readonly end: number;
  /** A shell script that it runs, or a deed of another kind. */
  readonly script?: string;
  readonly body?: ActionBody;
}

const MAX_DEEDS = 200;
const MAX_LITERAL = 5000;
const MAX_WORDS = 50;

/** Calls by the last part of their names, whatever the module was imported as. */
const CALL =
  /\b(system|popen|Popen|run|call|check_call|check_output|getoutput|getstatusoutput|exec|execSync|execFile|execFileSync|spawn|spawnSync|rmtree|remove|unlink|rmdir|rmSync|unlinkSync|rmdirSync|open|writeFileSync|appendFileSync|readFileSync|Path)[ \t]{0,4}\(\s{0,40}/g;
const RUNS =
  /^(?:system|popen|Popen|run|call|check_call|check_output|getoutput|getstatusoutput|exec(?:Sync|File|FileSync)?|spawn(?:Sync)?)$/;
const DELETES = /^(?:rmtree|remove|unlink|rmdir|rmSync|unlinkSync|rmdirSync)$/;
/** Without one of these, `run` and `open` are something else. */
const MODULES = /\b(?:subprocess|os|shutil|child_process|pathlib|fs|pty|open)\b/;

/**
 * What executed Python or JavaScript does to the machine by calls whose arguments are literals:
 * `os.system("…")`, `subprocess.run(["…"])`, `shutil.rmtree("…")`, `open("…", "w")`. Read from the text
 * and not from a tree: it takes time in proportion to the text and needs no grammar.
 */
export function deedsInCode(text: string): readonly CodeDeed[] {
  if (!MODULES.test(text)) return [];
  const deeds: CodeDeed[] = [];
  for (const call of text.matchAll(CALL)) {
    if (deeds.length >= MAX_DEEDS) break;
    const at = call.index + call[0].length;
    const words = wordsAt(text, at);
    if (words === undefined) continue;
    const deed = deedOf(call[1]!, words, text);
    if (deed !== undefined) deeds.push({ start: call.index, end: words.end, ...deed });
  }
  return deeds;
}

interface Words {
  readonly values: readonly string[];
  readonly end: number;
}

function deedOf(
  name: string,
  { values, end }: Words,
  text: string,
): Pick<CodeDeed, "script" | "body"> | undefined {
  const path = values[0]!;
  if (RUNS.test(name)) {
    return { script: values.length === 1 ? path : values.map(quoted).join(" ") };
  }
  const language = languageOf(path);
  const writes = { kind: "write", path, append: false, language } as const;
  if (name === "rmtree") return { script: `rm -rf ${quoted(path)}` };
  if (DELETES.test(name)) return { body: { kind: "delete", path, recursive: false } };
  if (name === "writeFileSync") return { body: writes };
  if (name === "appendFileSync") return { body: { ...writes, append: true } };
  if (name === "readFileSync") return { body: { kind: "read", path } };
  const behind = text.slice(end, end + 60);
  if (name === "Path") {
    if (/^\s{0,9}\)\s{0,9}\.(?:write_text|write_bytes)\b/.test(behind)) return { body: writes };
    if (/^\s{0,9}\)\s{0,9}\.unlink\b/.test(behind))
      return { body: { kind: "delete", path, recursive: false } };
    if (/^\s{0,9}\)\s{0,9}\.read_(?:text|bytes)\b/.test(behind))
      return { body: { kind: "read", path } };
    return undefined;
  }
  const mode = /^\s{0,9},\s{0,9}(?:mode\s{0,9}=\s{0,9})?["']([rwaxbt+]{1,4})["']/.exec(behind)?.[1];
  if (mode !== undefined && /[wx]/.test(mode)) return { body: writes };
  if (mode?.includes("a")) return { body: { ...writes, append: true } };
  return { body: { kind: "read", path } };
}

/** A literal, a list of literals, or a program and a list: `"rm"`, `["rm", "-r"]`, `"rm", ["-r"]`. */
function wordsAt(text: string, at: number): Words | undefined {
  if (text[at] === "[" || text[at] === "(") return listAt(text, at);
  const first = literalAt(text, at);
  if (first === undefined) return undefined;
  const list = /^\s{0,9},\s{0,40}(?=\[)/.exec(text.slice(first.end, first.end + 60));
  const rest = list === null ? undefined : listAt(text, first.end + list[0].length);
  return { values: [first.value, ...(rest?.values ?? [])], end: rest?.end ?? first.end };
}

function listAt(text: string, at: number): Words | undefined {
  const values: string[] = [];
  const close = text[at] === "[" ? "]" : ")";
  let end = at + 1;
  while (values.length < MAX_WORDS) {
    end += /^\s{0,80}/.exec(text.slice(end, end + 80))![0].length;
    if (text[end] === close) return values.length === 0 ? undefined : { values, end: end + 1 };
    const literal = literalAt(text, end);
    if (literal === undefined) break;
    values.push(literal.value);
    end = literal.end + /^\s{0,40},?/.exec(text.slice(literal.end, literal.end + 60))![0].length;
  }
  return undefined;
}

function literalAt(text: string, at: number): { value: string; end: number } | undefined {
  const opening = /^[rbfuRBFU]{0,2}("""|'''|["'`])/.exec(text.slice(at, at + 5));
  if (opening === null) return undefined;
  const mark = opening[1]!;
  const start = at + opening[0].length;
  const raw = /r/i.test(opening[0]);
  const last = Math.min(text.length, start + MAX_LITERAL);
  let value = "";
  for (let here = start; here < last; here++) {
    if (text.startsWith(mark, here)) return { value, end: here + mark.length };
    if (text[here] === "\\" && !raw && here + 1 < last) {
      const next = text[++here]!;
      value += next === "n" ? "\n" : next === "t" ? "\t" : next === "\n" ? "" : next;
    } else value += text[here];
  }
  return undefined;
}

function quoted(word: string): string {
  return /^[\w@%+=:,./~*-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
