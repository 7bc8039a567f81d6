import { decodings, reversed, rot13 } from "./encodings.ts";
import { passed, type Taint } from "./taint.ts";

/** Secret values that were seen, to be known again whole, in pieces, encoded or turned around. */
export interface SecretIndex {
  add(value: string, taint: Taint): void;
  /** Values within a text. Takes time in proportion to it. */
  find(text: string): readonly Hit[];
  readonly size: number;
}

export interface Hit {
  readonly taint: Taint;
  readonly start: number;
  readonly end: number;
}

/** Length of the windows by which pieces are known, and how many are kept. */
const WINDOW = 10;
const MAX_WINDOWS = 65_536;
const MAX_VALUE = 4_096;
const MAX_TEXT = 262_144;
const MAX_HITS = 8;

interface Known {
  readonly taint: Taint;
  readonly via?: string;
}

/**
 * Windows of ten characters of each value, plain, reversed and in ROT13, in a table that forgets the
 * oldest; values of eight or nine are known whole.
 */
export function secretIndex(): SecretIndex {
  const windows = new Map<string, Known>();
  const short = new Map<string, Known>();

  const put = (table: Map<string, Known>, key: string, known: Known) => {
    table.delete(key);
    if (table.size >= MAX_WINDOWS) table.delete(table.keys().next().value!);
    table.set(key, known);
  };
  const addForm = (value: string, known: Known) => {
    if (value.length < WINDOW) put(short, value, known);
    for (let at = 0; at + WINDOW <= value.length; at += 1) {
      const window = value.slice(at, at + WINDOW);
      if (varied(window)) put(windows, window, known);
    }
  };
  const findPlain = (text: string, found: Map<string, Hit>, via?: string, at?: Place) => {
    if (windows.size === 0 && short.size === 0) return;
    const limit = Math.min(text.length, MAX_TEXT);
    const note = (known: Known, start: number, end: number) => {
      const { what } = known.taint.source;
      if (found.has(what) || found.size >= MAX_HITS) return;
      let { taint } = known;
      if (known.via !== undefined) taint = passed(taint, undefined, known.via);
      if (via !== undefined) taint = passed(taint, undefined, via);
      found.set(what, { taint, start: at?.start ?? start, end: at?.end ?? end });
    };
    for (let start = 0; start + WINDOW <= limit; start += 1) {
      const known = windows.get(text.slice(start, start + WINDOW));
      if (known !== undefined) note(known, start, start + WINDOW);
    }
    if (short.size > 0) {
      for (const match of text
        .slice(0, limit)
        .matchAll(/[^\s"'=:,;<>(){}[\]|&]{8,9}(?![^\s"'=:,;<>(){}[\]|&])/g)) {
        const known = short.get(match[0]);
        if (known !== undefined) note(known, match.index, match.index + match[0].length);
      }
    }
  };
  return {
    get size() {
      return windows.size + short.size;
    },
    add(value, taint) {
      const cut = value.slice(0, MAX_VALUE);
      addForm(cut, { taint });
      addForm(reversed(cut), { taint, via: "reversed" });
      if (/[a-zA-Z]{4}/.test(cut)) addForm(rot13(cut), { taint, via: "rot13" });
    },
    find(text) {
      if (windows.size === 0 && short.size === 0) return [];
      const found = new Map<string, Hit>();
      findPlain(text, found);
      for (const { text: decoded, encoding, start, end } of decodings(text.slice(0, MAX_TEXT))) {
        findPlain(decoded, found, encoding, { start, end });
      }
      return [...found.values()];
    },
  };
}

interface Place {
  readonly start: number;
  readonly end: number;
}

/** Windows of one or two characters ("----------") tell nothing. */
function varied(window: string): boolean {
  return new Set(window).size >= 5;
}
