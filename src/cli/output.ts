import { styleText } from "node:util";
import type { Command } from "commander";
import type { LabOptions } from "../lab/index.ts";

/** What the exit code says. */
export const EXIT = {
  ok: 0,
  /** The command ran, and found something wrong: a verification, a check that failed. */
  findings: 1,
  /** What was given cannot be used; one line on standard error says what, where and what to do. */
  badInput: 2,
  /** A defect of glasshouse. */
  defect: 70,
  /** Stopped by Ctrl-C. */
  interrupted: 130,
} as const;

export interface GlobalOptions extends LabOptions {
  readonly json: boolean;
}

/** The options that every command shares. */
export function globalOptions(command: Command): GlobalOptions {
  const { lab, database, objects, json } = command.optsWithGlobals<{
    lab: string;
    database?: string;
    objects?: string;
    json?: boolean;
  }>();
  return {
    folder: lab,
    json: json ?? false,
    ...(database ? { database } : {}),
    ...(objects ? { objects } : {}),
  };
}

/** Prints text; whatever is in it, it steers the terminal in nothing but its colours. */
export function print(text: string): void {
  process.stdout.write(`${text.replace(useColour() ? steeringButColour : steering, "")}\n`);
}

export function printJson(value: unknown): void {
  print(
    JSON.stringify(
      value,
      (_key, item: unknown) => (item instanceof Map ? Object.fromEntries(item) : item),
      2,
    ).replace(
      /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
    ),
  );
}

/** Says on standard error what went wrong, in one line, and sets the exit code. */
export async function fail(error: unknown, code?: number): Promise<void> {
  const expected = code !== undefined || (await isFault(error));
  const text = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${paint("red", "error:")} ${cleanLine(text)}\n`);
  if (!expected && process.env.GLASSHOUSE_DEBUG && error instanceof Error)
    process.stderr.write(`${error.stack}\n`);
  process.exitCode = code ?? (expected ? EXIT.badInput : EXIT.defect);
}

/** Loaded only here: who threw one has loaded it. */
async function isFault(error: unknown): Promise<boolean> {
  const { Fault } = await import("../record/index.ts");
  return error instanceof Fault;
}

/** Control characters but for tab and line end, and those that turn the direction of writing. */
const steering = /(?![\t\n])[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;
/** The same, but for codes that colour text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape that starts those codes
const steeringButColour = /(?![\t\n]|\x1b\[[0-9;]*m)[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;

type Style = Parameters<typeof styleText>[0];

/** Styles text where the terminal shows colour (NO_COLOR and FORCE_COLOR are heeded). */
export function paint(style: Style, text: string): string {
  return useColour() ? styleText(style, text) : text;
}

function useColour(): boolean {
  if (process.env.NO_COLOR) return false;
  if (process.env.FORCE_COLOR) return process.env.FORCE_COLOR !== "0";
  return process.stdout.isTTY === true;
}

/** Text from studies and files may hold anything: nothing in it may steer the terminal. */
export function cleanLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]+/g, " ").trim();
}
