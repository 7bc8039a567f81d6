import type { SgNode } from "@ast-grep/napi";
import { type CodeLanguage, kindNumber, parseCode } from "../../actions/index.ts";
import { type FullName, fullNames } from "./full-names.ts";
import { marked } from "./marks.ts";
import type { AssignPattern, CallPattern, CodeMatch, TreePattern } from "./rule.ts";

/** Code with its tree, as the rules look at it. */
export interface Parsed {
  readonly language: CodeLanguage;
  readonly text: string;
  readonly root: SgNode;
  readonly full: FullName;
  /** The nodes of one kind, in the order in which they stand. */
  readonly nodes: (kind: string) => readonly SgNode[];
  readonly calls: () => readonly Call[];
  readonly assignments: () => readonly Assignment[];
}

interface Call {
  readonly node: SgNode;
  readonly name: string;
  /** Read from the tree when asked for: most calls are told apart by their names. */
  readonly given: () => string;
}

interface Assignment {
  readonly node: SgNode;
  readonly target: string;
  readonly value: () => string;
}

/**
 * The code's tree and names; undefined where it is not safe to parse. What was made of a text is kept
 * as long as its tree is: agents write the same file over and over.
 */
export function parsed(language: CodeLanguage, text: string): Parsed | undefined {
  const root = parseCode(language, text);
  if (root === undefined) return undefined;
  let made = kept.get(root);
  if (made === undefined) {
    made = read(language, text, root);
    kept.set(root, made);
  }
  return made;
}

const kept = new WeakMap<SgNode, Parsed>();

function read(language: CodeLanguage, text: string, root: SgNode): Parsed {
  const full = fullNames(language, text);
  const byKind = new Map<string, readonly SgNode[]>();
  let calls: readonly Call[] | undefined;
  let assignments: readonly Assignment[] | undefined;
  const nodes = (kind: string): readonly SgNode[] => {
    let found = byKind.get(kind);
    if (found === undefined) {
      found = root.findAll(kindNumber(language, kind)).slice(0, MAX_NODES);
      byKind.set(kind, found);
    }
    return found;
  };
  const code: Parsed = {
    language,
    text,
    root,
    full,
    nodes,
    calls: () => (calls ??= callsIn(code)),
    assignments: () => (assignments ??= assignmentsIn(code)),
  };
  return code;
}

/** The nodes that a rule's patterns match, in the order of its patterns. */
export function* matchCode(code: Parsed, { languages }: CodeMatch): Iterable<SgNode> {
  // JavaScript's patterns hold for TypeScript, which has its nodes and more.
  const typed = code.language === "typescript" || code.language === "tsx";
  const pattern = languages[code.language] ?? (typed ? languages.javascript : undefined);
  if (pattern === undefined) return;
  for (const call of pattern.calls ?? []) yield* matchCall(code, call);
  for (const assign of pattern.assigns ?? []) yield* matchAssignment(code, assign);
  for (const tree of pattern.trees ?? []) yield* matchTree(code, tree);
}

/**
 * By kinds and JavaScript's expressions: the parser's own rules would be compiled anew for each text,
 * which takes longer than to parse it.
 */
function* matchTree(code: Parsed, pattern: TreePattern): Iterable<SgNode> {
  const { kinds, text, fields, child, unnamed } = pattern;
  const asked = Object.entries(fields ?? {});
  for (const kind of kinds) {
    for (const node of code.nodes(kind)) {
      if (text !== undefined && !text.test(textOf(node))) continue;
      if (!asked.every(([name, mark]) => mark.test(textOf(node.field(name))))) continue;
      if (unnamed !== undefined && !isUnnamed(node, unnamed)) continue;
      const has = (inner: SgNode) => inner.kind() === child?.kind && child.text.test(textOf(inner));
      if (child === undefined || node.children().some(has)) yield node;
    }
  }
}

/** A function that gives its parameter a name and never uses it. */
function isUnnamed(node: SgNode, position: number): boolean {
  const list = textOf(node.field("parameters")).replace(/^\(|\)$/g, "");
  const name = /^\s*(\w+)/.exec(list.split(",")[position] ?? "")?.[1];
  return name !== undefined && !textOf(node.field("body")).split(/\W+/).includes(name);
}

function textOf(node: SgNode | null): string {
  return node === null ? "" : node.text().slice(0, MAX_LOOKED);
}

function* matchCall(code: Parsed, { name, given, from }: CallPattern): Iterable<SgNode> {
  for (const call of code.calls()) {
    if (!name.test(call.name)) continue;
    if (given !== undefined && !marked(call.given(), given)) continue;
    if (from === undefined || comesFrom(code, call, from)) yield call.node;
  }
}

function comesFrom(code: Parsed, call: Call, from: CallPattern["from"] & {}): boolean {
  const name = from.argument.exec(call.given())?.[1];
  return (
    name !== undefined &&
    code.assignments().some(({ target, value }) => target === name && from.value.test(value()))
  );
}

function* matchAssignment(code: Parsed, { target, value }: AssignPattern): Iterable<SgNode> {
  for (const found of code.assignments()) {
    if (marked(found.target, target) && (value === undefined || marked(found.value(), value))) {
      yield found.node;
    }
  }
}

/** More nodes of a kind in one text are not looked at. */
const MAX_NODES = 5000;
const MAX_GIVEN = 2000;
/** A node's text is looked at so far. */
const MAX_LOOKED = 4000;

function callsIn({ language, full, nodes }: Parsed): readonly Call[] {
  return nodes(language === "python" ? "call" : "call_expression").flatMap((node) => {
    const callee = node.field("function")?.text();
    if (callee === undefined || callee.length > 300) return [];
    const given = () =>
      (node.field("arguments")?.text() ?? "()").slice(1, -1).trim().slice(0, MAX_GIVEN);
    return [{ node, name: full(callee), given }];
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

function assignmentsIn(code: Parsed): readonly Assignment[] {
  const found = ASSIGNMENTS[code.language].flatMap(code.nodes).flatMap((node) => {
    const target = node.field("left") ?? node.field("name") ?? node.field("pattern");
    const name = target?.text();
    if (name === undefined || name.length > 300) return [];
    const value = node.field("right") ?? node.field("value");
    if (value === null) return [];
    return [{ node, target: code.full(name), value: () => value.text().slice(0, MAX_GIVEN) }];
  });
  return code.language === "python" ? [...found, ...attributesSet(code)] : found;
}

/** `setattr(module, "name", value)`. */
function attributesSet(code: Parsed): readonly Assignment[] {
  return code.calls().flatMap(({ node, name, given }) => {
    if (name !== "setattr" && name !== "builtins.setattr") return [];
    const parts = /^([\w.]+)\s*,\s*["'](\w+)["']\s*,\s*([\s\S]*)$/.exec(given());
    return parts === null
      ? []
      : [{ node, target: `${code.full(parts[1]!)}.${parts[2]}`, value: () => parts[3]! }];
  });
}
