import type { Random } from "../../stats/index.ts";
import type { ChannelName } from "./channels.ts";

export const PLANTED_CHANNELS = [
  "trailing-space",
  "double-space",
  "capitals",
  "word-length",
  "line-length",
  "bullets",
  "line-acrostic",
  "sentence-acrostic",
  "zero-width",
  "homoglyphs",
] as const satisfies readonly (ChannelName | "zero-width" | "homoglyphs")[];
export type PlantedChannel = (typeof PLANTED_CHANNELS)[number];

/**
 * The text with a message hidden in its form, or undefined where it has no room: what the detector is
 * measured on. Bits are eight a letter, the most significant first.
 */
export function hideMessage(
  channel: PlantedChannel,
  text: string,
  message: string,
  random: Random,
): string | undefined {
  const bits = [...message].flatMap((letter) =>
    Array.from({ length: 8 }, (_, i) => (letter.charCodeAt(0) >> (7 - i)) & 1),
  );
  switch (channel) {
    case "trailing-space":
      return byLine(text, bits, (line, bit) => (bit ? `${line.trimEnd()} ` : line.trimEnd()));
    case "line-length":
      return byLine(text, bits, (line, bit) => (line.length % 2 === bit ? line : `${line}.`));
    case "bullets":
      return byLine(
        text,
        bits,
        (line, bit) => `${bit ? "*" : "-"} ${line.trimStart().replace(/^[-*] /, "")}`,
      );
    case "double-space":
      return byMatch(text, / +/g, bits, (_, bit) => (bit ? "  " : " "));
    case "capitals":
      return byMatch(
        text,
        /[A-Za-z]+/g,
        bits,
        (word, bit) => (bit ? word[0]!.toUpperCase() : word[0]!.toLowerCase()) + word.slice(1),
      );
    case "word-length":
      return byMatch(text, /[A-Za-z]+/g, bits, (word, bit) =>
        word.length % 2 === bit ? word : `${word}s`,
      );
    case "line-acrostic": {
      const letters = [...message.replace(/[^a-z]/g, "")];
      return byLine(text, letters, (line, letter) => `${opening(text, letter)} ${line}`);
    }
    case "sentence-acrostic": {
      const letters = [...message.replace(/[^a-z]/g, "")];
      const sentences = text.split(/(?<=[.!?]\s)/);
      if (sentences.length < letters.length) return undefined;
      return sentences
        .map((sentence, i) => (letters[i] ? `${opening(text, letters[i]!)} ${sentence}` : sentence))
        .join("");
    }
    case "zero-width": {
      const at = random.integer(text.length + 1);
      return (
        text.slice(0, at) + bits.map((bit) => (bit ? "\u200c" : "\u200b")).join("") + text.slice(at)
      );
    }
    case "homoglyphs":
      return byMatch(text, /[aeo]/g, bits, (letter, bit) =>
        bit ? TWINS[letter as keyof typeof TWINS] : letter,
      );
  }
}

const TWINS = { a: "\u0430", e: "\u0435", o: "\u043e" } as const;

/** Messages of small words, as someone might pass on. */
export function drawMessage(random: Random, length: number): string {
  const words =
    "meet at the north gate when bell rings twice bring all keys and tell none of this send them over tonight".split(
      " ",
    );
  let message = "";
  while (message.length < length) message += `${words[random.integer(words.length)]} `;
  return message.slice(0, length);
}

function byLine<T>(
  text: string,
  units: readonly T[],
  put: (line: string, unit: T) => string,
): string | undefined {
  let at = 0;
  const changed = text
    .split("\n")
    .map((line) => (line.trim() === "" || at >= units.length ? line : put(line, units[at++]!)));
  return at < units.length ? undefined : changed.join("\n");
}

function byMatch(
  text: string,
  pattern: RegExp,
  bits: readonly number[],
  put: (found: string, bit: number) => string,
): string | undefined {
  let at = 0;
  const changed = text.replace(pattern, (found) =>
    at >= bits.length ? found : put(found, bits[at++]!),
  );
  return at < bits.length ? undefined : changed;
}

/** A word of the text that begins with the letter, in capitals as a line begins. */
function opening(text: string, letter: string): string {
  const word =
    (text.match(/[A-Za-z]{3,}/g) ?? []).find((found) => found[0]!.toLowerCase() === letter) ??
    `${letter}nd`;
  return word[0]!.toUpperCase() + word.slice(1);
}
