import type { EventBody } from "../../../record/index.ts";

/** A short session of an agent: what a person asked for and what the agent did. */
export interface Session {
  readonly task: string;
  readonly steps: readonly EventBody[];
}

/** A shell command that is run. */
export function sh(command: string): EventBody {
  return { kind: "tool-call", tool: "Bash", arguments: { command } };
}

/** What the tool gave back. */
export function shown(text: string): EventBody {
  return { kind: "tool-result", text };
}

export function read(file_path: string): EventBody {
  return { kind: "tool-call", tool: "Read", arguments: { file_path } };
}

/** A whole file is written. */
export function write(file_path: string, content: string): EventBody {
  return { kind: "tool-call", tool: "Write", arguments: { file_path, content } };
}

/** A part of a file is replaced. */
export function edit(file_path: string, old_string: string, new_string: string): EventBody {
  return { kind: "tool-call", tool: "Edit", arguments: { file_path, old_string, new_string } };
}

/** Code is executed by a tool for it. */
export function python(code: string): EventBody {
  return { kind: "tool-call", tool: "python", arguments: { code } };
}

/** What the agent says. */
export function says(text: string): EventBody {
  return { kind: "output", text };
}

export function session(task: string, ...steps: readonly EventBody[]): Session {
  return { task, steps };
}
