/**
 * What an agent's step does, in terms that all agents share: commands that are run, files that are
 * read, written and deleted, requests that are sent, code that is executed, whichever tool did it.
 */
export type { Action, Language, Place } from "./action.ts";
export { actionsOf } from "./actions-of.ts";
export { type CodeLanguage, isCodeLanguage, kindNumber, parseCode } from "./code.ts";
export { languageOfText } from "./languages.ts";
export { parseShell } from "./parse-shell.ts";
export type { ShellCommand, ShellScript, ShellWord } from "./shell.ts";
