import type { CodeLanguage } from "../../actions/index.ts";

/** The full name of a name or path as a piece of code has it: its aliases undone. */
export type FullName = (written: string) => string;

/**
 * Undoes the aliases that code gives to what it imports: `from sys import exit as e`, `import os as o`,
 * `const { exit: e } = process`, `use std::process::exit`, `e = sys.exit`. By its lines and not by its
 * tree, since fragments count.
 */
export function fullNames(language: CodeLanguage, text: string): FullName {
  const aliases = new Map<string, string>();
  for (const [alias, name] of imports(language, text)) {
    if (aliases.size >= MAX_ALIASES) break;
    if (alias !== name) aliases.set(alias, name);
  }
  return (written) => {
    let name = written.replace(/\s+/g, "").replace(/\?\./g, ".").slice(0, MAX_NAME);
    // An alias may stand for an alias.
    for (let turn = 0; turn < 3; turn++) {
      const head = /^[\w$]+/.exec(name)?.[0];
      const full = head === undefined ? undefined : aliases.get(head);
      if (head === undefined || full === undefined || full === head) break;
      if (full.startsWith(`${head}.`) || full.startsWith(`${head}::`)) {
        name = full + name.slice(head.length);
        break;
      }
      name = full + name.slice(head.length);
    }
    return name.replace(/^node:/, "").replace(/^(?:globalThis|window|global|self)\./, "");
  };
}

const MAX_ALIASES = 500;
const MAX_NAME = 200;

const PYTHON_FROM =
  /^[ \t]*from[ \t\\\n]+([\w.]+)[ \t\\\n]+import[ \t\\\n]*(?:\(([^)]{0,2000})\)|([^\n#;]{0,1000}))/gm;
const PYTHON_IMPORT = /(?:^|;)[ \t]*import[ \t]+([\w., \t]{1,500})/gm;
/** `e = sys.exit`, and nothing behind it. */
const NAMED =
  /^[ \t]*(?:(?:const|let|var)[ \t]+)?([A-Za-z_]\w{0,60})[ \t]*=[ \t]*([A-Za-z_]\w{0,60}(?:\.[A-Za-z_]\w{0,60}){1,4})[ \t]*;?[ \t]*$/gm;
const PYTHON_DYNAMIC =
  /^[ \t]*(\w{1,60})[ \t]*=[ \t]*(?:__import__|importlib\.import_module)\([ \t]*["']([\w.]{1,60})["'][ \t]*\)/gm;
const JS_IMPORT =
  /\bimport[ \t]+([^;'"\n]{1,500})[ \t]+from[ \t]+["'](?:node:)?([\w@/.-]{1,100})["']/g;
const JS_REQUIRE =
  /\b(?:const|let|var)[ \t]+(\w{1,60}|\{[^}\n]{1,500}\})[ \t]*=[ \t]*(?:require\(["'](?:node:)?([\w@/.-]{1,100})["']\)(?:\.(\w{1,60}))?|([A-Za-z_][\w.]{0,60})[ \t]*(?=[;\n]|$))/g;
const RUST_USE =
  /\buse[ \t]+([\w:]{1,200}?)(?:::\{([^}]{1,500})\})?(?:[ \t]+as[ \t]+(\w{1,60}))?[ \t]*;/g;
const GO_IMPORT = /^[ \t]*(?:import[ \t]+)?(\w{1,60})[ \t]+"([\w./-]{1,100})"/gm;

function* imports(language: CodeLanguage, text: string): Iterable<readonly [string, string]> {
  switch (language) {
    case "python":
      for (const [, module, inner, line] of text.matchAll(PYTHON_FROM)) {
        for (const [name, alias] of parts(inner ?? line ?? "")) yield [alias, `${module}.${name}`];
      }
      for (const [, list] of text.matchAll(PYTHON_IMPORT)) {
        for (const [name, alias] of parts(list!)) if (alias !== name) yield [alias, name];
      }
      for (const [, alias, module] of text.matchAll(PYTHON_DYNAMIC)) yield [alias!, module!];
      break;
    case "typescript":
    case "tsx":
    case "javascript":
      for (const [, what, module] of text.matchAll(JS_IMPORT)) yield* bound(what!, module!);
      for (const [, what, module, member, path] of text.matchAll(JS_REQUIRE)) {
        if (member !== undefined) yield [what!, `${module}.${member}`];
        else if (module !== undefined) yield* bound(what!, module);
        else if (what!.startsWith("{")) yield* bound(what!, path!);
      }
      break;
    case "rust":
      for (const [, path, inner, alias] of text.matchAll(RUST_USE)) {
        if (inner === undefined) yield [alias ?? path!.slice(path!.lastIndexOf(":") + 1), path!];
        else for (const [name, other] of parts(inner)) yield [other, `${path}::${name}`];
      }
      return;
    case "go":
      for (const [, alias, path] of text.matchAll(GO_IMPORT)) {
        if (alias !== "import") yield [alias!, path!.slice(path!.lastIndexOf("/") + 1)];
      }
      return;
    default:
      return;
  }
  for (const [, alias, path] of text.matchAll(NAMED)) yield [alias!, path!];
}

/** `{ a, b as c }`, `{ a: c }`, `x`, `* as x`. */
function* bound(what: string, module: string): Iterable<readonly [string, string]> {
  const braces = /\{([^}]*)\}/.exec(what);
  for (const [name, alias] of parts(braces?.[1] ?? "")) yield [alias, `${module}.${name}`];
  const whole = /^(?:type[ \t]+)?(?:\*[ \t]+as[ \t]+)?([A-Za-z_$][\w$]*)/.exec(what)?.[1];
  if (whole !== undefined) yield [whole, module];
}

function parts(list: string): readonly (readonly [name: string, alias: string])[] {
  return list.split(",").flatMap((part) => {
    const found = /^[\s\\]*(?:type\s+)?([\w.:]+?)(?:\s+as\s+(\w+)|\s*:\s*(\w+))?[\s\\]*$/.exec(
      part,
    );
    if (found === null) return [];
    const name = found[1]!;
    return [[name, found[2] ?? found[3] ?? name] as const];
  });
}
