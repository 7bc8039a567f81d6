import { generateKeyPairSync, sign } from "node:crypto";
import { link, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  canonicalJson,
  type Hash,
  hashBytes,
  type Json,
  type LedgerEvent,
} from "../../src/record/index.ts";
import type { Random } from "../../src/stats/index.ts";
import { type StudyView, viewStudy } from "../../src/study/index.ts";
import type { BaseLab } from "./labs.ts";

/**
 * A copy of a lab in the hands of a forger: everything that `verify` reads, to be changed at will.
 * The forger has the lab's folder and its source code, but not its key.
 */
export interface ForgedLab {
  readonly folder: string;
  readonly coins: string;
  readonly failing: string;
  /** The history as it is before the forgery. */
  readonly events: readonly LedgerEvent[];
}

/** How a forger hides a change to the ledger. */
export type Cover =
  /** Not at all: the line is changed and the chain left broken. */
  | "bare"
  /** The chain is mended from the change on; the signatures are the old ones. */
  | "rechained"
  /** The whole chain is signed again with another key, and that key put in place of the lab's. */
  | "resigned";

export const covers: readonly Cover[] = ["bare", "rechained", "resigned"];

/** Makes a copy of what `verify` reads of a lab. The original's files are linked, never written. */
export async function copyLab(base: BaseLab, folder: string): Promise<ForgedLab> {
  await mkdir(folder, { recursive: true });
  await linkTree(join(base.folder, "objects"), join(folder, "objects"));
  await linkTree(join(base.folder, "articles"), join(folder, "articles"));
  for (const name of ["lab.json", "ledger.jsonl"])
    await link(join(base.folder, name), join(folder, name));
  return {
    folder,
    coins: base.coins,
    failing: base.failing,
    events: parse(await readFile(join(folder, "ledger.jsonl"), "utf8")),
  };
}

export function viewOf(lab: ForgedLab, study: string): StudyView {
  return viewStudy(
    study,
    lab.events.filter((event) => event.study === study),
  );
}

