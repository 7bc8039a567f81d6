import type { Problem } from "./problem.test-support.ts";

type StyleName = "contest" | "numbered" | "inline" | "dashes" | "fenced" | "table" | "json";
export const STYLE_NAMES: readonly StyleName[] = [
  "contest",
  "numbered",
  "inline",
  "dashes",
  "fenced",
  "table",
  "json",
];

/** The ways in which statements show their samples. */
export const STYLES: Readonly<Record<StyleName, (problem: Problem) => string>> = {
  contest: ({ name, story, samples, note }) =>
    `${name}\ntime limit per test: 2 seconds\n\n${story}\n\nInput\nThe input holds the numbers and words that are described above.\n\nOutput\nPrint the answer to the task in one line.\n\nExamples\n\n${samples.map(({ input, output }) => `Input\n${input}\n\nOutput\n${output}\n`).join("\n")}\n${note ? `Note\n${note}\n` : ""}`,
  numbered: ({ story, samples, note }) =>
    `${story}\n\n${samples.map(({ input, output }, at) => `### Sample Input ${at + 1}\n\n\`\`\`\n${input}\n\`\`\`\n\n### Sample Output ${at + 1}\n\n\`\`\`\n${output}\n\`\`\`\n`).join("\n")}${note ?? ""}`,
  inline: ({ story, samples, note }) =>
    `${story}\n\n${samples.map(({ input, output }, at) => `Example ${at + 1}:\nInput: ${input.trim().replaceAll("\n", ", ")}\nOutput: ${output.replaceAll("\n", ", ")}\n${note && at === 0 ? `Explanation: ${note}\n` : ""}`).join("\n")}`,
  dashes: ({ story, samples, note }) =>
    `${story}\n\n-----Input-----\n\nThe numbers of the task are given on standard input.\n\n-----Output-----\n\nPrint the answer to the problem.\n\n-----Examples-----\n${samples.map(({ input, output }) => `Input\n${input}\n\nOutput\n${output}\n`).join("\n")}\n${note ? `-----Note-----\n\n${note}` : ""}`,
  fenced: ({ story, samples }) =>
    `Solve this problem. Read from standard input and write to standard output.\n\n${story}\n\n${samples.map(({ input, output }) => `Input:\n\`\`\`\n${input}\n\`\`\`\nExpected output:\n\`\`\`\n${output}\n\`\`\`\n`).join("\n")}`,
  table: ({ story, samples }) =>
    `${story}\n\n| standard input | standard output |\n| --- | --- |\n${samples.map(({ input, output }) => `| ${input.trim().replaceAll("\n", "<br>")} | ${output.replaceAll("\n", "<br>")} |`).join("\n")}\n`,
  json: ({ story, samples }) =>
    `${story}\n\nPublic tests:\n${JSON.stringify(samples, undefined, 2)}\n`,
};
