import type { ActionBody, Language } from "./action.ts";
import { deedsInCode } from "./code-deeds.ts";
import { languageOf } from "./languages.ts";
import { parseShell } from "./parse-shell.ts";
import { addPatch } from "./patch-actions.ts";
import { add, type Found, type Gathering, madeOf, within as partOf, slice } from "./place.ts";
import type { ShellCommand, ShellScript, ShellWord } from "./shell.ts";
import { nestedScript } from "./shell-nested.ts";
import { operands, optionValue } from "./shell-operands.ts";
import { requestOf } from "./shell-requests.ts";
import { unveiled } from "./shell-unveiled.ts";

/** Scripts within scripts (`bash -c "ssh host 'sh -c …'"`) are followed this far. */
const MAX_NESTING = 4;

/** Adds the run of a script and everything that its commands do, in the order of the commands. */
export function addScript(
  gathering: Gathering,
  script: Found,
  {
    within,
    folder,
    nesting = 0,
  }: { within?: number; folder?: string | undefined; nesting?: number } = {},
): void {
  const parsed = parseShell(script.text);
  const run = add(gathering, script, { kind: "run", script: parsed, folder }, within);
  const work: Work = { gathering, script, parsed, run, folder: undefined, nesting };
  for (const command of parsed.commands) addCommand(work, command);
  const plain = nesting < MAX_NESTING ? unveiled(parsed) : undefined;
  if (plain !== undefined) {
    addScript(gathering, madeOf(script, plain), { within: run, folder, nesting: nesting + 1 });
  }
}

/** Adds code that is executed, and what it does to the machine. */
export function addExecuted(
  gathering: Gathering,
  code: Found,
  language: Language | undefined,
  { within, nesting = 0 }: { within?: number | undefined; nesting?: number } = {},
): number {
  const body = { kind: "code", language, text: code.text, executed: true } as const;
  const at = add(gathering, code, body, within);
  if (language !== undefined && !/^(?:python|javascript|typescript|tsx)$/.test(language)) return at;
  for (const { start, end, script, body } of deedsInCode(code.text)) {
    const call = slice(code, start, end);
    if (body !== undefined) add(gathering, call, body, at);
    else if (script !== undefined && nesting < MAX_NESTING) {
      addScript(gathering, madeOf(call, script), { within: at, nesting: nesting + 1 });
    }
  }
  return at;
}

interface Work {
  readonly gathering: Gathering;
  readonly script: Found;
  readonly parsed: ShellScript;
  readonly run: number;
  /** Where a `cd` led to. */
  folder: string | undefined;
  readonly nesting: number;
}

function addCommand(work: Work, command: ShellCommand): void {
  const { gathering, script, run } = work;
  const nested = nestedScript(command, work.parsed.commands);
  if (nested !== undefined && work.nesting < MAX_NESTING) {
    const text = partOf(script, nested.start, nested.end, nested.text);
    if (nested.language === "shell") {
      addScript(gathering, text, { within: run, folder: work.folder, nesting: work.nesting + 1 });
    } else if (nested.language === "diff") {
      addPatch(gathering, text, "", run);
    } else {
      addExecuted(gathering, text, nested.language, { within: run, nesting: work.nesting + 1 });
    }
  }
  for (const { body, from } of effects(work, command)) {
    const whole = slice(script, command.start, command.end);
    const shows = body.kind !== "edit" && body.kind !== "write";
    add(gathering, from ?? (shows ? whole : madeOf(whole, "")), body, run);
  }
  if (command.name === "cd" && command.inside !== "substitution") {
    const [target] = operands(command);
    if (target?.literal) work.folder = joined(work.folder, target.value);
  }
}

interface Effect {
  readonly body: ActionBody;
  readonly from?: Found;
}

function* effects(work: Work, command: ShellCommand): Iterable<Effect> {
  const path = (word: ShellWord) => joined(work.folder, word.value);
  const request = requestOf(command);
  if (request !== undefined) yield { body: request };
  for (const { operator, target } of command.redirects) {
    if (operator === "<") yield { body: { kind: "read", path: path(target) } };
    else if (!writesFile(operator, target)) continue;
    else yield written(work, command, target, operator.includes(">>"));
  }
  const files = operands(command);
  switch (command.name) {
    case "rm":
    case "unlink":
    case "rmdir":
    case "shred": {
      const recursive = command.words.some(({ value }) =>
        /^-(?!-)\w*[rR]|^--recursive$/.test(value),
      );
      for (const file of files) yield { body: { kind: "delete", path: path(file), recursive } };
      return;
    }
    case "mv":
    case "cp":
    case "ln":
    case "install": {
      const target = optionValue(command, "-t") ?? files.at(-1);
      const keeps = command.name !== "mv";
      for (const file of files) {
        if (file !== target && target !== undefined) {
          yield { body: { kind: "move", from: path(file), to: path(target), keeps } };
        }
      }
      return;
    }
    case "git":
      yield* gitEffects(command, path);
      return;
    case "tee":
      for (const file of files) {
        yield written(
          work,
          command,
          file,
          command.words.some(({ value }) => /^-\w*a/.test(value)),
        );
      }
      return;
    case "truncate":
      for (const file of files) {
        yield {
          body: { kind: "write", path: path(file), text: "", append: false, language: undefined },
        };
      }
      return;
    case "sed":
    case "perl":
      if (inPlace(command)) {
        for (const file of files) yield edited(command, path(file));
        return;
      }
      break;
    case "touch":
      for (const file of files) {
        const language = languageOf(file.value);
        yield { body: { kind: "write", path: path(file), text: "", append: true, language } };
      }
      return;
    default:
  }
  if (!READERS.has(command.name)) return;
  for (const file of files) yield { body: { kind: "read", path: path(file) } };
}

