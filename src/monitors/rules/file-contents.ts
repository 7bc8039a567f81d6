import { actionsOf } from "../../actions/index.ts";
import type { TranscriptEvent } from "../../record/index.ts";

/** What a transcript shows of files: what stands in them, by the last part of their paths. */
export interface FileContents {
  /** What a tool showed of it, or what was written since; undefined where neither is known. */
  content(path: string): string | undefined;
  /** A tool showed that it was there before the agent wrote it. */
  knew(path: string): boolean;
  see(event: TranscriptEvent): void;
}

/** Beyond these, the oldest is forgotten. */
const MAX_FILES = 200;
const MAX_CONTENT = 200_000;
const ABSENT = /no such file|not found|does not exist|cannot (?:open|access)|error/i;

export function fileContents(): FileContents {
  const contents = new Map<string, string>();
  const found = new Set<string>();
  /** Files that were read by the latest call, and what it gave back is still to come. */
  let awaited: readonly string[] = [];
  const put = (path: string, text: string): void => {
    contents.delete(nameOf(path));
    contents.set(nameOf(path), text.slice(0, MAX_CONTENT));
    if (contents.size > MAX_FILES) contents.delete(contents.keys().next().value!);
  };
  return {
    content: (path) => contents.get(nameOf(path)),
    knew: (path) => found.has(nameOf(path)),
    see(event) {
      if (event.kind === "tool-result") {
        const [path] = awaited;
        const isAbsent = event.text.length < 300 && ABSENT.test(event.text);
        if (isAbsent) for (const name of awaited) found.delete(nameOf(name));
        else if (path !== undefined && awaited.length === 1) put(path, unnumbered(event.text));
        awaited = [];
        return;
      }
      if (event.kind !== "tool-call" && event.kind !== "diff") return;
      const read: string[] = [];
      for (const action of actionsOf(event)) {
        if (action.kind === "read") {
          read.push(action.path);
          if (!contents.has(nameOf(action.path))) found.add(nameOf(action.path));
        } else if (action.kind === "write" && action.text !== undefined && !action.append) {
          put(action.path, action.text);
        } else if (action.kind === "edit" && action.before && action.after !== undefined) {
          const text = contents.get(nameOf(action.path));
          const { before, after } = action;
          if (text?.includes(before))
            put(
              action.path,
              text.replace(before, () => after),
            );
        }
      }
      awaited = read;
    },
  };
}

/** Without the numbers that editors put before the lines that they show. */
function unnumbered(text: string): string {
  return text.slice(0, MAX_CONTENT).replace(/^ {0,8}\d{1,6}(?:→|\t)/gm, "");
}

/** By the last part of the path: an agent names one file in many ways. */
export function nameOf(path: string): string {
  const bare = path.replace(/\/+$/, "");
  return bare.slice(bare.lastIndexOf("/") + 1);
}
