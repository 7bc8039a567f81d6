import type { Evidence } from "../../monitor.ts";
import { sensitivePath } from "./sensitive.ts";
import { type Content, type Taint, taintOf, union } from "./taint.ts";

const MAX_TEXT = 131_072;
const MAX_NAMES = 16;

/** The paths of secrets that a text names, as what it carries. */
export function namedIn(text: string, at: Evidence): Content {
  const names: Taint[] = [];
  for (const match of text.slice(0, MAX_TEXT).matchAll(PATH)) {
    const [path] = match;
    if (!path.includes("/") && !/^\.env|^id_/.test(path)) continue;
    const sensitive = sensitivePath(path);
    if (sensitive !== undefined) names.push(taintOf({ ...sensitive, evidence: at }));
    if (names.length >= MAX_NAMES) break;
  }
  return { holds: [], names: union(names) };
}

const PATH = /[~\w$./{}*-]{4,400}/g;
