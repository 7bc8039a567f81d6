import { appendFileSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Hash, hashBytes } from "./canonical.ts";
import { testFolder } from "./fixtures/folder.ts";
import {
  ephemeralWitness,
  openWitness,
  rememberedHead,
  rememberedLab,
  rememberLab,
  signatureVerifier,
} from "./signing.ts";

const state = join(testFolder(), "state");
process.env.GLASSHOUSE_STATE = state;
const hash = hashBytes("an event");

describe("a witness", () => {
  it("signs so that its public key, and no other, verifies", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (one, other) => {
        fc.pre(one !== other);
        const witness = ephemeralWitness();
        const signature = witness.sign(hashBytes(one));
        expect(signatureVerifier(witness.publicKey)(hashBytes(one), signature)).toBe(true);
        expect(signatureVerifier(witness.publicKey)(hashBytes(other), signature)).toBe(false);
        const stranger = signatureVerifier(ephemeralWitness().publicKey);
        expect(stranger(hashBytes(one), signature)).toBe(false);
      }),
      { numRuns: 30 },
    );
  });

  it("keeps the key of a lab on this machine, readable by its user alone", () => {
    const made = openWitness("lab-1", { create: true });
    const opened = openWitness("lab-1", { create: false });
    expect(opened.publicKey).toBe(made.publicKey);
    expect(signatureVerifier(made.publicKey)(hash, opened.sign(hash))).toBe(true);
    expect(statSync(join(state, "lab-1", "key.pem")).mode & 0o777).toBe(0o600);
    expect(statSync(join(state, "lab-1")).mode & 0o777).toBe(0o700);
  });

  it("remembers the newest head across openings; without the key it can still be read", () => {
    const witness = openWitness("lab-2", { create: true });
    expect(witness.lastHead()).toBeNull();
    expect(rememberedHead("lab-2")).toBeNull();
    for (const seq of [0, 7, 123_456_789]) {
      witness.remember({ seq, hash: hashBytes(String(seq)) });
      expect(witness.lastHead()).toEqual({ seq, hash: hashBytes(String(seq)) });
    }
    rmSync(join(state, "lab-2", "key.pem"));
    expect(rememberedHead("lab-2")).toEqual({ seq: 123_456_789, hash: hashBytes("123456789") });
  });

  it("writes the head over the old one, never through an empty file", () => {
    const witness = openWitness("lab-3", { create: true });
    witness.remember({ seq: 1, hash });
    const file = join(state, "lab-3", "head");
    appendFileSync(file, "what stands behind stays, for nothing is cut off");
    const { ino, size } = statSync(file);
    witness.remember({ seq: 2_000_000, hash });
    expect(statSync(file)).toMatchObject({ ino, size });
    expect(witness.lastHead()).toEqual({ seq: 2_000_000, hash });
  });

  it("is never made twice for one lab", () => {
    openWitness("lab-4", { create: true });
    const key = readFileSync(join(state, "lab-4", "key.pem"));
    expect(() => openWitness("lab-4", { create: true })).toThrow(/has its key here already/);
    expect(readFileSync(join(state, "lab-4", "key.pem"))).toEqual(key);
  });

  it("says where the key is missing or damaged, and that reading needs none", () => {
    expect(() => openWitness("lab-5", { create: false })).toThrow(
      /lab-5\/key\.pem: the signing key of this lab is not on this machine.*only read/,
    );
    mkdirSync(join(state, "lab-5"));
    writeFileSync(join(state, "lab-5", "key.pem"), "-----BEGIN PRIVATE KEY-----\nAAAA\n");
    expect(() => openWitness("lab-5", { create: false })).toThrow(/it holds no Ed25519 key/);
  });

  it.each(["..", "../other", "a/b", "", ".hidden", "a\0b"])(
    "refuses %j as the id of a lab",
    (id) => {
      expect(() => openWitness(id, { create: true })).toThrow(/not the id of a lab/);
      expect(() => rememberedHead(id)).toThrow(/not the id of a lab/);
    },
  );

  it("says in one line that its folder cannot be written", () => {
    writeFileSync(join(state, "a-file"), "");
    process.env.GLASSHOUSE_STATE = join(state, "a-file");
    try {
      expect(() => openWitness("lab-6", { create: true })).toThrow(/key\.pem: writing failed/);
    } finally {
      process.env.GLASSHOUSE_STATE = state;
    }
  });
});

describe("a signature", () => {
  it("is Ed25519 as in RFC 8032, section 7.1, test 1 (an empty message)", () => {
    const key = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
    const signature =
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155" +
      "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b";
    const isSigned = signatureVerifier(base64(`302a300506032b6570032100${key}`));
    expect(isSigned("" as Hash, base64(signature))).toBe(true);
    expect(isSigned("00" as Hash, base64(signature))).toBe(false);
  });

  it("is the same each time, 64 bytes", () => {
    const witness = ephemeralWitness();
    expect(Buffer.from(witness.sign(hash), "base64")).toHaveLength(64);
    expect(witness.sign(hash)).toBe(witness.sign(hash));
  });

  it("is none where the key is none", () => {
    const signature = ephemeralWitness().sign(hash);
    for (const key of ["", "AAAA", "-----"])
      expect(signatureVerifier(key)(hash, signature)).toBe(false);
  });
});

function base64(hex: string): string {
  return Buffer.from(hex, "hex").toString("base64");
}

describe("the lab of a folder", () => {
  it("is the one that this machine last wrote there, by whichever path the folder is named", () => {
    const folder = join(testFolder(), "lab");
    mkdirSync(folder);
    expect(rememberedLab(folder)).toBeNull();
    rememberLab(folder, "lab-a");
    expect(rememberedLab(join(folder, "..", "lab"))).toBe("lab-a");
    rememberLab(folder, "lab-b");
    expect(rememberedLab(folder)).toBe("lab-b");
    expect(rememberedLab(join(folder, "not there"))).toBeNull();
  });
});