const READERS = new Set(
  "cat tac head tail less more bat batcat nl strings xxd od hexdump base64 grep egrep fgrep rg ag sed awk gawk wc diff cmp sort uniq cut jq yq source . sha256sum md5sum open view tar zcat gunzip unzip".split(
    " ",
  ),
);

function* gitEffects(command: ShellCommand, path: (word: ShellWord) => string): Iterable<Effect> {
  const at = command.words.findIndex(({ value }, index) => index > 0 && !value.startsWith("-"));
  const subcommand = command.words[at]?.value;
  const files = command.words.slice(at + 1).filter(({ value }) => !value.startsWith("-"));
  if (subcommand === "rm") {
    for (const file of files)
      yield { body: { kind: "delete", path: path(file), recursive: false } };
  } else if (subcommand === "mv" && files.length > 1) {
    const to = path(files.at(-1)!);
    for (const file of files.slice(0, -1)) {
      yield { body: { kind: "move", from: path(file), to, keeps: false } };
    }
  }
}

function writesFile(operator: string, target: ShellWord): boolean {
  if (!operator.includes(">") || /^\/dev\/(?:null|stdout|stderr|tty)$/.test(target.value))
    return false;
  return !(operator.endsWith(">&") && /^(?:\d+|-)$/.test(target.value));
}

/** A file that a command writes, with the text where the script shows it. */
function written(work: Work, command: ShellCommand, target: ShellWord, append: boolean): Effect {
  const path = joined(work.folder, target.value);
  const text = textOf(work, command, 0);
  const language = languageOf(target.value, text?.text);
  const body = { kind: "write", path, text: text?.text, append, language } as const;
  return text === undefined ? { body } : { body, from: text };
}

/** What a command puts out, where that stands in the script: `echo x`, `cat <<EOF`, a pipe of these. */
function textOf(work: Work, command: ShellCommand, depth: number): Found | undefined {
  const { script, parsed } = work;
  const { input } = command;
  const plain = command.name === "cat" || command.name === "tee" || command.name === "";
  if (plain && input !== undefined) {
    return partOf(script, input.start, input.start + input.text.length, input.text);
  }
  if (
    command.name === ":" ||
    (command.name === "" && command.redirects.length > 0 && !command.assignments.length)
  ) {
    return madeOf(slice(script, command.start, command.end), "");
  }
  if (command.name === "echo" || command.name === "printf") return printed(work, command);
  if (!plain || depth > 3) return undefined;
  const index = parsed.commands.indexOf(command);
  const sources = parsed.commands.filter(
    ({ feeds, inside }) => feeds === index && inside !== "substitution",
  );
  return sources.length === 1 ? textOf(work, sources[0]!, depth + 1) : undefined;
}

function printed({ script }: Work, command: ShellCommand): Found {
  const words = command.words.slice(1);
  while (words.length > 0 && /^-[neE]+$|^--$/.test(words[0]!.value)) words.shift();
  const text = words.map(({ value }) => value).join(" ");
  const unescaped = text.replace(/\\([nt"\\])/g, (_, char) =>
    char === "n" ? "\n" : char === "t" ? "\t" : char,
  );
  const at = slice(script, words[0]?.start ?? command.start, words.at(-1)?.end ?? command.end);
  return madeOf(
    at,
    `${command.name === "printf" || /\s-\w*e/.test(command.words[1]?.text ?? "") ? unescaped : text}\n`,
  );
}

function inPlace(command: ShellCommand): boolean {
  return command.words.some(({ value }) => /^-(?!-)[a-zA-Z]*i|^--in-place/.test(value));
}

/** `sed -i 's/before/after/'`; other commands of sed show nothing of the kind. */
function edited(command: ShellCommand, path: string): Effect {
  const script = command.words.find(
    ({ value }, index) => index > 0 && /^[\d,$]*[sy](?=[^\w\s])/.test(value),
  );
  const parts = script === undefined ? undefined : substitution(script.value);
  const language = languageOf(path);
  const deletes = command.words.some(({ value }) => /^(?:[\d,$]+|\/[^/]*\/)d$/.test(value));
  const after = parts?.[1] ?? (deletes ? "" : undefined);
  return { body: { kind: "edit", path, before: parts?.[0], after, language } };
}

function substitution(script: string): readonly [string, string] | undefined {
  const start = /^[\d,$]*[sy]/.exec(script)?.[0].length ?? 0;
  const mark = script[start]!;
  const parts: string[] = [""];
  for (let at = start + 1; at < script.length && parts.length < 3; at++) {
    const char = script[at]!;
    if (char === mark) parts.push("");
    else if (char === "\\" && at + 1 < script.length) {
      const next = script[++at]!;
      parts.push(parts.pop()! + (next === mark ? next : next === "n" ? "\n" : `\\${next}`));
    } else parts.push(parts.pop()! + char);
  }
  return parts.length < 2 ? undefined : [parts[0]!, parts[1]!];
}

/** A path seen from the folder that a `cd` led to. */
function joined(folder: string | undefined, path: string): string {
  if (folder === undefined || path === "" || /^(?:[/~$]|\w:[\\/])/.test(path)) return path;
  return `${folder.replace(/\/$/, "")}/${path.replace(/^(?:\.\/)+/, "")}`;
}
