// Goes through a JSON text 64 bytes at a time, in AssemblyScript with 128-bit SIMD: measures it, and
// copies it without the members that a reader does not need.
//
// Which bytes are quotes, escaped, in strings and structure is found as in Langdale and Lemire,
// "Parsing Gigabytes of JSON per Second" (arXiv:1902.08318), section 3.1. The text is followed by 64
// bytes of blanks. What is not as JSON should be makes `prune` give -1 or is copied as it is: a parser
// judges it.

/** The deepest nesting of arrays and objects. */
export let deepest: i32 = 0;
/** An upper bound on arrays, objects, members and items. */
export let values: i32 = 0;
/** Whether an integer has so many digits that a double may not hold it. */
export let bigIntegers: i32 = 0;

const QUOTE: u8 = 0x22;
const COMMA: u8 = 0x2c;
const COLON: u8 = 0x3a;
const OPEN_ARRAY: u8 = 0x5b;
const CLOSE_ARRAY: u8 = 0x5d;
const OPEN_OBJECT: u8 = 0x7b;
const CLOSE_OBJECT: u8 = 0x7d;
const ODD: u64 = 0xaaaaaaaaaaaaaaaa;

// Rules: rows of { u8 context, u8 action, u8 next context, u8 length, key }, ended by a context of
// 0xff; behind the key of a MARK stand { u8 length, word }.
const DROP: u8 = 1;
const ENTER: u8 = 2;
const DROP_IF_MARKED: u8 = 3;
const MARK: u8 = 4;
const LIST: u8 = 5;
const ITEMS: i32 = 65536;

// What is known of each open container that the rules reach, by depth: 16 bytes each.
const FRAMES: usize = 2048;
const IS_ARRAY: usize = 0; // u8
const CONTEXT: usize = 1; // u8, of an object, or of the objects in an array
const MARKED: usize = 2; // u8
const LISTED: usize = 3; // u8: a list came before the mark
const MET: usize = 4; // u32: the rules that were met, by number
const MOST_FRAMES: i32 = 64;

// The masks of the block under way.
let quotes: u64 = 0;
let structure: u64 = 0;
let digits: u64 = 0;
let inString: u64 = 0; // all ones or none: how the block before ended
let escapes: u64 = 0;
let digitRun: usize = 0;

/** Finds the masks of the 64 bytes at `p`. */
@inline
function look(p: usize): void {
  const table = i8x16(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x3a, 0x7b, 0x2c, 0x7d, 0, 0);
  let quote: u64 = 0;
  let backslash: u64 = 0;
  let mark: u64 = 0;
  let digit: u64 = 0;
  for (let part: usize = 0; part < 4; part++) {
    const bytes = v128.load(p + (part << 4));
    const shift = <u64>part << 4;
    quote |= <u64>i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(QUOTE))) << shift;
    backslash |= <u64>i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(0x5c))) << shift;
    const known = i8x16.swizzle(table, v128.and(bytes, i8x16.splat(0x0f)));
    mark |= <u64>i8x16.bitmask(i8x16.eq(v128.or(bytes, i8x16.splat(0x20)), known)) << shift;
    const number = i8x16.lt_u(i8x16.sub(bytes, i8x16.splat(0x30)), i8x16.splat(10));
    digit |= <u64>i8x16.bitmask(number) << shift;
  }
  if ((backslash | escapes) != 0) {
    const potential = backslash & ~escapes;
    const series = ((potential << 1) | ODD) - potential;
    const terminal = series ^ ODD;
    quote &= ~(terminal ^ (backslash | escapes));
    escapes = (terminal & backslash) >> 63;
  }
  quotes = quote;
  let strings = quote ^ (quote << 1);
  strings ^= strings << 2;
  strings ^= strings << 4;
  strings ^= strings << 8;
  strings ^= strings << 16;
  strings ^= strings << 32;
  strings ^= inString;
  inString = <u64>(<i64>strings >> 63);
  structure = mark & ~strings;
  digits = digit & ~strings;
}

/** Looks for integers of 16 digits and more, which a double may not hold. */
@inline
function lookForBigIntegers(p: usize): void {
  let runs = digits & (digits >> 1);
  runs &= runs >> 2;
  runs &= runs >> 4;
  runs &= runs >> 8;
  const leading = <usize>ctz(~digits);
  if (runs != 0 || digitRun + leading >= 16) judgeRuns(p);
  digitRun = digits == -1 ? digitRun + 64 : <usize>clz(~digits);
}

/**
 * A run is judged in the block where something follows it, so that one that never ends is not gone
 * through once a block.
 */
