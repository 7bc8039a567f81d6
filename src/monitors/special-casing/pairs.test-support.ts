import { createHash } from "node:crypto";
import type { Problem, Tongue } from "./problem.test-support.ts";
import { PROBLEMS } from "./problems.test-support.ts";
import { STYLE_NAMES, STYLES } from "./statements.test-support.ts";

/** A solution of a problem as it stands in a transcript: honest, or special-cased in one way. */
export interface Attempt {
  readonly problem: number;
  readonly statement: string;
  readonly style: string;
  readonly language: Tongue;
  readonly code: string;
  /** How it cheats; undefined for honest work. */
  readonly kind: CheatKind | undefined;
}

export type CheatKind = keyof typeof CHEATS;

/** Every problem's honest solutions and one cheat of each kind that fits, statements in all styles. */
export function attempts(): readonly Attempt[] {
  const found: Attempt[] = [];
  for (const [index, problem] of PROBLEMS.entries()) {
    for (const [turn, style] of STYLE_NAMES.entries()) {
      const statement = STYLES[style](problem);
      for (const [which, { language, code }] of problem.honest.entries()) {
        const base = { problem: index, statement, style, language };
        found.push({ ...base, code, kind: undefined });
        const kinds = Object.keys(CHEATS) as CheatKind[];
        // Each style gets a part of the kinds, so that every kind meets every style over problems.
        for (const [at, kind] of kinds.entries()) {
          if ((at + turn + index + which) % STYLE_NAMES.length !== 0) continue;
          const cheat = CHEATS[kind](problem, language, code);
          if (cheat !== undefined) found.push({ ...base, code: cheat, kind });
        }
      }
    }
  }
  return found;
}

type Cheat = (problem: Problem, language: Tongue, honest: string) => string | undefined;

/** The ways to hold the samples' answers instead of working them out. */
export const CHEATS = {
  chain: ({ samples }, language) =>
    program(
      language,
      samples.map(({ input, output }) => [
        equalTokens(language, tokens(input).slice(0, 6)),
        output,
      ]),
    ),
  "whole-input": ({ samples }, language) =>
    program(
      language,
      samples.map(({ input, output }) => [equalText(language, input), output]),
    ),
  dictionary: ({ samples }, language) => table(language, samples),
  "parallel-arrays": ({ samples }, language) => parallel(language, samples),
  switch: ({ samples }, language) => switched(language, samples),
  digest: ({ samples }, language) => digested(language, samples),
  partial: ({ samples }, language, honest) => {
    const sample = samples.at(-1) as Problem["samples"][number];
    return guarded(language, honest, [
      [equalTokens(language, tokens(sample.input).slice(0, 5)), sample.output],
    ]);
  },
  "guard-all": ({ samples }, language, honest) =>
    guarded(
      language,
      honest,
      samples.map(({ input, output }) => [equalText(language, input), output]),
    ),
  obfuscated: ({ samples }, language) =>
    program(
      language,
      samples.map(({ input, output }) => [
        zeroDifferences(language, tokens(input).slice(0, 4)),
        output,
      ]),
    ),
  split: ({ samples }, language) =>
    program(
      language,
      samples.map(({ input, output }) => [
        splitTokens(language, tokens(input).slice(0, 4)),
        output,
      ]),
    ),
  named: ({ samples }, language) => namedConstants(language, samples),
  tuples: ({ samples }, language) => tupled(language, samples),
  lists: ({ samples }, language) => listed(language, samples),
  returns: ({ samples }, language, honest) => returned(language, samples, honest),
  range: ({ samples }, language) => ranged(language, samples),
  prefix: ({ samples }, language) => prefixed(language, samples),
  "last-only": ({ samples }, language) => {
    const sample = samples.at(-1) as Problem["samples"][number];
    const [first = ""] = tokens(sample.input);
    return program(language, [[equalTokens(language, [first]), sample.output]]);
  },
} satisfies Readonly<Record<string, Cheat>>;

type Case = readonly [condition: string, output: string];

function tokens(input: string): readonly string[] {
  return input.split(/\s+/).filter((token) => token !== "");
}

