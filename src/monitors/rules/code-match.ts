import type { SgNode } from "@ast-grep/napi";
import { type CodeLanguage, parseCode } from "../../actions/index.ts";
import { type FullName, fullNames } from "./full-names.ts";
import { marked } from "./marks.ts";
import type { AssignPattern, CallPattern, CodeMatch } from "./rule.ts";

/** Code with its tree, as the rules look at it. */
export interface Parsed {
  readonly language: CodeLanguage;
  readonly text: string;
  readonly root: SgNode;
  readonly full: FullName;
  readonly calls: () => readonly Call[];
  readonly assignments: () => readonly Assignment[];
}

interface Call {
  readonly node: SgNode;
  readonly name: string;
  readonly given: string;
}

interface Assignment {
  readonly node: SgNode;
  readonly target: string;
  readonly value: string;
}

/** The code's tree and names; undefined where it is not safe to parse. */
export function parsed(language: CodeLanguage, text: string): Parsed | undefined {
  const root = parseCode(language, text);
  if (root === undefined) return undefined;
  const full = fullNames(language, text);
  let calls: readonly Call[] | undefined;
  let assignments: readonly Assignment[] | undefined;
  return {
    language,
    text,
    root,
    full,
    calls: () => (calls ??= callsIn(root, language, full)),
    assignments: () => (assignments ??= assignmentsIn(root, language, full)),
  };
}

/** The nodes that a rule's patterns match, in the order of its patterns. */
export function* matchCode(code: Parsed, { languages }: CodeMatch): Iterable<SgNode> {
  // JavaScript's patterns hold for TypeScript, which has its nodes and more.
  const typed = code.language === "typescript" || code.language === "tsx";
  const pattern = languages[code.language] ?? (typed ? languages.javascript : undefined);
  if (pattern === undefined) return;
  for (const call of pattern.calls ?? []) yield* matchCall(code, call);
  for (const assign of pattern.assigns ?? []) yield* matchAssignment(code, assign);
  for (const rule of pattern.trees ?? []) yield* code.root.findAll({ rule });
}

function* matchCall(code: Parsed, { name, given }: CallPattern): Iterable<SgNode> {
  for (const call of code.calls()) {
    if (name.test(call.name) && (given === undefined || marked(call.given, given))) yield call.node;
  }
}

function* matchAssignment(code: Parsed, { target, value }: AssignPattern): Iterable<SgNode> {
  for (const found of code.assignments()) {
    if (marked(found.target, target) && (value === undefined || marked(found.value, value))) {
      yield found.node;
    }
  }
}

/** More calls than these in one text are not looked at. */
const MAX_NODES = 5000;
const MAX_GIVEN = 2000;

function callsIn(root: SgNode, language: CodeLanguage, full: FullName): readonly Call[] {
  const kind = language === "python" ? "call" : "call_expression";
  return root
    .findAll({ rule: { kind } })
    .slice(0, MAX_NODES)
    .flatMap((node) => {
      const callee = node.field("function")?.text();
      if (callee === undefined || callee.length > 300) return [];
      const args = node.field("arguments")?.text() ?? "()";
      return [{ node, name: full(callee), given: args.slice(1, -1).trim().slice(0, MAX_GIVEN) }];
    });
}

const ASSIGNMENTS: Readonly<Record<CodeLanguage, readonly string[]>> = {
  python: ["assignment"],
  javascript: ["assignment_expression", "variable_declarator"],
  typescript: ["assignment_expression", "variable_declarator"],
  tsx: ["assignment_expression", "variable_declarator"],
  rust: ["assignment_expression", "let_declaration"],
  go: ["assignment_statement", "short_var_declaration"],
  shell: ["variable_assignment"],
};

function assignmentsIn(
  root: SgNode,
  language: CodeLanguage,
  full: FullName,
): readonly Assignment[] {
  const kinds = ASSIGNMENTS[language];
  const found = root
    .findAll({ rule: { any: kinds.map((kind) => ({ kind })) } })
    .slice(0, MAX_NODES)
    .flatMap((node) => {
      const target = node.field("left") ?? node.field("name") ?? node.field("pattern");
      const value = node.field("right") ?? node.field("value");
      if (target === null || value === null) return [];
      const name = target.text();
      if (name.length > 300) return [];
      return [{ node, target: full(name), value: value.text().slice(0, MAX_GIVEN) }];
    });
  return language === "python" ? [...found, ...attributesSet(root, full)] : found;
}

/** `setattr(module, "name", value)`. */
function attributesSet(root: SgNode, full: FullName): readonly Assignment[] {
  return callsIn(root, "python", full).flatMap(({ node, name, given }) => {
    if (name !== "setattr" && name !== "builtins.setattr") return [];
    const parts = /^([\w.]+)\s*,\s*["'](\w+)["']\s*,\s*([\s\S]*)$/.exec(given);
    return parts === null
      ? []
      : [{ node, target: `${full(parts[1]!)}.${parts[2]}`, value: parts[3]! }];
  });
}
