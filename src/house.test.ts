import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, extname, join, posix, relative, sep } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";

/** The floors of the house: a room imports from rooms on lower floors, by their doors. */
const FLOORS: readonly (readonly string[])[] = [
  ["record", "stats"],
  ["actions", "charts", "formats", "models", "sandbox"],
  ["monitors", "horizon", "protect", "experiments"],
  ["oversight", "agents"],
  ["foundry", "gateway", "study"],
  ["lab"],
  ["cli", "server", "web"],
];
const DOOR = "index.ts";
const MAX_LINES = 400;
/** Names that say nothing about what is inside, alone or behind a hyphen. */
const VAGUE = /^(.*-)?(utils?|helpers?|common|misc|managers?)$/i;

/** A source file: its path from src/ with forward slashes, and its text. */
interface Source {
  readonly path: string;
  readonly text: string;
}

describe("the floors of the house", () => {
  const house = readHouse();

  it("hold every room, each with its door", () => {
    expect(rooms(house)).toEqual([]);
  });

  it("are only gone down, and through the doors", () => {
    expect(steps(house)).toEqual([]);
  });

  it("have no circle of files in any room, not even of types", () => {
    expect(circles(house)).toEqual([]);
  });

  it("have no folder or file with a name that says nothing", () => {
    expect(vagueNames(house)).toEqual([]);
  });

  it("have no default export", () => {
    expect(defaultExports(house)).toEqual([]);
  });

  it(`have no file of more than ${MAX_LINES} lines, tests apart`, () => {
    expect(longFiles(house)).toEqual([]);
  });
});

describe("what watches the floors", () => {
  const file = (path: string, text = "") => ({ path, text });

  it("lets a sound house pass", () => {
    const sound = [
      file("record/index.ts", 'export { a } from "./a.ts";'),
      file("record/a.ts", 'import { readFile } from "node:fs";\nexport const a = readFile;'),
      file("study/index.ts", 'import { a } from "../record/index.ts";\nexport const b = a;'),
      file("study/deep/c.ts", 'import type { a } from "../../record/index.ts";'),
      file("study/deep/c.test.ts", 'import { b } from "../index.ts";'),
    ];
    for (const check of [rooms, steps, circles, vagueNames, defaultExports, longFiles]) {
      expect(check(sound)).toEqual([]);
    }
  });

  it.each<[string, string]>([
    ["an import", 'import { x } from "../study/index.ts";'],
    ["a type import", 'import type { X } from "../study/index.ts";'],
    ["an export", 'export * from "../study/index.ts";'],
    ["a dynamic import", 'const x = await import("../study/index.ts");'],
    ["a type's import", 'export type X = import("../study/index.ts").X;'],
    ["an import for its effect", 'import "../study/index.ts";'],
  ])("sees a step up by %s, and names file and import", (_how, text) => {
    expect(steps([file("record/a.ts", text)])).toEqual([
      'record/a.ts imports "../study/index.ts": record is on floor 0, study on floor 4',
    ]);
  });

  it("sees a step across a floor", () => {
    const found = steps([file("stats/a.ts", 'import { x } from "../record/index.ts";')]);
    expect(found.join()).toMatch(/stats is on floor 0, record on floor 0/);
  });

  it("sees a way into a room that is not its door", () => {
    const found = steps([file("study/a.ts", 'import { x } from "../record/lock.ts";')]);
    expect(found).toEqual([
      'study/a.ts imports "../record/lock.ts": other rooms come in by record/index.ts only',
    ]);
  });

  it("lets tests, and no more than tests, share what supports tests", () => {
    const text = 'import { corpus } from "../record/corpus.test-support.ts";';
    expect(steps([file("study/a.test.ts", text)])).toEqual([]);
    expect(steps([file("study/a.ts", text)])).toHaveLength(1);
  });

  it("sees an import from outside the house", () => {
    const found = steps([file("study/a.ts", 'import { x } from "../../bench/ledger.ts";')]);
    expect(found.join()).toMatch(/leads out of src/);
  });

  it("sees a room that is not in the table, a room without a door, a file without a room", () => {
    expect(rooms([file("attic/index.ts"), file("record/a.ts"), file("stray.ts")])).toEqual([
      "attic/ stands on no floor",
      "record/ has no index.ts",
      "stray.ts stands in no room",
    ]);
  });

  it("sees a circle, also one of types, also through the room's own door", () => {
    const circle = [
      file("record/index.ts", 'export * from "./a.ts";'),
      file("record/a.ts", 'import type { B } from "./b.ts";'),
      file("record/b.ts", 'import type { A } from "./index.ts";'),
    ];
    expect(circles(circle)).toEqual([
      "record/index.ts → record/a.ts → record/b.ts → record/index.ts",
    ]);
  });

  it("sees names that say nothing", () => {
    const names = [
      "record/utils/a.ts",
      "study/run-manager.ts",
      "lab/helpers.ts",
      "record/communal.ts",
    ];
    expect(vagueNames(names.map((name) => file(name)))).toHaveLength(3);
  });

  it.each([
    "export default 1;",
    "export default class {}",
    "const a = 1; export { a as default };",
    "export = 1;",
  ])("sees the default export in: %s", (text) => {
    expect(defaultExports([file("record/a.ts", text)])).toEqual(["record/a.ts"]);
  });

  it("sees a long file", () => {
    expect(
      longFiles([
        file("record/a.ts", "\n".repeat(401)),
        file("record/a.test.ts", "\n".repeat(999)),
      ]),
    ).toEqual(["record/a.ts has 401 lines"]);
  });
});

