import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EventBody, Json } from "../../record/index.ts";
import { readBytes } from "../corpus.test-support.ts";
import { writtenCalls } from "./written-calls.ts";

const SEED = Number(process.env.GLASSHOUSE_SEED ?? Date.now() % 2 ** 32);
const callsIn = (text: string) =>
  writtenCalls([{ kind: "output", text }]).map((call) =>
    call.kind === "tool-call" ? [call.tool, call.arguments] : call,
  );

describe("calls that a model writes into its text", () => {
  it.each<[string, string, [string, Json][]]>([
    [
      "SWE-agent's",
      "Look:\n<function=bash>\n<parameter=command>ls -l</parameter>\n</function>",
      [["bash", { command: "ls -l" }]],
    ],
    [
      "Anthropic's prompts",
      '<function_calls><invoke name="edit"><parameter name="path">a.py</parameter><parameter name="text">x > 1</parameter></invoke></function_calls>',
      [["edit", { path: "a.py", text: "x > 1" }]],
    ],
    [
      "Hermes'",
      '<tool_call>\n{"name": "pay", "arguments": {"to": "Ann", "sum": 3}}\n</tool_call><tool_call>{"name": "log"}</tool_call>',
      [
        ["pay", { to: "Ann", sum: 3 }],
        ["log", {}],
      ],
    ],
    ["CodeAct's", "<execute_bash>make test</execute_bash>", [["bash", { command: "make test" }]]],
    [
      "ReAct's",
      'Thought: I need it.\nAction: search\nAction Input: {"q": "a"}\nObservation: no\nAction: note\nAction Input: two\nlines\nThought: done',
      [
        ["search", { q: "a" }],
        ["note", "two\nlines"],
      ],
    ],
    ["mini-SWE-agent's", "```mswea_bash_command\nls\n```", [["bash", { command: "ls" }]]],
  ])("are found in %s words", (_of, text, calls) => {
    expect(callsIn(text)).toEqual(calls);
  });

  it.each([
    "Action: I will now search. Action Input is not needed.",
    "The tag <tool_call> holds JSON: <tool_call>not json</tool_call>",
    "<function=bash> was never closed",
    "<execute_bash>",
  ])("are not made up: %s", (text) => {
    expect(callsIn(text)).toEqual([]);
  });

  it(`are looked for in any text without an error (seed ${SEED})`, () => {
    const part = fc.constantFrom(
      ...["<function=", "</function>", "<parameter=", ">", "a", "\n", "Action: ", "Action Input: "],
      ...['<invoke name="', '"', "</invoke>", "<tool_call>", "</tool_call>", "{", "__proto__"],
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 40 }), (parts) => {
        for (const call of writtenCalls([{ kind: "output", text: parts.join("") }]))
          expect(call.kind).toBe("tool-call");
      }),
      { seed: SEED },
    );
  });

  it("make the user's next message what the call gave, and no later one", async () => {
    const messages = [
      { role: "user", content: "Fix it." },
      { role: "assistant", content: "<execute_bash>ls</execute_bash>" },
      { role: "user", content: "a.py" },
      { role: "assistant", content: "There is one file." },
      { role: "user", content: "Good." },
    ];
    const { transcripts } = await readBytes("run.json", JSON.stringify({ messages }));
    const kinds = transcripts[0]!.events
      .map((event: EventBody) => event.kind)
      .filter((kind) => kind !== "reasoning");
    expect(kinds).toEqual(["input", "output", "tool-call", "tool-result", "output", "input"]);
  });
});
