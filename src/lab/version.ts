import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { hashBytes } from "../record/index.ts";

/** The version of the lab's code, from its package. */
export const LAB_VERSION = (
  JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
    version: string;
  }
).version;

/** The folders of the sources that decide what an article looks like. */
const COMPILER = ["study/article", "charts"] as const;

/**
 * What compiles articles, by its sources: other sources may set the same article otherwise, so only
 * articles of equal sources are compiled again and compared byte for byte.
 */
export const COMPILER_VERSION = `${LAB_VERSION}+${hashOfCompiler()}`;

function hashOfCompiler(): string {
  const hashes = COMPILER.flatMap((room) => {
    const folder = new URL(`../${room}/`, import.meta.url);
    return readdirSync(fileURLToPath(folder))
      .filter((name) => !/\.(test|test-support)\.ts$/.test(name))
      .sort()
      .map((name) => `${room}/${name} ${hashBytes(readFileSync(new URL(name, folder)))}`);
  });
  return hashBytes(hashes.join("\n")).slice(0, 8);
}