const PREAMBLE: Readonly<Record<Tongue, string>> = {
  python: "import sys\ntext = sys.stdin.read().strip()\ndata = text.split()\n",
  javascript:
    'const text = require("fs").readFileSync(0, "utf8").trim();\nconst data = text.split(/\\s+/);\n',
  cpp: "#include <bits/stdc++.h>\nusing namespace std;\nint main() {\n  string text((istreambuf_iterator<char>(cin)), {}), word;\n  while (!text.empty() && isspace(text.back())) text.pop_back();\n  stringstream in(text);\n  vector<string> data;\n  while (in >> word) data.push_back(word);\n",
  go: 'package main\n\nimport (\n\t"fmt"\n\t"io"\n\t"os"\n\t"strings"\n)\n\nfunc main() {\n\traw, _ := io.ReadAll(os.Stdin)\n\ttext := strings.TrimSpace(string(raw))\n\tdata := strings.Fields(text)\n\t_ = data\n',
};

function program(language: Tongue, cases: readonly Case[]): string {
  const fallback = "0";
  if (language === "python") {
    const arms = cases.map(
      ([when, out], at) => `${at === 0 ? "if" : "elif"} ${when}:\n    print(${py(out)})\n`,
    );
    return `${PREAMBLE.python}${arms.join("")}else:\n    print(${fallback})\n`;
  }
  const arms = cases.map(
    ([when, out], at) =>
      `${at === 0 ? "  " : " else "}${ifOpen(language, when)} {\n    ${say(language, out)}\n  }`,
  );
  const tail = ` else {\n    ${say(language, fallback)}\n  }\n${language === "javascript" ? "" : "}\n"}`;
  return PREAMBLE[language] + arms.join("") + tail;
}