/** Puts other bytes in the place of a file; the original that it is linked to stays as it is. */
export async function replaceFile(path: string, bytes: Uint8Array | string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.forged`, bytes);
  await rename(`${path}.forged`, path);
}

export function objectPath(lab: ForgedLab, hash: string): string {
  return join(lab.folder, "objects", hash.slice(0, 2), hash.slice(2));
}

export async function readObject(lab: ForgedLab, hash: string): Promise<Buffer> {
  return readFile(objectPath(lab, hash));
}

/** Every object of the lab, sorted. */
export async function listObjects(lab: ForgedLab): Promise<string[]> {
  const root = join(lab.folder, "objects");
  const names = await Promise.all(
    (await readdir(root)).map(async (prefix) =>
      (await readdir(join(root, prefix))).map((rest) => prefix + rest),
    ),
  );
  return names.flat().sort();
}

/**
 * Writes another history, covered up as asked. Returns the places at which `verify` must say so: the
 * first line that no longer holds or, where all was signed with another key, that key.
 */
export async function rewriteLedger(
  lab: ForgedLab,
  events: readonly LedgerEvent[],
  cover: Cover,
): Promise<string[]> {
  const path = join(lab.folder, "ledger.jsonl");
  if (cover === "bare") {
    await replaceFile(path, format(events));
    return [ledgerLine(firstDifference(lab.events, events))];
  }
  if (cover === "rechained") {
    const first = firstDifference(lab.events, events);
    const chained = chain(events, first);
    await replaceFile(path, format(chained));
    const signed = chained.findIndex((event, index) => index >= first && event.signature);
    return [signed < 0 ? "ledger.jsonl" : ledgerLine(signed)];
  }
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const key = publicKey.export({ format: "der", type: "spki" }).toString("base64");
  const reborn = events.map((event) =>
    event.kind === "lab.created"
      ? { ...event, body: { ...(event.body as object), publicKey: key } }
      : event,
  );
  const resigned = chain(reborn, 0, (hash) =>
    sign(null, Buffer.from(hash, "hex"), privateKey).toString("base64"),
  );
  await replaceFile(path, format(resigned));
  const settings = join(lab.folder, "lab.json");
  const old = JSON.parse(await readFile(settings, "utf8")) as object;
  await replaceFile(settings, `${JSON.stringify({ ...old, publicKey: key }, null, 2)}\n`);
  return ["lab.json"];
}

/**
 * Files changed bytes of an object under their own hash, and makes the whole record name that hash
 * instead: the ledger, and the objects that name the object, which are filed anew in their turn.
 */
export async function refile(
  lab: ForgedLab,
  old: string,
  bytes: Uint8Array | string,
  cover: Cover,
): Promise<string[]> {
  const renamed = new Map([[old, hashBytes(bytes) as string]]);
  await replaceFile(objectPath(lab, renamed.get(old)!), bytes);
  await rm(objectPath(lab, old));
  const others = await readNaming(lab, old);
  for (const [hash, text] of others) {
    const changed = text.replaceAll(old, renamed.get(old)!);
    renamed.set(hash, hashBytes(changed));
    await replaceFile(objectPath(lab, renamed.get(hash)!), changed);
  }
  const events = lab.events.map((event) => {
    let body = canonicalJson(event.body);
    for (const [from, to] of renamed) body = body.replaceAll(from, to);
    return { ...event, body: JSON.parse(body) as Json };
  });
  return rewriteLedger(lab, events, cover);
}

/** Gives events their places, links and hashes anew from one on; signs them where a key is given. */
export function chain(
  events: readonly LedgerEvent[],
  from: number,
  signature?: (hash: Hash) => string,
): LedgerEvent[] {
  const chained: LedgerEvent[] = [];
  for (const [index, event] of events.entries()) {
    if (index < from) {
      chained.push(event);
      continue;
    }
    const prev = chained.at(-1)?.hash ?? ("0".repeat(64) as Hash);
    const { hash: _hash, signature: signed, ...fields } = { ...event, seq: index, prev };
    const hash = hashBytes(canonicalJson(fields as unknown as Json));
    chained.push({
      ...fields,
      hash,
      ...(signed === undefined ? {} : { signature: signature ? signature(hash) : signed }),
    });
  }
  return chained;
}

export function format(events: readonly LedgerEvent[]): string {
  return events.map((event) => `${canonicalJson(event as unknown as Json)}\n`).join("");
}

/** Where `verify` names the line of an event that stands at an index of the ledger. */
export function ledgerLine(index: number): string {
  return `ledger.jsonl:${index + 1}`;
}

/** One of the items at random; throws where there is none, as a mutation must never be a blank. */
export function pick<T>(random: Random, items: readonly T[], what: string): T {
  if (items.length === 0) throw new Error(`there is no ${what} to choose from`);
  return items[random.integer(items.length)]!;
}

function firstDifference(before: readonly LedgerEvent[], after: readonly LedgerEvent[]): number {
  const text = (event: LedgerEvent | undefined) =>
    event === undefined ? "" : canonicalJson(event as unknown as Json);
  const index = after.findIndex((event, at) => text(event) !== text(before[at]));
  return index < 0 ? after.length : index;
}

/** The small objects that name a hash in their text: claims name artifacts, plans name code. */
async function readNaming(lab: ForgedLab, hash: string): Promise<Map<string, string>> {
  const naming = new Map<string, string>();
  for (const name of await listObjects(lab)) {
    const text = (await readObject(lab, name)).toString("latin1");
    if (/^[[{]/.test(text) && text.includes(hash))
      naming.set(name, (await readObject(lab, name)).toString("utf8"));
  }
  return naming;
}

async function linkTree(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    if (entry.isDirectory()) await linkTree(join(from, entry.name), join(to, entry.name));
    else await link(join(from, entry.name), join(to, entry.name));
  }
}

function parse(text: string): LedgerEvent[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as LedgerEvent);
}
