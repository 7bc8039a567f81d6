import type { Command } from "commander";

export function addFigureOption(command: Command): Command {
  return command.option("--figure <file>", "draw it into an SVG file too");
}
