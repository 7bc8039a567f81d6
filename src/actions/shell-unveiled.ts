import type { ShellCommand, ShellScript, ShellWord } from "./shell.ts";

const MAX_COMMANDS = 500;
const MAX_TEXT = 20_000;

/**
 * What a script comes to whose words hide its programs: `r''m`, `$'\x72\x6d'`, `X=rm; $X`, `rm${IFS}x`,
 * `alias l=rm; l`. One plain command a line; undefined where nothing is hidden.
 */
export function unveiled({ commands }: ShellScript): string | undefined {
  const values = new Map<string, string>();
  const aliases = new Map<string, string>();
  const lines: string[] = [];
  let hidden = false;
  for (const command of commands.slice(0, MAX_COMMANDS)) {
    for (const { name, value } of command.assignments) {
      if (value.literal) values.set(name, value.value);
    }
    if (command.name === "alias") for (const word of command.words.slice(1)) keep(aliases, word);
    const [program] = command.words;
    if (program === undefined) continue;
    const alias = aliases.get(program.value);
    hidden ||= alias !== undefined || isHidden(command, values);
    const words = command.words.map((word) => plain(word, values));
    if (alias !== undefined) words[0] = alias;
    lines.push(
      [...(command.after === "|" ? ["|"] : []), ...words, ...redirects(command)].join(" "),
    );
  }
  const text = lines.join("\n").replaceAll("\n|", " |").trim();
  return hidden && text.length <= MAX_TEXT ? text : undefined;
}

function keep(aliases: Map<string, string>, { value }: ShellWord): void {
  const at = value.indexOf("=");
  if (at > 0) aliases.set(value.slice(0, at), value.slice(at + 1));
}

function isHidden({ words }: ShellCommand, values: ReadonlyMap<string, string>): boolean {
  const program = words[0]!;
  if (words.some(({ variables }) => variables.includes("IFS"))) return true;
  if (program.variables.some((name) => values.has(name))) return true;
  // Quotes around the whole word, or a backslash before it, are how people write paths and avoid aliases.
  return (
    program.literal &&
    /['"\\]/.test(program.text) &&
    /^[\w./-]+$/.test(program.value) &&
    !program.text.includes(program.value)
  );
}

/** The word with what is known of its variables. */
function plain(word: ShellWord, values: ReadonlyMap<string, string>): string {
  if (word.literal) return /^[\w@%+=:,./~*?-]+$/.test(word.value) ? word.value : quoted(word.value);
  return word.value.replace(/\$\{?([A-Za-z_]\w{0,60})\}?/g, (all, name: string) =>
    name === "IFS" ? " " : (values.get(name) ?? all),
  );
}

function quoted(value: string): string {
  return `'${value.replaceAll("'", "'\\''")}'`;
}

function redirects(command: ShellCommand): readonly string[] {
  return command.redirects.map(({ operator, target }) => operator + target.text);
}
