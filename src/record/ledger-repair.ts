import { readdir, stat, truncate } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { hashBytes } from "./canonical.ts";
import { writeDurably } from "./durable.ts";
import { writeFailed } from "./fault.ts";
import type { EventDraft } from "./ledger.ts";

/**
 * Moves what a crash left at the end of a ledger file into a file of its own, named by where it lay
 * and its hash, so that no later crash can overwrite it.
 */
export async function setAside(path: string, offset: number, bytes: Uint8Array): Promise<void> {
  await writeDurably(`${path}.torn-at-${offset}-${hashBytes(bytes).slice(0, 12)}`, bytes);
  await truncate(path, offset).catch((error) => {
    throw writeFailed(path, error);
  });
}

/**
 * What the ledger has to say of the pieces set aside beside it. Made anew from the folder at each
 * opening: a crash between setting aside and saying so is made good by the next opening.
 */
export async function repairs(path: string): Promise<readonly EventDraft[]> {
  const folder = dirname(path);
  const prefix = `${basename(path)}.torn-at-`;
  const drafts: EventDraft[] = [];
  for (const name of (await readdir(folder)).sort()) {
    if (!name.startsWith(prefix)) continue;
    const match = /^(\d+)-([0-9a-f]{12})$/.exec(name.slice(prefix.length));
    if (!match) continue;
    drafts.push({
      key: `ledger.repaired/${match[0]}`,
      kind: "ledger.repaired",
      study: null,
      body: {
        file: name,
        offset: Number(match[1]),
        bytes: (await stat(join(folder, name))).size,
      },
    });
  }
  return drafts;
}