/** Every TypeScript file under src but this one; AssemblyScript (.as.ts) is another language. */
function readHouse(): readonly Source[] {
  const root = import.meta.dirname;
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /(?<!\.as)\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({
      path: relative(root, path).split(sep).join("/"),
      text: readFileSync(path, "utf8"),
    }))
    .filter(({ path }) => path !== "house.test.ts")
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

function rooms(house: readonly Source[]): string[] {
  const paths = new Set(house.map((source) => source.path));
  const found = new Set(house.map(({ path }) => roomOf(path)));
  return [...found].flatMap((room) => {
    if (paths.has(room)) return [`${room} stands in no room`];
    if (floorOf(room) < 0) return [`${room}/ stands on no floor`];
    return paths.has(`${room}/${DOOR}`) ? [] : [`${room}/ has no ${DOOR}`];
  });
}

function steps(house: readonly Source[]): string[] {
  return house.flatMap((source) =>
    importsOf(source).flatMap((specifier) => {
      const target = resolve(source.path, specifier);
      const wrong = target === null ? null : wrongStep(source.path, target);
      return wrong === null ? [] : [`${source.path} imports "${specifier}": ${wrong}`];
    }),
  );
}

function wrongStep(from: string, target: string): string | null {
  // What ships stands on src alone; a test may check a script or a benchmark from inside.
  if (target.startsWith("../")) {
    return isTest(from) || !/\.tsx?$/.test(target) ? null : "it leads out of src";
  }
  const [room, other] = [roomOf(from), roomOf(target)];
  if (room === other) return null;
  const [floor, below] = [floorOf(room), floorOf(other)];
  if (isTest(from) && target.endsWith(".test-support.ts") && below <= floor) return null;
  if (below >= floor) return `${room} is on floor ${floor}, ${other} on floor ${below}`;
  return target === `${other}/${DOOR}` ? null : `other rooms come in by ${other}/${DOOR} only`;
}

/** Each circle once, from the file that comes first. */
function circles(house: readonly Source[]): string[] {
  const edges = new Map(
    house.map((source) => [
      source.path,
      importsOf(source).flatMap((specifier) => resolve(source.path, specifier) ?? []),
    ]),
  );
  const found: string[] = [];
  const done = new Set<string>();
  const walk = (path: string, way: readonly string[]) => {
    const start = way.indexOf(path);
    if (start >= 0) {
      found.push([...way.slice(start), path].join(" → "));
      return;
    }
    if (done.has(path)) return;
    for (const next of edges.get(path) ?? []) walk(next, [...way, path]);
    done.add(path);
  };
  for (const path of edges.keys()) walk(path, []);
  return found;
}

function vagueNames(house: readonly Source[]): string[] {
  return house
    .map(({ path }) => path)
    .filter((path) =>
      [...dirname(path).split("/"), basename(path).split(".")[0]!].some((name) => VAGUE.test(name)),
    );
}

function defaultExports(house: readonly Source[]): string[] {
  return house.filter(hasDefaultExport).map(({ path }) => path);
}

function longFiles(house: readonly Source[]): string[] {
  return house.flatMap(({ path, text }) => {
    const lines = text.replace(/\n$/, "").split("\n").length;
    return lines > MAX_LINES && !isTest(path) ? [`${path} has ${lines} lines`] : [];
  });
}

/** What a file imports in any way, as written. */
function importsOf(source: Source): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node) => {
    const specifier = specifierOf(node);
    if (specifier && ts.isStringLiteralLike(specifier)) found.push(specifier.text);
    ts.forEachChild(node, visit);
  };
  visit(parse(source));
  return found;
}

function specifierOf(node: ts.Node): ts.Node | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier;
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
    return node.argument.literal;
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    return node.arguments[0];
  }
  return undefined;
}

function hasDefaultExport(source: Source): boolean {
  return parse(source).statements.some((statement) => {
    if (ts.isExportAssignment(statement)) return true;
    if (ts.isExportDeclaration(statement) && statement.exportClause) {
      const clause = statement.exportClause;
      return ts.isNamedExports(clause)
        ? clause.elements.some((element) => element.name.text === "default")
        : clause.name.text === "default";
    }
    return (
      ts.canHaveModifiers(statement) &&
      (ts.getModifiers(statement) ?? []).some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword)
    );
  });
}

const parsed = new WeakMap<Source, ts.SourceFile>();

function parse(source: Source): ts.SourceFile {
  const { path, text } = source;
  const kind = extname(path) === ".tsx" ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
  const tree =
    parsed.get(source) ?? ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, false, kind);
  parsed.set(source, tree);
  return tree;
}

/** The path from src/ that a relative import means; null for a package. */
function resolve(from: string, specifier: string): string | null {
  return specifier.startsWith(".") ? posix.join(posix.dirname(from), specifier) : null;
}

function isTest(path: string): boolean {
  return /\.test\.tsx?$/.test(path);
}

function roomOf(path: string): string {
  return path.split("/")[0]!;
}

function floorOf(room: string): number {
  return FLOORS.findIndex((floor) => floor.includes(room));
}
