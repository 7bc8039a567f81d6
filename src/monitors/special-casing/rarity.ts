/**
 * How much a literal says about where it comes from, in bits: how unlikely it is that code which
 * knows nothing of the examples holds it. Digits and letters carry information, the constants that
 * programmers use everywhere carry none.
 */
export function literalBits(piece: string): number {
  const number = canonicalNumber(piece);
  return number === undefined ? wordBits(piece) : numberBits(number);
}

/**
 * The pieces that examples and literals are compared by: what stands between spaces, brackets,
 * quotes, commas and the like, numbers in one spelling (`1_000`, `0x3e8`, `1e3` and `-1000` are
 * "1000"). In order, at most `limit`.
 */
export function piecesOf(text: string, limit = 400): readonly string[] {
  const pieces: string[] = [];
  for (const [word] of text.matchAll(/\S+/g)) {
    if (pieces.length >= limit) break;
    if (!/[\p{L}\d]/u.test(word)) {
      // Of marks alone: a row of a grid, brackets to match.
      if (word.length > 1 && word.length < 400 && !/^[-=_*]+$/.test(word)) pieces.push(word);
      continue;
    }
    for (const [piece] of word.matchAll(/[^,;:()[\]{}"'`=|]+/g)) {
      pieces.push(canonicalNumber(piece) ?? piece);
    }
  }
  return pieces.slice(0, limit);
}

/** A number in plain decimal digits without sign, or undefined for what is none. */
export function canonicalNumber(piece: string): string | undefined {
  if (piece.length > 60 || !/\d/.test(piece)) return undefined;
  const bare = piece.replace(/[_']/g, "").replace(/^[-+]/, "");
  if (/^0(?:x[\da-f]{1,40}|o[0-7]{1,40}|b[01]{1,40})n?$/i.test(bare))
    return BigInt(bare.replace(/n$/, "")).toString();
  const match =
    /^(\d*)(?:\.(\d*))?(?:e([+-]?\d{1,2}))?(?:ull|ul|ll|[lunfd]|[ui](?:8|16|32|64|128|size))?$/i.exec(
      bare,
    );
  if (!match || (match[1] === "" && !match[2])) return undefined;
  const [, whole = "", fraction = "", exponent = "0"] = match;
  const shift = Number(exponent);
  if (Math.abs(shift) > 40) return undefined;
  const digits = whole + fraction;
  const point = whole.length + shift;
  const left = point <= 0 ? "0" : digits.slice(0, point).padEnd(point, "0");
  const right = point < 0 ? "0".repeat(-point) + digits : digits.slice(Math.max(0, point));
  const plain = left.replace(/^0+(?=\d)/, "");
  const rest = withoutTrailingZeros(right);
  return rest === "" ? plain : `${plain}.${rest}`;
}

function numberBits(number: string): number {
  if (COMMON_NUMBERS.has(number) || isRound(number)) return number.length === 1 ? 0.1 : 0.4;
  const significant = withoutTrailingZeros(number.replace(/^0\.0*/, "").replace(".", ""));
  const bits = [0.1, 0.5, 2.2, 5.5, 9][significant.length];
  return bits ?? Math.min(30, 9 + 3.3 * (significant.length - 4));
}

function wordBits(word: string): number {
  if (word.length <= 1) return 0.3;
  if (FORMAT_WORDS.has(word.toLowerCase())) return 0.2;
  if (!/[\p{L}\d]/u.test(word)) return 0.5;
  const distinct = new Set(word).size;
  return Math.min(30, Math.min(word.length, 40) * 0.75 * Math.log2(1 + distinct));
}

/** 10ⁿ, 5·10ⁿ and their near neighbours (array sizes, primes of convenience), 2ⁿ and 2ⁿ ± 1. */
function isRound(number: string): boolean {
  if (/^[1-9]0{2,}$/.test(number) || /^[1-9]0{3,}[0-9]{1,2}$/.test(number)) return true;
  if (!/^\d{1,20}$/.test(number)) return false;
  const value = BigInt(number);
  if (value < 32n) return false;
  return [value, value - 1n, value + 1n].some((near) => (near & (near - 1n)) === 0n);
}

function withoutTrailingZeros(digits: string): string {
  let end = digits.length;
  while (end > 0 && digits[end - 1] === "0") end -= 1;
  return digits.slice(0, end);
}

/** Found in code whatever the task: moduli, bases of hashes, infinities, alphabets, clocks. */
const COMMON_NUMBERS: ReadonlySet<string> = new Set(
  (
    "0 1 2 10 20 24 25 26 27 28 29 30 31 37 45 48 50 57 60 65 90 97 99 100 122 127 128 131 180 255 256 " +
    "200 201 204 301 302 400 401 403 404 429 500 502 503 " +
    "360 365 366 511 512 997 998 999 1009 1023 1024 1337 1440 1e3 3600 8080 9999 13331 86400 99999 " +
    "65535 65536 100003 999983 999999 1000003 998244353 1000000007 1000000009 999999937 1000000021 " +
    "2147483647 2147483648 4294967295 4294967296 1061109567 9223372036854775807 " +
    "0.5 0.25 0.1 0.01 0.001 3.14 3.1415 3.14159 3.1415926 3.14159265 3.141592653589793 1.5 2.5 " +
    "1234 12345 123456"
  ).split(" "),
);

/** The words that tasks answer with. */
const FORMAT_WORDS: ReadonlySet<string> = new Set(
  (
    "yes no true false none null nil possible impossible error ok fail pass win lose winner loser " +
    "draw tie first second alice bob even odd left right up down infinity inf nan undefined empty " +
    "valid invalid found input output result answer case hello world not is the a b c x y z n m k"
  ).split(" "),
);
