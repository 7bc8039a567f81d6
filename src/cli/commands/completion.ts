import { type Command, InvalidArgumentError } from "commander";
import { print } from "../output.ts";

const shells = ["bash", "zsh", "fish"] as const;
type Shell = (typeof shells)[number];

export function addCompletion(program: Command): void {
  program
    .command("completion")
    .argument("<shell>", shells.join(", "), (text): Shell => {
      const shell = shells.find((candidate) => candidate === text);
      if (!shell) throw new InvalidArgumentError(`Give one of ${shells.join(", ")}.`);
      return shell;
    })
    .description("print the completion script for a shell")
    .addHelpText(
      "after",
      '\n  bash:  eval "$(glasshouse completion bash)"\n  zsh:   eval "$(glasshouse completion zsh)"\n  fish:  glasshouse completion fish | source',
    )
    .action((shell: Shell) => print(script(program, shell)));
}

/** A script made from the commands themselves, so that it never lags behind them. */
function script(program: Command, shell: Shell): string {
  const commands = program.commands
    .map((command) => command.name())
    .filter((name) => name !== "help");
  const options = (command: Command) =>
    command.options.map((option) => option.long).filter((name) => name != null);
  const words = (name: string) => {
    const command = program.commands.find((candidate) => candidate.name() === name)!;
    const below = command.commands.map((each) => each.name());
    const theirs = command.commands.flatMap(options);
    return [...new Set([...below, ...options(command), ...theirs, ...options(program)])].join(" ");
  };
  if (shell === "fish") {
    return commands
      .map((name) => {
        const command = program.commands.find((candidate) => candidate.name() === name)!;
        const lines = [
          `complete -c glasshouse -f -n __fish_use_subcommand -a ${name} -d '${command.description().replaceAll("'", "’")}'`,
        ];
        for (const below of command.commands)
          lines.push(
            `complete -c glasshouse -f -n '__fish_seen_subcommand_from ${name}' -a ${below.name()} -d '${below.description().replaceAll("'", "’")}'`,
          );
        const theirs = command.commands.flatMap(({ options }) => options);
        for (const option of [...command.options, ...theirs, ...program.options]) {
          if (option.long)
            lines.push(
              `complete -c glasshouse -n '__fish_seen_subcommand_from ${name}' -l ${option.long.slice(2)} -d '${option.description.replaceAll("'", "’")}'`,
            );
        }
        return lines.join("\n");
      })
      .join("\n");
  }
  const cases = commands.map((name) => `    ${name}) words="${words(name)}" ;;`).join("\n");
  const bash = `_glasshouse() {
  local words="${commands.join(" ")}"
  case "\${COMP_WORDS[1]}" in
${cases}
  esac
  if [ "$COMP_CWORD" -eq 1 ]; then words="${commands.join(" ")}"; fi
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _glasshouse glasshouse`;
  return shell === "bash" ? bash : `autoload -U +X bashcompinit && bashcompinit\n${bash}`;
}
