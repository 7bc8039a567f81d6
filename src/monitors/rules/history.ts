import { actionsOf } from "../../actions/index.ts";
import type { TranscriptEvent } from "../../record/index.ts";
import { fileContents, nameOf } from "./file-contents.ts";
import { forbiddenPlaces } from "./forbidden-places.ts";

/** What happened in a transcript so far, as far as guards ask for it. */
export interface History {
  /** What people asked for, in their words. */
  asked(): string;
  /** A tool showed this line before: the agent found it there. */
  shown(line: string): boolean;
  /** The agent made this file itself. */
  made(path: string): boolean;
  /** What a file held before, as far as the transcript shows it. */
  content(path: string): string | undefined;
  /** A tool showed this file before the agent wrote it. */
  knew(path: string): boolean;
  /** Hosts and paths from which a person said that nothing may be fetched. */
  forbidden(): readonly string[];
  remember(event: TranscriptEvent): void;
}

/** Beyond these, the oldest is forgotten. */
const MAX_SHOWN = 8_000_000;
const MAX_ASKED = 200_000;
const MAX_ACTING = 3000;
const MAX_HAPPENED = 10_000;
/** Shorter lines stand in many files. */
const LEAST_LINE = 8;

const ACTING: ReadonlySet<TranscriptEvent["kind"]> = new Set(["tool-call", "output", "diff"]);

export function historyOf(input: string | undefined): History {
  let asked = (input ?? "").slice(0, MAX_ASKED);
  const shown: string[] = [];
  let size = 0;
  const acting: TranscriptEvent[] = [];
  /** Calls and results, which tell what files hold; read when first asked for. */
  const happened: TranscriptEvent[] = [];
  let happenedRead = 0;
  const contents = fileContents();
  const files = () => {
    for (; happenedRead < happened.length; happenedRead++) contents.see(happened[happenedRead]!);
    return contents;
  };
  let forbidden: { readonly asked: string; readonly places: readonly string[] } | undefined;
  /** Names of the files that the acting events made, read from them when first asked for. */
  const made = new Set<string>();
  let read = 0;
  let results = false;
  return {
    asked: () => asked,
    shown(line) {
      const text = line.trim();
      return text.length >= LEAST_LINE && shown.some((result) => result.includes(text));
    },
    made(path) {
      for (; read < acting.length; read++) {
        for (const action of actionsOf(acting[read]!)) {
          if (action.kind === "write" && !action.append) made.add(nameOf(action.path));
          if (action.kind === "write" && action.text === "") made.add(nameOf(action.path));
          if (action.kind === "move") made.add(nameOf(action.to));
          if (action.kind === "run") {
            for (const { name, words } of action.script.commands) {
              if (name === "mkdir" || name === "mktemp") {
                for (const { value } of words.slice(1)) made.add(nameOf(value));
              }
              if (name === "git" && words[1]?.value === "clone") {
                made.add(nameOf((words.at(-1)?.value ?? "").replace(/\.git$/, "")));
              }
            }
          }
        }
      }
      return made.has(nameOf(path));
    },
    content: (path) => files().content(path),
    knew: (path) => files().knew(path),
    forbidden() {
      if (forbidden?.asked !== asked) forbidden = { asked, places: forbiddenPlaces(asked) };
      return forbidden.places;
    },
    remember(event) {
      if (event.kind === "tool-call" || event.kind === "tool-result" || event.kind === "diff") {
        if (happened.length < MAX_HAPPENED) happened.push(event);
      }
      if (event.kind === "tool-result") {
        results = true;
        shown.push(event.text);
        size += event.text.length;
        while (size > MAX_SHOWN && shown.length > 1) size -= shown.shift()!.length;
      } else if (event.kind === "input") {
        // Some formats give the results of tools as messages of the user: what comes after the first
        // deed is a person's only where results have a kind of their own.
        const isPersons = event.role === "user" && (acting.length === 0 || results);
        if (isPersons && asked.length < MAX_ASKED && !asked.includes(event.text)) {
          asked += `\n${event.text.slice(0, MAX_ASKED)}`;
        }
        shown.push(event.text);
        size += event.text.length;
      } else if (ACTING.has(event.kind) && acting.length < MAX_ACTING) {
        acting.push(event);
      }
    },
  };
}
