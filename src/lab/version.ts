import { readFileSync } from "node:fs";

/** The version of the lab's code, from its package. */
export const LAB_VERSION = (
  JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
    version: string;
  }
).version;
