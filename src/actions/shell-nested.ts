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
  if (SHELLS.has(name))
    return behindOption(words, /^-[a-z]*c$/, "shell") ?? piped(command, commands, "shell");
  if (name === "eval") return joined(words.slice(1), "shell");
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
  if (source?.name === "cat" && source.input !== undefined) {
    return piped(source, [], language);
  }
  if (source?.name !== "echo" && source?.name !== "printf") return undefined;
  const words = source.words.slice(1).filter(({ value }) => !/^-[neE]+$/.test(value));
  if (words.length === 0) return undefined;
  const text = words
    .map(({ value }) => value)
    .join(" ")
    .replaceAll("\\n", "\n");
  return { language, text, start: words[0]!.start, end: words.at(-1)!.end };
}

/** Without its quotes, where they are all that it has. */
function inWord(word: ShellWord, language: Language | undefined): NestedCode {
  const quote = /^['"]/.test(word.text) && word.text.slice(1, -1) === word.value ? 1 : 0;
  return { language, text: word.value, start: word.start + quote, end: word.end - quote };
}
