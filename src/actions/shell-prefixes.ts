import type { ShellWord } from "./shell.ts";

export interface Prefixed {
  readonly prefixes: readonly string[];
  /** `NAME=value` words of `env` and `sudo`. */
  readonly assignments: readonly ShellWord[];
  readonly words: readonly ShellWord[];
}

/** Programs that run the command behind them: options that take a value, and operands before it. */
interface Prefix {
  readonly values?: string;
  readonly operands?: number;
  /** It runs a command only behind this subcommand. */
  readonly subcommand?: string;
}

const PREFIXES: ReadonlyMap<string, Prefix> = new Map(
  Object.entries({
    sudo: { values: "-u -g -h -p -C -T -U -r -t -D --user --group --host --chdir" },
    doas: { values: "-u -C" },
    env: { values: "-u -C --unset --chdir" },
    timeout: { values: "-k -s --kill-after --signal", operands: 1 },
    gtimeout: { values: "-k -s --kill-after --signal", operands: 1 },
    nohup: {},
    setsid: {},
    stdbuf: { values: "-i -o -e" },
    nice: { values: "-n" },
    ionice: { values: "-c -n -p" },
    time: { values: "-f -o" },
    command: {},
    builtin: {},
    exec: { values: "-a" },
    unbuffer: {},
    faketime: { values: "-f", operands: 1 },
    xargs: { values: "-I -n -P -L -d -a -s -E --max-args --max-procs --delimiter --arg-file" },
    busybox: {},
    chroot: { operands: 1 },
    strace: { values: "-e -o -p -s -u" },
    uv: { subcommand: "run", values: "--with --python -p --project --directory --extra --group" },
    poetry: { subcommand: "run" },
    pipenv: { subcommand: "run" },
    pdm: { subcommand: "run" },
    hatch: { subcommand: "run" },
    rye: { subcommand: "run" },
    conda: { subcommand: "run", values: "-n -p --name --prefix --cwd" },
    docker: { subcommand: "exec", values: "-u -w -e --user --workdir --env", operands: 1 },
    podman: { subcommand: "exec", values: "-u -w -e --user --workdir --env", operands: 1 },
    kubectl: { subcommand: "exec", values: "-n -c --namespace --container", operands: 1 },
  } satisfies Record<string, Prefix>),
);
const MAX_PREFIXES = 10;

/** The command's own words, behind `sudo -u x`, `timeout 5` and their like. */
export function withoutPrefixes(words: readonly ShellWord[]): Prefixed {
  const prefixes: string[] = [];
  const assignments: ShellWord[] = [];
  let at = 0;
  while (prefixes.length < MAX_PREFIXES && at < words.length) {
    const { value } = words[at]!;
    const name = value.slice(value.lastIndexOf("/") + 1);
    const prefix = PREFIXES.get(name);
    const next = prefix && behind(words, at + 1, prefix, assignments);
    // `command -v x` and `sudo -l` run nothing; `time` alone is itself.
    if (next === undefined || next >= words.length) break;
    if (name === "command" && words[at + 1]!.value.startsWith("-")) break;
    prefixes.push(name);
    at = next;
  }
  return { prefixes, assignments, words: at === 0 ? words : words.slice(at) };
}

function behind(
  words: readonly ShellWord[],
  from: number,
  { values = "", operands = 0, subcommand }: Prefix,
  assignments: ShellWord[],
): number | undefined {
  const takesValue = new Set(values.split(" "));
  let at = from;
  let left = operands;
  let waits = subcommand !== undefined;
  for (; at < words.length; at++) {
    const { value } = words[at]!;
    if (value === "--") {
      if (!waits && left <= 0) return at + 1;
    } else if (value.startsWith("-") && value !== "-") {
      if (takesValue.has(value)) at++;
    } else if (waits) {
      if (value !== subcommand) return undefined;
      waits = false;
    } else if (/^[A-Za-z_]\w*=/.test(value)) {
      assignments.push(words[at]!);
    } else if (left > 0) {
      left--;
    } else {
      return at;
    }
  }
  return waits ? undefined : at;
}
