/** A parsed shell script: its simple commands in the order in which they stand. */
export interface ShellScript {
  readonly text: string;
  readonly commands: readonly ShellCommand[];
  /** Some of it could not be parsed; the commands are those that could. */
  readonly broken: boolean;
}

/** One simple command: `FOO=1 sudo -u x timeout 5 curl -d @f url > out <<EOF`. */
export interface ShellCommand {
  /** Last part of the program's path, prefixes (sudo, env, timeout, nohup, xargs) apart; "" for a bare assignment. */
  readonly name: string;
  /** Its own name first, prefixes apart. */
  readonly words: readonly ShellWord[];
  /** Prefix programs by name, outermost first: "sudo", "nohup". */
  readonly prefixes: readonly string[];
  readonly assignments: readonly { readonly name: string; readonly value: ShellWord }[];
  readonly redirects: readonly ShellRedirect[];
  /** Text of its here-document or here-string, and whether the shell expands it. */
  readonly input?: { readonly text: string; readonly start: number; readonly expands: boolean };
  /** How it is tied to the command before it at the same level. */
  readonly after: "" | ";" | "&&" | "||" | "|" | "&";
  /** It runs in the background. */
  readonly background: boolean;
  /** Position in `commands` of the command that takes this one's output: by pipe or substitution. */
  readonly feeds?: number;
  /** In a function's body, a loop, a condition, a substitution: the innermost, "" at the top. */
  readonly inside: "" | "function" | "loop" | "condition" | "substitution" | "subshell";
  readonly start: number;
  readonly end: number;
}

export interface ShellWord {
  /** As written. */
  readonly text: string;
  /** What it comes to without its quotes, expansions left as written: `"$X"/a` gives `$X/a`. */
  readonly value: string;
  /** Variables that it expands, by name. */
  readonly variables: readonly string[];
  /** It has no expansion: its value is what the program gets, globs apart. */
  readonly literal: boolean;
  readonly start: number;
  readonly end: number;
}

export interface ShellRedirect {
  /** `>`, `>>`, `<`, `2>`, `&>`, `>|`. */
  readonly operator: string;
  readonly target: ShellWord;
}
