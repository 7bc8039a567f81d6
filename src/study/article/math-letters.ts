/**
 * A letter in one of MathML's alphabets as its own Unicode character (Mathematical Alphanumeric
 * Symbols): browsers and Typst draw these alike, while they ignore most `mathvariant`s.
 */
export function mathLetter(letter: string, variant: string): string {
  const exception = exceptions[variant]?.[letter];
  if (exception !== undefined) return exception;
  const start = starts[variant];
  const code = letter.codePointAt(0) ?? 0;
  if (start === undefined || letter.length !== 1) return letter;
  if (code >= 65 && code <= 90) return String.fromCodePoint(start + code - 65);
  if (code >= 97 && code <= 122) return String.fromCodePoint(start + 26 + code - 97);
  return letter;
}

const starts: Readonly<Record<string, number>> = {
  bold: 0x1d400,
  "bold-italic": 0x1d468,
  script: 0x1d49c,
  "bold-script": 0x1d4d0,
  fraktur: 0x1d504,
  "bold-fraktur": 0x1d56c,
  "double-struck": 0x1d538,
  "sans-serif": 0x1d5a0,
  "bold-sans-serif": 0x1d5d4,
  "sans-serif-italic": 0x1d608,
  monospace: 0x1d670,
};

const exceptions: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "double-struck": { C: "ℂ", H: "ℍ", N: "ℕ", P: "ℙ", Q: "ℚ", R: "ℝ", Z: "ℤ" },
  script: {
    B: "ℬ",
    E: "ℰ",
    F: "ℱ",
    H: "ℋ",
    I: "ℐ",
    L: "ℒ",
    M: "ℳ",
    R: "ℛ",
    e: "ℯ",
    g: "ℊ",
    o: "ℴ",
  },
  fraktur: { C: "ℭ", H: "ℌ", I: "ℑ", R: "ℜ", Z: "ℨ" },
};
