import { inflateRawSync } from "node:zlib";
import { decompress } from "fzstd";
import { type Packed, zipOf } from "../../src/formats/zip/zip.test-support.ts";
import type { Random } from "../../src/stats/index.ts";
import { mutatedBytes, poison } from "./mutated-files.ts";
import { mutatedJson } from "./mutated-json.ts";

type Member = { name: string; data: Uint8Array };

/**
 * An archive that was tampered with: in what its members hold, in their names, packing, sizes and
 * check sums, in its directory, or in its packed bytes. What is no archive becomes a member of one.
 */
export function mutatedArchive(bytes: Uint8Array, random: Random, size: number): Uint8Array {
  const members = membersOf(Buffer.from(bytes)) ?? [
    { name: "header.json", data: Buffer.from('{"version":2,"status":"success","eval":{}}') },
    { name: "samples/1_epoch_1.json", data: bytes },
  ];
  const lot = random.integer(4);
  if (lot === 0) return zipOf(members.map((member) => packed(member, random)));
  for (let faults = 1 + random.integer(4); faults > 0; faults--) tamper(members, random, size);
  const archive = zipOf(
    members.map((member) => packed(member, random)),
    random.integer(4) === 0,
  );
  if (lot === 1) return archive;
  return lot === 2 ? inDirectory(archive, random) : mutatedBytes(archive, random);
}

function tamper(members: Member[], random: Random, size: number): void {
  const i = random.integer(members.length);
  const member = members[i]!;
  const fault = random.integer(5);
  if (fault === 0 && members.length > 1) members.splice(i, 1);
  else if (fault === 1) members.splice(random.integer(members.length), 0, { ...member });
  else if (fault === 2)
    member.name = STRANGE_NAMES[random.integer(STRANGE_NAMES.length)]!(member.name);
  else if (fault === 3) member.data = Buffer.from(poison(random));
  else member.data = mutatedJson(member.data, random, size) ?? mutatedBytes(member.data, random);
}

const STRANGE_NAMES: readonly ((name: string) => string)[] = [
  (name) => `../../${name}`,
  (name) => `/${name}`,
  (name) => `${name}\0.json`,
  () => "",
  () => "__proto__",
  () => "a/".repeat(9000),
  () => "header.json",
  () => "samples/1_epoch_1.json",
  () => "samples/1_epoch_999999999999999999999.json",
  () => "samples/.json",
];

function packed({ name, data }: Member, random: Random): Packed {
  const method = ([8, 8, 0, 93] as const)[random.integer(4)]!;
  const lie = random.integer(10);
  return {
    name: name.slice(0, 65_000),
    data,
    method,
    ...(lie === 0 ? { size: [0, 1, 0xffffffff, data.length + 1][random.integer(4)]! } : {}),
    ...(lie === 1 ? { crc: random.uint32() } : {}),
    ...(lie === 2 ? { flags: random.integer(65536) } : {}),
  };
}

/** Fields of the directory and of its end, which say where everything is. */
function inDirectory(archive: Buffer, random: Random): Buffer {
  const places: number[] = [];
  for (const signature of ["PK\x01\x02", "PK\x05\x06", "PK\x06\x06", "PK\x06\x07"]) {
    for (
      let at = archive.indexOf(signature, 0, "latin1");
      at >= 0;
      at = archive.indexOf(signature, at + 1, "latin1")
    )
      places.push(at);
  }
  for (let faults = 1 + random.integer(4); faults > 0; faults--) {
    const at = places[random.integer(places.length)]! + 4 + random.integer(42);
    if (at + 4 > archive.length) continue;
    const value = [0, 1, 0xff, 0xffff, 0x7fffffff, 0xffffffff, archive.length, random.uint32()];
    const chosen = value[random.integer(value.length)]!;
    if (random.integer(2) === 0) archive.writeUInt32LE(chosen, at);
    else archive.writeUInt16LE(chosen & 0xffff, at);
  }
  return archive;
}

/** Nothing where these bytes are no sound archive. */
function membersOf(archive: Buffer): Member[] | undefined {
  const members: Member[] = [];
  try {
    const end = archive.lastIndexOf("PK\x05\x06", undefined, "latin1");
    if (end < 0) return undefined;
    let at = archive.readUInt32LE(end + 16);
    for (let i = archive.readUInt16LE(end + 10); i > 0; i--) {
      const [name, extra, comment] = [28, 30, 32].map((field) => archive.readUInt16LE(at + field));
      const local = archive.readUInt32LE(at + 42);
      const start =
        local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
      const held = archive.subarray(start, start + archive.readUInt32LE(at + 20));
      const method = archive.readUInt16LE(at + 10);
      members.push({
        name: archive.toString("utf8", at + 46, at + 46 + name!),
        data: method === 8 ? inflateRawSync(held) : method === 93 ? decompress(held) : held,
      });
      at += 46 + name! + extra! + comment!;
    }
  } catch {
    return undefined;
  }
  return members.length > 0 ? members : undefined;
}