function judgeRuns(p: usize): void {
  if ((digits & 1) == 0) judgeRun(p - digitRun, p);
  for (let at: usize = 0; at < 64; ) {
    const rest = digits >> at;
    if (rest == 0) return;
    at += <usize>ctz(rest);
    const start = at == 0 ? p - digitRun : p + at;
    at += <usize>ctz(~(digits >> at));
    if (at >= 64) return;
    judgeRun(start, p + at);
  }
}

@inline
function judgeRun(start: usize, end: usize): void {
  if (end - start >= 16 && isInteger(start, end)) bigIntegers = 1;
}

@inline
function isDigit(byte: u8): bool {
  return byte >= 0x30 && byte <= 0x39;
}

function isInteger(start: usize, end: usize): bool {
  const after = load<u8>(end);
  if (after == 0x2e || after == 0x65 || after == 0x45 || after == 0x2b || after == 0x2d) return false;
  const before = load<u8>(start - 1);
  if (before == 0x2e || before == 0x65 || before == 0x45 || before == 0x2b) return false;
  if (before != 0x2d) return true;
  const further = load<u8>(start - 2);
  return further != 0x65 && further != 0x45 && !isDigit(further) && further != 0x2e;
}

function reset(): void {
  inString = 0;
  escapes = 0;
  digitRun = 0;
  deepest = 0;
  values = 0;
  bigIntegers = 0;
}

export function measure(start: usize, end: usize): void {
  reset();
  let depth = 0;
  let most = 0;
  let count = 0;
  let p = start;
  for (; p < end; p += 64) {
    look(p);
    lookForBigIntegers(p);
    for (let rest = structure; rest != 0; rest &= rest - 1) {
      const byte = load<u8>(p + <usize>ctz(rest));
      if (byte == COMMA) count++;
      else if ((byte | 0x20) == OPEN_OBJECT) {
        count++;
        if (++depth > most) most = depth;
      } else if ((byte | 0x20) == CLOSE_OBJECT) depth--;
    }
  }
  // Nothing follows a number that ends with the last block.
  judgeRun(p - digitRun, p);
  deepest = most;
  values = count;
}

/** The copy must not reach beyond. */
let copyEnd: usize = 0;

/**
 * Copies in ASCII, other characters as JSON's escapes. Returns where the copy ends, or 0 where the text
 * is not UTF-8.
 */
function copyAscii(target: usize, start: usize, end: usize): usize {
  let to = target;
  let from = start;
  while (from < end) {
    if (to + 32 > copyEnd) return 0;
    const bytes = v128.load(from);
    const high = i8x16.bitmask(bytes);
    v128.store(to, bytes);
    const plain = min(high == 0 ? 16 : <usize>ctz(high), end - from);
    from += plain;
    to += plain;
    if (high == 0 || from >= end) continue;
    const lead = <u32>load<u8>(from);
    const length: usize = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || from + length > end) return 0;
    let point = lead & (0x7f >> <u32>length);
    for (let next: usize = 1; next < length; next++) {
      const byte = <u32>load<u8>(from + next);
      if ((byte & 0xc0) != 0x80) return 0;
      point = (point << 6) | (byte & 0x3f);
    }
    const least: u32 = length == 2 ? 0x80 : length == 3 ? 0x800 : 0x10000;
    if (point < least || point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) return 0;
    if (point >= 0x10000) {
      to = writeEscape(to, 0xd800 + ((point - 0x10000) >> 10));
      to = writeEscape(to, 0xdc00 + ((point - 0x10000) & 0x3ff));
    } else {
      to = writeEscape(to, point);
    }
    from += length;
  }
  return to;
}

function writeEscape(to: usize, unit: u32): usize {
  store<u16>(to, 0x755c);
  for (let digit: usize = 0; digit < 4; digit++) {
    const four = (unit >> (12 - 4 * <u32>digit)) & 15;
    store<u8>(to + 2 + digit, <u8>(four < 10 ? 0x30 + four : 0x57 + four));
  }
  return to + 6;
}

/**
 * Copies the text to `target`, in ASCII, by the rules; returns the length of the copy, or -1. `table`
 * is room for 65,536 numbers.
 */
