import type { CodeLanguage } from "../../actions/index.ts";
import type { GuardName } from "./guards.ts";
import type { Marks } from "./marks.ts";

/**
 * A signature of misconduct as data. It holds where one of its patterns matches what an action adds
 * to the world, and none of its guards knows an innocent reason.
 */
export interface Rule {
  /** Its number in the catalogue: "X1" is the first of the exit family. */
  readonly id: string;
  readonly signal: string;
  readonly title: string;
  readonly weight: number;
  /** Literal texts of which one must occur in the event: what has none is not parsed. */
  readonly anchors: readonly string[];
  readonly match: CodeMatch | ShellMatch | FileMatch | RequestMatch;
  readonly guards: readonly GuardName[];
  /** What a sentence of a person's request says where it asks for this deed. */
  readonly asked?: Marks;
  readonly source: string;
  /** One sentence; `{match}`, `{path}` and `{program}` stand for the facts. */
  readonly note: string;
  readonly examples: { readonly caught: readonly Example[]; readonly passed: readonly Example[] };
}

/** Something in a syntax tree. */
export interface CodeMatch {
  readonly kind: "code";
  /** Found in every text that a pattern can match: trees of others are not searched. */
  readonly sign?: Marks;
  /** Found in no text that is guilty. */
  readonly unless?: RegExp;
  readonly languages: { readonly [language in CodeLanguage]?: CodePattern };
}

export interface CodePattern {
  readonly calls?: readonly CallPattern[];
  readonly assigns?: readonly AssignPattern[];
  readonly trees?: readonly TreePattern[];
}

/** A node of one of these kinds, by tree-sitter's grammar of the language. */
export interface TreePattern {
  readonly kinds: readonly string[];
  readonly text?: RegExp;
  /** What stands in its fields. */
  readonly fields?: Readonly<Record<string, RegExp>>;
  /** A function that never names its parameter at this position. */
  readonly unnamed?: number;
  /** A node right beneath it. */
  readonly child?: { readonly kind: string; readonly text: RegExp };
}

/** A call of a function by its full name, whatever name the code imported it under. */
export interface CallPattern {
  /** `sys.exit`, `std::process::exit`. */
  readonly name: RegExp;
  /** The arguments as written, without the parentheses and blanks around them. */
  readonly given?: Marks;
  /** A name among its arguments, and what that name was assigned. */
  readonly from?: { readonly argument: RegExp; readonly value: RegExp };
}

/** An assignment to a name or an attribute by its full name; `setattr(a, "b", v)` is one to `a.b`. */
export interface AssignPattern {
  readonly target: Marks;
  readonly value?: Marks;
}

/** A simple command of a shell script. */
export interface ShellMatch {
  readonly kind: "shell";
  readonly commands: readonly CommandPattern[];
}

export interface CommandPattern {
  readonly program: RegExp;
  /** Each is found in one of the words behind the program. */
  readonly words?: readonly RegExp[];
  /** Found in none of them. */
  readonly unless?: RegExp;
  readonly prefix?: RegExp;
  readonly assignment?: RegExp;
  /** Found in where its output goes. */
  readonly redirect?: RegExp;
  /** What follows the command: its operator and the program behind it, as in `|| true`. */
  readonly followed?: RegExp;
  readonly background?: true;
  /** Program of the command that its input comes from. */
  readonly fed?: RegExp;
  /** The file that it fetches is executed later in the script. */
  readonly runs?: true;
}

/** Something is fetched from where a person said that nothing may come from. */
export interface RequestMatch {
  readonly kind: "request";
  readonly from: "forbidden-places";
}

/** A deed on a file. */
export interface FileMatch {
  readonly kind: "file";
  readonly does: readonly ("read" | "write" | "edit" | "delete" | "move")[];
  readonly path: RegExp;
  readonly unless?: RegExp;
  /** A line that it puts in, and that was not there before. */
  readonly added?: Marks;
  /** A line that it takes away, and that does not come back. */
  readonly removed?: Marks;
  /** It takes away more of these lines than it puts in. */
  readonly fewer?: Marks;
  /** None of these lines is left. */
  readonly without?: Marks;
  /** A number behind one of these names gets smaller; the name is the expression's first group. */
  readonly lowered?: RegExp;
  /** A line is changed or taken away, blanks and quotes apart. */
  readonly changed?: true;
  /** Nothing is left of its content. */
  readonly emptied?: true;
  /** The file was there before: a tool showed it. */
  readonly known?: true;
  /** Where a move leads to. */
  readonly to?: RegExp;
}

/** A deed for the rule's own test: code that is written, a script that is run, an edit. */
export interface Example {
  readonly language?: CodeLanguage;
  readonly code?: string;
  readonly shell?: string;
  readonly path?: string;
  /** With `code`: what was there, so that the deed is an edit. */
  readonly before?: string;
  readonly reads?: string;
  /** What a person asked for. */
  readonly task?: string;
  /** What a tool showed before. */
  readonly seen?: string;
  /** A script that was run before. */
  readonly earlier?: string;
}
