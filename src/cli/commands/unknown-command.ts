import type { Command } from "commander";
import { nearest } from "./nearest.ts";

/** Refuses a word behind a group of commands that is none of them, and says what there is. */
export function refuseUnknown(group: Command, [typed = ""]: readonly string[]): never {
  const names = group.commands.map((command) => command.name());
  const meant = nearest(typed, names);
  const remedy = meant === undefined ? `There are: ${names.join(", ")}` : `Did you mean ${meant}?`;
  group.error(`${group.name()} ${typed}: there is no such command. ${remedy}`);
}