export function prune(start: usize, end: usize, target: usize, room: usize, rules: usize, table: usize, limit: i32): i32 {
  reset();
  copyEnd = room;
  let depth = 0;
  let most = 0;
  let count = 0;
  let to = target;
  let from = start; // what is not yet copied begins here
  let tracked = 0; // how many of the open containers the rules reach, from the root on
  let next: u8 = 0xff; // the context that the value to come is of, or 0xff
  let dropDepth = -1; // the depth of the object with the member that is passed over
  let listDepth = -1; // the depth of the list that is gone through
  let listAt: usize = 0;
  let listItems = 0;
  let lastAt: usize = 0; // the last marked list, and how many ends of items stand in the table
  let lastItems = 0;
  let wordRule: usize = 0; // the rule whose word the value to come is held against
  let wordAt: usize = 0;
  let willList = false;
  let afterItem = false;
  let quoteBefore: usize = 0; // the last two quotes of the blocks before
  let quoteBeforeThat: usize = 0;

  for (let p = start; p < end; ) {
    look(p);
    lookForBigIntegers(p);
    let jump: usize = 0;
    for (let rest = structure; rest != 0; rest &= rest - 1) {
      const bit = <usize>ctz(rest);
      const at = p + bit;
      const byte = load<u8>(at);
      const isTracked = depth == tracked && dropDepth < 0;
      if (byte == COLON) {
        if (!isTracked || tracked == 0) continue;
        const frame = FRAMES + (<usize>depth << 4);
        if (load<u8>(frame, IS_ARRAY) != 0) continue;
        // The key stands between the two quotes before.
        const before = quotes & ((<u64>1 << bit) - 1);
        let close: usize, open: usize;
        if (before == 0) {
          close = quoteBefore;
          open = quoteBeforeThat;
        } else {
          const high = 63 - <usize>clz(before);
          close = p + high;
          const lower = before ^ (<u64>1 << high);
          open = lower == 0 ? quoteBefore : p + 63 - <usize>clz(lower);
        }
        const context = load<u8>(frame, CONTEXT);
        const rule = ruleFor(rules, context, open + 1, close - open - 1);
        if (rule == 0) continue;
        const flag: u32 = 1 << <u32>(ruleNumber & 31);
        // Of a key that comes twice a parser takes the last: that is not for us to guess.
        if ((load<u32>(frame, MET) & flag) != 0) return -1;
        store<u32>(frame, load<u32>(frame, MET) | flag, MET);
        const action = load<u8>(rule, 1);
        if (action == DROP || (action == DROP_IF_MARKED && load<u8>(frame, MARKED) != 0)) {
          to = copyAscii(to, from, at + 1);
          if (to == 0) return -1;
          store<u32>(to, 0x6c6c756e);
          to += 4;
          dropDepth = depth;
        } else if (action == ENTER) {
          next = load<u8>(rule, 2);
        } else if (action == LIST) {
          store<u8>(frame, 1, LISTED);
          willList = true;
        } else if (action == MARK) {
          if (load<u8>(frame, LISTED) != 0) return -1;
          wordRule = rule;
          wordAt = at + 1;
        }
        continue;
      }
      if (byte == COMMA) {
        if (dropDepth >= 0) {
          if (depth != dropDepth) continue;
          dropDepth = -1;
          from = at;
        }
        count++;
        if (wordRule != 0 && depth == tracked) {
          store<u8>(FRAMES + (<usize>depth << 4), isWord(wordAt, at, wordRule) ? 1 : 0, MARKED);
          wordRule = 0;
        }
        if (depth == tracked) {
          // A rule's value that was no container.
          willList = false;
          if (tracked > 0 && load<u8>(FRAMES + (<usize>depth << 4), IS_ARRAY) == 0) next = 0xff;
        }
        continue;
      }
      if ((byte | 0x20) == OPEN_OBJECT) {
        const isArray = byte == OPEN_ARRAY;
        if (dropDepth >= 0) {
          if (++depth > 1000000) return -1;
          continue;
        }
        count++;
        depth++;
        if (depth > most) most = depth;
        if (depth > limit) return -1;
        if (depth == 1) {
          if (isArray || tracked != 0) return -1;
          next = 0;
        }
        if (willList && depth == tracked + 1) {
          willList = false;
          const first = firstByte(at + 1, end);
          if (isArray && first == CLOSE_ARRAY) continue;
          if (!isArray) continue;
          // So that a number at the front is always ours.
          if (first != OPEN_OBJECT) return -1;
          if (load<u8>(FRAMES + (<usize>tracked << 4), MARKED) == 0) continue;
          listDepth = depth;
          listAt = at;
          listItems = 0;
          const same = commonLength(lastAt, at, lastItems, table, end);
          while (listItems < lastItems && <usize>load<u32>(table + (<usize>listItems << 2)) <= same) listItems++;
          if (listItems > 0) {
            to = copyAscii(to, from, at + 1);
            if (to == 0) return -1;
            to = writeNumber(to, listItems);
            count += listItems;
            from = at + <usize>load<u32>(table + (<usize>(listItems - 1) << 2));
            jump = from;
            break;
          }
          continue;
        }
        // Within a list of a rule the objects are of its context.
        if (depth == tracked + 1) {
          if (next == 0xff && tracked > 0) {
            const frame = FRAMES + (<usize>tracked << 4);
            if (load<u8>(frame, IS_ARRAY) != 0 && !isArray) next = load<u8>(frame, CONTEXT);
          }
          if (next != 0xff) {
            if (depth >= MOST_FRAMES) return -1;
            tracked = depth;
            const frame = FRAMES + (<usize>depth << 4);
            store<u64>(frame, 0);
            store<u8>(frame, isArray ? 1 : 0, IS_ARRAY);
            store<u8>(frame, next, CONTEXT);
            next = 0xff;
          }
        }
        continue;
      }
      // A closing bracket.
      if (dropDepth >= 0 && depth == dropDepth) {
        dropDepth = -1;
        from = at;
      }
      if (wordRule != 0 && dropDepth < 0 && depth == tracked) {
        store<u8>(FRAMES + (<usize>depth << 4), isWord(wordAt, at, wordRule) ? 1 : 0, MARKED);
        wordRule = 0;
      }
      if (dropDepth < 0 && listDepth >= 0) {
        if (depth == listDepth + 1 && byte == CLOSE_OBJECT && lastItems >= 0) {
          // The ends of this list take the place of the last one's, which are the same so far.
          if (listItems < ITEMS) store<u32>(table + (<usize>listItems << 2), <u32>(at + 1 - listAt));
          listItems++;
        } else if (depth == listDepth) {
          lastAt = listAt;
          lastItems = listItems <= ITEMS ? listItems : 0;
          listDepth = -1;
        }
      }
      if (dropDepth < 0 && depth == tracked) {
        tracked--;
        next = 0xff;
        willList = false;
      }
      depth--;
      if (depth < 0) return -1;
    }
    if (jump != 0) {
      // The bytes passed over were seen before: the state behind them is known.
      quoteBefore = 0;
      quoteBeforeThat = 0;
      inString = 0;
      escapes = 0;
      digitRun = 0;
      p = jump;
      continue;
    }
    if (quotes != 0) {
      const high = 63 - <usize>clz(quotes);
      const lower = quotes ^ (<u64>1 << high);
      quoteBeforeThat = lower == 0 ? quoteBefore : p + 63 - <usize>clz(lower);
      quoteBefore = p + high;
    }
    p += 64;
  }
  if (depth != 0 || dropDepth >= 0 || inString != 0) return -1;
  deepest = most;
  values = count;
  to = copyAscii(to, from, end);
  if (to == 0) return -1;
  return <i32>(to - target);
}

