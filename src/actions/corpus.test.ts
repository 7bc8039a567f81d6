import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HAS_CORPUS, NO_CORPUS, realTranscripts } from "../formats/corpus.test-support.ts";
import type { Json, TranscriptEvent } from "../record/index.ts";
import { actionsOf } from "./actions-of.ts";
import { parseCode } from "./code.ts";

/** Tools of coding agents that act on nothing but the conversation. */
const WORDS_ONLY =
  /^(?:submit|finish|think|update_plan|TodoWrite|ExitPlanMode|AskUserQuestion|Task|FailingTool|Glob|Grep|sessions_\w+|memory_search|web_browser_click|mcp__happy__change_title)$/;

describe.skipIf(!HAS_CORPUS)(`real transcripts${NO_CORPUS}`, () => {
  it.each([
    ["atif", 1],
    ["claude-code", 1],
    ["gemini-cli", 1],
    ["inspect-eval", 1],
    ["inspect-json", 1],
    ["mini-swe-agent", 1],
    ["openai-chat", 1],
    ["openclaw", 1],
    ["swe-agent-traj", 1],
  ])(
    "of %s: tool calls that act on the machine become something else than a call",
    async (folder, share) => {
      let known = 0;
      let all = 0;
      for (const event of await events(folder)) {
        if (event.kind !== "tool-call" || WORDS_ONLY.test(event.tool)) continue;
        if (event.tool === "shell" && /^\s*submit\s*$/.test(textOf(event.arguments))) continue;
        all++;
        if (actionsOf(event).some(({ kind }) => kind !== "call")) known++;
      }
      expect(all).toBeGreaterThan(0);
      expect(known / all).toBeGreaterThanOrEqual(share);
    },
  );

  it("have the text of an action at its place", async () => {
    let exact = 0;
    for (const event of await events(".")) {
      for (const action of actionsOf(event)) {
        const host = at(event, action.at.pointer);
        expect(typeof host).toBe("string");
        const place = String(host).slice(action.at.start, action.at.end);
        const text =
          action.kind === "run"
            ? action.script.text
            : action.kind === "edit"
              ? action.after
              : action.kind === "write" || action.kind === "code"
                ? action.text
                : undefined;
        if (!action.verbatim || text === undefined) continue;
        expect(place).toBe(text);
        exact++;
      }
    }
    expect(exact).toBeGreaterThan(500);
  }, 60_000);
});

describe("any event", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc
      .array(
        fc.constantFrom(
          ..."``` ```python <tool_use> {'tool_name':bash,'tool_input':{'command': 'ls'}} </tool_use> { } [ ' \" \\ *** Begin Patch\n *** Update File: a\n @@ -1,2 +1,3 @@\n --- a/x\n +++ b/x\n + - edit 1:2\n end_of_edit\n str_replace_editor create cat > f <<EOF\n".split(
            " ",
          ),
          " ",
          "\n",
        ),
        { maxLength: 60 },
      )
      .map((pieces) => pieces.join("")),
  );
  const tools = fc.oneof(
    fc.constantFrom(
      "Bash",
      "python",
      "Edit",
      "Write",
      "apply_patch",
      "edit",
      "str_replace_editor",
      "x",
      "__proto__",
    ),
    fc.string(),
  );
  const keys = fc.constantFrom(
    ..."command cmd path file_path content old_string new_string edits code url args patch __proto__ constructor".split(
      " ",
    ),
  );
  const fields = fc.dictionary(
    keys,
    fc.oneof(text, fc.array(text), fc.jsonValue() as fc.Arbitrary<Json>),
  );

  it("gives actions whose places stand in it, and never fails", () => {
    fc.assert(
      fc.property(tools, fc.oneof(fields, text, fc.array(text)), text, (tool, args, words) => {
        const bodies = [
          { kind: "tool-call", tool, arguments: args as Json },
          { kind: "output", text: words },
          { kind: "diff", path: "f", patch: words },
        ] as const;
        for (const body of bodies) {
          const event: TranscriptEvent = { index: 0, at: { pointer: "" }, ...body };
          for (const { at: place } of actionsOf(event)) {
            const host = at(event, place.pointer);
            expect(typeof host).toBe("string");
            expect(0 <= place.start && place.start <= place.end).toBe(true);
            expect(place.end).toBeLessThanOrEqual(String(host).length);
          }
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe("code that is not safe to parse", () => {
  it.each(["(", ")", "[", "}", "{"])("is left alone: %s without end", (mark) => {
    for (const language of ["python", "shell", "typescript", "rust", "go"] as const) {
      expect(parseCode(language, mark.repeat(100_000))).toBeUndefined();
    }
  });

  it("is parsed where it is a fragment", () => {
    const root = parseCode("python", "    if x:\n        return exit(0)\n  else");
    expect(root?.find("exit($A)")?.text()).toBe("exit(0)");
  });
});

async function events(folder: string): Promise<readonly TranscriptEvent[]> {
  return (await realTranscripts([folder])).flatMap(({ events: own }) => own);
}

function at(event: TranscriptEvent, pointer: string): unknown {
  const keys = pointer.split("/").slice(1);
  return keys.reduce<unknown>((value, key) => {
    const name = key.replaceAll("~1", "/").replaceAll("~0", "~");
    return value !== null && typeof value === "object" && Object.hasOwn(value, name)
      ? (value as Record<string, unknown>)[name]
      : undefined;
  }, event);
}

function textOf(value: Json): string {
  return value !== null && typeof value === "object" && "command" in value
    ? String(value.command)
    : "";
}
