import { createRequire } from "node:module";
import type { SgNode } from "@ast-grep/napi";
import { kind as kindOf, Lang, parse, registerDynamicLanguage } from "@ast-grep/napi";
import type { Language } from "./action.ts";

/** Languages whose code can be parsed. */
export type CodeLanguage = Extract<
  Language,
  "python" | "typescript" | "tsx" | "javascript" | "rust" | "go" | "shell"
>;

/** What is longer, or nested deeper, is not parsed: nothing can stop the parser once it runs. */
const MAX_CODE = 200_000;
const MAX_NESTING = 200;
const KEPT = 64;

export function isCodeLanguage(language: Language | undefined): language is CodeLanguage {
  return language !== undefined && Object.hasOwn(GRAMMARS, language);
}

/**
 * The root of the code's syntax tree, broken places and all: a fragment of a file parses as far as it
 * goes. Undefined where the text is too long or nested too deep to be safe. The last texts are kept.
 */
export function parseCode(language: CodeLanguage, text: string): SgNode | undefined {
  const key = `${language}\0${text}`;
  let root = kept.get(key);
  if (root === undefined) {
    if (!isSafe(language, text)) return undefined;
    register();
    root = parse(GRAMMARS[language], text).root();
  } else {
    kept.delete(key);
  }
  kept.set(key, root);
  if (kept.size > KEPT) kept.delete(kept.keys().next().value!);
  return root;
}

/** The number by which the language's grammar knows a kind of node. */
export function kindNumber(language: CodeLanguage, kind: string): number {
  const key = `${language} ${kind}`;
  let number = numbers.get(key);
  if (number === undefined) {
    register();
    number = kindOf(GRAMMARS[language], kind);
    numbers.set(key, number);
  }
  return number;
}

const numbers = new Map<string, number>();

const GRAMMARS: Readonly<Record<CodeLanguage, string>> = {
  python: "python",
  go: "go",
  rust: "rust",
  shell: "bash",
  typescript: Lang.TypeScript,
  tsx: Lang.Tsx,
  javascript: Lang.JavaScript,
};

const kept = new Map<string, SgNode>();
let registered = false;

/** Grammars can be registered once in a process, all at the same time. */
function register(): void {
  if (registered) return;
  registered = true;
  const load = createRequire(import.meta.url);
  const languages = ["python", "go", "rust", "bash"];
  registerDynamicLanguage(
    Object.fromEntries(languages.map((name) => [name, load(`@ast-grep/lang-${name}`)])),
  );
}

/** Parsing takes more than quadratic time on brackets that close nothing, and deep trees much stack. */
function isSafe(language: CodeLanguage, text: string): boolean {
  if (text.length > MAX_CODE) return false;
  let depth = 0;
  let unopened = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (char === 0x28 || char === 0x5b || char === 0x7b) {
      if (++depth > MAX_NESTING) return false;
    } else if (char === 0x29 || char === 0x5d || char === 0x7d) {
      if (depth > 0) depth--;
      else if (++unopened > MAX_UNOPENED[language]) return false;
    }
  }
  return true;
}

/** Each arm of a shell's `case` closes a parenthesis that it did not open. */
const MAX_UNOPENED: Readonly<Record<CodeLanguage, number>> = {
  python: 100,
  go: 100,
  rust: 100,
  shell: 300,
  typescript: 100,
  tsx: 100,
  javascript: 100,
};
