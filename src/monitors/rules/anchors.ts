/** Tells which of a set of literal texts occur in a text, in one pass over it. */
export interface AnchorScan {
  /** Adds the numbers of the anchors that occur to `found`. */
  scan(text: string, found: Set<number>): void;
}

/**
 * Aho and Corasick's automaton (doi:10.1145/360825.360855) over anchors of ASCII, as one dense table:
 * one look-up a character, whatever the number of anchors.
 */
export function anchorScan(anchors: readonly string[]): AnchorScan {
  const classes = new Uint8Array(128);
  let width = 1;
  for (const anchor of anchors) {
    if (!/^[ -~]{2,}$/.test(anchor)) throw new Error(`an anchor is not plain ASCII: ${anchor}`);
    for (const char of anchor) {
      const code = char.charCodeAt(0);
      if (classes[code] === 0) classes[code] = width++;
    }
  }
  const size = anchors.reduce((sum, { length }) => sum + length, 1);
  const next = new Uint32Array(size * width);
  const ends: number[][] = Array.from({ length: size }, () => []);
  let states = 1;
  for (const [number, anchor] of anchors.entries()) {
    let state = 0;
    for (let at = 0; at < anchor.length; at++) {
      const slot = state * width + classes[anchor.charCodeAt(at)]!;
      if (next[slot] === 0) next[slot] = states++;
      state = next[slot]!;
    }
    ends[state]!.push(number);
  }
  link(next, ends, width);
  const isEnd = Uint8Array.from(ends, ({ length }) => (length > 0 ? 1 : 0));
  // States as offsets into the table save a multiplication a character.
  const table = next.map((state) => state * width);
  const endOffsets = new Uint8Array(table.length);
  for (let state = 0; state < states; state++) endOffsets[state * width] = isEnd[state]!;
  return {
    scan(text, found) {
      let state = 0;
      for (let at = 0; at < text.length; at++) {
        const code = text.charCodeAt(at);
        state = code < 128 ? table[state + classes[code]!]! : 0;
        if (endOffsets[state] === 1) for (const number of ends[state / width]!) found.add(number);
      }
    },
  };
}

/** Breadth first: where a state has no way on, the way of its longest suffix is taken. */
function link(next: Uint32Array, ends: number[][], width: number): void {
  const fail = new Uint32Array(ends.length);
  const queue: number[] = [];
  for (let slot = 1; slot < width; slot++) if (next[slot] !== 0) queue.push(next[slot]!);
  for (let head = 0; head < queue.length; head++) {
    const state = queue[head]!;
    const suffix = fail[state]!;
    ends[state]!.push(...ends[suffix]!);
    for (let slot = 1; slot < width; slot++) {
      const target = next[state * width + slot]!;
      const other = next[suffix * width + slot]!;
      if (target === 0) next[state * width + slot] = other;
      else {
        fail[target] = other;
        queue.push(target);
      }
    }
  }
}
