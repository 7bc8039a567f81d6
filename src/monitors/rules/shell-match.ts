import type { ShellCommand, ShellScript } from "../../actions/index.ts";
import type { CommandPattern, ShellMatch } from "./rule.ts";

/** The commands of a script that a rule's patterns match. */
export function* matchShell(script: ShellScript, { commands }: ShellMatch): Iterable<ShellCommand> {
  for (const [index, command] of script.commands.entries()) {
    if (commands.some((pattern) => matches(script, command, index, pattern))) yield command;
  }
}

/** A word is looked at so far: the longer ones are texts and no arguments. */
const MAX_WORD = 500;

function matches(
  script: ShellScript,
  command: ShellCommand,
  index: number,
  pattern: CommandPattern,
): boolean {
  if (!pattern.program.test(command.name)) return false;
  const words = command.words.slice(1).map(({ value }) => value.slice(0, MAX_WORD));
  const { unless, prefix, assignment, redirect, followed, fed } = pattern;
  if (pattern.words?.some((word) => !words.some((value) => word.test(value)))) return false;
  if (unless !== undefined && words.some((value) => unless.test(value))) return false;
  if (prefix !== undefined && !command.prefixes.some((name) => prefix.test(name))) return false;
  if (pattern.background && !command.background) return false;
  if (
    assignment !== undefined &&
    !command.assignments.some(({ name, value }) => assignment.test(`${name}=${value.value}`))
  ) {
    return false;
  }
  if (
    redirect !== undefined &&
    !command.redirects.some(({ operator, target }) => redirect.test(operator + target.value))
  ) {
    return false;
  }
  if (followed !== undefined) {
    const next = script.commands.slice(index + 1).find(({ inside }) => inside === command.inside);
    const text = next && [next.after, ...next.words.map(({ value }) => value)].join(" ");
    if (text === undefined || !followed.test(text.slice(0, MAX_WORD))) return false;
  }
  if (pattern.runs && !isRunLater(script, command, index)) return false;
  return (
    fed === undefined ||
    script.commands.some(({ feeds, name }) => feeds === index && fed.test(name))
  );
}

/** `curl -o f …; chmod +x f; ./f`. */
function isRunLater(script: ShellScript, command: ShellCommand, index: number): boolean {
  const at = command.words.findIndex(({ value }) =>
    /^-(?!-)\w*[oO]$|^--output(?:-document)?$/.test(value),
  );
  const file =
    at < 0
      ? command.redirects.find(({ operator }) => operator === ">")?.target
      : command.words[at + 1];
  if (file === undefined || file.value === "") return false;
  const name = file.value.slice(file.value.lastIndexOf("/") + 1);
  return script.commands.slice(index + 1).some((later) => {
    if (later.name === name) return true;
    return (
      /^(?:bash|sh|zsh|python\d?|node|perl|ruby|source|\.)$/.test(later.name) &&
      later.words.slice(1).some(({ value }) => value === file.value)
    );
  });
}
