/** A text as it reads decoded, with the encoding's name and where it stood. */
export interface Decoded {
  readonly text: string;
  readonly encoding: string;
  readonly start: number;
  readonly end: number;
}

const MAX_RUNS = 256;
const MAX_RUN = 65_536;

/** What runs of a text come to when read as base64, hex or url encoding; junk is left out. */
export function* decodings(text: string): Iterable<Decoded> {
  let count = 0;
  for (const match of text.matchAll(/[A-Za-z0-9+/_-]{12,65536}={0,2}/g)) {
    count += 1;
    if (count > MAX_RUNS) break;
    const [run] = match;
    const where = { start: match.index, end: match.index + run.length };
    for (const { 0: digits, index } of run.matchAll(/[0-9a-fA-F]{16,65536}/g)) {
      const start = match.index + index;
      for (const shift of [0, 1]) {
        const decoded = latin(Buffer.from(digits.slice(shift), "hex"));
        yield { text: decoded, encoding: "hex", start, end: start + digits.length };
      }
    }
    // A piece of a longer text may begin anywhere in a group of four.
    for (let shift = 0; shift < 4; shift += 1) {
      const decoded = latin(Buffer.from(run.slice(shift, MAX_RUN), "base64"));
      if (readable(decoded)) yield { text: decoded, encoding: "base64", ...where };
    }
  }
  if (/%[0-9a-fA-F]{2}/.test(text)) {
    const decoded = text.replaceAll(/%([0-9a-fA-F]{2})/g, (_, code: string) =>
      String.fromCharCode(Number.parseInt(code, 16)),
    );
    yield { text: decoded, encoding: "url encoding", start: 0, end: text.length };
  }
  if (/\\(?:u00[0-9a-f]{2}|x[0-9a-f]{2})/i.test(text)) {
    const decoded = text.replaceAll(/\\(?:u00|x)([0-9a-fA-F]{2})/g, (_, code: string) =>
      String.fromCharCode(Number.parseInt(code, 16)),
    );
    yield { text: decoded, encoding: "escapes", start: 0, end: text.length };
  }
}

export function rot13(text: string): string {
  return text.replaceAll(/[a-zA-Z]/g, (char) => {
    const base = char <= "Z" ? 65 : 97;
    return String.fromCharCode(((char.charCodeAt(0) - base + 13) % 26) + base);
  });
}

export function reversed(text: string): string {
  return [...text].reverse().join("");
}

function latin(bytes: Buffer): string {
  return bytes.toString("latin1");
}

function readable(text: string): boolean {
  if (text.length < 8) return false;
  const sample = text.slice(0, 64);
  let good = 0;
  for (const char of sample) if ((char >= " " && char <= "~") || char === "\n") good += 1;
  return good >= 0.85 * sample.length;
}
