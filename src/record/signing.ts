import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Hash } from "./canonical.ts";
import { Fault } from "./fault.ts";

/**
 * What a lab keeps outside its own folder, and so outside the reach of anyone who can only write
 * there: the key that signs the ledger, and the newest head it has acknowledged.
 */
export interface Witness {
  readonly publicKey: string;
  sign(hash: Hash): string;
  /** The newest head acknowledged on this machine; null where there is none yet. */
  lastHead(): Head | null;
  remember(head: Head): void;
}

export interface Head {
  readonly seq: number;
  readonly hash: Hash;
}

/** Ed25519 over the hash of an event; signatures are base64. */
export function verifySignature(publicKey: string, hash: Hash, signature: string): boolean {
  const key = createPublicKey({
    key: Buffer.from(publicKey, "base64"),
    format: "der",
    type: "spki",
  });
  return verify(null, Buffer.from(hash, "hex"), key, Buffer.from(signature, "base64"));
}

/** A witness that lives only as long as the process, for tests and simulations. */
export function ephemeralWitness(): Witness {
  const { privateKey } = generateKeyPairSync("ed25519");
  let head: Head | null = null;
  return witnessOf(
    privateKey,
    () => head,
    (next) => {
      head = next;
    },
  );
}

/**
 * The witness of one lab, in a folder of the user's state directory. A new lab (`create`) gets a
 * fresh key; a lab whose key is not on this machine can be read and verified, not appended to.
 */
export function openWitness(labId: string, options: { create: boolean }): Witness {
  const folder = witnessFolder(labId);
  const keyFile = join(folder, "key.pem");
  const headFile = join(folder, "head");
  let pem: string;
  if (options.create) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    pem = generateKeyPairSync("ed25519").privateKey.export({
      format: "pem",
      type: "pkcs8",
    }) as string;
    writeFileSync(keyFile, pem, { mode: 0o600, flag: "wx" });
  } else {
    try {
      pem = readFileSync(keyFile, "utf8");
    } catch {
      throw new Fault(
        keyFile,
        "the signing key of this lab is not on this machine",
        "Copy it from the machine that made the lab, or only read: `show` and `verify` need no key",
      );
    }
  }
  return witnessOf(
    createPrivateKey(pem),
    () => readHead(headFile),
    // Not synced: after a power cut an older head still holds, it just protects a little less.
    (head) => writeFileSync(headFile, `${String(head.seq).padStart(12, "0")} ${head.hash}\n`),
  );
}

/** The newest head this machine has acknowledged for a lab; needs no key. */
export function rememberedHead(labId: string): Head | null {
  return readHead(join(witnessFolder(labId), "head"));
}

function witnessOf(
  key: KeyObject,
  lastHead: () => Head | null,
  remember: (head: Head) => void,
): Witness {
  return {
    publicKey: createPublicKey(key).export({ format: "der", type: "spki" }).toString("base64"),
    sign: (hash) => sign(null, Buffer.from(hash, "hex"), key).toString("base64"),
    lastHead,
    remember,
  };
}

function witnessFolder(labId: string): string {
  const state =
    process.env.GLASSHOUSE_STATE ??
    join(process.env.XDG_STATE_HOME ?? join(homedir(), ".local", "state"), "glasshouse");
  return join(state, labId);
}

function readHead(file: string): Head | null {
  try {
    const match = /^(\d{12}) ([0-9a-f]{64})\n$/.exec(readFileSync(file, "utf8"));
    return match ? { seq: Number(match[1]), hash: match[2] as Hash } : null;
  } catch {
    return null;
  }
}
