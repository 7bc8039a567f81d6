import { createHash } from "node:crypto";
import { tmpdir, userInfo } from "node:os";
import { join, resolve } from "node:path";
import { Fault } from "../../record/index.ts";
import { print } from "../output.ts";
import type { GuardOptions } from "./session.ts";

export interface HookOptions {
  readonly socket?: string;
  readonly serve?: boolean;
  readonly idle: number;
  readonly onFailure: string;
}

/** Prints what Claude Code needs in order to ask a guard before it acts. */
export function printHookSettings(options: GuardOptions & HookOptions, folder: string): void {
  print(JSON.stringify(hookSettings(socketOf(options, folder), folder, options), null, 2));
}

/** Where hooks find the guard of a lab. */
export function socketOf({ socket }: HookOptions, folder: string): string {
  return socket ?? defaultSocket(folder);
}

const HOOKS = [
  ...["SessionStart", "UserPromptSubmit", "PreToolUse", "PostToolUse"],
  ...["Stop", "SubagentStop", "PreCompact", "SessionEnd"],
];

/** For `.claude/settings.json`: https://code.claude.com/docs/en/hooks */
function hookSettings(socket: string, folder: string, options: GuardOptions & HookOptions): object {
  if (options.onFailure !== "block" && options.onFailure !== "allow") {
    throw new Fault("--on-failure", "it is neither block nor allow", "Give one of them");
  }
  const bin = resolve(import.meta.dirname, "../../../bin");
  const given = (name: string, value: number | undefined) =>
    value === undefined ? [] : [name, String(value)];
  const words = [
    ...[process.execPath, join(bin, "glasshouse-hook.cjs")],
    ...["--socket", socket, "--on-failure", options.onFailure, "--"],
    ...[process.execPath, join(bin, "glasshouse.js"), "--lab", resolve(folder)],
    ...["guard", "hook", "--serve", "--socket", socket],
    ...given("--ask-above", options.askAbove),
    ...given("--block-above", options.blockAbove),
    ...given("--stop-above", options.stopAbove),
    ...["--pause", options.pause.join(",") || "none"],
    ...given("--idle", options.idle),
    ...given("--monitor-limit", options.monitorLimit),
    ...(options.folder === undefined ? [] : ["--folder", resolve(options.folder)]),
  ];
  const command = words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
  const hook = [{ matcher: "*", hooks: [{ type: "command", command, timeout: 60 }] }];
  return { hooks: Object.fromEntries(HOOKS.map((name) => [name, hook])) };
}

/** In a folder that only this user can reach; short, as the system allows about 100 characters. */
function defaultSocket(folder: string): string {
  const base = process.env.XDG_RUNTIME_DIR ?? join(tmpdir(), `glasshouse-${userInfo().uid}`);
  return join(base, "glasshouse", `${shortHash(resolve(folder))}.sock`);
}

export function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
