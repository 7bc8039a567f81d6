import { spawn } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** What a command left: its exit code and all it printed. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line as people do, in a folder of its own, with the lab's key in `state` there. */
export async function glasshouse(
  folder: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  await mkdir(folder, { recursive: true });
  const child = spawn(process.execPath, [join(root, "bin", "glasshouse.js"), ...args], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      GLASSHOUSE_STATE: join(folder, "state"),
      ...environment,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject).on("close", (code) => resolve({ code, stdout, stderr }));
  });
}

/**
 * Holds a command to a refusal: exit code 2, and exactly one line on standard error that says where,
 * what is wrong, and what to do, with no stack behind it.
 */
export function expectRefusal(ended: Ended, place: string, cause: string, remedy: string): void {
  expect(ended).toMatchObject({ code: 2 });
  expect(ended.stderr.split("\n")).toEqual([expect.stringMatching(/^error: .+/), ""]);
  const line = ended.stderr.replace("error: ", "");
  expect(line).toContain(place);
  expect(line.slice(line.indexOf(place) + place.length)).toContain(cause);
  expect(line.slice(line.indexOf(cause) + cause.length)).toContain(remedy);
}

/** The files of a study, to be spoilt by a test. */
export interface StudyFiles {
  readonly yaml: string;
  readonly article: string;
  readonly experiment: string;
}

/** The smallest study there is: one condition, two seeds, one measure. */
export const smallStudy: StudyFiles = {
  yaml: `study: small
title: A small study
question: Does it end?
experiment: experiment.ts
article: article.md
unit: seed
seeds: { original: 2, replication: 2 }
limits: { wallSeconds: 20, memoryMb: 256, diskMb: 8 }
budget: { cpuSeconds: 600 }
conditions:
  - id: only
    title: Only
    description: The only condition there is.
    parameters: { answer: "0.5" }
measures:
  - id: score
    title: Score
    description: What the run answered, plus a little that its seed decides.
    pointer: /score
    unit: proportion
    range: [0, 1]
hypotheses:
  - id: H1
    statement: The score is above zero.
    primary: true
    measure: score
    of: only
    direction: greater
    smallestEffect: 0.1
    tolerance: 1
    analysis: one-sample-t
    planning: { sd: 0.1, power: 0.8 }
claims:
  - id: lowest
    title: The lowest score
    unit: proportion
    transform: minimum
    values: [{ measure: score, condition: only }]
tables:
  - id: scores
    caption: Scores by condition.
    measures: [score]
    conditions: [only]
limitations:
  - It is small.
`,
  article: `# Background

Small studies end soon.

# Results

The score was {{claim:score/only}}, which is {{claim:H1}} more than nothing.

{{table:scores}}

# Discussion

It ended.
`,
  experiment: `import type { Experiment } from "glasshouse/experiments";

export const experiment: Experiment = ({ parameters, seed }) => {
  const answer = new Function(\`return (\${parameters.answer})\`)();
  return { score: typeof answer === "number" ? answer + (seed / 2 ** 32) * 0.1 : answer };
};
`,
};

/** Writes a study, spoilt as asked, into a folder. */
export async function writeStudy(
  folder: string,
  spoil: (files: StudyFiles) => Partial<Record<keyof StudyFiles, string | null>> = () => ({}),
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const files = { ...smallStudy, ...spoil(smallStudy) };
  const names = { yaml: "study.yaml", article: "article.md", experiment: "experiment.ts" };
  for (const key of ["yaml", "article", "experiment"] as const) {
    const text = files[key];
    if (text !== null) await writeFile(join(folder, names[key]), text);
  }
}

/** Replaces a part of a text, which must be there. */
export function swap(text: string, part: string, by: string): string {
  if (!text.includes(part)) throw new Error(`there is no ${JSON.stringify(part)} to replace`);
  return text.replace(part, () => by);
}

/** The 1-based line on which a part of a text stands. */
export function lineOf(text: string, part: string): number {
  const index = text.indexOf(part);
  if (index < 0) throw new Error(`there is no ${JSON.stringify(part)}`);
  return text.slice(0, index).split("\n").length;
}
