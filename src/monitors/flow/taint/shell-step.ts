import type { ShellCommand, ShellScript, ShellWord } from "../../../actions/index.ts";
import type { Evidence } from "../../monitor.ts";
import { chain, named } from "../evidence.ts";
import { secretVariable, sensitivePath } from "./sensitive.ts";
import type { FlowContext } from "./sinks.ts";
import type { State } from "./state.ts";
import {
  type Content,
  joined,
  NOTHING,
  passed,
  stepsOf,
  type Taint,
  taintOf,
  union,
} from "./taint.ts";

/** A script at work: where its text stands, and what is called for scripts and code that it runs. */
export interface ShellWork {
  readonly context: FlowContext;
  readonly script: ShellScript;
  /** Evidence for a part of the script's text. */
  place(start: number, end: number): Evidence;
  /** A file is run as a program, or planted to be. */
  runFile(path: string, at: Evidence): Content;
  /** Code in the command line of a script that is itself run from a file; elsewhere it is an action. */
  runInline?(program: string, text: string, at: Evidence): void;
  /** A command is met, before it takes effect. */
  meets(step: Step): void;
  /** A variable is given a value. */
  assigns(name: string, value: string, at: Evidence): void;
}

export interface Run {
  readonly work: ShellWork;
  readonly state: State;
  readonly outputs: (Content | undefined)[];
  /** By command, the commands whose output it takes. */
  readonly feeders: readonly (readonly number[])[];
}

/** A command with all that reaches it. */
export interface Step {
  readonly run: Run;
  readonly command: ShellCommand;
  readonly evidence: Evidence;
  readonly input: Content;
  /** What a word comes to, as text and as content. */
  word(word: ShellWord): Content & { readonly text: string };
  /** The content of the file that a word names, by itself or by what its variable holds. */
  fileOf(word: ShellWord, value?: string): Content;
}

/** What a word comes to, with what its variables and substitutions hold. */
export function contentOfWord(
  run: Run,
  word: ShellWord,
  inner: readonly Content[],
): Content & { readonly text: string } {
  const at = () => run.work.place(word.start, word.end);
  const holds: (readonly Taint[])[] = inner.map((content) => content.holds);
  const names: (readonly Taint[])[] = inner.map((content) => content.names);
  let text = word.value;
  for (const name of word.variables) {
    const known = run.state.variable(name);
    if (known !== undefined) {
      holds.push(known.holds.map((taint) => passed(taint, at())));
      names.push(known.names);
      if (known.text !== undefined && known.text.length < 4_096) {
        const value = known.text.trimEnd();
        text = text.replaceAll(`\${${name}}`, () => value).replaceAll(`$${name}`, () => value);
      }
    } else if (!/#/.test(word.value) || !word.value.includes(`\${#${name}`)) {
      const secret = secretVariable(name);
      if (secret !== undefined) holds.push([taintOf({ ...secret, evidence: at() })]);
    }
  }
  const [only] = inner;
  if (
    inner.length === 1 &&
    only?.text !== undefined &&
    /^\$\([^)]*\)$|^`[^`]*`$/.test(word.value)
  ) {
    text = only.text.trimEnd();
  }
  const sensitive = sensitivePath(text.replace(/^[@<]|^[\w-]{1,40}=@?/, ""));
  if (sensitive !== undefined) names.push([taintOf({ ...sensitive, evidence: at() })]);
  return { holds: union(...holds), names: union(...names), text };
}

/** The content of the file that a word names; through a list of names where its variable holds one. */
export function contentOfFile(step: Step, word: ShellWord, value?: string): Content {
  const { run } = step;
  const content = step.word(word);
  const path = value ?? content.text;
  const file = run.state.file(path);
  const through = filesNamed(step, content, word);
  if (through.holds.length === 0)
    return file.holds.length + file.names.length === 0 && file.text === undefined ? NOTHING : file;
  return { ...joined(file, through), text: file.text };
}

/** The content of the files whose names a content holds. */
export function filesNamed(step: Step, content: Content, word: ShellWord): Content {
  if (content.names.length === 0) return { holds: content.holds, names: [] };
  const at = step.run.work.place(word.start, word.end);
  for (const name of content.names) laundered(step, name, at);
  return {
    holds: union(
      content.holds,
      content.names.map((taint) => passed(taint, at)),
    ),
    names: [],
  };
}

/** A secret's path came out of a file that held it as a list or a setting. */
function laundered({ run, evidence }: Step, name: Taint, at: Evidence): void {
  const steps = stepsOf(name);
  if (!name.steps || steps[0]!.event === at.event) return;
  run.work.context.report({
    signal: "path-laundering",
    weight: 0.6 * name.source.weight,
    note: `The path ${named(name.source.what)}, written into a file in event ${steps[0]!.event}, is read from there and opened.`,
    evidence: chain(steps, evidence),
  });
}

/** Whether one part of a script lies within another. */
export function standsIn(
  inner: { readonly start: number; readonly end: number },
  outer: { readonly start: number; readonly end: number },
): boolean {
  return inner !== outer && outer.start <= inner.start && inner.end <= outer.end;
}

/** Two contents as one; the text of one that is alone stays known. */
export function merged(first: Content, second: Content): Content {
  if (first === NOTHING) return second;
  if (second === NOTHING) return first;
  return joined(first, second);
}
