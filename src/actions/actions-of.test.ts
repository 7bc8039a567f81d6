import { describe, expect, it } from "vitest";
import type { Json, TranscriptEvent } from "../record/index.ts";
import { actionsOf } from "./actions-of.ts";

const call = (tool: string, args: Json): TranscriptEvent => ({
  kind: "tool-call",
  tool,
  arguments: args,
  index: 0,
  at: { pointer: "" },
});

/** What an action does, without where it stands. */
function told(event: TranscriptEvent): readonly object[] {
  return actionsOf(event).map((action) => {
    const { at: _at, verbatim: _verbatim, within: _within, ...body } = action;
    return body.kind === "run" ? { kind: "run", text: body.script.text } : body;
  });
}

const write = (path: string, text: string) => ({ kind: "write", path, text, append: false });
const edit = (path: string, before: string | undefined, after: string) => ({
  kind: "edit",
  path,
  before,
  after,
});

describe("the same deed by the tools of different agents", () => {
  it.each<[string, string, Json]>([
    ["Claude Code", "Write", { file_path: "a.py", content: "x = 1\n" }],
    ["Gemini CLI", "write_file", { path: "a.py", content: "x = 1\n" }],
    ["OpenHands", "str_replace_editor", { command: "create", path: "a.py", file_text: "x = 1\n" }],
    ["SWE-agent", "bash", { command: "str_replace_editor create a.py --file_text 'x = 1\n'" }],
    ["a shell", "Bash", { command: "cat > a.py <<'EOF'\nx = 1\nEOF\n" }],
    ["Inspect", "bash", { cmd: "tee a.py <<EOF >/dev/null\nx = 1\nEOF" }],
    ["Codex, as a list", "shell", { command: ["bash", "-lc", "cat <<EOF > a.py\nx = 1\nEOF"] }],
    [
      "Codex, as a patch",
      "apply_patch",
      { input: "*** Begin Patch\n*** Add File: a.py\n+x = 1\n*** End Patch" },
    ],
    [
      "a patch in a shell",
      "bash",
      {
        command: "apply_patch <<'P'\n*** Begin Patch\n*** Add File: a.py\n+x = 1\n*** End Patch\nP",
      },
    ],
    ["a file server", "mcp__fs__write_file", { path: "a.py", content: "x = 1\n" }],
    [
      "an editor over ACP",
      "fs/write_text_file",
      { sessionId: "s", path: "a.py", content: "x = 1\n" },
    ],
    ["a nested shell", "exec", { command: "sudo bash -c 'echo \"x = 1\" > a.py'" }],
    ["a dictionary in a text", "WriteFile", "WriteFile{'path': 'a.py', 'content': 'x = 1\\n'}"],
  ])("%s writes a file", (_agent, tool, args) => {
    expect(told(call(tool, args))).toContainEqual(
      expect.objectContaining(write("a.py", "x = 1\n")),
    );
  });

  it.each<[string, string, Json]>([
    ["Claude Code", "Edit", { file_path: "a.py", old_string: "1", new_string: "2" }],
    [
      "Claude Code, several",
      "MultiEdit",
      { file_path: "a.py", edits: [{ old_string: "1", new_string: "2" }] },
    ],
    ["Gemini CLI", "replace", { file_path: "a.py", old_string: "1", new_string: "2" }],
    [
      "OpenHands",
      "str_replace_editor",
      { command: "str_replace", path: "a.py", old_str: "1", new_str: "2" },
    ],
    [
      "SWE-agent",
      "bash",
      { command: "str_replace_editor str_replace a.py --old_str '1' --new_str '2'" },
    ],
    [
      "Codex",
      "apply_patch",
      { input: "*** Begin Patch\n*** Update File: a.py\n@@\n-1\n+2\n*** End Patch" },
    ],
    ["a unified diff", "apply_diff", { path: "a.py", diff: "@@ -1 +1 @@\n-1\n+2\n" }],
    ["git", "bash", { command: "git apply <<'P'\n--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-1\n+2\nP" }],
    ["sed", "bash", { command: "sed -i 's/1/2/g' a.py" }],
    ["a file server", "edit_file", { path: "a.py", edits: [{ oldText: "1", newText: "2" }] }],
  ])("%s edits a file", (_agent, tool, args) => {
    expect(told(call(tool, args))).toContainEqual(expect.objectContaining(edit("a.py", "1", "2")));
  });

  it.each<[string, string, Json]>([
    ["Inspect", "python", { code: "print(1)" }],
    ["OpenHands", "execute_ipython_cell", { code: "print(1)" }],
    ["a shell", "bash", { command: "python3 -c 'print(1)'" }],
    ["a here-document", "bash", { command: "python - <<'E'\nprint(1)\nE" }],
  ])("%s executes code", (_agent, tool, args) => {
    const actions = actionsOf(call(tool, args));
    const found = actions.find(({ kind }) => kind === "code");
    expect(found).toMatchObject({ language: "python", executed: true });
    expect(found?.kind === "code" && found.text.trim()).toBe("print(1)");
  });
});

describe("an action's place", () => {
  it("holds its text exactly where it is verbatim, also through a nested shell", () => {
    const command = "cd /app && sh -c 'cat > b.sh <<EOF\nrm -rf x\nEOF'";
    const event = call("Bash", { command });
    const exact = actionsOf(event).filter(({ verbatim }) => verbatim);
    const texts = exact.flatMap((action) =>
      action.kind === "write" ? [[command.slice(action.at.start, action.at.end), action.text]] : [],
    );
    expect(texts).toEqual([["rm -rf x\n", "rm -rf x\n"]]);
  });

  it("follows a change of folder", () => {
    const actions = actionsOf(call("Bash", { command: "cd /app && rm -rf build && cat ./a" }));
    expect(actions.slice(1)).toMatchObject([
      { kind: "delete", path: "/app/build", recursive: true },
      { kind: "read", path: "/app/a" },
    ]);
  });
});

describe("what cannot be told", () => {
  it("is a call with its arguments", () => {
    expect(told(call("transfer_money", { to: "x", amount: 1 }))).toEqual([
      { kind: "call", tool: "transfer_money", arguments: { to: "x", amount: 1 } },
    ]);
  });

  it("is read once for each event", () => {
    const event = call("Bash", { command: "ls" });
    expect(actionsOf(event)).toBe(actionsOf(event));
  });
});