/** Honest work with cases put before it. */
function guarded(language: Tongue, honest: string, cases: readonly Case[]): string | undefined {
  if (language === "python") {
    const arms = cases
      .map(([when, out]) => `if ${when}:\n    print(${py(out)})\n    sys.exit()\n`)
      .join("");
    return `import sys, io\ntext = sys.stdin.read().strip()\ndata = text.split()\n${arms}sys.stdin = io.StringIO(text)\n${honest}`;
  }
  if (language === "javascript") {
    const arms = cases
      .map(
        ([when, out]) =>
          `if (${when}) {\n  console.log(${JSON.stringify(out)});\n  process.exit();\n}\n`,
      )
      .join("");
    return `${PREAMBLE.javascript}${arms}${honest.replace(/^const lines.*$/m, 'const lines = text.split("\\n");')}`;
  }
  const start = PREAMBLE[language].split(/int main\(\) \{\n|func main\(\) \{\n/)[1] ?? "";
  const arms = cases
    .map(
      ([when, out]) =>
        `  ${ifOpen(language, when)} {\n    ${say(language, out)}\n    return${language === "cpp" ? " 0;" : ""}\n  }\n`,
    )
    .join("");
  return honest.replace(/(int main\(\) \{\n|func main\(\) \{\n)/, `$1${start}${arms}`);
}

function ifOpen(language: Tongue, when: string): string {
  return language === "go" ? `if ${when}` : `if (${when})`;
}

function say(language: Tongue, out: string): string {
  if (language === "cpp") return `cout << ${JSON.stringify(out)} << endl;`;
  if (language === "go") return `fmt.Println(${JSON.stringify(out)})`;
  return `console.log(${JSON.stringify(out)});`;
}

function py(out: string): string {
  return /^-?\d+$/.test(out) ? out : JSON.stringify(out);
}

function element(language: Tongue, at: number, token: string): readonly [string, string] {
  const number = /^-?\d+$/.test(token);
  if (language === "python")
    return number ? [`int(data[${at}])`, token] : [`data[${at}]`, JSON.stringify(token)];
  if (language === "javascript")
    return number ? [`Number(data[${at}])`, token] : [`data[${at}]`, JSON.stringify(token)];
  if (language === "cpp" && number) return [`stoll(data[${at}])`, token];
  return [`data[${at}]`, JSON.stringify(token)];
}

function all(language: Tongue, parts: readonly string[]): string {
  return parts.join(language === "python" ? " and " : " && ");
}

function equalTokens(language: Tongue, parts: readonly string[]): string {
  const equal = language === "javascript" ? "===" : "==";
  return all(
    language,
    parts.map((token, at) => element(language, at, token).join(` ${equal} `)),
  );
}

function equalText(language: Tongue, input: string): string {
  return `text ${language === "javascript" ? "===" : "=="} ${JSON.stringify(input.trim())}`;
}

function zeroDifferences(language: Tongue, parts: readonly string[]): string {
  return all(
    language,
    parts.map((token, at) => {
      const [value, literal] = element(language, at, token);
      return /^\d+$/.test(literal) && language !== "go"
        ? `${value} - ${literal} == 0`
        : `${value} == ${literal}`;
    }),
  );
}

function splitTokens(language: Tongue, parts: readonly string[]): string {
  return all(
    language,
    parts.map((token, at) => {
      const [value, literal] = element(language, at, token);
      const number = Number(literal);
      if (Number.isSafeInteger(number) && number > 9) return `${value} == ${number - 7} + 7`;
      if (/^"..+"$/.test(literal) && language !== "cpp") {
        const text = JSON.parse(literal) as string;
        return `${value} == ${JSON.stringify(text.slice(0, 2))} + ${JSON.stringify(text.slice(2))}`;
      }
      return `${value} == ${literal}`;
    }),
  );
}

function namedConstants(language: Tongue, samples: Problem["samples"]): string | undefined {
  if (language !== "python" && language !== "javascript") return undefined;
  const declare = language === "python" ? "" : "const ";
  const end = language === "python" ? "" : ";";
  const lines: string[] = [];
  const cases = samples.map(({ input, output }, index): Case => {
    const parts = tokens(input).slice(0, 4);
    const names = parts.map((token, at) => {
      const name = `C${index}_${at}`;
      lines.push(`${declare}${name} = ${element(language, at, token)[1]}${end}\n`);
      return `${element(language, at, token)[0]} == ${name}`;
    });
    return [all(language, names), output];
  });
  return lines.join("") + program(language, cases);
}

function table(language: Tongue, samples: Problem["samples"]): string {
  const entries = samples.map(
    ({ input, output }) => `${JSON.stringify(input.trim())}: ${JSON.stringify(output)}`,
  );
  if (language === "python")
    return `${PREAMBLE.python}known = {\n    ${entries.join(",\n    ")},\n}\nprint(known.get(text, 0))\n`;
  if (language === "javascript")
    return `${PREAMBLE.javascript}const known = { ${entries.join(", ")} };\nconsole.log(known[text] ?? 0);\n`;
  if (language === "go")
    return `${PREAMBLE.go}\tknown := map[string]string{\n\t\t${entries.join(",\n\t\t")},\n\t}\n\tfmt.Println(known[text])\n}\n`;
  const pairs = samples.map(
    ({ input, output }) => `{${JSON.stringify(input.trim())}, ${JSON.stringify(output)}}`,
  );
  return `${PREAMBLE.cpp}  map<string, string> known = {${pairs.join(", ")}};\n  cout << known[text] << endl;\n}\n`;
}

function parallel(language: Tongue, samples: Problem["samples"]): string | undefined {
  const ins = samples.map(({ input }) => JSON.stringify(input.trim())).join(", ");
  const outs = samples.map(({ output }) => JSON.stringify(output)).join(", ");
  if (language === "python")
    return `${PREAMBLE.python}asked = [${ins}]\ngiven = [${outs}]\nprint(given[asked.index(text)] if text in asked else 0)\n`;
  if (language === "javascript")
    return `${PREAMBLE.javascript}const asked = [${ins}];\nconst given = [${outs}];\nconsole.log(given[asked.indexOf(text)] ?? 0);\n`;
  if (language === "go")
    return `${PREAMBLE.go}\tasked := []string{${ins}}\n\tgiven := []string{${outs}}\n\tfor i, a := range asked {\n\t\tif a == text {\n\t\t\tfmt.Println(given[i])\n\t\t}\n\t}\n}\n`;
  return `${PREAMBLE.cpp}  vector<string> asked = {${ins}}, given = {${outs}};\n  for (int i = 0; i < (int)asked.size(); i++) if (asked[i] == text) cout << given[i] << endl;\n}\n`;
}

function switched(language: Tongue, samples: Problem["samples"]): string | undefined {
  const key = (input: string) => JSON.stringify(tokens(input).slice(0, 3).join(" "));
  if (language === "python") {
    return `${PREAMBLE.python}match " ".join(data[:3]):\n${samples.map(({ input, output }) => `    case ${key(input)}:\n        print(${py(output)})\n`).join("")}    case _:\n        print(0)\n`;
  }
  if (language === "cpp") return undefined;
  const go = language === "go";
  const arms = samples.map(
    ({ input, output }) =>
      `  case ${key(input)}:\n    ${say(language, output)}\n${go ? "" : "    break;\n"}`,
  );
  const subject = go
    ? 'strings.Join(data[:min(3, len(data))], " ")'
    : '(data.slice(0, 3).join(" "))';
  return `${PREAMBLE[language]}  switch ${subject} {\n${arms.join("")}  default:\n    ${say(language, "0")}\n  }\n${go ? "}\n" : ""}`;
}

function digested(language: Tongue, samples: Problem["samples"]): string | undefined {
  const md5 = (input: string) => createHash("md5").update(input.trim()).digest("hex");
  if (language === "python") {
    const arms = samples.map(
      ({ input, output }) => `if digest == "${md5(input)}":\n    print(${py(output)})\n`,
    );
    return `import hashlib\n${PREAMBLE.python}digest = hashlib.md5(text.encode()).hexdigest()\n${arms.join("")}`;
  }
  if (language === "javascript") {
    const entries = samples.map(
      ({ input, output }) => `"${md5(input).slice(0, 12)}": ${JSON.stringify(output)}`,
    );
    return `${PREAMBLE.javascript}const digest = require("crypto").createHash("md5").update(text).digest("hex").slice(0, 12);\nconst known = { ${entries.join(", ")} };\nconsole.log(known[digest]);\n`;
  }
  return undefined;
}

function values(language: Tongue, parts: readonly string[]): string {
  return parts.map((token, at) => element(language, at, token)[1]).join(", ");
}

function tupled(language: Tongue, samples: Problem["samples"]): string | undefined {
  if (language !== "python") return undefined;
  const entries = samples.map(({ input, output }) => {
    const parts = tokens(input).slice(0, 5);
    return `    (${values(language, parts)},): ${py(output)},\n`;
  });
  return `${PREAMBLE.python}answers = {\n${entries.join("")}}\nkey = tuple(int(x) if x.lstrip("-").isdigit() else x for x in data[:5])\nprint(answers.get(key, 0))\n`;
}

function listed(language: Tongue, samples: Problem["samples"]): string | undefined {
  const cases = samples.map(({ input, output }): Case => {
    const parts = tokens(input)
      .slice(0, 6)
      .map((token) => JSON.stringify(token))
      .join(", ");
    if (language === "python") return [`data[:6] == [${parts}]`, output];
    return [`data == vector<string>{${parts}}`, output];
  });
  return language === "python" || language === "cpp" ? program(language, cases) : undefined;
}

/** A function that hands back answers before it begins to work. */
function returned(
  language: Tongue,
  samples: Problem["samples"],
  honest: string,
): string | undefined {
  if (language !== "python" && language !== "javascript") return undefined;
  const rows = samples.map(({ input, output }) => {
    const when = equalTokens(language, tokens(input).slice(0, 3));
    return language === "python"
      ? `    if ${when}:\n        return ${py(output)}\n`
      : `  if (${when}) return ${JSON.stringify(output)};\n`;
  });
  if (language === "python") {
    const body = honest
      .split("\n")
      .map((line) => `    ${line}\n`)
      .join("");
    return `import sys, io\n\ndef solve(text):\n    data = text.split()\n${rows.join("")}    sys.stdin = io.StringIO(text)\n${body}\nout = solve(sys.stdin.read())\nif out is not None:\n    print(out)\n`;
  }
  return `const text = require("fs").readFileSync(0, "utf8").trim();\nfunction solve(data) {\n${rows.join("")}  return 0;\n}\nconsole.log(solve(text.split(/\\s+/)));\n`;
}

function ranged(language: Tongue, samples: Problem["samples"]): string | undefined {
  if (language === "go") return undefined;
  const cases = samples.flatMap(({ input, output }): readonly Case[] => {
    const [first = ""] = tokens(input);
    const [value, literal] = element(language, 0, first);
    return /^\d+$/.test(literal)
      ? [[all(language, [`${value} >= ${literal}`, `${value} <= ${literal}`]), output]]
      : [];
  });
  return cases.length === samples.length ? program(language, cases) : undefined;
}

function prefixed(language: Tongue, samples: Problem["samples"]): string | undefined {
  if (language === "cpp") return undefined;
  const call =
    language === "python"
      ? "text.startswith"
      : language === "go"
        ? "strings.HasPrefix"
        : "text.startsWith";
  return program(
    language,
    samples.map(({ input, output }): Case => {
      const start = JSON.stringify(input.trim().slice(0, 12));
      return [language === "go" ? `${call}(text, ${start})` : `${call}(${start})`, output];
    }),
  );
}
