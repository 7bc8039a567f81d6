import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { canonicalJson, type Hash, type Json, writeDurably } from "../../record/index.ts";
import { type Verdict, verdictSchema } from "./verdict.ts";

/**
 * Verdicts by the hash of what was asked: monitor version, model and view. A cache: what is missing
 * or damaged is judged anew.
 */
export interface VerdictStore {
  get(key: Hash): Promise<Verdict | null>;
  put(key: Hash, verdict: Verdict): Promise<void>;
}

/** One file a verdict, in folders by the first two digits of its key. */
export function folderVerdictStore(folder: string): VerdictStore {
  const path = (key: Hash) => join(folder, key.slice(0, 2), `${key.slice(2)}.json`);
  return {
    async get(key) {
      const text = await readFile(path(key), "utf8").catch(() => null);
      return text === null ? null : readVerdict(text);
    },
    put: (key, verdict) => writeDurably(path(key), canonicalJson(verdict as unknown as Json)),
  };
}

export function memoryVerdictStore(): VerdictStore {
  const verdicts = new Map<Hash, string>();
  return {
    get: async (key) => readVerdict(verdicts.get(key) ?? ""),
    put: async (key, verdict) => void verdicts.set(key, canonicalJson(verdict as unknown as Json)),
  };
}

function readVerdict(text: string): Verdict | null {
  try {
    return verdictSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
