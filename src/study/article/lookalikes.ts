/** Stands between the words of "camelCase" in folded text. */
export const HUMP = "\ue013";

/** A text folded to plain lower-case Latin letters; `index[i]` is where its i-th unit came from. */
export interface Folded {
  readonly text: string;
  readonly index: readonly number[];
}

/**
 * Folds what looks like a Latin letter into that letter (Unicode TR 39 calls the result a
 * skeleton): compatibility forms, accents, and the Cyrillic, Greek, Armenian and small-capital
 * letters that a reader would take for Latin ones. So a number word cannot hide in another script.
 */
export function foldLookalikes(text: string): Folded {
  const index: number[] = [];
  let folded = "";
  let at = 0;
  let lower = false;
  for (const character of text) {
    if (lower && /\p{Lu}/u.test(character)) {
      folded += HUMP;
      index.push(at);
    }
    lower = /\p{Ll}/u.test(character);
    for (const part of character.normalize("NFKD").toLowerCase()) {
      const mark = /\p{M}/u.test(part);
      const letter = mark ? "" : (latin.get(part) ?? part);
      for (let unit = 0; unit < letter.length; unit += 1) index.push(at);
      folded += letter;
    }
    at += character.length;
  }
  return { text: folded, index };
}

/** Letters that read as the digit nought or one, for numbers such as "O.l" and "lOO". */
export function readsAsDigits(token: string): boolean {
  const skeleton = [...token.normalize("NFKC")]
    .map((letter) => (noughts.includes(letter) ? "0" : ones.includes(letter) ? "1" : letter))
    .join("");
  if (!/^[01]+(?:[.,:·][01]+)*$/.test(skeleton)) return false;
  if (skeleton.length !== skeleton.replace(/[.,:·]/g, "").length) return true;
  if (/^(?:\|{3,}|I{4,})$/.test(token)) return true;
  if (skeleton.length < 2 || ordinary.has(token)) return false;
  return skeleton.includes("0") && (/[A-ZА-ЯΑ-Ω|]/.test(token.slice(1)) || /^[I|].*o/.test(token));
}

const noughts = "OoОоΟοՕօᴏ";
const ones = "lI|ІӀӏΙǀıӀ";
const ordinary = new Set(["Io", "IO", "OI", "I/O", "II", "lo", "loo", "lol", "oo"]);

const pairs: readonly (readonly [string, string])[] = [
  ["аӑәɑαᴀ", "a"],
  ["ʙβ", "b"],
  ["сϲᴄ", "c"],
  ["ԁɗđᴅ", "d"],
  ["еєɛεᴇҽ", "e"],
  ["ꜰƒ", "f"],
  ["ɡցɢ", "g"],
  ["һհħʜн", "h"],
  ["іıɩιɪӏ", "i"],
  ["јϳᴊ", "j"],
  ["кκᴋ", "k"],
  ["ʟłӏ", "l"],
  ["мᴍ", "m"],
  ["ոηɴп", "n"],
  ["оοօøɔσᴏ", "o"],
  ["рρᴘ", "p"],
  ["ԛ", "q"],
  ["гʀ", "r"],
  ["ѕꜱ", "s"],
  ["тτŧᴛ", "t"],
  ["սυᴜ", "u"],
  ["νѵᴠ", "v"],
  ["ԝѡωɯᴡ", "w"],
  ["хχ", "x"],
  ["уүγʏ", "y"],
  ["ᴢ", "z"],
];
const latin = new Map(
  pairs.flatMap(([characters, letter]) =>
    [...characters].map((character) => [character, letter] as const),
  ),
);
