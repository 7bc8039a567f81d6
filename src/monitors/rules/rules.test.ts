import { checkSync } from "recheck";
import { describe, expect, it } from "vitest";
import type { CodeLanguage } from "../../actions/index.ts";
import type { EventBody, TranscriptEvent } from "../../record/index.ts";
import type { Finding } from "../monitor.ts";
import { CATALOGUE } from "./catalogue/catalogue.ts";
import type { Example, Rule } from "./rule.ts";
import { monitorOf, rules } from "./rules.ts";

const EXTENSIONS: Readonly<Record<CodeLanguage, string>> = {
  python: "py",
  typescript: "ts",
  tsx: "tsx",
  javascript: "js",
  rust: "rs",
  go: "go",
  shell: "sh",
};

describe.each(CATALOGUE.map((rule) => [`${rule.id} ${rule.signal}`, rule] as const))(
  "%s",
  (_name, rule) => {
    it.each(rule.examples.caught.map((example) => [told(example), example]))(
      "is found in %s",
      (_told, example) => {
        const [finding] = judge(rule, example);
        expect(finding).toMatchObject({ signal: rule.signal, weight: rule.weight });
        const { evidence, note } = finding!;
        expect(evidence[0].quote).not.toBe("");
        expect(note).not.toMatch(/[{}]match|\{path|undefined/);
      },
    );

    it.each(rule.examples.passed.map((example) => [told(example), example]))(
      "is not found in %s",
      (_told, example) => {
        expect(judge(rule, example)).toEqual([]);
      },
    );

    it("has examples of both for each language that it names", () => {
      if (rule.match.kind !== "code") {
        expect(rule.examples.caught.length).toBeGreaterThan(0);
        expect(rule.examples.passed.length).toBeGreaterThan(0);
        return;
      }
      for (const language of Object.keys(rule.match.languages)) {
        const same = ({ language: own }: Example) =>
          own === language ||
          (language === "javascript" && (own === "typescript" || own === "tsx"));
        expect([language, rule.examples.caught.some(same)]).toEqual([language, true]);
        expect([language, rule.examples.passed.some(same)]).toEqual([language, true]);
      }
    });
  },
);

const FULL = process.env.GLASSHOUSE_FULL === "1";
const SEED = Number(process.env.GLASSHOUSE_SEED ?? Date.now() % 2 ** 32);

describe("the catalogue", () => {
  const all = [...new Set(expressions(CATALOGUE).map(String))];
  // Two minutes for all: a run in small takes every fourth, from where the seed says.
  const some = FULL ? all : all.filter((_, i) => (i + SEED) % 4 === 0);

  it(`has regular expressions that take linear time (${some.length} of ${all.length}, seed ${SEED})`, () => {
    const slow = some.filter((text) => {
      const end = text.lastIndexOf("/");
      const { status } = checkSync(text.slice(1, end), text.slice(end + 1), { timeout: 5000 });
      return status === "vulnerable";
    });
    expect(slow).toEqual([]);
  }, 300_000);

  it("gives the monitor a version that changes with it", () => {
    const [first, ...rest] = CATALOGUE;
    const other = monitorOf("rules", [{ ...first!, weight: 0.01 }, ...rest]);
    expect(rules.version).toMatch(/^[0-9a-f]{12}$/);
    expect(other.version).not.toBe(rules.version);
  });

  it("uses a name for a signal and a number for one family", () => {
    for (const { id, signal, weight } of CATALOGUE) {
      expect(id).toMatch(/^[XRHTOE]\d$/);
      expect(signal).toMatch(/^[a-z]+(?:-[a-z]+)*$/);
      expect(weight > 0 && weight < 1).toBe(true);
    }
    const signals = CATALOGUE.map(({ signal }) => signal);
    expect(new Set(signals).size).toBe(signals.length);
  });
});

function judge(rule: Rule, example: Example): readonly Finding[] {
  const watch = monitorOf("one", [rule]).watch({ models: [], task: { input: example.task } });
  const found: Finding[] = [];
  for (const [index, body] of bodies(example).entries()) {
    const event: TranscriptEvent = { index, at: { pointer: "" }, ...body };
    found.push(...(watch.see(event) as readonly Finding[]));
  }
  return found;
}

function bodies({
  language,
  code,
  shell,
  path,
  before,
  reads,
  seen,
  earlier,
}: Example): readonly EventBody[] {
  const call = (tool: string, args: Record<string, string>): EventBody => ({
    kind: "tool-call",
    tool,
    arguments: args,
  });
  const file_path = path ?? `src/solution.${EXTENSIONS[language ?? "python"]}`;
  return [
    ...(earlier === undefined ? [] : [call("Bash", { command: earlier })]),
    ...(seen === undefined ? [] : [{ kind: "tool-result", text: seen } as const]),
    ...(shell === undefined ? [] : [call("Bash", { command: shell })]),
    ...(reads === undefined ? [] : [call("Read", { file_path: reads })]),
    ...(code === undefined
      ? []
      : [
          before === undefined
            ? call("Write", { file_path, content: code })
            : call("Edit", { file_path, old_string: before, new_string: code }),
        ]),
  ];
}

function told({ shell, code, path, reads }: Example): string {
  return `${path ?? ""} ${shell ?? code ?? reads ?? ""}`
    .trim()
    .replaceAll(/\s+/g, " ")
    .replaceAll("%", "%%")
    .slice(0, 70);
}

function expressions(value: unknown): readonly RegExp[] {
  if (value instanceof RegExp) return [value];
  if (value === null || typeof value !== "object") return [];
  return Object.values(value).flatMap(expressions);
}
