import type { Language } from "./action.ts";
import { languageNamed } from "./languages.ts";
import type { ShellCommand, ShellWord } from "./shell.ts";

/** Code that a shell command executes, and where it stands in the script. */
export interface NestedCode {
  readonly language: Language | undefined;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const SHELLS = new Set("bash sh zsh dash ksh ash su".split(" "));
const INTERPRETERS: readonly (readonly [RegExp, string])[] = [
  [/^(?:python|pypy|ipython)[\d.]*$/, "-c"],
  [/^(?:node|nodejs|bun|deno|tsx|ts-node)$/, "-e"],
  [/^(?:perl|ruby|php|lua|Rscript)$/, "-e"],
];

/** `bash -c …`, `ssh host …`, `eval …`, `python -c …`, `python <<EOF`, `git apply <<EOF`. */
export function nestedScript(
  command: ShellCommand,
  commands: readonly ShellCommand[],
): NestedCode | undefined {
  const { name, words } = command;
  if (SHELLS.has(name)) {
    const given = behindOption(words, /^-[a-z]*c$/, "shell");
    if (given === undefined) return piped(command, commands, "shell");
    return substituted(given.text, command, commands) ?? given;
  }
  if (name === "eval") {
    const given = joined(words.slice(1), "shell");
    return given && (substituted(given.text, command, commands) ?? given);
  }
  if (name === "ssh") return joined(behindHost(words), "shell");
  if (name === "apply_patch" || name === "applypatch") {
    return joined(words.slice(1), "diff") ?? piped(command, commands, "diff");
  }
  if (name === "patch" || (name === "git" && /^(?:apply|am)$/.test(words[1]?.value ?? ""))) {
    return piped(command, commands, "diff");
  }
  const interpreter = INTERPRETERS.find(([names]) => names.test(name));
  if (interpreter === undefined) return undefined;
  const language = languageNamed(name.replace(/[\d.]+$/, ""));
  const option =
    interpreter[1] === "-c" ? /^-[a-zA-Z]*c$/ : /^(?:-[a-z]*[ep]|--eval|--print|eval)$/;
  const given = behindOption(words, option, language);
  if (given !== undefined) return given;
  const file = words.slice(1).find(({ value }) => !value.startsWith("-"));
  const module = words.some(({ value }) => value === "-m");
  return file === undefined && !module ? piped(command, commands, language) : undefined;
}

function behindOption(
  words: readonly ShellWord[],
  option: RegExp,
  language: Language | undefined,
): NestedCode | undefined {
  const at = words.findIndex(({ value }, index) => index > 0 && option.test(value));
  const word = at < 0 ? undefined : words[at + 1];
  return word === undefined ? undefined : inWord(word, language);
}

/** Words that the program puts together again. */
function joined(words: readonly ShellWord[], language: Language): NestedCode | undefined {
  const [first] = words;
  if (first === undefined) return undefined;
  if (words.length === 1) return inWord(first, language);
  const text = words.map(({ value }) => value).join(" ");
  return { language, text, start: first.start, end: words.at(-1)!.end };
}

function behindHost(words: readonly ShellWord[]): readonly ShellWord[] {
  let at = 1;
  while (at < words.length && words[at]!.value.startsWith("-")) {
    at += /^-[bcDEeFIiJLlmOopQRSWw]$/.test(words[at]!.value) ? 2 : 1;
  }
  return words.slice(at + 1);
}

/** The here-document or the printed text that a program reads from its input. */
function piped(
  command: ShellCommand,
  commands: readonly ShellCommand[],
  language: Language | undefined,
): NestedCode | undefined {
  const { input } = command;
  if (input !== undefined) {
    return { language, text: input.text, start: input.start, end: input.start + input.text.length };
  }
  const index = commands.indexOf(command);
  const source = commands.find(({ feeds, inside }) => feeds === index && inside !== "substitution");
  return source && printedBy(source, commands, language, 0);
}

/** `"$(…)"` and nothing else: what the command in it prints is what is run. */
function substituted(
  text: string,
  command: ShellCommand,
  commands: readonly ShellCommand[],
): NestedCode | undefined {
  if (!/^(?:\$\(|`)/.test(text) || !/[)`]$/.test(text)) return undefined;
  const index = commands.indexOf(command);
  const source = commands.find(({ feeds, inside }) => feeds === index && inside === "substitution");
  return source && printedBy(source, commands, "shell", 0);
}

const MAX_PIPE = 5;

/** What a command prints, where the script shows it: a text, or one that it decodes. */
function printedBy(
  command: ShellCommand,
  commands: readonly ShellCommand[],
  language: Language | undefined,
  depth: number,
): NestedCode | undefined {
  const { name, words, input } = command;
  if (name === "echo" || name === "printf") {
    const shown = words.slice(1).filter(({ value }) => !/^-[neE]+$/.test(value));
    if (shown.length === 0) return undefined;
    const text = shown
      .map(({ value }) => value)
      .join(" ")
      .replaceAll("\\n", "\n");
    return { language, text, start: shown[0]!.start, end: shown.at(-1)!.end };
  }
  const decode = decoderOf(command);
  if (decode === undefined || depth >= MAX_PIPE) return undefined;
  if (input !== undefined) {
    const { text, start } = input;
    return { language, text: decode(text), start, end: start + text.length };
  }
  const index = commands.indexOf(command);
  const source = commands.find(({ feeds }) => feeds === index);
  const given = source && printedBy(source, commands, language, depth + 1);
  return given && { ...given, text: decode(given.text) };
}

/** What a program makes of its input; undefined for one that is not known. */
function decoderOf({ name, words }: ShellCommand): ((text: string) => string) | undefined {
  const given = words.slice(1).map(({ value }) => value);
  switch (name) {
    case "cat":
      return given.length === 0 ? (text) => text : undefined;
    case "base64":
      return given.some((word) => /^-(?:d|D|-decode)/.test(word))
        ? (text) => Buffer.from(text, "base64").toString("utf8")
        : undefined;
    case "xxd":
      return given.includes("-r")
        ? (text) => Buffer.from(text.replace(/\s/g, ""), "hex").toString("utf8")
        : undefined;
    case "rev":
      return (text) => [...text].reverse().join("");
    default:
      return undefined;
  }
}

/** Without its quotes, where they are all that it has. */
function inWord(word: ShellWord, language: Language | undefined): NestedCode {
  const quote = /^['"]/.test(word.text) && word.text.slice(1, -1) === word.value ? 1 : 0;
  return { language, text: word.value, start: word.start + quote, end: word.end - quote };
}
