import type { Language } from "./action.ts";

/** The language of a file by its name, else by its beginning. */
export function languageOf(path: string | undefined, text?: string): Language | undefined {
  return (
    (path === undefined ? undefined : byName(path)) ??
    (text === undefined ? undefined : languageOfText(text))
  );
}

/** The language that a fence, a tool or an interpreter is named after. */
export function languageNamed(name: string): Language | undefined {
  return NAMES.get(name.toLowerCase());
}

/** The language of a text by its shape, where that is plain. */
export function languageOfText(text: string): Language | undefined {
  const head = text.slice(0, HEAD);
  const interpreter = /^#!\s*\S*?(?:env\s+(?:-S\s+)?)?([\w.-]+)[ \t]*(?:$|\n| )/.exec(head)?.[1];
  if (interpreter !== undefined) {
    const named = languageNamed(interpreter.replace(/[\d.]+$/, ""));
    if (named !== undefined) return named;
  }
  if (/^(?:diff --git |--- \S|\*\*\* Begin Patch)/.test(head)) return "diff";
  const scores = SHAPES.map(([language, ...shapes]) => ({
    language,
    score: shapes.filter((shape) => shape.test(head)).length,
  }));
  const best = scores.reduce((a, b) => (b.score > a.score ? b : a));
  return best.score === 0 ? undefined : best.language;
}

const HEAD = 4000;

const EXTENSIONS: ReadonlyMap<string, Language> = new Map(
  Object.entries({
    python: "py pyi pyx ipynb",
    typescript: "ts mts cts",
    tsx: "tsx",
    javascript: "js mjs cjs jsx",
    rust: "rs",
    go: "go",
    shell: "sh bash zsh ksh bats env",
    c: "c h",
    cpp: "cc cpp cxx hpp hh cu",
    java: "java",
    json: "json jsonl json5",
    yaml: "yml yaml",
    toml: "toml",
    markdown: "md markdown mdx",
    diff: "diff patch",
  } satisfies Record<Language, string>).flatMap(([language, extensions]) =>
    extensions.split(" ").map((extension) => [extension, language as Language] as const),
  ),
);

const NAMES: ReadonlyMap<string, Language> = new Map([
  ...EXTENSIONS,
  ...(
    [
      ["python", "python python3 ipython py3 jupyter pypy"],
      ["typescript", "typescript deno"],
      ["javascript", "javascript node nodejs bun"],
      ["rust", "rust"],
      ["go", "golang"],
      ["shell", "shell console terminal dash shellscript"],
      ["cpp", "c++"],
      ["markdown", "markdown"],
    ] as const
  ).flatMap(([language, names]) => names.split(" ").map((name) => [name, language] as const)),
]);

/** Marks of a language at the beginning of a line; the language that shows most of them wins. */
const SHAPES: readonly (readonly [Language, ...RegExp[]])[] = [
  [
    "python",
    /^[ \t]*(?:async )?def \w+\(/m,
    /^[ \t]*class \w+(?:\([^\n)]*\))?:/m,
    /^(?:import [\w.]+(?: as \w+)?|from [\w.]+ import )/m,
    /^[ \t]*(?:if|for|while|with|try|except|elif)\b[^\n{]*:[ \t]*(?:#[^\n]*)?$/m,
    /^[ \t]*(?:return|raise|assert|yield|pass|print\()/m,
    /^[ \t]*(?:if|for|while|with|elif)\b[^\n{(]{1,100}: \w/m,
    /\b(?:True|False|None|lambda\b[^:\n]{0,60}:)/,
    /^(?:import [\w.]+(?:, ?\w+)*;|exec\(|mock\b)/m,
    /^[ \t]*@[\w.]+(?:\([^\n]*\))?[ \t]*$/m,
  ],
  [
    "typescript",
    /^[ \t]*(?:export )?(?:interface|type) \w+[ <={]/m,
    /\b(?:const|let|function)\b[^\n]*:[ \t]*(?:string|number|boolean|unknown|void)\b/,
    /^import (?:type )?[^\n]* from ["']/m,
  ],
  [
    "javascript",
    /^[ \t]*(?:const|let|var) [\w{[$]/m,
    /^[ \t]*(?:export |async )*function\b/m,
    /=>[ \t]*[{(\w]/,
    /\brequire\(["']/,
    /^[ \t]*(?:module\.exports|console\.)/m,
  ],
  [
    "rust",
    /^[ \t]*(?:pub(?:\([^\n)]*\))? )?(?:fn|struct|enum|impl|mod|trait)\b[^\n]*[{;]?$/m,
    /^use [\w:]+/m,
    /\blet (?:mut )?\w+/,
    /#\[\w+/,
  ],
  ["go", /^package \w+$/m, /^func (?:\([^\n)]*\) )?\w+\(/m, /\w := /],
  ["c", /^#include [<"]/m, /^(?:int|void|static|char|double|float)\b[^\n]*\([^\n]*\)[ \t]*\{?$/m],
  [
    "shell",
    /^[ \t]*(?:cd|ls|cat|echo|rm|mkdir|git|pip3?|npm|npx|pytest|make|grep|sed|find|curl|wget|export|sudo|touch|cp|mv|chmod|python3?|node|bash|sh|tar|docker|head|tail) [^\n=(]/m,
    /^[ \t]*(?:if \[|for \w+ in [^\n;]{1,200}; do\b|fi$|done$)/m,
    /^(?:ls|pwd|pytest|make|whoami|env|id)[ \t]*$/m,
  ],
];

function byName(path: string): Language | undefined {
  const name = path
    .slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1)
    .toLowerCase();
  const dot = name.lastIndexOf(".");
  if (dot < 0) return FILES.get(name);
  return EXTENSIONS.get(name.slice(dot + 1)) ?? FILES.get(name);
}

const FILES: ReadonlyMap<string, Language> = new Map([
  [".bashrc", "shell"],
  [".zshrc", "shell"],
  [".profile", "shell"],
  [".bash_profile", "shell"],
  ["setup.cfg", "toml"],
  ["pytest.ini", "toml"],
  ["tox.ini", "toml"],
]);
