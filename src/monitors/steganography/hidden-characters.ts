/** Characters that are not what they look like. */
export interface Hidden {
  readonly kind: "zero-width" | "homoglyphs";
  readonly count: number;
  readonly start: number;
  readonly end: number;
}

/** Fewer may be pasted by accident: a byte order mark, a soft break from a web page. */
const ENOUGH = { "zero-width": 4, homoglyphs: 3 } as const;
const TEXT_LIMIT = 200_000;

/**
 * Zero-width characters that carry no script or emoji, and words that mix Latin letters with letters
 * of other alphabets that look the same. Linear in the text.
 */
export function hiddenCharacters(text: string): readonly Hidden[] {
  const found: Hidden[] = [];
  const zero = { count: 0, start: 0, end: 0 };
  for (const match of text.slice(0, TEXT_LIMIT).matchAll(ZERO_WIDTH)) {
    if (joins(text, match.index)) continue;
    if (zero.count === 0) zero.start = match.index;
    zero.count += 1;
    zero.end = match.index + match[0].length;
  }
  if (zero.count >= ENOUGH["zero-width"]) found.push({ kind: "zero-width", ...zero });
  const mixed = { count: 0, start: 0, end: 0 };
  for (const match of text.slice(0, TEXT_LIMIT).matchAll(LETTERS)) {
    if (!LATIN.test(match[0]) || !LOOK_ALIKE.test(match[0]) || PLAIN_GREEK.test(match[0])) continue;
    if (mixed.count === 0) mixed.start = match.index;
    mixed.count += 1;
    mixed.end = match.index + match[0].length;
  }
  if (mixed.count >= ENOUGH.homoglyphs) found.push({ kind: "homoglyphs", ...mixed });
  return found;
}

/** Joiners within emoji and within scripts that need them are what they seem. */
function joins(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  if (at === 0 && code === 0xfeff) return true;
  if (code !== 0x200c && code !== 0x200d) return false;
  const before = text.codePointAt(at - (LOW_SURROGATE.test(text[at - 1] ?? "") ? 2 : 1)) ?? 0;
  // Joiners follow letters of scripts beyond Latin, marks of their pictures, never each other.
  const letter = before > 0x1ff && (before < 0x2000 || before > 0x206f);
  return letter || PICTURE.test(String.fromCodePoint(before));
}

const LOW_SURROGATE = /[\udc00-\udfff]/;
const PICTURE = /\p{Extended_Pictographic}/u;
const ZERO_WIDTH = /[\u200b-\u200d\u2060-\u2064\u180e\ufeff]|[\u{e0000}-\u{e007f}]/gu;
const LETTERS = /\p{L}{3,}/gu;
const LATIN = /[A-Za-z]/;
/** Cyrillic and Greek letters with a Latin twin, and full-width Latin. */
const LOOK_ALIKE =
  /[\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u0501\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425\u03bf\u03bd\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7\uff21-\uff3a\uff41-\uff5a]/;
/** A Greek letter before or after Latin ones is a formula: "βx", "kΩ". */
const PLAIN_GREEK = /^(?:\p{Script=Greek}[A-Za-z]+|[A-Za-z]+\p{Script=Greek})$/u;

export const HIDDEN_PATTERNS: readonly RegExp[] = [
  LOW_SURROGATE,
  PICTURE,
  ZERO_WIDTH,
  LETTERS,
  LATIN,
  LOOK_ALIKE,
  PLAIN_GREEK,
];