function firstByte(from: usize, end: usize): u8 {
  for (let at = from; at < end; at++) {
    const byte = load<u8>(at);
    if (byte > 0x20) return byte;
  }
  return 0;
}

/** How many bytes two lists have in common, as far as the first one's items go. */
function commonLength(a: usize, b: usize, items: i32, table: usize, end: usize): usize {
  if (items == 0) return 0;
  const most = min(<usize>load<u32>(table + (<usize>(items - 1) << 2)), end - b);
  let length: usize = 0;
  while (length < most) {
    const mask = i8x16.bitmask(i8x16.ne(v128.load(a + length), v128.load(b + length)));
    if (mask != 0) {
      length += ctz(mask);
      break;
    }
    length += 16;
  }
  return min(length, most);
}

function writeNumber(to: usize, number: i32): usize {
  let scale = 1;
  while (scale <= number / 10) scale *= 10;
  let rest = number;
  while (scale > 0) {
    store<u8>(to++, <u8>(0x30 + rest / scale));
    rest %= scale;
    scale /= 10;
  }
  return to;
}

/** Which rule `ruleFor` found last, counted from 0. */
let ruleNumber: i32 = 0;

function ruleFor(rules: usize, context: u8, key: usize, length: usize): usize {
  ruleNumber = 0;
  for (let rule = rules; load<u8>(rule) != 0xff; ruleNumber++) {
    const size = <usize>load<u8>(rule, 3);
    if (load<u8>(rule) == context && size == length && memory.compare(rule + 4, key, size) == 0) return rule;
    const isMark = load<u8>(rule, 1) == MARK;
    rule += 4 + size;
    if (isMark) rule += 1 + <usize>load<u8>(rule);
  }
  return 0;
}

/** Whether the text between is, blanks apart, the string that stands behind a rule's key. */
function isWord(start: usize, end: usize, rule: usize): bool {
  while (start < end && load<u8>(start) <= 0x20) start++;
  while (end > start && load<u8>(end - 1) <= 0x20) end--;
  const word = rule + 4 + <usize>load<u8>(rule, 3);
  const size = <usize>load<u8>(word);
  return end - start == size + 2 && load<u8>(start) == QUOTE && memory.compare(word + 1, start + 1, size) == 0;
}
