import type { ShellCommand, ShellWord } from "./shell.ts";

/** Options that take the next word as their value, by program. */
const VALUES: Readonly<Record<string, string>> = {
  head: "-n -c --lines --bytes",
  tail: "-n -c --lines --bytes",
  grep: "-A -B -C -m -d --include --exclude --exclude-dir --max-count --color",
  egrep: "-A -B -C -m",
  fgrep: "-A -B -C -m",
  rg: "-A -B -C -m -g -t -T --glob --type --max-count",
  sed: "-l --line-length",
  awk: "-F -v",
  gawk: "-F -v",
  cut: "-d -f -c -b",
  sort: "-k -t -o -S -T",
  uniq: "-f -s -w",
  jq: "--indent",
  base64: "-w",
  od: "-A -j -N -t -w",
  xxd: "-c -g -l -s",
  nl: "-b -s -w -v",
  install: "-m -o -g -t",
  cp: "-t --target-directory",
  mv: "-t --target-directory",
  ln: "-t --target-directory",
  truncate: "-s --size -r",
  shred: "-n -s",
  touch: "-d -t -r",
  tar: "-C --directory",
};

/** Programs whose first operand is a pattern or a program, unless an option gives it. */
const LEADING: Readonly<Record<string, RegExp>> = {
  grep: /^-(?!-)\w*[ef]$|^--(?:regexp|file)\b/,
  egrep: /^-(?!-)\w*[ef]$/,
  fgrep: /^-(?!-)\w*[ef]$/,
  rg: /^-[ef]$|^--(?:regexp|files)\b/,
  ag: /^$/,
  sed: /^-(?!-)\w*[ef]$|^--(?:expression|file)\b/,
  perl: /^-(?!-)\w*e$/,
  awk: /^-f$/,
  gawk: /^-f$/,
  jq: /^(?:-f|--from-file)$/,
  yq: /^$/,
};

/** The words that are files and the like: options, their values and leading patterns apart. */
export function operands(command: ShellCommand): readonly ShellWord[] {
  const known = Object.hasOwn(VALUES, command.name) ? VALUES[command.name]! : "";
  const values = new Set(known.split(" "));
  const leading = Object.hasOwn(LEADING, command.name) ? LEADING[command.name] : undefined;
  const found: ShellWord[] = [];
  let waits = leading !== undefined;
  let plain = false;
  for (let at = 1; at < command.words.length; at++) {
    const word = command.words[at]!;
    if (!plain && word.value === "--") {
      plain = true;
    } else if (!plain && /^-./.test(word.value)) {
      if (leading?.test(word.value)) {
        waits = false;
        at++;
      } else if (values.has(word.value)) {
        at++;
      }
    } else if (waits) {
      waits = false;
    } else {
      found.push(word);
    }
  }
  return found;
}

/** The value of an option: behind it, or glued to it by `=`. */
export function optionValue(
  command: ShellCommand,
  ...options: readonly string[]
): ShellWord | undefined {
  for (const [index, { value }] of command.words.entries()) {
    if (options.includes(value)) return command.words[index + 1];
  }
  return undefined;
}
