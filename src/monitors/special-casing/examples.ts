import { piecesOf } from "./rarity.ts";

/** An example that the model could see: what goes in, what comes out. */
export interface Example {
  readonly input: readonly string[];
  readonly output: readonly string[];
  /** Offsets into the text that it stands in. */
  readonly start: number;
  readonly end: number;
}

export interface Statement {
  readonly examples: readonly Example[];
  /** Pieces of the text before and around the examples: what the task itself defines. */
  readonly defined: ReadonlySet<string>;
}

/** The longest text that is searched for examples, in characters. */
export const LONGEST_STATEMENT = 200_000;

/**
 * The examples of a problem statement: blocks under "Sample Input" and "Output", lines "Input: …
 * Output: …", `>>> f(3)`, assertions, arrows, rows of a table with such columns. Linear in the text.
 */
export function statementOf(text: string): Statement {
  const lines = linesOf(text.slice(0, LONGEST_STATEMENT));
  const examples: Example[] = [];
  const defined = new Set<string>();
  let block: Block | undefined;
  let input: Block | undefined;
  let sampled = false;
  let noted = false;
  const close = () => {
    if (!block) return;
    if (block.role === "input") input = block;
    else if (input && (isData(input) || sampled) && isData(block)) {
      examples.push(exampleOf(input, block));
      input = undefined;
    }
    block = undefined;
  };
  for (const [index, line] of lines.entries()) {
    const head = headOf(line.text);
    if (head?.role === "sample" || head?.role === "end") {
      close();
      if (head.role === "sample") sampled = true;
      else noted = examples.length > 0;
      continue;
    }
    if (head?.role === "input" || head?.role === "output") {
      const { role, rest } = head;
      close();
      sampled ||= head.sampled;
      block = { role, lines: [], start: line.start, end: line.end };
      const split = role === "input" ? inlineOutput(rest) : undefined;
      if (split) {
        examples.push({
          input: piecesOf(split.input),
          output: piecesOf(split.output),
          start: line.start,
          end: line.end,
        });
        block = undefined;
      } else if (rest !== "") block.lines.push(rest);
      continue;
    }
    const example = lineExample(line, lines[index + 1], lines, index);
    if (example) {
      examples.push(example);
      continue;
    }
    if (
      block &&
      (line.text.trim() === ""
        ? block.lines.length === 0 || block.role === "input"
        : !isProse(line.text))
    ) {
      if (!/^\s*```/.test(line.text)) block.lines.push(line.text);
      block.end = line.end;
      continue;
    }
    close();
    if (!noted || BOUND.test(line.text))
      for (const piece of piecesOf(line.text.replace(/[.?!](?=\s|$)/g, " "))) defined.add(piece);
  }
  close();
  if (examples.length === 0) examples.push(...unmarkedExample(lines));
  return { examples: examples.filter(isUseful).slice(0, MOST_EXAMPLES), defined };
}

/** Bounds and moduli are the task's own wherever they stand. */
const BOUND = /≤|<=|≥|>=|\\leq?\b|\\le\b|\bmod(?:ulo)?\b|10\^/;

/** Lines of data in a text that announces no example: one example of all that stands in them. */
function unmarkedExample(lines: readonly Line[]): readonly Example[] {
  const data = lines.filter(
    ({ text }) =>
      /\d/.test(text) &&
      text.length < 2_000 &&
      !isProse(text) &&
      !BOUND.test(text) &&
      !/[a-z]{3} [a-z]{2}/i.test(text),
  );
  const [first] = data;
  const last = data.at(-1);
  if (!first || !last) return [];
  const pieces = piecesOf(data.map(({ text }) => text).join("\n"));
  return [{ input: pieces, output: pieces, start: first.start, end: last.end }];
}

/** Examples of test code and of a test run's failures: the literals of each assertion or row. */
export function testExamples(text: string): readonly Example[] {
  const examples: Example[] = [];
  for (const line of linesOf(text.slice(0, LONGEST_STATEMENT))) {
    if (examples.length === MOST_EXAMPLES) break;
    if (line.text.length > 2_000 || !isTestLine(line.text)) continue;
    const literals = literalPieces(line.text);
    if (literals.length >= 2) {
      examples.push({ input: literals, output: literals, start: line.start, end: line.end });
    }
  }
  return examples;
}

/** Lines of a run's output that say what was expected and what came. */
export function failureExamples(text: string): readonly Example[] {
  const examples: Example[] = [];
  for (const line of linesOf(text.slice(0, LONGEST_STATEMENT))) {
    if (examples.length === MOST_EXAMPLES) break;
    if (line.text.length > 2_000 || !FAILURE_LINE.test(line.text)) continue;
    if (!/\d/.test(line.text)) continue;
    const literals = literalPieces(line.text);
    if (literals.length >= 1) {
      examples.push({ input: literals, output: literals, start: line.start, end: line.end });
    }
  }
  return examples;
}

const MOST_EXAMPLES = 400;
const TEST_LINE = /assert|expect\(|\bshould\b|\bwant\b|toBe|toEqual|\b(?:input|expected|output)\b/i;

function isTestLine(line: string): boolean {
  const bare = line.trim();
  return TEST_LINE.test(bare) || (/^[([{]/.test(bare) && /[)\]}],?$/.test(bare) && /\d/.test(bare));
}
const FAILURE_LINE = /AssertionError|^E\s|\b(?:expected|received|actual|want|got)\b|left:|right:/i;

/** The numbers and the quoted strings of a line. */
function literalPieces(line: string): readonly string[] {
  const found: string[] = [];
  for (const [, double, single, number] of line.matchAll(
    /"([^"\n]{0,400})"|'([^'\n]{0,400})'|(?<![\w.])(-?\d[\d_.]{0,60}(?:e\d{1,2})?)/g,
  )) {
    found.push(...piecesOf((double ?? single ?? number ?? "").replaceAll("\\n", " ")));
  }
  return found.slice(0, 200);
}

interface Line {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

interface Block {
  readonly role: "input" | "output";
  readonly lines: string[];
  readonly start: number;
  end: number;
}

function linesOf(text: string): readonly Line[] {
  const lines: Line[] = [];
  for (let start = 0; start <= text.length; ) {
    const found = text.indexOf("\n", start);
    const end = found < 0 ? text.length : found;
    lines.push({ text: text.slice(start, end), start, end });
    start = end + 1;
  }
  return lines;
}

function exampleOf(input: Block, output: Block): Example {
  return {
    input: piecesOf(input.lines.join("\n").replaceAll("\\n", "\n")),
    output: piecesOf(output.lines.join("\n").replaceAll("\\n", "\n")),
    start: input.start,
    end: output.end,
  };
}

function isUseful({ input, output }: Example): boolean {
  return input.length > 0 && output.length > 0;
}

interface Head {
  readonly role: "input" | "output" | "sample" | "end";
  readonly sampled: boolean;
  /** What follows the colon on the same line. */
  readonly rest: string;
}

const INPUT_WORDS = new Set(["input", "inputs", "stdin", "in"]);
const OUTPUT_WORDS = new Set(["output", "outputs", "expected", "stdout", "answer", "out"]);
const SAMPLE_WORDS = new Set(
  "sample samples example examples test tests case cases testcase testcases public".split(" "),
);
const OTHER_WORDS = new Set("data standard copy for the of".split(" "));
const END_WORDS = new Set(
  "note notes explanation explanations constraints constraint scoring subtasks subtask hint hints limits solution format specification".split(
    " ",
  ),
);

/** What a line announces, once its markdown, tags and dashes are taken off. */
function headOf(line: string): Head | undefined {
  if (line.length > 20_000) return undefined;
  const bare = line.trim();
  const colon = bare.indexOf(":");
  const front = (colon < 0 || colon > 60 ? bare : bare.slice(0, colon)).slice(0, 80);
  if (bare.startsWith("</")) return undefined;
  const words = front
    .toLowerCase()
    .replace(/[^a-z\d]+/g, " ")
    .trim()
    .split(" ");
  if (words.length > 5 || words[0] === "") return undefined;
  const has = (set: ReadonlySet<string>) => words.some((word) => set.has(word));
  const rest =
    colon < 0 || colon > 60
      ? ""
      : bare
          .slice(colon + 1)
          .replace(/^[\s*_`"']+/, "")
          .replace(/["',\s]{1,4}$/, "")
          .trim();
  if (has(END_WORDS)) return words.length <= 3 ? { role: "end", sampled: false, rest } : undefined;
  const known = words.every(
    (word) =>
      INPUT_WORDS.has(word) ||
      OUTPUT_WORDS.has(word) ||
      SAMPLE_WORDS.has(word) ||
      OTHER_WORDS.has(word) ||
      /^\d{1,2}$/.test(word),
  );
  if (!known || words.every((word) => /^\d/.test(word) || OTHER_WORDS.has(word))) return undefined;
  if (words.length === 1 && (words[0] === "in" || words[0] === "out") && colon < 0)
    return undefined;
  const sampled = has(SAMPLE_WORDS);
  if (has(INPUT_WORDS) && !has(OUTPUT_WORDS)) return { role: "input", sampled, rest };
  if (has(OUTPUT_WORDS) && !has(INPUT_WORDS)) return { role: "output", sampled, rest };
  return sampled ? { role: "sample", sampled, rest } : undefined;
}

function inlineOutput(
  rest: string,
): { readonly input: string; readonly output: string } | undefined {
  const at = rest.toLowerCase().search(/\b(?:expected )?output\b/);
  if (at <= 0) return undefined;
  const output = rest.slice(at).replace(/^(?:expected )?output\W{0,4}/i, "");
  return { input: rest.slice(0, at), output };
}

/** An example that stands in one line, or in a line and the one that follows it. */
function lineExample(
  line: Line,
  next: Line | undefined,
  lines: readonly Line[],
  index: number,
): Example | undefined {
  const text = line.text.trim();
  if (text.length > 2_000) return undefined;
  const { start, end } = line;
  if (text.startsWith(">>>")) {
    if (!next || next.text.trim().startsWith(">>>") || next.text.trim() === "") return undefined;
    return {
      input: argumentPieces(text.slice(3)),
      output: piecesOf(next.text),
      start,
      end: next.end,
    };
  }
  if (/^(assert|self\.assert|expect\()/.test(text)) {
    const literals = literalPieces(text);
    return literals.length > 1 ? { input: literals, output: literals, start, end } : undefined;
  }
  if (text.startsWith("|") && isExampleTable(lines, index)) {
    const cells = text
      .replace(/<br ?\/?>/gi, " ")
      .split("|")
      .map((cell) => cell.trim())
      .filter((cell) => cell !== "");
    const output = piecesOf(cells.at(-1) ?? "");
    return { input: piecesOf(cells.slice(0, -1).join(" ")), output, start, end };
  }
  for (const arrow of ARROWS) {
    const at = text.indexOf(arrow);
    const call = at < 0 ? -1 : text.lastIndexOf("(", at);
    if (at < 0 || call <= 0 || !/\w/.test(text[call - 1] ?? "")) continue;
    const input = argumentPieces(text.slice(0, at));
    const output = piecesOf(text.slice(at + arrow.length)).slice(0, 40);
    if (input.length > 0 && output.length > 0 && literalPieces(text.slice(call, at)).length > 0) {
      return { input, output, start, end };
    }
  }
  return undefined;
}

const ARROWS = [
  " -> ",
  " => ",
  " → ",
  " ➞ ",
  " == ",
  " ➜ ",
  " should return ",
  " returns ",
  " should be ",
  " = ",
  " # ",
];

function argumentPieces(call: string): readonly string[] {
  const open = call.indexOf("(");
  return literalPieces(open < 0 ? call : call.slice(open));
}

function isExampleTable(lines: readonly Line[], index: number): boolean {
  for (let back = index - 1; back >= Math.max(0, index - 60); back -= 1) {
    const text = lines[back]?.text.trim() ?? "";
    if (!text.startsWith("|")) return false;
    if (/\b(?:output|expected|result|answer|returns?)\b/i.test(text)) return true;
  }
  return false;
}

const SENTENCE_WORDS = new Set(
  "the of is are a an and to in that contains each it for be with you will given integer integers line lines number single denoting we can if this which on first second print output should".split(
    " ",
  ),
);

/** A sentence about the data rather than data: four words or more, half of them small words. */
function isProse(line: string): boolean {
  const words = line.trim().split(/\s+/).slice(0, 60);
  if (words.length < 4) return false;
  const small = words.filter((word) =>
    SENTENCE_WORDS.has(word.toLowerCase().replace(/[.,:;]/g, "")),
  ).length;
  return small >= 2 && small / words.length > 0.2;
}

function isData({ lines }: Block): boolean {
  return lines.some((line) => line.trim() !== "") && !lines.some(isProse);
}
