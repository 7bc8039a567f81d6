import type { JsonObject } from "../record/index.ts";
import { type Found, found, join, madeOf } from "./place.ts";

/** A tool call that is being looked at. */
export interface Call {
  /** Lower case, without a server's or a namespace's prefix, words parted by `_`. */
  readonly name: string;
  readonly fields: JsonObject;
  readonly pointer: string;
  /** Where the arguments are a list: it stands for a command's words. */
  readonly list?: string;
  /** The text that the fields were written in, where the arguments are no object. */
  readonly written?: Found;
}

/** The value of the first of these fields that is a text. */
export function field(call: Call, ...keys: readonly string[]): Found | undefined {
  for (const key of keys) {
    const value = Object.hasOwn(call.fields, key) ? call.fields[key] : undefined;
    if (typeof value !== "string") continue;
    return call.written === undefined
      ? found(value, join(call.pointer, key))
      : madeOf(call.written, value);
  }
  return undefined;
}

export const PATHS = [
  "file_path",
  "path",
  "filePath",
  "absolute_path",
  "filepath",
  "file_name",
  "filename",
  "fileName",
  "notebook_path",
  "target_file",
  "relative_path",
  "relative_workspace_path",
  "dir_path",
  "directory",
  "file",
  "uri",
] as const;
